"""Is a message an order about reminders, and which: "nhắc em nhiệm vụ 18 trước 2 tuần", "tắt nhắc việc 24", "lịch của tôi".

It must be sure: whatever is not clearly such an order is a question for the assistant, above all questions about texts that
"nhắc tới" something and questions whether work "đã xong chưa". Understood without diacritics and with small slips.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Literal

from bot.reminders import order_words as w
from bot.reminders.own_channel import ADDRESS
from bot.reminders.spoken import folded, mend
from bot.reminders.targets import Target, find_target
from bot.reminders.times import USUAL_HOUR, At, Every, Lead, Reading, When, read_time

Kind = Literal[
    "remind", "standing", "snooze", "mute", "unmute", "done", "seen", "list", "hour", "help", "calendar", "agency_calendar", "no_calendar",
    "others", "channel", "no_email"]
LONGEST = 300
_NOTHING = Target()
_EDGE = " \t,.;:!-–~\"“”'()"
_FIXED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("help", w.HELP), ("list", w.LIST), ("no_calendar", w.NO_CALENDAR), ("agency_calendar", w.AGENCY_CALENDAR), ("calendar", w.CALENDAR))
_BUTTONS: dict[str, Kind] = {"tat": "mute", "hoan": "snooze", "da xong": "done", "da nhan": "seen", "bat": "unmute"}
_AT_ENDS = re.compile(r"(?i)\s*(?:như cũ|nhu cu|nữa|nua|hết rồi|rồi|roi)$|\s*(?:thì|thi|nhớ|nho|hãy|hay)$")


@dataclass(frozen=True)
class Order:
    """What is to be done, to which work, when; on which `channel`: an e-mail address, or how a channel's name begins."""

    kind: Kind
    target: Target = field(default_factory=Target)
    when: When | None = None
    channel: str = ""


@dataclass(frozen=True)
class _Message:
    """A message without its polite words (`whole`, `words` folded), as somebody wrote it (`text`), at a time."""

    text: str
    whole: str
    now: datetime
    usual: time

    @cached_property
    def words(self) -> str:
        return folded(self.whole)

    @cached_property
    def reading(self) -> Reading:
        """Its time, and the rest."""
        return read_time(self.whole, self.now, self.usual)

    @cached_property
    def rest(self) -> str:
        """The words of what is no time."""
        return folded(self.reading.rest)

    def asks(self) -> bool:
        """Is it a question? A question mark alone may follow a polite order ("… được không?")."""
        if w.ASKING.search(self.words.replace(" gi nua", " nua")) or w.WHETHER.search(self.words):
            return True
        as_written = folded(mend(self.text))
        if "nhac" not in self.words and self.words.startswith("hoan ") and w.LEAVE_ASKED.search(as_written):
            return True  # "hoãn nhiệm vụ 24 được không": may the work be put off, not its reminders?
        return self.text.rstrip().endswith("?") and not w.POLITELY_ASKED.search(as_written)


def read_order(text: str, now: datetime, usual: time = USUAL_HOUR) -> Order | None:
    """The order that a message is; None for anything else. `now` has a zone, `usual` is the hour where none is said."""
    if len(text) > LONGEST:
        return None
    mended = mend(text)
    if not w.STEM.search(folded(mended)):
        return None
    message = _Message(text, bare(mended), now, usual)
    if (channel := _channel(message)) is not None:
        return channel
    fixed = next((kind for kind, pattern in _FIXED if pattern.search(message.words)), None)
    if fixed:
        return Order(fixed)
    sending = w.SENDING.search(message.rest) or w.REMIND_FIRST.match(message.rest)
    if message.asks():
        return None if w.STANDING_ASKED.search(message.words) else _standing(message, sending)
    if w.OTHERS.match(message.rest) or w.NAMED.match(message.whole):
        return Order("others")
    button = w.BUTTON.fullmatch(message.words)
    if button:
        return Order(_BUTTONS[button["what"]], Target(place=int(button["n"])))
    if w.HOUR.search(message.rest):
        return Order("hour", when=_hour(message))
    return _quiet(message) or _standing(message, sending) or _finished(message) or _remind(message)


def bare(text: str) -> str:
    """The text without greetings and polite words at both ends."""
    while True:
        words = folded(text)
        first, last, could = w.FIRST.match(words), w.LAST.search(words), w.COULD_YOU.match(words)
        if could:
            text = text[could.start("what"):could.end("what")]
        elif first and first.end() < len(text):
            text = text[first.end():]
        elif last and last.start() > 0:
            text = text[:last.start()]
        else:
            return text.strip(_EDGE + "?")


def _channel(message: _Message) -> Order | None:
    """ "Gửi nhắc qua email a@b.gov.vn", "nhắc em qua Zalo"."""
    address = ADDRESS.search(message.text)
    words = folded(bare(mend(message.text.replace(address[0], " ")))) if address else message.words
    if w.NO_EMAIL.fullmatch(words):
        return Order("no_email")
    found = w.CHANNEL.fullmatch(words)
    if found is None or address is None and ("nhac" not in words or message.asks()):
        return None
    return Order("channel", channel=address[0] if address else {"tel": "telegram", "zal": "zalo"}.get(found["name"][:3], "email"))


def _hour(message: _Message) -> When | None:
    """The hour, also where "hằng ngày" stands by it."""
    if not isinstance(message.reading.when, Every):
        return message.reading.when
    daily = re.sub(r"(?i)\b(?:hằng|hàng|mỗi|hang|moi) (?:ngày|ngay)\b", " ", message.whole)
    return read_time(daily, message.now, message.usual).when


def _standing(message: _Message, sending: re.Match[str] | None) -> Order | None:
    """ "Mỗi sáng thứ hai gửi em việc của sở trong tuần"; `sending`: where it says what to do."""
    when = message.reading.when
    if isinstance(when, At) and when.day_said and w.ONCE.match(message.rest):
        first = message.words.startswith(message.rest[:6])  # the time stands later: it may say which work
        return None if first or w.WHOLE_UNIT.match(message.words) else Order("standing", when=when)
    if not isinstance(when, Every) or sending is None or not w.LEADS_IN.search(message.rest[:sending.start()]):
        return None
    target = find_target(_after(message.reading.rest, sending))
    return Order("standing", target if target.number or target.pointing else _NOTHING, when)


def _quiet(message: _Message) -> Order | None:
    """To be reminded no more, again, or later."""
    if w.EVERYTHING_OFF.match(message.words):
        return Order("mute", Target(every=True))
    if w.END_SUMMARIES.match(message.words):
        return Order("mute", when=Every(""))
    if (later := _later(message)) is not None:
        return later
    mute, unmute = w.MUTE.match(message.words), w.UNMUTE.match(message.words)
    if isinstance(message.reading.when, Every) and (mute or w.STOP.match(message.rest)):
        return Order("mute", when=message.reading.when)
    if unmute or mute:
        found = unmute or mute
        assert found is not None
        return Order("unmute" if unmute else "mute", _of_whom(_AT_ENDS.sub("", _after(message.whole, found)), message.words))
    snooze, again = w.SNOOZE.match(message.rest), w.AGAIN.match(message.rest)
    if (snooze is None and (again is None or message.reading.when is None)) or w.NOT_MINE.search(message.rest):
        return None
    said = snooze or again
    assert said is not None
    target = find_target(_after(message.reading.rest, said))
    if isinstance(message.reading.when, Lead | Every) or (target.words and "nhac" not in said.group()):
        return None
    return Order("snooze", target, message.reading.when)


def _later(message: _Message) -> Order | None:
    """ "Hôm nay đừng nhắc nữa", "không nhắc nhiệm vụ 24 đến hết tháng", "tuần này đừng nhắc việc 24": until the time is over."""
    now = w.FOR_NOW.search(message.words)
    text = f"{now['unit']} sau {message.whole[:now.start()]}{message.whole[now.end():]}" if now else message.whole
    reading = read_time(text, message.now, message.usual)
    hush = w.HUSH.match(folded(reading.rest))
    if hush is None or not isinstance(reading.when, At) or not reading.when.day_said:
        return None
    until = now is not None or w.UNTIL.search(message.words) is not None
    if not until and w.LONG.search(message.words):
        return None  # "tuần sau đừng nhắc": more than a day
    when = reading.when if until else replace(reading.when, moment=reading.when.moment + timedelta(days=1))
    return Order("snooze", _of_whom(_AT_ENDS.sub("", _after(reading.rest, hush)), ""), when)


def _finished(message: _Message) -> Order | None:
    """ "Đã xong nhiệm vụ 24", "đã nhận"."""
    whole, words = message.whole, message.words
    seen, first, last = w.SEEN.match(words), w.DONE_FIRST.match(words), w.DONE_LAST.search(words)
    if seen:
        target = _of_whom(_after(whole, seen), words)
        return None if target.words else Order("seen", target)
    if first:
        rest = _AT_ENDS.sub("", _after(whole, first))
        target = find_target(rest)
        sure = w.SURELY_DONE.search(words) and not target.words and (not rest or target != _NOTHING)
        return Order("done", target) if sure else None
    if last and (last["da"] or last["roi"]):
        target = find_target(whole[:last.start()].strip())
        return Order("done", target) if not target.words and target != _NOTHING else None
    return None


def _remind(message: _Message) -> Order | None:
    when, rest, words = message.reading.when, message.reading.rest, message.rest
    me, first, tell = w.REMIND_ME.search(words), w.REMIND_FIRST.match(words), w.TELL_ME.match(words)
    if me and w.LEADS_IN.search(words[:me.start()]) and not w.TOLD_OF.search(words[:me.end()]):
        return _of_me(me, message)
    if first:
        target = find_target(_after(rest, first))
        again = words.startswith("nhac lai") and when is None  # "nhắc lại nhiệm vụ 18": say it again
        clear = target.number or target.pointing or when or (w.SET_UP.match(words) and not target.words)
        return Order("remind", target, when) if clear and not again else None
    if tell and when is not None:
        target = find_target(_after(rest, tell))
        return Order("remind", target, when) if target.number or target.pointing else None
    return None


def _of_me(me: re.Match[str], message: _Message) -> Order | None:
    """ "Nhắc em …", "… nhắc em"."""
    when, before = message.reading.when, _AT_ENDS.sub("", message.reading.rest[:me.start()]).strip()
    target = find_target(_after(message.reading.rest, me))
    if target == _NOTHING and before:
        named = find_target(before)
        target = named if named.number or named.pointing else _NOTHING
    known, again = bool(target.number or target.pointing), "nhac lai" in me.group()
    if when is None and not known:
        told_now = w.LISTED.match(folded(target.words)) or (target == _NOTHING and before)  # "nhắc em các việc sắp đến hạn"
        if told_now or again or w.UNMARKED_TO.match(message.rest[me.start():]):  # "nhac toi nghi quyet 57" mentions it
            return None
    return Order("snooze" if again and isinstance(when, At) and not target.number else "remind", target, when)


def _of_whom(said: str, words: str) -> Target:
    return Target(every=True) if w.EVERYTHING.search(words) else find_target(said)


def _after(text: str, match: re.Match[str]) -> str:
    return text[match.end():].strip(_EDGE)
