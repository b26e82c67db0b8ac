"""The words of a digest: the most urgent first, then everything by kind, then the sources. Only what may leave the building."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any

from bot.channels.port import Button
from bot.reminders.renumbering import number
from bot.reminders.sayings import weekday
from knowledge.model.plan import ref_kind, ref_plan
from knowledge.services.ask.wording import day as short_day
from knowledge.services.ask.wording import upper
from knowledge.services.remind.notices import Notice, Summary
from knowledge.services.remind.steps import LATE
from knowledge.services.remind.works import Head, Work

#: Within one message of every channel, unless so much is due or newly late, which is never cut.
LONGEST = 1900
_LABELS = {"task": "nhiệm vụ", "duty": "việc được giao mục", "reporting": "báo cáo mục"}
_ANNEX_OF = re.compile(r"^Phụ lục [IVXLC\d]+(?:\s*(?:,|và)\s*[IVXLC\d]+)*\s+(?:ban hành )?kèm theo\s+")


@dataclass(frozen=True)
class _Size:
    """How much room there is: characters of a name, of a name in a summary, lines of a list (the rest is counted)."""

    name: int
    listed: int
    lines: int


_SIZES = (_Size(110, 70, 10), _Size(75, 55, 7), _Size(50, 40, 4))

#: What may be answered to a reminder.
BUTTONS = (Button("Đã nhận", "đã nhận"), Button("Hoãn", "hoãn"), Button("Đã xong", "đã xong"), Button("Tắt nhắc", "tắt nhắc"))
_ANSWERABLE = ("lead", "coop", "again", "own", "moved", "escalated")


def text(notices: Sequence[Notice], plans: Mapping[str, Head], today: date) -> str:
    """One message of all notices, which come in order of urgency."""
    told = ""
    for size in _SIZES:
        parts = [_first_line(notices, today)]
        parts += ["\n".join([title, *found]) for title, found in _sections(notices, today, size)]
        parts += filter(None, (_sources(notices, plans), "Tin tự động của Trợ lý."))
        told = "\n\n".join(parts)
        if len(told) <= LONGEST:
            break
    return told


def buttons(notices: Iterable[Notice]) -> tuple[Button, ...]:
    """The answers offered; none where nothing asks for one."""
    return BUTTONS if any(notice.kind in _ANSWERABLE and notice.work for notice in notices) else ()


def record(notices: Iterable[Notice]) -> dict[str, Any]:
    """What the message is about, for channels that draw it and for whoever handles the answer."""
    return {"kind": "reminder", "notices": [{"ref": n.ref, "deadline": n.deadline, "step": n.step} for n in notices]}


def label(ref: str) -> str:
    """`nhiệm vụ 18`."""
    return f"{_LABELS.get(ref_kind(ref), 'mục')} {number(ref)}"


def when(day: date, hour: time | None, today: date) -> str:
    """How far a deadline is: `hạn hôm nay, trước 11 giờ`, `hạn 6/3/2026, còn 7 ngày`, `quá hạn 3 ngày, từ 6/3/2026`."""
    left, clock = (day - today).days, f", trước {_clock(hour)}" if hour else ""
    if left < 0:
        return f"hạn {short_day(day)}, quá {-left} ngày"
    if left < 2:
        return f"hạn {'hôm nay' if left == 0 else 'ngày mai'} {short_day(day)}{clock}"
    return f"hạn {short_day(day)}{clock}, còn {left} ngày"


def _clock(hour: time) -> str:
    return f"{hour.hour} giờ" + (f" {hour.minute}" if hour.minute else "")


def _first_line(notices: Sequence[Notice], today: date) -> str:
    """The most urgent thing in a sentence, and how much there is."""
    notice = notices[0]
    more = sum(n.work is not None or n.kind == "unreached" for n in notices) - 1
    rest = f" Còn {more} việc khác." if more > 0 else ""
    if notice.kind == "escalated" and notice.work:
        return f"Chưa có người xác nhận: {_titled(notice.work)} – {_due(notice, today)}.{rest}"
    if notice.kind == "unreached":
        return f"Không gửi được nhắc việc: {notice.note}.{rest}"
    if notice.work and notice.kind in ("lead", "coop", "again", "own", "moved") and notice.day:
        left = (notice.day - today).days
        head = "Quá hạn" if left < 0 else "Hạn hôm nay" if left == 0 else "Hạn ngày mai" if left == 1 else f"Còn {left} ngày"
        hour = f", trước {_clock(notice.hour)}" if notice.hour and left == 0 else ""
        return f"{head}{hour}: {_titled(notice.work)}.{rest}"
    if notice.kind == "gone":
        return f"{upper(label(notice.ref))} không còn trong kế hoạch.{rest}"
    if notice.kind == "handed" and notice.work:
        return f"{upper(label(notice.ref))} không còn giao cho cơ quan anh/chị.{rest}"
    if notice.kind == "week" and notice.summary:
        return f"Tóm tắt tuần, {weekday(today)}: {_counts(notice.summary)}."
    if notice.kind == "standing" and notice.summary:
        return f"Việc thường xuyên tháng {today.month}/{today.year}: {len(notice.summary.standing)} việc."
    return f"Anh/chị hẹn nhắc: {notice.note}." if notice.note else f"Nhắc việc {weekday(today)}.{rest}"


def _counts(summary: Summary) -> str:
    told = [(len(summary.late), "việc quá hạn"), (len(summary.soon), "việc đến hạn trong 7 ngày"),
            (len(summary.standing), "việc thường xuyên")]
    return ", ".join(f"{count} {what}" for count, what in told if count) or "không có việc đến hạn"


def _sections(notices: Sequence[Notice], today: date, size: _Size) -> Iterator[tuple[str, list[str]]]:
    dated = [n for n in notices if n.kind in ("lead", "coop", "again") and n.day is not None and n.day >= today]
    late = [n for n in notices if n.kind in ("lead", "coop", "again") and n.day is not None and n.day < today]
    shown = {n.ref for n in [*dated, *late]}
    undated = [n for n in notices if n.kind == "again" and n.day is None]
    late.sort(key=lambda n: n.day or date.min, reverse=True)
    for day, group in groupby(sorted(dated, key=lambda n: n.day or date.max), key=lambda n: n.day or date.max):
        left = (day - today).days
        head = "Hôm nay" if left == 0 else "Ngày mai" if left == 1 else f"Còn {left} ngày"
        yield f"{head}, {weekday(day)}:", _merged(list(group), size)
    for kind, head in (("escalated", "Chưa có người trả lời “đã nhận”:"), ("unreached", "Không gửi được nhắc việc cho:")):
        found = [n for n in notices if n.kind == kind]
        if found:
            yield head, _cut([_line(n, today, size) for n in found], size.lines)
    if late:
        fresh = sum(not n.step.startswith(LATE) or n.rank <= 7 for n in late)
        yield f"Quá hạn ({len(late)}):", _cut([_line(n, today, size) for n in late], max(size.lines, fresh))
    kinds: tuple[tuple[str, Callable[[Notice], bool]], ...] = (
        ("Đổi thời hạn:", lambda n: n.kind == "moved"),
        ("Không còn trong kế hoạch:", lambda n: n.kind == "gone"),
        ("Không còn giao cho cơ quan anh/chị:", lambda n: n.kind == "handed"),
        ("Theo lời hẹn của anh/chị:", lambda n: n.kind == "own" and n.summary is None and n.ref not in shown),
    )
    for head, chosen in kinds:
        found = [n for n in notices if chosen(n)]
        if found:
            yield head, [_line(n, today, size) for n in found]
    if undated:
        yield "Hết thời gian hoãn:", [_line(n, today, size) for n in undated]
    for notice in notices:
        if notice.summary:
            yield from _summary(notice.summary, size)


def _summary(summary: Summary, size: _Size) -> Iterator[tuple[str, list[str]]]:
    if summary.soon:
        lines = [f"• {upper(_titled(work, size.listed))} ({short_day(day)})" for day, work in summary.soon]
        yield "Đến hạn trong 7 ngày:", _cut(lines, size.lines)
    if summary.late:
        newest = reversed(summary.late)
        lines = [f"• {upper(_titled(work, size.listed))} ({short_day(work.deadline)})" for work in newest if work.deadline]
        yield f"Quá hạn ({len(lines)}):", _cut(lines, size.lines)
    if summary.standing:
        lines = [f"• {upper(_titled(work, size.listed))}" for work in summary.standing]
        yield "Thường xuyên, không ấn định ngày:", _cut(lines, size.lines)
    if summary.shared:
        yield "Giao chung nhiều cơ quan:", _cut([f"• {upper(_titled(work, size.listed))}" for work in summary.shared], size.lines // 2)
    if summary.unheard:
        yield "Có việc nhưng chưa có cán bộ đăng ký nhận nhắc:", _cut([f"• {name}" for name in summary.unheard], size.lines)


def _merged(notices: Sequence[Notice], size: _Size) -> list[str]:
    """One line a piece of work; what is asked for in several periods at once ("tháng, quý, năm") stands once."""
    lines: dict[tuple[str, str, object], list[Notice]] = {}
    for notice in notices:
        if notice.work:
            lines.setdefault((notice.work.plan, notice.work.name, notice.hour), []).append(notice)
    out = []
    for group in lines.values():
        notice, work = group[0], group[0].work
        if work:
            hour = f" – trước {_clock(notice.hour)}" if notice.hour else ""
            numbers = ", ".join(dict.fromkeys(number(n.ref) for n in group))
            coop = " (phối hợp)" if notice.kind == "coop" else ""
            out.append(f"• {upper(_LABELS[work.kind])} {numbers}: {_cut_text(work.name, size.name)}{hour}{coop}{_moved(notice)}")
    return out


def _line(notice: Notice, today: date, size: _Size) -> str:
    if notice.kind == "unreached":
        return f"• {notice.note}"
    if notice.kind == "gone":
        return f"• {upper(label(notice.ref))}" + (f" (đã nhắc hạn {short_day(notice.day)})" if notice.day else "")
    if notice.work is None:
        return f"• {notice.note}"
    if notice.kind == "moved" and notice.old:
        now = short_day(notice.day) if notice.day else "không ấn định ngày"
        return f"• {upper(_titled(notice.work, size.name))}: từ {short_day(notice.old)} thành {now}"
    if notice.kind == "handed":
        return f"• {upper(_titled(notice.work, size.name))}"
    return f"• {upper(_titled(notice.work, size.name))} ({_due(notice, today)}){_moved(notice)}"


def _moved(notice: Notice) -> str:
    return f" – đổi hạn, trước là {short_day(notice.old)}" if notice.old else ""


def _due(notice: Notice, today: date) -> str:
    if notice.day:
        return when(notice.day, notice.hour, today)
    return notice.work.due if notice.work and notice.work.due else "không ấn định ngày"


def _titled(work: Work, longest: int = _SIZES[0].name) -> str:
    return f"{label(work.ref)} “{_cut_text(work.name, longest)}”"


def _sources(notices: Sequence[Notice], plans: Mapping[str, Head]) -> str:
    """The documents of all rows named."""
    works = [n.work for n in notices if n.work]
    for notice in notices:
        if notice.summary:
            works += [*notice.summary.late, *(work for _, work in notice.summary.soon), *notice.summary.standing, *notice.summary.shared]
    ids = dict.fromkeys([*(work.plan for work in works), *(ref_plan(n.ref) for n in notices if n.kind == "gone")])
    titles = [_cut_text(_ANNEX_OF.sub("", plans[id_].title), 160) for id_ in ids if id_ in plans]
    return "\n".join(f"Nguồn: {title}." for title in titles[:3])


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"… và {len(lines) - most} mục nữa."]


def _cut_text(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[:longest].rsplit(" ", 1)[0].rstrip(",;:. …") + "…"
