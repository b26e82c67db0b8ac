"""The figure that a target sets, out of its sentence: value with its bound as written, unit, and what is measured.

A sentence holds other figures beside it (`trên 15 tuổi`, `tốc độ trên 01 Gbps`, `sau 12 tháng`); each candidate is weighed by
where it stands and by the words around it. The patterns are written with their diacritics (`từ` is a bound, `tử` is none): a scan
is repaired first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_BOUND = (
    r"(?:đạt )?(?:tối thiểu là|tối thiểu|ít nhất là|ít nhất|không thấp hơn|không dưới|không ít hơn|không nhỏ hơn|"
    r"không vượt quá|không quá|tối đa|lớn hơn hoặc bằng|lớn hơn|cao hơn|nhỏ hơn|thấp hơn|xấp xỉ|khoảng|trên|hơn|từ|dưới|gấp)"
)
_FIGURE = re.compile(
    rf"(?P<bound>(?:[≥≤><⩾⩽=]=?|\b{_BOUND})\s*)?"
    rf"(?<![\w/.,-])(?P<value>{_NUMBER}(?:\s?%)?(?:\s?(?:[-–—]|đến)\s?{_NUMBER}(?:\s?%)?)?)"
    r"(?P<tail>(?:(?<!%)\s(?:lần|tỷ|tỉ|triệu|nghìn|ngàn)(?:\s(?:tỷ|tỉ|đồng|usd|vnd|đô la))*)?(?:\s?trở lên)?)(?!\w|/\d|[.,-]\d)"
)
_BEFORE_VALUE = re.compile(r"^(?:[đĐ]ạt )?([≥≤><⩾⩽=]*)\s*(?=\S)")
_LEAD = re.compile(
    r"(?:phấn đấu|bảo đảm|đảm bảo|duy trì|hằng năm|hàng năm|mỗi năm|đến (?:hết |cuối )?năm \d{4}|có|đạt|tỉnh|[,:\s])*"
)
_SETS = re.compile(
    r"\b(?:đạt|chiếm|là|lên|xuống|còn|bằng|duy trì|phấn đấu|có|giảm|tăng|xếp|thứ|đứng thứ|nhóm|top|trong đó|trong số đó)"
    r"(?: mức)?:? ?$|: ?$"
)
# what follows a figure that limits the matter instead of setting the target
_CONDITION = re.compile(
    r"\s?(?:tuổi|tháng\b|ngày|giờ|phút|giây|[gmk]bps|[gmk]b/s|vạn dân|[gG]\b|năm\b(?! nhiệm)|km\b|tỉnh\b|trở lại)"
)
# a length of time that is the target itself
_TIME_SET = re.compile(r"\bthời (?:gian|hạn)\b(?!.*[,;])[^,;.]*$")
_NOT_A_VALUE = re.compile(
    r"(?:\b(?:năm|số|tháng|ngày|quý|điều|khoản|giai đoạn|đề án|nghị quyết|kỳ|phụ lục|mức độ|cấp độ|mức|lớp|thế hệ)|[/(]) ?$"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?(?:[-–]|đến)\s?(?:19|20)\d\d)?")
_UNIT_END = re.compile(
    r"\s(?:trên|được|có|đạt|đoạt|cấp|toàn|trong|tham gia|thực hiện|(?<!đổi )mới|của|với|ở|tại|từ|đến|làm|sử dụng|cung cấp|"
    r"hoạt động|phục vụ|hoàn thành|năm|và triển khai|theo|so với|để|bao gồm|gồm|cho|thuộc|liên quan|đáp ứng|triển khai|vào|là|"
    r"nhằm|công bố|hoặc|trở lên)\b"
    r"|[,;.:(/]|\s[-–]\s|$"
)
_RATE = re.compile(r"(?:/[^\W\d_]+(?:\s[^\W\d_]+){0,3}(?=/))*/[^\W\d_]+")  # per head and year: /người/năm, /hợp tác xã/năm
# "3,5 triệu lượt khách"
_THINGS = re.compile(r"(?<=triệu) (?:lượt(?: khách(?: du lịch)?)?|người|tấn|hộ|cây|m2|m²|ha|con|thuê bao|tài khoản)\b")
_TIMES = ("phút", "giờ", "giây", "ngày")
_SHARE_OF = re.compile(r"\s?(?:GRDP|GDP)\b")
_SURE = 3
_EVERY = re.compile(r"\b(?:mỗi|hằng|hàng) năm\b|\bbình quân năm\b")
_CLAUSE = re.compile(r"(?<=\w\w)\.\s+|;\s+|,\s+(?=tỷ lệ\b|tỷ trọng\b)|,?\s+trong (?:số )?đó:?(?: có)?\s+")
_TRAILING = re.compile(
    r"[\s,:;(]*(?:\b(?:đạt|chiếm|trên địa bàn(?: (?:toàn )?(?:tỉnh|thành phố))?|phấn đấu|là|lên|mức|ở mức|tăng|với|toàn tỉnh)"
    r"|[>≥<≤,:;(])\s*$"
)
_ACTION = re.compile(
    r"(?:xây dựng|phát triển|hình thành|thành lập|thu hút|đào tạo|triển khai|hoàn thành|bồi dưỡng|hỗ trợ|ươm tạo|"
    r"tổ chức|đưa|cấp|tạo|trợ giúp)\b"
)
# what is done stands before how many of it: "Thành lập mới 50 hợp tác xã"
_COUNTS = re.compile(rf"{_LEAD.pattern}{_ACTION.pattern}(?: (?:mới|thêm|được|ít))*\s")


@dataclass(frozen=True)
class Figure:
    """One figure of a sentence: `value` as written with its bound, its unit, its place, and how likely it is the target."""

    value: str
    unit: str | None
    start: int
    end: int
    weight: int


def figures(sentence: str) -> list[Figure]:
    """All figures of the sentence, in their order; `sentence` is repaired text in NFC with single blanks."""
    plain = sentence.lower()
    found = []
    for match in _FIGURE.finditer(plain):
        if _is_reference(plain, match):
            continue
        start, end = match.start(), match.end()
        value = _BEFORE_VALUE.sub(r"\1 ", " ".join(sentence[start:end].split())).strip()
        share = _SHARE_OF.match(sentence, end)
        if share and "%" in value:
            end = share.end()
            value += f" {share.group().strip()}"
        found.append(Figure(value, _unit(sentence, value, match.end(), end), start, end, _weight(plain, match)))
    return found


def main_figure(found: list[Figure]) -> Figure | None:
    """The figure that the target sets: the first that surely sets one, else the heaviest; None where none is more than a remark."""
    best = min(max((figure.weight for figure in found), default=0), _SURE)
    return next((figure for figure in found if figure.weight >= best > 0), None)


def further_figures(found: list[Figure], main: Figure) -> list[Figure]:
    """Figures beside the main one that set something as well (`…; tỷ lệ chi … đạt 2% GRDP`)."""
    return [figure for figure in found if figure is not main and figure.weight >= 3]


def every_year(sentence: str, main: Figure) -> bool:
    """Whether the figure holds for each year (`Mỗi năm có …`, `8%/năm`): its own clause must say so."""
    clause = _CLAUSE.split(sentence[:main.start].lower())[-1]
    return bool(_EVERY.search(clause)) or sentence[main.end:].startswith("/năm")


def measure(sentence: str, main: Figure | None) -> str:
    """What is measured, as a noun phrase: `Tỷ lệ phủ sóng 5G`, `Số doanh nghiệp khoa học và công nghệ`."""
    if main is None:
        return sentence.rstrip(" .;,:")
    before = _subject(sentence[:main.start])
    after = _CLAUSE.split(sentence[main.end:])[0].rstrip(" .;,:").lstrip(" ,")
    for word in ("các ", "số "):
        after = after.removeprefix(word)
    action = _ACTION.match(before.lower()) and main.unit and after
    if len(before.split()) >= 2 and not action:
        return _capital(before)
    if not after:
        return _capital(before or sentence.rstrip(" .;,:"))
    if action and "%" in main.value:
        return _capital(f"{before} {after}")
    if "%" not in main.value:
        return f"Số {after}"
    return _capital(after) if after.lower().startswith(("tỷ lệ", "tỷ trọng")) else f"Tỷ lệ {after}"


def _subject(before: str) -> str:
    """The words before a figure that say what it measures: the last clause, without `có`, `mỗi năm`, `… trên địa bàn đạt`.

    Nothing where a colon or no word stands before the figure: then it measures what follows it.
    """
    if before.rstrip().endswith(":") and len(before.split()) < 12:
        return ""
    before = _CLAUSE.split(before)[-1]
    lead = _LEAD.match(before.lower())
    if lead and (lead.end() == len(before) or not before[lead.end() - 1:lead.end()].isalpha()):
        before = before[lead.end():]
    while tail := _TRAILING.search(before.lower()):
        before = before[:tail.start()]
    return before


def _capital(text: str) -> str:
    text = text.strip(" ,;:-–")
    return text[:1].upper() + text[1:]


def _is_reference(plain: str, match: re.Match[str]) -> bool:
    """A year, a document's number, a date, or a name such as `Đề án 06` and `6 G`."""
    before, value = plain[:match.start("value")], match["value"].strip()
    if not match["bound"] and (_YEAR.fullmatch(value) or ("%" not in value and _NOT_A_VALUE.search(before))):
        return True
    if _YEAR.fullmatch(value) and re.search(r"\bnăm $|\btừ $|\bđến $", before):
        return True
    return bool(re.match(r"\s?g\b", plain[match.end():]))


def _weight(plain: str, match: re.Match[str]) -> int:
    before, after = plain[:match.start()], plain[match.end():]
    weight = 2 if "%" in match["value"] else 0
    weight += 2 if match["bound"] else 0
    weight += 4 if _LEAD.fullmatch(before) else 3 if _COUNTS.fullmatch(before) else 0
    weight += 3 if _SETS.search(before) or (match["bound"] or "").startswith("đạt") else 0
    weight += 2 if match["tail"].strip() else 0
    weight += 1 if before and not after.strip(" .;,)") else 0
    if "%" not in match["value"] and _CONDITION.match(after) and not _TIME_SET.search(before):
        weight -= 5
    if before.count("(") > before.count(")"):
        weight -= 4
    return weight


def _unit(sentence: str, value: str, end: int, share_end: int) -> str | None:
    """`%`, `% GRDP`, or the noun that is counted."""
    if "%" in value:
        return "% " + sentence[end:share_end].strip() if share_end > end else "%"
    counted = re.search(r"\d\s((?:lần|tỷ|tỉ|triệu|nghìn|ngàn)(?:\s(?:tỷ|tỉ|đồng|usd|vnd))*)", value, re.IGNORECASE)
    if counted:
        rate = _RATE.match(sentence, end)
        things = _THINGS.match(sentence, end) if not rate else None
        return counted.group(1) + (rate[0] if rate else things[0] if things else "")
    if not sentence[end:].startswith(" "):
        return None
    stop = _UNIT_END.search(sentence.lower(), end + 1)
    if stop and sentence[end:stop.start()].strip() in _TIMES and (rate := _RATE.match(sentence, stop.start())):  # "phút/lượt giao dịch"
        stop = _UNIT_END.search(sentence.lower(), rate.end())
    unit = sentence[end:stop.start() if stop else len(sentence)].split()
    return " ".join(unit if len(unit) <= 12 else unit[:2]) or None
