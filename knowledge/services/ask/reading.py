"""Small words that steer an answer: whose agency, which role, tasks or indicators, pointing back to the last answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance.DamerauLevenshtein import distance

from knowledge.entities import Entity
from knowledge.services.ask.question import Question
from knowledge.text.lexicon import is_syllable, spell_out, whole_syllable
from knowledge.text.normalize import blot, fold

Role = Literal["lead", "coop", "only_coop", "both", "sole", "joint", "shared"]

_OWN = re.compile(
    r"\b(so|don vi|co quan|phong|ban|ben|nganh|van phong|huyen|xa|phuong|truong|benh vien|cong ty|dia phuong|chi nhanh|cuc|trung tam)"
    r"( cua)? (em|toi|minh|tui|chung toi|chung em|chung minh|bon em|tui em|tui minh|anh|chi|chung ta)\b"
)
_OWN_WORK = re.compile(
    r"\b(viec|nhiem vu|nv|chi tieu|phan viec) cua (em|toi|minh|chung toi|chung em)\b|\b(em|toi|minh) (duoc giao|"
    r"(can|phai) (lam|xong|nop|hoan thanh)|chu tri|phu trach|co (nhung )?viec|con (nhung )?viec|con no)\b"
)
_BOTH = re.compile(
    r"\bvua\b[^.?!]{0,25}chu tri[^.?!]{0,25}\bvua\b[^.?!]{0,25}phoi hop|\bca hai (loai|vai|phan)\b|(chu tri|"
    r"lead)[^.?!]{0,25}\b(va|hoac|hay|lan|ca)\b[^.?!]{0,20}(phoi hop|coop)|(phoi hop)[^.?!]{0,25}\b(va|hoac|hay|lan|"
    r"ca)\b[^.?!]{0,20}(chu tri)|"
    r"\b(tham gia|lien quan|dinh dang|dinh toi|dinh den|co ten|co mat|co trong)\b"
)
_NOT_COOP = re.compile(r"\b(khong|ko|k|bo|tru|khoi)\b[^.,?!]{0,12}\bphoi hop\b|\bphoi hop (thi |la )?(bo|tru|khoi|khong tinh|khong lay)\b")
_NOT_LEAD = re.compile(
    r"\b(khong|ko|k|bo|tru|khoi|(?<!nam )ngoai)\b[^.,?!]{0,16}\b(chu tri|dau moi)\b|"
    r"\bchu tri (thi |la )?(bo|tru|khoi|khong tinh|khong lay)\b"
)
_WITH_JOINT = re.compile(
    r"\b(luon|ke|tinh|gom|lay) (luon )?ca\b[^.?!]{0,25}\b(chung|dong chu tri|cung chu tri)\b|"
    r"\b(hoac|hay|ke ca|va|lan|gom ca|bao gom|ca|(?:tinh|ke|gom|lay|cong) (?:luon|them|vao|ca))( la| ca| nhung| cac)?"
    r"( viec| nhiem vu| nv)? (dong|cung) chu tri\b|\bchu tri ?[/,(&+] ?(hoac )?(dong|cung)( chu tri)?\b"
)
_SHARED = re.compile(r"\bcung (?:nhau )?(?:lam|tham gia|thuc hien|co ten|co mat|phoi hop)\b")
_COOP = re.compile(
    r"\bphoi hop\b|\bp/h\b|\bcung thuc hien\b|"
    r"\bphoi hop vien\b|\bph (voi|nv|o|cua)\b|\b(cot|vai|o phan) ph\b|\bho tro cho\b|\bcung lam\b|\blam cung\b|"
    r"\bphu\b(?! trach| luc| hop| song| cap)"
)
_LEAD = re.compile(
    r"\bchu tri\b|\bchu chi\b|\bdau moi\b|\bphu trach\b|\bchiu trach nhiem\b|\bdung ten\b|\bcam trich\b|\blam chinh\b|\blo chinh\b"
)
_SOLE = re.compile(r"\b(duy nhat|duy nhut|mot minh|1 minh|rieng minh|doc lap|tu minh|khong chung|don doc|chi rieng|chi minh|chi co minh)\b")
_JOINT = re.compile(
    r"\b(dong chu tri|dung chung|chung ten|cung chu tri|cung dung ten|cung dung|cung dung ra|"
    r"chung chu tri|chu tri chung|nhieu (co quan|don vi|so) (cung |dong )?chu tri)\b"
)
_NOBODY = re.compile(
    r"\b(bo trong|de trong|khong (co|ghi)|chua ghi) (cot |o )?(co quan |don vi )?phoi hop\b|"
    r"\bphoi hop( nao)? (bo trong|de trong)\b"
)
_MANY_LEADS = re.compile(r"\b(?:tu )?(ba|bon|nam|3|4|5) (?:co quan|don vi|so)\b[^.?!]{0,20}\bchu tri\b")
_AS_NUMBER = {"ba": 3, "bon": 4, "nam": 5, "3": 3, "4": 4, "5": 5}
_LITERALLY = re.compile(
    r"(?:ghi|de|viet)(?: dung| la| ro| chu)* [“\"'‘](.{2,40}?)[”\"'’]"
    r"|(?:ghi|de|viet)(?: han| thoi han| thoi gian)? dung(?: la| thang)* ((?:\d{1,2}/)?(?:\d{1,2}/)?20\d\d)\b",
    re.IGNORECASE)
_LEFT_OUT = r"(?:thi |la |cu )?(?:bo|tru|khoi|loai|khong (?:tinh|lay|can|ke))"
_NOT_SOLE = re.compile(rf"\b(?:mot minh|1 minh|rieng minh|doc lap|don doc)\b[^.?!]{{0,12}}\b{_LEFT_OUT}\b")
_NOT_RECURRING = re.compile(
    rf"\b(?:thuong xuyen|hang nam|dinh ky|lien tuc)\b[^.?!]{{0,6}}\b{_LEFT_OUT}\b|"
    r"\b(?:tru|bo|khong (?:tinh|lay|ke|can)|ngoai tru|loai)\b[^.?!,]{0,16}\b(?:thuong xuyen|hang nam|dinh ky|lien tuc)\b")
_INDICATOR = re.compile(r"\bchi tieu\b|\bchi so\b|\bkpi\b|\bmuc tieu\b|\bphu luc (i|1)\b(?!i)|\bpl ?(i|1)\b(?!i)|\bcac ty le\b")
_TASK = re.compile(r"\bnhiem vu\b|\bnv\b|\bphu luc (ii|2)\b|\bpl ?(ii|2)\b|\bdau viec\b|\btask\b")
_POINTING = re.compile(
    r"\b(no|cai do|cai nay|cai ay|cai kia|viec do|viec nay|viec ay|nhiem vu do|nhiem vu nay|nhiem vu ay|nv do|nv nay|"
    r"de an do|de an nay|de an ay|"
    r"chi tieu do|chi tieu nay|chi tieu ay|chi so do|chi so nay|cai vua roi|vua roi|luc nay|hoi nay|khi nay|o tren|"
    r"noi tren|muc do|vu do|vu nay|cai vu do|ke hoach do|ke hoach nay|"
    r"chuong trinh do|chuong trinh nay|dong do)\b"
)
_OVERDUE = re.compile(
    r"\b(qua han|lo han|tre han|tre|cham|cham tien do|cham tre|no|con no|qua thoi han|het han roi|lo han|tre tien do|qua ngay|ton dong)\b"
)
_SPANNING = re.compile(
    r"\b(thoi gian|thoi han|han)( thuc hien| hoan thanh)?( duoc)?( la)? ghi\b|"
    r"\bthoi gian( thuc hien| hoan thanh)?( duoc)? la\b|\bkeo dai\b|\btrong (hai|ba|2|3) nam\b|\bqua (hai|"
    r"2) nam\b|\bgiai doan\b|\bnhieu nam\b"
)
_GIVING = r"(?: (?:co|ghi|an dinh|xac dinh|dat|neu|quy dinh|chot|ro))"
_OPEN_ENDED = re.compile(
    rf"\b(?:(?:khong|ko|hong){_GIVING}{{0,2}}|chua{_GIVING}{{1,2}}) (?:han|thoi han|deadline|ngay|moc)"
    r"(?: thoi gian)?(?: ket thuc| hoan thanh)?(?: cu the| ro rang)?\b"
)
_ONWARD = re.compile(
    r"\bnam (tiep|tip|tep)( theo)?\b|\b(?:cac|nhung|may) nam (?:ke|sau|toi)(?: tiep)?\b|\bkhong chot nam cuoi\b|"
    r"\bnam sau do\b|(?<!tu )(?<!tu nam )\b\d{4} tro di\b")
_LISTING = re.compile(
    r"\b(nhiem vu|nv|viec|dau viec|cong viec|phan viec|chi tieu|muc tieu|de an|ke hoach) (nao|gi|nhung gi|nhung nao)\b"
    r"|\b(cac|nhung|may|het|toan bo|tat ca|danh sach|danh muc) (cac )?(nhiem vu|nv|viec|dau viec|cong viec|phan viec|chi tieu)\b"
    r"|\b(liet ke|ke ra|ke het|thong ke|loc)\b|\b(co|gom|gom co|bao gom) (nhung |cac )?(gi|viec|nhiem vu|nv|chi tieu)\b|"
    r"\b(nhung gi|viec gi|may viec|may nv|may cai)\b"
)
_MEASURED = re.compile(
    r"\b(ty|ti) le (nao|bao nhieu|may|la bao)\b|\bcon so nao\b|\bdat bao nhieu\b|\b(bao nhieu|may|bn|nhieu) (phan tram|"
    r"%|nghin|ngan|ngin|tram|chuc|trieu)|\b(den|toi|dat|o) muc (nao|may|bao nhieu)\b|\b(dung )?(hang|thu|top) may\b"
)
_RECURRING = re.compile(r"\bthuong xuyen\b|\bhang nam\b|\bdinh ky\b|\blien tuc\b|\btx\b")


_CUES = frozenset(
    "nhiem vu viec chi tieu thuong xuyen phoi hop chu tri phu trach qua han tre cham nhom de an ke hoach chuong trinh dinh ky".split()
)


@lru_cache(maxsize=512)
def _cues(text: str) -> str:
    """The folded text with slips in the words that steer mended: `thườg xuyên` → `thuong xuyen`."""
    return re.sub(r"[a-z]{3,}", lambda m: _mended(m.group()), fold(text))


def _mended(word: str) -> str:
    word = whole_syllable(word)
    if word in _CUES or is_syllable(word):
        return word
    near = [c for c in _CUES if len(c) > 2 and distance(word, c, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else word


def _folded(question: Question) -> str:
    return _cues(question.text)


def _without_names(question: Question) -> str:
    """The folded text with the names of agencies blotted out: "Sở Tài chính" says nothing of a role."""
    return _cues(blot(fold(question.text), question.spans("agency", "document"), "_"))


def asks_own(question: Question) -> bool:
    """Does the question speak of the asker's own agency ("của sở em")?"""
    text = _folded(question)
    return bool(_OWN.search(text) or _OWN_WORK.search(text))


def role_asked(question: Question) -> Role | None:
    """Which part the agency plays in what is asked; None where nothing is said of it."""
    text = _without_names(question)
    if _SOLE.search(text) and not _NOT_SOLE.search(text):
        return "sole"
    if _JOINT.search(text) and not _WITH_JOINT.search(text):
        return "joint"
    if len(question.named("agency")) > 1 and _SHARED.search(text) and not _LEAD.search(text):
        return "shared"
    if _NOT_COOP.search(text):
        return "lead"
    if _NOT_LEAD.search(text):
        return "only_coop"
    if _BOTH.search(text) and (_COOP.search(text) or not _LEAD.search(text)):
        return "coop" if _COOP.search(text) and not _LEAD.search(text) else "both"
    if _COOP.search(text):
        return "coop"
    return "lead" if _LEAD.search(text) else None


def asks_without_coop(question: Question) -> bool:
    """Does a list ask for work without any cooperating agency?"""
    return bool(_NOBODY.search(_folded(question)))


def leads_at_least(question: Question) -> int | None:
    """How many leading agencies a list asks for at least ("từ ba cơ quan cùng chủ trì trở lên"); None where it does not."""
    found = _MANY_LEADS.search(_folded(question))
    return _AS_NUMBER[found.group(1)] if found else None


def deadline_quoted(question: Question) -> str | None:
    """The deadline that a list asks for literally ("thời gian ghi đúng “12/2025”"); None where it quotes none."""
    found = _LITERALLY.search(fold(question.text))
    quoted = question.text[slice(*found.span(1 if found.group(1) else 2))].strip() if found else ""
    return quoted if re.search(r"\d|thuong xuyen|hang nam", fold(quoted)) else None


def speaks_of_indicators(question: Question) -> bool:
    """Does the wording mean indicators or targets and not tasks?"""
    text = _folded(question)
    return bool(_INDICATOR.search(text)) and not re.search(r"\bnhiem vu\b|\bnv\b", text)


def speaks_of_tasks(question: Question) -> bool:
    """Does the wording mean tasks and not indicators?"""
    text = _folded(question)
    return bool(_TASK.search(text)) and not _INDICATOR.search(text)


def points_back(question: Question) -> bool:
    """Does the question point to something said before ("cái đó")?"""
    return bool(_POINTING.search(_folded(question)))


_THE_ONE = re.compile(r"^(?:da |the |vay |con |o |a )*(?:cai|viec|vu|nhiem vu|nv)\b")
_BESIDE_THAT = re.compile(r"\b(?:ngoai|tru|khac)(?: (?:viec|cai|nhiem vu|nv|de an))? (?:do|nay|ay|kia|no)\b")


def speaks_of_the_one(question: Question) -> bool:
    """Does the question begin with one thing among others ("cái về công dân số …")?"""
    return bool(_THE_ONE.search(_folded(question)))


def asks_beside(question: Question) -> bool:
    """Does a list ask for others than what was told last ("ngoài việc đó ra …")?"""
    return bool(_BESIDE_THAT.search(_folded(question)))


_NOBODY_LEADS = re.compile(
    r"\b(?:chua|khong|ko)(?: (?:co|ghi|giao|neu|phan cong|ro|thay))+(?: cho)?(?: co quan| don vi| ai| so| ben)?(?: nao)?"
    r" (?:chu tri|theo doi|phu trach|dau moi)\b|\b(?:chua|khong) (?:giao|phan cong)(?: cho)? ai\b"
)
_PAPERS = {"de an": "đề án", "chuong trinh": "chương trình"}
_ALL_PAPERS = re.compile(
    r"\b(?:cac|nhung|may|bao nhieu|bn|danh sach|danh muc|liet ke|tat ca|toan bo|ke het)(?: cac)? (de an|chuong trinh)\b"
    r"|\b(de an|chuong trinh) (?:nao|gi)\b|\b(de an|chuong trinh) (?:cua|do) (?=_)"
)


def asks_without_lead(question: Question) -> bool:
    """Does a list ask for rows that name no leading agency ("chỉ tiêu nào chưa có đơn vị theo dõi")?"""
    return bool(_NOBODY_LEADS.search(_folded(question)))


def paper_asked(question: Question) -> str | None:
    """The kind of paper that a list is of ("có bao nhiêu đề án"); None where it asks for work of any kind."""
    found = _ALL_PAPERS.search(re.sub(r"\bda\b(?= (?:cua|do) _)", "de an", _without_names(question)))
    return _PAPERS[found.group(1) or found.group(2) or found.group(3)] if found else None


def asks_overdue(question: Question) -> bool:
    """Does a list question ask for what is late?"""
    return bool(_OVERDUE.search(_folded(question)))


def open_ended_asked(question: Question) -> str | None:
    """Which work without a last day a list asks for: `regular` (thường xuyên), `onward` (và những năm tiếp theo), `any`."""
    text = _folded(question)
    if _ONWARD.search(text):
        return "onward"
    if _RECURRING.search(text):
        return None if _NOT_RECURRING.search(text) else "regular"
    return "any" if _OPEN_ENDED.search(text) else None


_MEASURING = re.compile(
    r"\btheo doi\b|\bdanh gia\b|\bdo luong\b|\bty le\b|\bti le\b|\bso luong\b|\bphan tram\b|%|\bchi so\b|\bxep hang\b|\bthu hang\b"
)


def speaks_of_measuring(question: Question) -> bool:
    """Does the wording hint at a measured value (theo dõi, đánh giá, tỷ lệ) without saying "chỉ tiêu"?"""
    return bool(_MEASURING.search(_folded(question)))


def asks_for_several(question: Question) -> bool:
    """Does the wording ask which tasks there are, rather than about one?"""
    return bool(_LISTING.search(_folded(question)))


def asks_for_value(question: Question) -> bool:
    """Does the wording ask for a measured value ("đến mức nào", "mấy phần trăm")?"""
    return bool(_MEASURED.search(_cues(question.text.lower().replace("trạm", "____"))))


_AMOUNT = re.compile(r"\b(?:bao nhieu|bao nhiu|bn|may)\b(?! (?:bay|chu|tinh|moc|in|lanh|anh|gio|luc|thang|nam|quy|hoi)\b)")
_OF_TIME = re.compile(r"\b(?:nam|thang|t|quy|q|ngay|thu) (?:may|bao nhieu|bn)\b")


def asks_amount(question: Question) -> bool:
    """Does the wording ask how many ("mấy vườn ươm"), not when ("năm mấy")?"""
    return bool(_AMOUNT.search(_OF_TIME.sub(" ", _cues(question.text[slice(*question.asking)]))))


_PEOPLE_BEFORE = re.compile(
    r"\b(hop|gap|hoi|nho|goi|goi dien|dien|noi|bao|gui|tra loi|moi|tiep|ben|voi|di|o|tu|qua)( cho| voi| o| ben| tu)?\s*$"
)
_WORK = re.compile(r"\b(chu tri|phoi hop|phu trach|duoc giao|giao|nhiem vu|nv|viec|chi tieu|theo doi|qua han|tre|cham)\b")


def gives_work(question: Question, agency: Entity) -> bool:
    """Does a sentence speak of the agency's work, not of meeting or asking it ("họp Ban Chỉ đạo", "bên Cục Thống kê hỏi")?"""
    text = fold(question.text)
    before = re.split(r"[.!?;]", text[: agency.start])[-1]
    after = re.split(r"[.!?;]", text[agency.end :])[0]
    return not _PEOPLE_BEFORE.search(before.rstrip()) and bool(_WORK.search(before + " " + after))


_OURS = re.compile(
    r"\b(nhiem vu|nv|viec|cong viec|dau viec|chi tieu|muc tieu|de an|ke hoach|chuong trinh|quyet dinh|han|thoi han|"
    r"den han|toi han|qua han|xong|hoan thanh|"
    r"hoan tat|tien do|chu tri|phoi hop|phu trach|duoc giao|giao|bao cao|phu luc|pl|nhom|tre|cham|deadline|trinh|nop)\b"
)


def speaks_of_work(question: Question) -> bool:
    """Does the question use any word of plans and work at all? "Cuối tuần đi biển có nắng không?" does not."""
    return bool(_OURS.search(_folded(question)))


_CHANGED = re.compile(
    r"\b(gio|nay|hien nay|hien tai|bay gio|sap nhap|hop nhat|nhap|gop|doi ten|ten moi|"
    r"moi(?! (?:nam|thang|quy|tuan|ky|giai doan|xa|huyen|don vi|co quan|tinh|nguoi|lan|dot|ben|noi|so|ban|nganh|"
    r"dia phuong))|cu|truoc day|chuyen (ve|sang|"
    r"cho|qua)|(tro |doi |h )?thanh (so|ban|co quan|don vi|phong) (gi|nao|j)|sap xep|thay|ke thua|"
    r"ke nhiem|thuoc ve|giai the|tach|con khong|"
    r"ai lam thay)\b"
)
_GROUP_NAME = re.compile(
    r"\b(ten|goi|ten goi)( la)?( gi)?\b|\b(la gi|noi ve|ve cai gi|ve gi)\b|\bnhom nao\b|\bmay nhom\b|\bbao nhieu nhom\b|"
    r"\b(cac|nhung) nhom\b|\bphan nao\b|\bmuc nao\b"
)


def speaks_of_change(question: Question) -> bool:
    """Does the wording speak of mergers and new names at all?"""
    return bool(_CHANGED.search(_without_names(question)))


def asks_group_name(question: Question) -> bool:
    """Does a question about a group ask what it is or which it is, rather than what stands in it?"""
    return bool(_GROUP_NAME.search(_folded(question)))


def spans_years(question: Question) -> bool:
    """Does a list ask for work that runs over several years ("kéo dài trong hai năm")?"""
    return bool(_SPANNING.search(_folded(question)))


_ROLE_BEFORE = re.compile(r"\b(ben|phia|nganh|do|cua|giao|co quan|don vi)\s*$")
_ROLE_AFTER = re.compile(
    r"^\s*\w{0,8}\s*(tinh |hg |tg |ht )?(duoc |phai |co |dang )?(ghi |giao )?(ten )?(chu tri|phoi hop|phu trach|"
    r"theo doi|lam|lo|con|co|giao|duoc|no|tre|cham)\b"
)


def acts(question: Question, agency: Entity) -> bool:
    """Is a name that is an ordinary word too ("công an", "báo", "y tế") used as somebody who does something?"""
    text = fold(question.text)
    return bool(_ROLE_BEFORE.search(text[: agency.start].rstrip()) or _ROLE_AFTER.search(text[agency.end :]))


_WHO = re.compile(r"\b(co quan|don vi|dv|so|ben|nganh|noi|ai) (nao|gi)\b|\bai\b")
_REVISED = re.compile(
    r"\bthay doi\b|\bban (truoc|cu|moi)\b|\bphien ban\b|\bcap nhat\b|\bdieu chinh\b|\bsua doi\b|\bduoc sua\b|\bbi sua\b|"
    r"\blan truoc\b|\bkhac (truoc|gi|cho nao)\b|"
    r"\bmoi them\b|\bbi bo\b|\bduoc them\b|\bdoi han\b|\bdoi co quan\b|\bbi doi\b"
)
_UNIT = re.compile(r"\b(?:don vi tinh|don vi do)(?: la| bang| theo)?\s+(.+)|\b(?:tinh|do) (?:theo|bang)\s+(?!doi)(.+)")


_LIST_SIZE = re.compile(r"^trong (hai|ba|bon|nam|\d+) ")
_SIZES = {"hai": "2", "ba": "3", "bon": "4", "nam": "5"}
_WITHIN = re.compile(
    r"\btrong (?:may|hai|ba|bon|nam|\d+|cac|nhung) (?:viec|cai|nhiem vu|nv)\b.{0,20}\b(?:do|nay|tren|kia)\b|"
    r"\btrong (do|so do|so nay|may (viec|cai|nhiem vu|nv) (do|nay|tren|kia)|(danh sach|cac viec|cac nhiem vu) (do|nay|tren))\b|"
    r"^(the |vay )?(cai|nhung cai) nao\b"
)
_COUNTED = re.compile(r"\b(bao nhieu|may|bn) (nhiem vu|nv|viec|dau viec|cong viec|chi tieu|dong|hang)\b")


def asks_within(question: Question) -> bool:
    """Does the wording narrow the list that was shown before ("trong đó cái nào hạn 2026?")?"""
    return within_span(question) is not None


def within_span(question: Question) -> tuple[int, int] | None:
    """Where a question names the list shown before ("trong bốn việc tháng 6 đó"); what stands there narrows nothing anew.

    None where it names none, or one of another length.
    """
    found = _WITHIN.search(fold(question.text))
    size = _LIST_SIZE.search(found.group()) if found else None
    other = size is not None and _SIZES.get(size.group(1), size.group(1)) != str(len(question.context.listed))
    return found.span() if found and not other else None


def counts_work(question: Question) -> str | None:
    """The intent of a question that asks how many tasks or indicators there are; None where it does not."""
    found = _COUNTED.search(_folded(question))
    return None if found is None else "count_indicators" if found.group(2) == "chi tieu" else "count_tasks"


def asks_who(question: Question) -> bool:
    """Does the wording ask for an agency ("sở nào công bố")?"""
    return bool(_WHO.search(_without_names(question)))


def asks_who_last(question: Question) -> bool:
    """Does the message end by asking for an agency?"""
    return bool(re.search(r"\b(co quan|don vi|dv|so|ben|nganh|noi) (nao|gi)\b[^.?!]{0,25}$", _without_names(question).rstrip(" ?.!")))


def speaks_of_revision(question: Question) -> bool:
    """Does the wording speak of versions of a plan at all?"""
    return bool(_REVISED.search(_folded(question)))


def unit_asked(question: Question) -> str | None:
    """The unit that a list of indicators is narrowed to ("đơn vị tính là DN", "tính theo thứ bậc"), folded."""
    match = _UNIT.search(fold(spell_out(question.text)).rstrip(" ?.!"))
    return (match.group(1) or match.group(2)).strip() if match else None


_WHEN = re.compile(r"\b(khi nao|luc nao|bao gio|chung nao|hoi nao|thang may|thang nao|nam nao|nam may|ngay nao|quy may|den dau)\b")


def asks_when(question: Question) -> bool:
    """Does the wording ask for a time?"""
    return bool(_WHEN.search(_folded(question)))


_DEADLINE = re.compile(r"\b(?:han|thoi han|deadline|het han|den han|toi han|xong|hoan thanh)\b")


def asks_deadline(question: Question) -> bool:
    """Does the wording speak of a deadline?"""
    return bool(_DEADLINE.search(_folded(question)))


_BODY = r"(?:ai|co quan nao|don vi nao|so nao|ben nao|nganh nao|cho nao)"
_CELLS = {
    "ask_lead": re.compile(
        rf"\b(?:may|bao nhieu) (?:so|co quan|don vi|ben) (?:cung )?chu tri\b|"
        rf"\b{_BODY}\b[^.?!,;]{{0,12}}\b(?:chu tri|lam chinh|lo|lam|phu trach|dung dau)\b|\b(?:chu tri|phu trach) (?:la )?ai\b"
    ),
    "ask_coop": re.compile(rf"\b{_BODY}\b[^.?!,;]{{0,12}}\b(?:phoi hop|ph)\b|\b(?:phoi hop|cung|voi) (?:voi |la )?(?:nhung )?{_BODY}\b"),
    "ask_due": re.compile(
        r"\b(?:khi nao|bao gio|chung nao|luc nao|hoi nao|thang may|ngay nao|het han|han (?:chot|cuoi|la|nao|den|toi)|deadline)\b"
    ),
    "ask_result": re.compile(r"\b(?:ket qua|san pham|dau ra)\b[^.?!,;]{0,30}\b(?:gi|j|nao|ra sao)\b|\bra (?:cai |van ban )?(?:gi|j)\b"),
}


def cells_asked(question: Question) -> frozenset[str]:
    """Which cells of a row a question asks for, by the intent that asks for each alone ("ai làm, bao giờ xong": two)."""
    text = fold(spell_out(question.text))
    return frozenset(intent for intent, pattern in _CELLS.items() if pattern.search(text))
