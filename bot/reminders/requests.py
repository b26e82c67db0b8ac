"""Orders about reminders in chat: understood, asked back about, repeated, and carried out after a "có".

What takes effect later (a reminder, a postponement, another hour, everything off) counts only after it was repeated and confirmed.
What can be undone at once (off for one row, done, seen) is done at once, and the answer says what was done.
"""

from __future__ import annotations

import json
import re
import time as clocks
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from bot.channels.email import is_address
from bot.channels.port import Button
from bot.officials import phrases
from bot.officials.official import Official
from bot.reminders import choices, listing, own_channel, pending, proposals
from bot.reminders import sayings as say
from bot.reminders.calendar import ZONE, local, workdays_of
from bot.reminders.order_words import EVERYTHING
from bot.reminders.orders import Order, bare, read_order
from bot.reminders.pending import Pending
from bot.reminders.people import EMAIL
from bot.reminders.proposals import Proposal
from bot.reminders.renumbering import current, follow
from bot.reminders.rows import Rows
from bot.reminders.spoken import folded, mend
from bot.reminders.tables import prepare
from bot.reminders.targets import ROW, Target, find_target
from bot.reminders.times import read_time
from knowledge.model import Row
from knowledge.services.remind.occurrences import occurrences
from knowledge.services.remind.policy import Policies, Policy
from knowledge.services.remind.workdays import DAY
from knowledge.store import PlanStore, writing

CONFIRM_WITHIN = 600.0   # seconds in which an answer to what was asked counts
REPEAT_WITHIN = 120.0    # seconds in which a second "có" is taken for the first one come twice
_DIGEST_AGE = 7 * 86_400.0
_MOST_OFFERED, _TRIES = 8, 5
_JUST_DUE = timedelta(days=7)  # recurring work that was due by then is what is reported done, not what is due next
_YES_NO = (Button("Có", "có"), Button("Không", "không"))
# What may stand beside a time alone: "9h cơ", "vậy thì mai".
_FILLER = re.compile(r"(?:(?:co|duoc|vay|thi|di|la|dung|đúng|doi|thanh|sang|khoang|nhac|lai|em|tôi|toi|roi|ok) ?)*")
_ROW_ALONE = re.compile(rf"(?:(?:la|y em la|viec) )?{ROW}")
_OR_ALL = {"snooze": "Tất cả thì nhắn “hết”. ", "done": "Tất cả thì nhắn “hết”. ", "mute": "Muốn tắt mọi nhắc việc, nhắn “tắt hết nhắc”. "}
_RIGHT = "Đúng thì nhắn “có”."

Find = Callable[[str, "str | None"], Sequence[Row]]
LastRow = Callable[[str], "str | None"]


class Calendars(Protocol):
    """Hands out and revokes links to calendars; see `bot.reminders.feed.Feeds`."""

    def give(self, official: Official, agency: bool, now: float) -> str | None:
        """A new secret link; None where links can't be made (no public address, no agency)."""
        ...

    def revoke(self, official: int, now: float) -> int:
        """End all links of a person; how many."""
        ...


@dataclass(frozen=True)
class Reply:
    """What is written back. `outcome`: done, or clarify where something was asked."""

    text: str
    buttons: tuple[Button, ...] = ()
    outcome: str = "done"


class _PlansChanged(Exception):
    """Another version of a plan came in force meanwhile: numbers may be other rows'."""


@dataclass(frozen=True)
class _Turn:
    """One message: from whom, where, when; the hour at which their reminders come; of which state of the plans the rows are."""

    official: Official
    conversation: str
    text: str
    now: datetime
    usual: time
    policy: Policy
    revision: int = 0

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def at(self) -> float:
        return self.now.timestamp()


class Requests:
    """Handles the messages of officials that are about their reminders.

    `find(text, province)`: the rows that some words name, best first. `last_row(conversation)`: the reference of the row told last
    in a conversation, if that was just now. `calendars`: who hands out calendar links; None: nobody. `email`: is there an e-mail channel?
    Methods block shortly and raise StoreError only; messages of one conversation must come one after another.
    """

    def __init__(
        self, engine: Engine, *, find: Find, last_row: LastRow | None = None, calendars: Calendars | None = None,
        policies: Policies | None = None, clock: Callable[[], float] = clocks.time, email: bool = False,
    ) -> None:
        self._email = email
        self._engine, self._find, self._last_row, self._calendars = engine, find, last_row or (lambda _: None), calendars
        self._policies, self._clock, self._rows, self._plans = policies or Policies.load(), clock, Rows(engine), PlanStore(engine)
        prepare(engine)

    def handle(self, official: Official, conversation: str, text: str, now: datetime | None = None) -> Reply | None:
        """The reply to an order about reminders or to what was asked about one; None for anything else."""
        moment = now.astimezone(ZONE) if now else local(self._clock())
        policy = self._policies.of(official.province)
        with self._engine.connect() as connection:
            usual = choices.hour_of(connection, official.id) or policy.hour
        turn, order = _Turn(official, conversation, text, moment, usual, policy), read_order(text, moment, usual)
        if order is None and self._waiting(turn) is None:
            return None
        while True:
            try:
                return self._handle(replace(turn, revision=follow(self._engine)), order)
            except _PlansChanged:
                continue

    def _handle(self, turn: _Turn, order: Order | None) -> Reply | None:
        waiting = self._waiting(turn)
        reply = self._answer(turn, waiting) if waiting else None
        if reply is not None:
            return reply
        if waiting is not None and waiting.step in ("confirm", "which", "withdrawn"):
            self._drop(turn)  # a "có" or a number said later would be about something else
        return self._begin(turn, order) if order else None

    def held(self, official_id: int) -> int:
        """How many lines are stored of an official: requests, what is off, preferences, calendar links."""
        with self._engine.connect() as connection:
            return choices.count(connection, official_id)

    def erase(self, official_id: int, connection: Connection) -> None:
        """Forget an official's reminders, within the caller's transaction."""
        choices.erase(connection, official_id)

    def _waiting(self, turn: _Turn) -> Pending | None:
        """What this person was asked here just now."""
        with self._engine.connect() as connection:
            return pending.read(connection, turn.conversation, turn.official.id, turn.at - CONFIRM_WITHIN)

    @contextmanager
    def _writing(self, turn: _Turn) -> Iterator[Connection]:
        """A transaction in which the rows are still those that the turn is about. Raises _PlansChanged."""
        if self._plans.revision() != turn.revision:
            raise _PlansChanged
        with writing(self._engine) as connection:
            if not current(connection, turn.revision):
                raise _PlansChanged
            yield connection

    # -- answers to what was asked

    def _answer(self, turn: _Turn, waiting: Pending) -> Reply | None:
        if waiting.step == "settled":
            again = phrases.is_yes(turn.text) and turn.at - waiting.asked <= REPEAT_WITHIN
            return Reply(waiting.told) if again else None
        if phrases.is_no(turn.text):
            self._drop(turn)
            return Reply("Vâng, tôi giữ nguyên như cũ.")
        if waiting.step == "withdrawn":
            return self._withdrawn(turn)
        if waiting.step == "confirm" and phrases.is_yes(turn.text):
            return self._carry_out(turn, waiting)
        if waiting.step == "code":
            return self._coded(turn, waiting)
        if waiting.step == "which":
            return self._chosen(turn, waiting)
        return self._timed(turn, waiting)

    def _withdrawn(self, turn: _Turn) -> Reply | None:
        """An answer that would have been about a row whose number is another's now."""
        reading = read_time(bare(mend(turn.text)), turn.now, turn.usual)
        timed = reading.when is not None and _FILLER.fullmatch(folded(reading.rest))
        if not (timed or phrases.is_yes(turn.text) or bare(turn.text).isdecimal()):
            return None
        self._drop(turn)
        return Reply("Kế hoạch vừa có bản mới, số thứ tự có thể đã đổi nên tôi chưa ghi. Anh/chị nhắn lại yêu cầu giúp tôi.",
                     outcome="clarify")

    def _timed(self, turn: _Turn, waiting: Pending) -> Reply | None:
        """Another time, or the time that was asked for."""
        said = bare(mend(turn.text))
        reading = read_time(said, turn.now, turn.usual)
        order = read_order(turn.text, turn.now, turn.usual)
        first = self._order(turn, waiting)
        same = order is not None and first is not None and order.kind == first.kind and order.target == Target()
        if reading.when is None or first is None or not (same or (order is None and _FILLER.fullmatch(folded(reading.rest)))):
            return None
        timed = replace(waiting, timed=turn.text, timed_at=turn.at)
        return self._go_on(turn, replace(first, when=reading.when), timed)

    def _chosen(self, turn: _Turn, waiting: Pending) -> Reply | None:
        """One of the rows offered, or a row named anew."""
        said, first = bare(mend(turn.text)), self._order(turn, waiting)
        if first is None:
            return None
        if EVERYTHING.fullmatch(folded(said)) and waiting.refs and first.kind in ("snooze", "done", "seen"):
            return self._go_on(turn, first, waiting)
        if said.isdecimal() and 0 < int(said) <= len(waiting.refs):
            return self._go_on(turn, first, replace(waiting, refs=(waiting.refs[int(said) - 1],)))
        if not _ROW_ALONE.fullmatch(folded(said)):
            return None
        return self._go(turn, replace(first, target=find_target(said)), replace(waiting, refs=()))

    def _order(self, turn: _Turn, waiting: Pending) -> Order | None:
        """The order that is being asked about, with the time said since."""
        order = read_order(waiting.text, local(waiting.asked), turn.usual)
        if order is not None and waiting.timed:
            when = read_time(bare(mend(waiting.timed)), local(waiting.timed_at), turn.usual).when
            return replace(order, when=when)
        return order

    def _drop(self, turn: _Turn) -> None:
        with self._writing(turn) as connection:
            pending.drop(connection, turn.conversation)

    def _ask(self, turn: _Turn, question: Pending, text: str, buttons: tuple[Button, ...] = ()) -> Reply:
        with self._writing(turn) as connection:
            pending.write(connection, turn.conversation, turn.official.id, question, turn.at)
        return Reply(text, buttons, "clarify")

    def _confirm(self, turn: _Turn, question: Pending, text: str, action: Mapping[str, Any]) -> Reply:
        return self._ask(turn, replace(question, step="confirm", action=dict(action)), f"{text} {_RIGHT}", _YES_NO)

    # -- orders

    def _begin(self, turn: _Turn, order: Order) -> Reply | None:
        question = Pending("", turn.text, turn.at)
        if order.kind == "list":
            return self._listed(turn)
        if order.kind == "help":
            return Reply(HELP)
        if order.kind == "channel":
            return self._by_email(turn, order.channel) if "@" in order.channel else self._by_channel(turn, order.channel)
        if order.kind == "no_email":
            with self._writing(turn) as connection:
                choices.prefer(connection, turn.official.id, email=None, channels="[]")
            return Reply("Đã bỏ địa chỉ thư điện tử của anh/chị; nhắc việc gửi qua các kênh chat đã liên kết.")
        if order.kind == "others":
            return Reply("Tôi chỉ nhắc được chính người nhắn. Anh/chị nhờ đồng nghiệp tự nhắn cho trợ lý, "
                         "hoặc nhắn “nhắc tôi …” để tôi nhắc anh/chị.", outcome="clarify")
        if order.kind in ("calendar", "agency_calendar"):
            return self._calendar(turn, order.kind == "agency_calendar")
        if order.kind == "no_calendar":
            ended = self._calendars.revoke(turn.official.id, turn.at) if self._calendars else 0
            over = f"Đã hủy {ended} đường dẫn lịch; ứng dụng lịch không tải được nữa."
            return Reply(over if ended else "Anh/chị không có đường dẫn lịch nào.")
        if order.kind == "hour" or (order.kind == "standing" and order.target == Target()):
            return self._go_on(turn, order, question)
        if order.kind == "mute" and order.when is not None:
            return self._end_standing(turn)
        if order.kind == "mute" and order.target.every:
            return self._all_off(turn, question)
        if order.kind == "unmute" and order.target in (Target(), Target(every=True)):
            return self._all_on(turn)
        return self._go(turn, order, question)

    def _by_channel(self, turn: _Turn, wanted: str) -> Reply:
        """One of their channels first; the others take over where it fails."""
        with self._engine.connect() as connection:
            names = own_channel.linked(connection, turn.official.id, wanted)
            if wanted == EMAIL and choices.email_of(connection, turn.official.id):
                names = [EMAIL]
        if names:
            text = f"Từ nay tôi gửi nhắc việc cho anh/chị qua {own_channel.titles(names)} trước; kênh này hỏng thì sang kênh khác."
            return self._confirm(turn, Pending("", turn.text, turn.at), text, {"do": "channel", "channels": names})
        if wanted == EMAIL:
            return Reply("Anh/chị cho tôi địa chỉ thư điện tử, ví dụ “gửi nhắc qua email ten@tinh.gov.vn”.", outcome="clarify")
        return Reply(f"Tài khoản của anh/chị chưa liên kết {own_channel.titles([wanted])}. "
                     "Anh/chị nhắn cho trợ lý trên kênh ấy để liên kết trước.", outcome="clarify")

    def _by_email(self, turn: _Turn, address: str) -> Reply:
        """An address counts once the code sent there is said here."""
        if not self._email or not is_address(address):
            return Reply("Hệ thống chưa gửi được thư điện tử. Anh/chị vui lòng liên hệ quản trị." if not self._email
                         else f"“{address}” chưa đúng dạng địa chỉ thư điện tử.", outcome="clarify")
        code = own_channel.new_code()
        with self._writing(turn) as connection:
            if not own_channel.send(connection, turn.official.id, address, code, turn.at):
                return Reply("Hôm nay tôi đã gửi nhiều mã xác nhận. Anh/chị thử lại vào ngày mai giúp tôi.")
            asked = Pending("code", turn.text, turn.at, action={"email": address, "code": code.kept, "left": _TRIES})
            pending.write(connection, turn.conversation, turn.official.id, asked, turn.at)
        return Reply(f"Tôi đã gửi mã 6 chữ số đến {address}. Anh/chị nhắn mã đó vào đây trong 10 phút để xác nhận.", outcome="clarify")

    def _coded(self, turn: _Turn, waiting: Pending) -> Reply | None:
        if not own_channel.CODE.fullmatch(turn.text):
            return None
        action = waiting.action
        with self._writing(turn) as connection:
            if own_channel.right(turn.text, action["code"]):
                choices.prefer(connection, turn.official.id, email=action["email"], channels=json.dumps([EMAIL]))
                pending.drop(connection, turn.conversation)
                return Reply(f"Vâng, từ nay tôi gửi nhắc việc đến {action['email']}. Muốn thôi, anh/chị nhắn “bỏ email”.")
            if action["left"] <= 1:
                pending.drop(connection, turn.conversation)
                return Reply("Mã chưa đúng nhiều lần nên tôi đã hủy yêu cầu; nhắc việc vẫn gửi như cũ.")
            again = replace(waiting, action={**action, "left": action["left"] - 1})
            pending.write(connection, turn.conversation, turn.official.id, again, waiting.asked)
        return Reply("Mã chưa đúng. Anh/chị xem lại thư và nhắn lại giúp tôi.", outcome="clarify")

    def _go(self, turn: _Turn, order: Order, question: Pending) -> Reply | None:
        """Find the row, then go on."""
        rows = self._resolve(turn, order)
        if not rows:
            return self._missing(turn, order, question)
        at_once = len(rows) == 1 or order.kind == "seen" and not (order.target.number or order.target.words)
        question = replace(question, refs=tuple(row.ref for row in rows))
        if at_once:
            return self._go_on(turn, order, question)
        offered = list(enumerate(rows[:_MOST_OFFERED], 1))
        lines = [f"{number}. {say.capital(say.titled(row))}{self._plan_of(row, rows)}" for number, row in offered]
        lines += [f"… và {len(rows) - len(offered)} việc nữa."] if len(rows) > len(offered) else []
        ask = f"{_OR_ALL.get(order.kind, '')}Mời anh/chị nhắn số thứ tự, hoặc “nhiệm vụ” kèm số."
        text = "\n".join(["Anh/chị muốn nói việc nào?", *lines]) + f"\n\n{ask}"
        return self._ask(turn, replace(question, step="which"), text, tuple(Button(str(number), str(number)) for number, _ in offered))

    def _plan_of(self, row: Row, rows: Sequence[Row]) -> str:
        """Which plan, where the rows are of several and have the same number."""
        alike = len({r.no for r in rows}) < len(rows) and len({r.plan for r in rows}) > 1
        return f" ({self._rows.plan_of(row)})" if alike else ""

    def _go_on(self, turn: _Turn, order: Order, question: Pending) -> Reply | None:
        """Act on the rows of the question, or ask for what is missing."""
        case = proposals.Case(turn.official, turn.now, turn.usual, turn.policy, question.text)
        if order.kind == "hour":
            return self._propose(turn, question, proposals.hour(case, order.when))
        if order.kind == "standing" and not question.refs:
            return self._propose(turn, question, proposals.standing(case, order.when))
        rows = self._rows.get(question.refs)
        if not rows:
            return self._missing(turn, order, question)
        if order.kind in ("mute", "unmute", "done", "seen"):
            return self._at_once(turn, order, rows)
        snooze = order.kind == "snooze"
        proposal = proposals.snooze(case, order.when, rows) if snooze else proposals.remind(case, order.when, rows[0])
        return self._propose(turn, question, proposal)

    def _propose(self, turn: _Turn, question: Pending, proposal: Proposal) -> Reply:
        if proposal.action is None:
            return self._ask(turn, replace(question, step="when"), proposal.text, proposal.buttons)
        return self._confirm(turn, question, proposal.text, proposal.action)

    def _resolve(self, turn: _Turn, order: Order) -> Sequence[Row]:
        target, province = order.target, turn.official.province
        if target.number:
            return self._rows.numbered(target.number, target.kind, province, turn.today)
        if target.words:
            return self._find(target.words, province)
        digest = self._digest(turn, turn.at - _DIGEST_AGE)
        if target.place:
            return self._rows.get(digest[target.place - 1:target.place])
        last = [ref for ref in [self._last_row(turn.conversation)] if ref]
        if target.pointing or order.kind in ("remind", "standing"):
            return self._rows.get(last or (digest if target.pointing else []))
        if order.kind == "seen":
            with self._engine.connect() as connection:
                seen = choices.last_day(connection, turn.official.id, turn.at - _DIGEST_AGE)
            return self._rows.get(seen)
        if order.kind == "done":
            return self._rows.get(digest)
        fresh = self._digest(turn, datetime.combine(turn.today, time(), ZONE).timestamp())
        return self._rows.get(fresh or last or digest)

    def _digest(self, turn: _Turn, since: float) -> list[str]:
        with self._engine.connect() as connection:
            return choices.last_digest(connection, turn.official.id, since)

    def _missing(self, turn: _Turn, order: Order, question: Pending) -> Reply | None:
        """No row: ask politely, or leave the message to the assistant where it hardly was an order."""
        target = order.target
        if target in (Target(), Target(every=True)) and order.kind in ("done", "seen", "unmute"):
            return None
        if order.kind == "mute" and target == Target():
            return self._all_off(turn, question)
        which = replace(question, step="which", refs=())
        if target.number:
            what = {"task": "nhiệm vụ", "indicator": "chỉ tiêu"}.get(target.kind, "việc")
            return self._ask(
                turn, which, f"Tôi không thấy {what} {target.number} trong các kế hoạch của tỉnh. Anh/chị kiểm tra lại số giúp tôi.")
        if target.words:
            return self._ask(turn, which, f"Tôi chưa tìm thấy việc “{target.words}” trong các kế hoạch của tỉnh nên chưa nhắc được. "
                                          "Anh/chị cho tôi số nhiệm vụ, ví dụ “nhiệm vụ 18”.")
        if target.place:
            return Reply(
                "Tin nhắc gần đây không có việc ở vị trí đó. Anh/chị cho tôi số nhiệm vụ, ví dụ “tắt nhắc nhiệm vụ 24”.", outcome="clarify")
        return self._ask(turn, which, "Anh/chị muốn nói việc nào? Anh/chị nhắn số nhiệm vụ, ví dụ “nhiệm vụ 18”.")

    def _at_once(self, turn: _Turn, order: Order, rows: Sequence[Row]) -> Reply:
        me, now, titles = turn.official.id, turn.at, say.titles(rows)
        untils = {row.ref: self._over(turn, row) for row in rows} if order.kind == "done" else {}
        with self._writing(turn) as connection:
            pending.drop(connection, turn.conversation)
            if order.kind == "seen":
                choices.acknowledge(connection, me, [row.ref for row in rows], now)
                return Reply(f"Cảm ơn anh/chị, tôi đã ghi là anh/chị đã nhận {titles}.")
            for row in rows:
                if order.kind == "unmute":
                    choices.unhush(connection, me, row.ref)
                    continue
                choices.hush(connection, me, row.ref, "muted" if order.kind == "mute" else "done", now, untils.get(row.ref))
                choices.acknowledge(connection, me, [row.ref], now)
                if not untils.get(row.ref):
                    choices.end_requests(connection, me, now, ref=row.ref)
        if order.kind == "unmute":
            return Reply(f"Đã bật lại nhắc {titles}.{self._off_note(turn)}")
        if order.kind == "mute":
            again = f" Muốn nhắc lại, anh/chị nhắn “bật lại nhắc {_called(rows[0])}”." if len(rows) == 1 else ""
            return Reply(f"Đã tắt nhắc {titles}.{again}")
        once = "; việc lặp lại thì kỳ sau tôi nhắc tiếp" if any(untils.values()) else ""
        no_more = "" if once and all(untils.values()) else "; tôi không nhắc anh/chị việc này nữa"
        return Reply(f"Đã ghi là anh/chị báo xong {titles}{no_more}{once}.\n\n"
                     "Ghi nhận này chỉ dùng để nhắc việc, không thay đổi tình trạng chính thức của nhiệm vụ trong kế hoạch.")

    def _over(self, turn: _Turn, row: Row) -> date | None:
        """Recurring work that is done is due again: the day after the one it was done for. None for all other work."""
        rule = row.rrule or (row.due.rrule if row.due else None)
        if rule is None or (row.due and row.due.date):
            return None
        with self._engine.connect() as connection:
            told = choices.last_deadline(connection, turn.official.id, row.ref)
        if told is not None and told >= turn.today - _JUST_DUE:
            return told + DAY
        start, last = self._plans.version(row.plan).date, turn.today + timedelta(days=400)
        coming = occurrences(rule, start, turn.today, last, workdays_of(turn.policy))
        return coming[0] + DAY if coming else None

    def _end_standing(self, turn: _Turn) -> Reply:
        with self._writing(turn) as connection:
            ids = [asked.id for asked in choices.open_requests(connection, turn.official.id) if asked.rrule and asked.ref is None]
            ended = choices.end_requests(connection, turn.official.id, turn.at, ids=ids)
        told = "Đã ngừng gửi tóm tắt việc theo định kỳ." if ended else "Anh/chị chưa đặt nhận tóm tắt việc theo định kỳ nào."
        always = " Tóm tắt đầu tuần của lãnh đạo và đầu mối vẫn được gửi; muốn ngừng mọi tin, anh/chị nhắn “tắt hết nhắc”."
        return Reply(told + (always if turn.official.role in ("leader", "coordinator") else ""))

    def _all_off(self, turn: _Turn, question: Pending) -> Reply:
        return self._confirm(turn, question, "Tôi sẽ tắt mọi nhắc việc của anh/chị, kể cả việc sắp đến hạn và quá hạn.", {"do": "off"})

    def _all_on(self, turn: _Turn) -> Reply:
        with self._writing(turn) as connection:
            choices.prefer(connection, turn.official.id, off=False)
            quiet = len(choices.stills(connection, turn.official.id))
        some = f" {quiet} việc anh/chị đã tắt riêng, hoãn hoặc báo xong vẫn giữ nguyên; nhắn “đang nhắc gì” để xem." if quiet else ""
        return Reply(f"Đã bật nhắc việc cho anh/chị, gửi lúc {turn.usual:%H:%M} các ngày làm việc.{some}")

    def _off_note(self, turn: _Turn) -> str:
        with self._engine.connect() as connection:
            off = choices.is_off(connection, turn.official.id)
        return f" {listing.OFF}" if off else ""

    # -- carrying out

    def _carry_out(self, turn: _Turn, waiting: Pending) -> Reply:
        action, me, now = waiting.action, turn.official.id, turn.at
        with self._writing(turn) as connection:
            if action["do"] == "request":
                values = {key: action[key] for key in ("ref", "days", "at", "rrule", "about")}
                choices.request(connection, me, now, action["said"], **values)
                for still in choices.stills(connection, me):
                    if still.ref == action["ref"] and still.why != "snoozed":
                        choices.unhush(connection, me, still.ref)
                told = "Vâng, tôi đã đặt nhắc. Anh/chị nhắn “đang nhắc gì” để xem, “tắt nhắc” kèm số nhiệm vụ để bỏ."
            elif action["do"] == "snooze":
                until = date.fromisoformat(action["until"])
                for ref in action["refs"]:
                    choices.hush(connection, me, ref, "snoozed", now, until)
                choices.acknowledge(connection, me, action["refs"], now)
                told = f"Vâng, tôi đã hoãn nhắc đến {say.weekday(until)}."
            elif action["do"] == "channel":
                choices.prefer(connection, me, channels=json.dumps(action["channels"]))
                told = f"Vâng, tôi sẽ gửi nhắc việc qua {own_channel.titles(action['channels'])}."
            elif action["do"] == "hour":
                choices.prefer(connection, me, hour=action["hour"])
                told = f"Vâng, tôi sẽ gửi nhắc việc lúc {action['hour']}."
            else:
                choices.prefer(connection, me, off=True)
                told = "Đã tắt mọi nhắc việc. Muốn nhận lại, anh/chị nhắn “bật nhắc việc”."
            if action["do"] == "request" and choices.is_off(connection, me):
                told += f" {listing.OFF}"
            pending.write(connection, turn.conversation, me, Pending("settled", "", now, told=told), now)
        return Reply(told)

    # -- what there is

    def _listed(self, turn: _Turn) -> Reply:
        with self._engine.connect() as connection:
            asked, still = choices.open_requests(connection, turn.official.id), [
                one for one in choices.stills(connection, turn.official.id) if one.until is None or one.until > turn.today]
            off = choices.is_off(connection, turn.official.id)
        rows = {row.ref: row for row in self._rows.get(list({a.ref for a in asked if a.ref} | {s.ref for s in still}))}
        return Reply(listing.text(turn.official, turn.usual, workdays_of(turn.policy), off, asked, still, rows))

    def _calendar(self, turn: _Turn, agency: bool) -> Reply:
        if agency and not turn.official.agency:
            return Reply("Tài khoản của anh/chị chưa gắn với cơ quan nào nên chưa có lịch chung. "
                         "Anh/chị nhắn “lịch của tôi” để lấy lịch riêng.")
        link = self._calendars.give(turn.official, agency, turn.at) if self._calendars else None
        if link is None:
            return Reply("Hệ thống chưa mở lịch qua đường dẫn. Anh/chị vui lòng liên hệ quản trị.")
        whose = f"lịch chung của {turn.official.agency}" if agency else "lịch nhắc việc của anh/chị"
        return Reply(f"Đây là {whose}:\n{link}\n\n"
                     "Anh/chị thêm đường dẫn này vào Outlook, Google Calendar hoặc Thunderbird (mục “thêm lịch từ URL”). "
                     "Ai có đường dẫn đều xem được, anh/chị đừng chuyển cho người khác. Muốn ngừng, nhắn “hủy lịch”.")


HELP = ("Anh/chị có thể nhắn:\n"
        "• “nhắc em nhiệm vụ 18 trước 2 tuần”, “nhắc em việc này 8h sáng mai”\n"
        "• “mỗi sáng thứ hai gửi em việc của sở trong tuần”\n"
        "• “tắt nhắc nhiệm vụ 24”, “bật lại nhắc nhiệm vụ 24”, “hoãn nhiệm vụ 24 đến thứ sáu”\n"
        "• “đã xong nhiệm vụ 24”, “đổi giờ nhắc sang 8h”, “đang nhắc gì”\n"
        "• “lịch của tôi” để xem trong Outlook, Google Calendar")


def _called(row: Row) -> str:
    """As it can be typed: `nhiệm vụ 18`, `mục IV.3`."""
    return {"task": "nhiệm vụ", "indicator": "chỉ tiêu"}.get(row.kind, "mục") + f" {row.no}"
