"""The desk: from what somebody did in a channel to what is written back. Who are they, may they ask, what do they want."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.assistant import records
from bot.channels.port import Button, Incoming, Outgoing
from bot.channels.rendering import LONGEST, render
from bot.officials import phrases
from bot.officials.audit import Audit
from bot.officials.chats import Chat, Chats
from bot.officials.directory import Directory
from bot.officials.linking import Linking, Outcome, nearly_code, read_code
from bot.officials.official import ROLE_NAMES, Official
from bot.officials.privacy import Keeper, Privacy
from knowledge.agencies import Provinces
from knowledge.store import write

log = logging.getLogger(__name__)

#: Channels whose user is the official's username, proven by the province's sign-on.
SIGNED_IN = frozenset({"web"})
NOTICE_PAUSE = 3600.0     # seconds until somebody who may not ask is told so again
CONFIRM_WITHIN = 600.0    # seconds in which a "có" counts
_LONGEST_ID = 200
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SAYS_MACHINE = ("greet", "ask_bot")  # intents whose answers say that a machine speaks

MACHINE = "Tôi là trợ lý ảo, một chương trình máy tính trả lời tự động."
HELLO = ("Chào anh/chị. Tôi là trợ lý ảo, một chương trình máy tính tra cứu nhiệm vụ, chỉ tiêu, thời hạn trong các kế hoạch của tỉnh. "
         "Anh/chị cứ hỏi bằng lời, ví dụ: “nhiệm vụ nào đến hạn tháng này?”.")
NOTICE = "Chào anh/chị. Tôi là trợ lý ảo, một chương trình máy tính phục vụ cán bộ đã đăng ký."
HOW_TO_LINK = "Để sử dụng, anh/chị xin mã liên kết ở quản trị của đơn vị rồi gửi mã đó (8 ký tự) vào đây."
HOW_TO_SIGN_IN = "Để sử dụng, anh/chị vui lòng đăng nhập bằng tài khoản đã được quản trị của đơn vị đăng ký."
SUSPENDED = "Tài khoản của anh/chị đang tạm khóa. Anh/chị vui lòng liên hệ quản trị của đơn vị để mở lại."
GROUP = "Tôi là trợ lý ảo (chương trình máy tính) và chỉ trả lời khi được nhắn riêng. Anh/chị vui lòng nhắn riêng cho tôi."
UNREADABLE = "Xin lỗi anh/chị, tôi chỉ đọc được chữ. Anh/chị vui lòng gõ câu hỏi."
TOO_FAST = "Anh/chị nhắn hơi nhanh nên tôi chưa kịp trả lời. Anh/chị vui lòng đợi một phút rồi gửi lại."
LINKED = ("Đã liên kết với {name}. {machine}\n\n"
          "Hệ thống lưu: tài khoản chat này, nội dung hỏi đáp, và nhật ký sử dụng không có nội dung.\n\n"
          "Anh/chị gõ “dữ liệu của tôi” để xem, “xóa dữ liệu của tôi” để xóa, “hủy liên kết” để ngừng sử dụng tại đây.")
WRONG = "Mã chưa đúng, đã dùng hoặc đã hết hạn. Mã gồm 8 ký tự, có hiệu lực 15 phút. Anh/chị kiểm tra lại hoặc xin mã mới."
PAUSED = "Anh/chị đã nhập sai mã nhiều lần. Vui lòng đợi 15 phút rồi gửi mã mới."
TAKEN = "Tài khoản chat này đã được liên kết. Muốn liên kết với người khác, anh/chị gõ “hủy liên kết” trước."
NOT_LINKED = "Tài khoản chat này chưa liên kết nên không có gì để hủy."
SIGN_OUT = "Trang này dùng tài khoản đăng nhập, không có liên kết. Anh/chị chỉ cần đăng xuất."
ASK = {
    "unlink": "Anh/chị muốn hủy liên kết tài khoản chat này? Sau đó trợ lý không trả lời tại đây nữa. "
              "Gõ “có” để hủy, “không” để giữ nguyên.",
    "erase": "Anh/chị muốn xóa toàn bộ nội dung hỏi đáp và liên kết? Việc này không hoàn tác được. Gõ “có” để xóa, “không” để giữ nguyên.",
}
DONE = {
    "unlink": "Đã hủy liên kết. Nội dung đã hỏi đáp vẫn được lưu; gõ “xóa dữ liệu của tôi” nếu anh/chị muốn xóa.",
    "erase": "Đã xóa nội dung hỏi đáp và liên kết. Nhật ký sử dụng (không có nội dung) được giữ theo quy định.",
}
KEPT = "Vâng, tôi giữ nguyên."
_YES_NO = (Button("Có", "có"), Button("Không", "không"))


class Answer(Protocol):
    """The assistant's `answer`."""

    async def __call__(
        self, text: str, *, conversation: str | None = None, metadata: Mapping[str, Any] | None = None, channel: str | None = None,
        payload: bool = False,
    ) -> dict[str, Any]:
        """The answer record of one message."""
        ...


class Replied(Protocol):
    """What is written back about reminders."""

    @property
    def text(self) -> str:
        """The words."""
        ...

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The answers offered."""
        ...

    @property
    def outcome(self) -> str:
        """How it ended, for the audit."""
        ...


class Reminders(Keeper, Protocol):
    """Takes orders about reminders; see `bot.reminders.requests.Requests`."""

    def handle(self, official: Official, conversation: str, text: str) -> Replied | None:
        """The reply to an order; None for anything else."""
        ...


class Drawing(Protocol):
    """What must be known of a channel to write for it; see `bot.channels.port.Channel`."""

    title: str
    longest: int
    buttons: bool


class Pace:
    """At most `most` things of one key in `seconds`; remembers the keys seen last, in this process."""

    def __init__(self, most: int, seconds: float, *, keys: int = 20_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._keys, self._clock = most, seconds, keys, clock
        self._seen: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def count(self, key: Hashable) -> int:
        """How many too many this one is: 0 is fine, 1 the first too many of the present window."""
        now = self._clock()
        since, count = self._seen.pop(key, (now, 0))
        since, count = (since, count) if now - since < self._seconds else (now, 0)
        self._seen[key] = (since, count + 1)
        if len(self._seen) > self._keys:
            self._seen.popitem(last=False)
        return max(0, count + 1 - self._most)


@dataclass(frozen=True)
class _Visit:
    """An event with who it is from: the official where they may ask, `registered` also where they are switched off."""

    event: Incoming
    registered: Official | None
    chat: Chat

    @property
    def official(self) -> Official | None:
        return self.registered if self.registered and self.registered.active else None


class Desk:
    """Answers events. Safe to call concurrently, events of one conversation one after another; never raises for what they say.

    `answer` is the assistant's. `linking` None: codes are not taken, people sign in. `public`: people whom nobody knows may ask too.
    `channels` by name tell what can be drawn where; a channel not among them draws buttons and splits texts itself.
    `reminders` takes what officials say about their reminders. `most`: how many messages of one person are answered in a minute, as the
    inbox counts them (`Incoming.earlier`), whichever processes they come to; None: as many as there are.
    """

    def __init__(
        self, directory: Directory, answer: Answer, *, linking: Linking | None = None, public: bool = False, audit: Audit | None = None,
        channels: Mapping[str, Drawing] | None = None, most: int | None = None, reminders: Reminders | None = None,
    ) -> None:
        self._directory, self._answer, self._linking, self._public = directory, answer, linking, public
        self._engine, self._clock = directory.engine, directory.clock
        self._audit = audit or Audit(directory.engine, clock=directory.clock)
        self._chats, self._privacy = Chats(directory.engine), Privacy(directory.engine, [reminders] if reminders else [])
        self._reminders = reminders
        self._channels, self._most = channels or {}, most
        self._pauses = Pace(1, 60.0)

    async def handle(self, event: Incoming) -> list[Outgoing]:
        """What is to be written back; often one message, nothing where silence is right. Raises StoreError only."""
        if not all(0 < len(text) <= _LONGEST_ID and text.isprintable() for text in (event.user, event.chat)):
            log.warning("an event of %s with ids that no provider gives", event.channel)
            return []
        if event.kind == "unfollow":
            await self._run(self._leave, event)
            return []
        if self._most is not None and event.earlier >= self._most:
            return self._say(event, TOO_FAST) if event.earlier == self._most else []
        visit = await self._run(self._look, event)
        if event.group:
            return await self._once(visit, GROUP, pause=None)
        return await self._personal(visit)

    async def _personal(self, visit: _Visit) -> list[Outgoing]:
        event = visit.event
        if event.kind == "follow":
            return await self._greet(visit)
        if event.kind == "unsupported":
            return self._say(event, UNREADABLE) if self._may_ask(visit) else await self._turn_away(visit)
        settled = visit.chat.settled if visit.chat.settled_by == event.event_id else None
        if settled:  # the event comes a second time
            return self._say(event, DONE[settled])
        for step in (self._code, self._confirmation, self._order, self._about_reminders):
            replies = await step(visit)
            if replies is not None:
                return replies
        if event.text.strip() == "/start":
            return await self._greet(visit)
        return await self._question(visit) if self._may_ask(visit) else await self._turn_away(visit)

    # Linking

    async def _code(self, visit: _Visit) -> list[Outgoing] | None:
        """The reply to a linking code; None for anything else. Where somebody may ask, only a code and nothing else is one."""
        event, linking = visit.event, self._linking
        if linking is None or event.channel in SIGNED_IN:
            return None
        known = self._may_ask(visit)
        code = read_code(event.text, whole=known) or (None if known else nearly_code(event.text))
        if code is None:
            return None
        found = await self._run(linking.redeem, code, event.channel, event.user, event.chat)
        await self._note(visit, "link", official=found.official, outcome=found.outcome.value)
        if found.outcome is Outcome.PAUSED:
            return self._say(event, PAUSED) if not self._pauses.count((event.channel, event.user)) else []
        if found.official is None:
            return self._say(event, TAKEN if found.outcome is Outcome.TAKEN else WRONG)
        await self._run(self._welcome, visit, found.official)
        return self._say(event, LINKED.format(name=_title(found.official), machine=MACHINE))

    def _welcome(self, visit: _Visit, official: Official) -> None:
        """The chat is the official's from now on; what somebody else said in it goes."""
        event = visit.event
        if visit.chat.official not in (None, official.id):
            self._privacy.erase_chat(event.channel, event.chat)
        self._directory.touch(official)
        self._chats.update(event.channel, event.chat, official=official.id, introduced_by=event.event_id)

    # Orders

    async def _order(self, visit: _Visit) -> list[Outgoing] | None:
        """The reply to "hủy liên kết", "dữ liệu của tôi", "xóa dữ liệu của tôi", open to everybody; None for anything else."""
        order, event = phrases.order(visit.event.text), visit.event
        if order is None:
            return None
        if order == "show":
            await self._note(visit, "show")
            return self._say(event, await self._run(self._shown, visit))
        if order == "unlink" and (event.channel in SIGNED_IN or visit.registered is None):
            return self._say(event, SIGN_OUT if event.channel in SIGNED_IN else NOT_LINKED)
        await self._remember(event, waiting=order, waiting_since=self._clock())
        return self._say(event, ASK[order], _YES_NO)

    async def _confirmation(self, visit: _Visit) -> list[Outgoing] | None:
        """The reply to a yes or no that was asked for; anything else takes the question off the table."""
        event, waiting = visit.event, visit.chat.waiting
        if waiting is None:
            return None
        await self._remember(event, waiting=None)
        if self._clock() - (visit.chat.waiting_since or 0.0) > CONFIRM_WITHIN:
            return None
        if phrases.is_yes(event.text):
            await self._run(self._carry_out, visit, waiting)
            return self._say(event, DONE[waiting])
        return self._say(event, KEPT) if phrases.is_no(event.text) else None

    def _carry_out(self, visit: _Visit, order: str) -> None:
        event, official = visit.event, visit.registered
        accounts = {(event.channel, event.user)}
        if order == "unlink":
            self._directory.unlink(event.channel, event.user)
        else:
            accounts |= {(link.channel, link.user) for link in self._directory.links_of(official)} if official else set()
            self._privacy.erase(official, event.channel, event.chat)
        for account in accounts:
            self._directory.forget(*account)
        self._chats.update(event.channel, event.chat, waiting=None, settled=order, settled_by=event.event_id)
        self._audit.note(order, official=official, channel=event.channel, account=event.user, outcome="done")

    def _shown(self, visit: _Visit) -> str:
        event, official = visit.event, visit.registered
        held = self._privacy.held(official, event.channel, event.chat)
        lines = ["Chúng tôi lưu về anh/chị:"]
        if official is None:
            lines.append("• Đăng ký: không có")
        else:
            found = self._directory.links_of(official)
            links = ", ".join(f"{self._channel_title(link.channel)} (từ {_day(link.linked)})" for link in found)
            lines += [f"• Đăng ký: {_title(official)}, tên đăng nhập {official.username}, vai trò {ROLE_NAMES[official.role]}",
                      f"• Liên kết: {links or 'không có'}"]
        lines.append(f"• Tin nhắn đã lưu: {held.messages}" + (f" (từ {_day(held.since)})" if held.since else ""))
        lines += [f"• Nhắc việc đã gửi: {held.reminders}"] if held.reminders else []
        lines += [f"• Lựa chọn về nhắc việc, lịch: {held.choices}"] if held.choices else []
        lines.append("• Nhật ký sử dụng: thời điểm và loại việc, không có nội dung")
        return "\n".join(lines) + "\n\nGõ “xóa dữ liệu của tôi” để xóa nội dung hỏi đáp và liên kết."

    async def _about_reminders(self, visit: _Visit) -> list[Outgoing] | None:
        """The reply to an official's order about reminders; None for anything else."""
        event, official = visit.event, visit.official
        if self._reminders is None or official is None:
            return None
        reply = await self._run(self._reminders.handle, official, event.conversation, event.text)
        if reply is None:
            return None
        await self._note(visit, "reminders", outcome=reply.outcome)
        return self._say(event, reply.text, reply.buttons)

    # Questions

    async def _question(self, visit: _Visit) -> list[Outgoing]:
        event, official = visit.event, visit.official
        who = {"province": official.province, "agency": official.agency} if official else {}
        pressed = event.kind == "button" and event.text.startswith("/")
        try:
            record = await self._answer(
                event.text, conversation=event.conversation, metadata={key: value for key, value in who.items() if value},
                channel=event.channel, payload=pressed)
        except Exception:
            log.exception("the assistant failed on an event of %s", event.channel)
            record = records.error(records.TROUBLE)
        self._asked(visit, record)
        if visit.chat.introduced_by in (None, event.event_id) and record.get("intent") not in _SAYS_MACHINE:
            record = {**record, "text": f"{MACHINE}\n\n{record.get('text') or ''}"}
        return self._render(event, record)

    def _asked(self, visit: _Visit, record: Mapping[str, Any]) -> None:
        """What is to be remembered of a question, written with its answer."""
        event, official = visit.event, visit.official
        write(self._engine, self._audit.noting(
            "question", official=official, channel=event.channel, account=event.user, intent=record.get("intent"),
            outcome=record.get("outcome")))
        news: dict[str, Any] = {}
        if visit.chat.introduced_by is None:
            news["introduced_by"] = event.event_id
        if official is not None and visit.chat.official != official.id:
            news["official"] = official.id
        if news:
            write(self._engine, self._chats.updating(event.channel, event.chat, **news))

    # Meeting people

    def _look(self, event: Incoming) -> _Visit:
        chat = self._chats.read(event.channel, event.chat)
        if event.channel in SIGNED_IN:
            registered = None if event.extra.get("anonymous") else self._directory.find(event.user)
        else:
            registered = self._directory.registered(event.channel, event.user)
            if registered and not event.group:
                self._directory.revive(event.channel, event.chat)
        visit = _Visit(event, registered, chat)
        if visit.official and not event.group:
            self._directory.touch(visit.official)
        return visit

    def _leave(self, event: Incoming) -> None:
        self._directory.mark_dead(event.channel, event.chat)
        self._audit.note("unfollow", official=self._directory.registered(event.channel, event.user), channel=event.channel,
                         account=event.user)

    def _may_ask(self, visit: _Visit) -> bool:
        return visit.official is not None or self._public

    async def _greet(self, visit: _Visit) -> list[Outgoing]:
        if not self._may_ask(visit):
            return await self._turn_away(visit)
        await self._remember(visit.event, introduced_by=visit.event.event_id)
        return self._say(visit.event, HELLO)

    async def _turn_away(self, visit: _Visit) -> list[Outgoing]:
        if visit.registered:
            return await self._once(visit, SUSPENDED)
        by_code = self._linking is not None and visit.event.channel not in SIGNED_IN
        return await self._once(visit, f"{NOTICE}\n\n{HOW_TO_LINK if by_code else HOW_TO_SIGN_IN}")

    async def _once(self, visit: _Visit, text: str, pause: float | None = NOTICE_PAUSE) -> list[Outgoing]:
        """The text, unless this chat was told so within `pause` seconds (None: ever); the same event is told again."""
        event, told = visit.event, visit.chat.noticed
        if visit.chat.noticed_by != event.event_id:
            if told is not None and (pause is None or abs(self._clock() - told) < pause):
                return []
            await self._remember(event, noticed=self._clock(), noticed_by=event.event_id)
            await self._note(visit, "refuse", outcome="group" if event.group else "suspended" if visit.registered else "unknown")
        return self._say(event, text)

    # Tools

    def _say(self, event: Incoming, text: str, buttons: tuple[Button, ...] = ()) -> list[Outgoing]:
        """A text of the desk's own; the words on its buttons stand in it as well."""
        channel = self._channels.get(event.channel)
        return [Outgoing(event.chat, text, buttons if channel is None or channel.buttons else ())]

    def _render(self, event: Incoming, record: Mapping[str, Any]) -> list[Outgoing]:
        channel = self._channels.get(event.channel)
        if channel is None:
            return render(record, chat=event.chat, longest=LONGEST)
        return render(record, chat=event.chat, buttons=channel.buttons, longest=channel.longest)

    def _channel_title(self, name: str) -> str:
        channel = self._channels.get(name)
        return channel.title if channel else name

    async def _run(self, work: Callable[..., Any], *args: Any) -> Any:
        return await self._directory.run(partial(work, *args))

    async def _remember(self, event: Incoming, **values: Any) -> None:
        await self._directory.run(partial(self._chats.update, event.channel, event.chat, **values))

    async def _note(self, visit: _Visit, what: str, official: Official | None = None, **more: Any) -> None:
        event = visit.event
        await self._directory.run(partial(
            self._audit.note, what, official=official or visit.registered, channel=event.channel, account=event.user, **more))


def _title(official: Official) -> str:
    """The official's name with their agency or province."""
    province = Provinces.load().get(official.province or "")
    place = official.agency or (province.full_name if province else "")
    return f"{official.name} ({place})" if place else official.name


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, _ZONE):%d/%m/%Y}"
