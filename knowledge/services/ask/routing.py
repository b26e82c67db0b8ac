"""Which family of answers a question belongs to when its form alone misleads, and what to try when a family finds nothing.

`intents.settle` repairs what tasks and indicators need; here are the families over all documents. Each repair says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.model import Row
from knowledge.services.ask import comparisons, duties, facts, groups, lists, pointing, reading, rows, targets
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.linking import QUIET_KINDS, Calibration, content, link, scope
from knowledge.services.ask.naming import by_words, names_number, own_plans
from knowledge.services.ask.question import Answer, Question
from knowledge.services.ask.sayings import Words
from knowledge.text.lexicon import spell_out
from knowledge.text.normalize import fold

_OF_DOCUMENT = re.compile(
    r"\b(ban hanh|ky|ve viec (gi|j)|noi dung (gi|j|la)|noi (ve )?(gi|j)|la (gi|j)|van de (gi|j)|nhac|vien dan|trich yeu|"
    r"ngay (may|nao|bao nhieu)|ngay thang|khi nao"
    r"|ve (gi|j)|cua (ai|co quan nao|cap nao|bo nao|don vi nao)|so may|phe duyet( [a-z]+){0,3} (gi|j|nao)|quy dinh( ve)? (gi|j))\b"
)
_WHICH_DOCUMENT = re.compile(
    r"\b(nghi quyet|nghi dinh|quyet dinh|(?<!phap )luat|van ban|chi thi|thong tu)( cua( [a-z]+){1,3})? (nao|so may|so bao nhieu)\b"
    r"|\bso (cua )?(cai )?(nghi quyet|quyet dinh|nghi dinh)\b"
)
_MEETING = re.compile(r"\b(phien hop|cuoc hop|buoi hop)\b")
_OF_MEETING = re.compile(r"\b(ai|dong chi nao) chu tri\b|\bchu tri\b|\bngay nao\b|\bdien ra\b|\bkhi nao\b|\bo dau\b|\bhom nao\b")
_ISSUES = re.compile(
    r"\b(ban hanh|ky|cua (ai|co quan nao)|so (may|bao nhieu)|so hieu|ngay|khi nao|nhac|ve viec|noi dung|la gi|van ban|nam nao|noi nhan)\b"
)
_DOES = re.compile(r"\b(ai|co quan nao|don vi nao|so nao|ban nao|ben nao)\b(?! (ban hanh|ky)\b)")
_GIVEN_TO = re.compile(r"\bgiao (cho )?(ai|ban nao|so nao|co quan nao|don vi nao|ben nao)\b")
_WHO_FIRST = re.compile(r"^(ai|co quan nao|don vi nao|so nao|ben nao)\b")
_REPORTS = re.compile(
    r"\b(bao cao|bc|so ket|tong ket)\b.*\b(bao lau|may gio|thu may|dinh ky|dinh ki|gui (ve|cho|toi)|hang (tuan|thang|"
    r"quy|nam)|may (lan|thang)|chu ky)\b"
    r"|\b(bao lau|dinh ky|dinh ki|may thang)\b.*\b(bao cao|bc|so ket|tong ket|kiem tra)\b|\b(kiem tra|"
    r"giam sat)\b.*\b(may lan|bao lau|chu ky)\b"
    r"|\bhang (tuan|thang|quy)\b.*\b(?:tong hop|bao cao|gui)\b.*\b(?:muon nhat|cham nhat|luc nao|may gio|truoc gio nao)\b"
    r"|\b(?:tong hop|bao cao|gui|chuyen)\b.*\bhang (tuan|thang|quy)\b.*\b(?:muon nhat|cham nhat|luc nao|may gio|truoc gio nao)\b"
    r"|\b(kho khan|vuong mac)\b.*\b(bao cao|gui|phan anh)\b.{0,25}\b(ai|dau|the nao|hinh thuc)\b"
)
_PREPARES = re.compile(r"\b(chuan bi|dau moi|tham muu|soan thao|soan|du thao|xay dung|chu tri)\b")
_OF_REPORTING = re.compile(
    r"\b(bao cao|bc|so ket|tong ket|kiem tra|giam sat|hop|dinh ky|dinh ki|vuong mac|kho khan|don doc|theo doi|kien nghi|phan anh|"
    r"che do|tuan|doan)\b"
)
_PAST = re.compile(
    r"\b(da|hien nay|hien co|hien tai|hien|den nay|toi nay|tinh den nay|dang|vua qua|thoi gian qua|dat duoc|vi sao|"
    r"tai sao|ly do|nguyen nhan|kho khan|han che"
    r"|ton tai|thuc trang|tinh hinh|hien trang|nam ngoai|nam qua|du kien)\b"
)
_AIM = re.compile(r"\b(muc tieu|chi tieu|phai|phan dau|dat ra|can (co|dat)|yeu cau)\b")
_AMOUNT = re.compile(
    r"\b(bao nhieu|may|bn|ty le|ti le|so luong|muc nao|chi so|moi nam|qua cac nam|tung nam|"
    r"(?:tung|cac|qua|moi) (?:moc|giai doan)|%)\b|%"
)
_ASKS_WHEN = re.compile(r"\b(khi|ngay|thang|nam|luc|hoi) (nao|may)\b|\bbao gio\b")
_BESIDE = re.compile(r"\b(so voi|so sanh|chenh|chenh lech|khac|hon kem|tang (?:them|may|bao nhieu))\b")
_OWN_GROUP = re.compile(r"\bnhom (nao|nhiem vu|viec|gi)\b|\b(cac|nhung|may) nhom (nhiem vu|nao|gi|viec)\b|\bmay nhom$|\bnhom thu\b")
_TITLES = re.compile(r"\b(muc tieu chung|muc dich|quan diem|phuong huong|kien nghi|de xuat|ton tai|han che|nguyen nhan|kinh phi)\b")
_IN_REPORT = re.compile(r"\b(trong|theo|tai|o|cua) (ban )?(bao cao|thong bao|ket luan)\b")
_COUNTED = re.compile(r"\b(bao nhieu|may|bn)\b")
_COUNTED_WORK = re.compile(
    r"\b(bao nhieu|may|bn) (nhiem|nv|viec|dau viec|cong viec|chi tieu|muc tieu|de an|"
    r"ke hoach|chuong trinh|cai|muc|dong|nhom|task|thu|dau|ct|"
    r"du an|hoat dong|noi dung|phan|mang|linh vuc|co quan|so|don vi|ban|nganh)\b"
)
_COUNTED_AIMS = re.compile(r"\b(bao nhieu|may|bn) (cai|muc|chi tieu|muc tieu|dong)\b")
_GIVEN = re.compile(r"\bchi dao\b|\bgiao (xu ly|giai quyet)\b|\b(xu ly|giai quyet) (the nao|ra sao)\b")
_REQUIRES = re.compile(r"\b(yeu cau|chi dao|giao|de nghi)( lam| thuc hien| phai lam)? (nhung )?(gi|the nao|ra sao)\b")
_SINCE = re.compile(r"\btu (khi nao|bao gio|nam nao|thang nam nao|thang nao|luc nao|ngay nao|hoi nao|may gio)\b")
_OWN_ASKED = re.compile(
    r"\b(la )?cua (ai|co quan nao|don vi nao)\b|\b(do )?(ai|co quan nao|don vi nao) ban hanh\b|\bban hanh (ngay|khi|nam|"
    r"luc)\b|\bso may\b|\bai ky\b"
)
_ISSUED = re.compile(r"\b(ban hanh|ky|so may|so bao nhieu|so hieu|nhac|vien dan|ve viec|la gi|ve gi|phe duyet|trich yeu)\b")
_IN_REPORT_SAID = re.compile(
    r"\b(bao cao|thong bao|ket luan|ke hoach)\b.*\b(noi|ghi|neu|bao|viet|co|da)\b|\b(theo|trong) (bao cao|thong bao)\b"
)
_NUMBER_OF_IT = re.compile(r"\bso may\b|\bso bao nhieu\b|\bmay (van ban|noi|cho|lan|trang)\b|\bngay may\b")
_TITLED = 0.75  # share of the words beside its kind and province that a plan's title holds
_HANDED = re.compile(
    r"\b(?:giao (?:cho )?(?:ai|co quan nao|don vi nao|so nao|ben nao)|giao (?:xu ly|giai quyet)|chi dao (?:ai|xu ly|giai quyet))\b"
)
_LAST_PART = re.compile(r"-\d+$")
_MATTER_HELD, _MATTER_SAID = 0.4, 1.8
_MUCH_SAID, _WORK_HELD = 0.8, 0.7
_ITS_WORK = re.compile(r"\b(viec|cong viec|nhiem vu|phan viec)( cu)? cua $")
_HELD_NOW = re.compile(
    r"^ ?(truoc day |cu )?(thi )?(hien|nay|gio|bay gio|hien nay|hien gio)\b.{0,12}\b(so|ai|ben|don vi|co quan|ban) ?(nao)?\b"
)
_SURE = 0.9
_BARE = 8
_YEAR = re.compile(r"\b20\d\d\b")
_DOUBTFUL, _MUCH = 0.6, 2.0
#: How much better than a row a passage must hold the question to be told in its place; less where what has happened is asked for.
_AHEAD, _AHEAD_TOLD = 0.25, 0.1
_FAR_AHEAD = 0.4  # so much better, it need not hold the question nearly whole
_TARGETS = re.compile(r"\bmuc tieu\b|\bchi tieu\b|\bmt\b|\bmuc tiu\b")
_ROW = (*rows.INTENTS, "ask_group", "ask_successor", "follow_up")
_PROSE_INSTEAD = (*rows.INTENTS, *lists.INTENTS, "ask_group")


def route(question: Question, kb: KnowledgeBase) -> Question:
    """The question with the intent of the family that it belongs to."""
    for repair in (
        _of_places,
        _of_heir,
        _of_document,
        _of_own_plan,
        _of_doing,
        _of_reporting,
        _of_years,
        _of_scope,
        _of_count,
        _of_prose,
        _of_direction,
        _of_target,
    ):
        question = repair(question, kb)
    return question


def _of_places(question: Question, kb: KnowledgeBase) -> Question:
    """ "Trưởng ban ở Hậu Giang và Hà Tĩnh tên gì?" asks what each of the provinces says."""
    several = question.intent in (*rows.INTENTS, "ask_fact") and len(question.named("province")) > 1
    return question.ask("compare") if several and comparisons.by_place(question, kb) is not None else question


def _of_heir(question: Question, kb: KnowledgeBase) -> Question:
    """ "Việc của Sở Thông tin và Truyền thông hiện do sở nào đảm nhận?" asks for the agency that took it over."""
    text = fold(question.text)
    for e in question.entities:
        if e.kind == "agency" and _ITS_WORK.search(text[: e.start]) and _HELD_NOW.match(text[e.end :]):
            return question.ask("ask_successor") if question.intent in (*rows.INTENTS, *lists.INTENTS) else question
    return question


def _of_document(question: Question, kb: KnowledgeBase) -> Question:
    """ "Nghị quyết 57 về vấn đề gì", "phiên họp do ai chủ trì", "quyết định nào phê duyệt …" ask about documents."""
    text = fold(question.text)
    if question.intent == "ask_document" or question.named("task_no") or question.named("indicator_no"):
        return question
    if question.intent not in (*_ROW, *lists.INTENTS, "ask_fact", "compare", "out_of_scope", "ask_change"):
        return question
    if _OF_DOCUMENT.search(text) and names_number(question, kb):
        return question.ask("ask_document")
    asked = fold(question.text[slice(*question.asking)])
    if _MEETING.search(asked) and _OF_MEETING.search(asked) and not re.search(r"\bbao cao\b|\bnoi dung\b|\bchuan bi\b", text):
        return question.ask("ask_document")
    if _WHICH_DOCUMENT.search(text) and question.intent in (*rows.INTENTS, "ask_fact") and by_words(question, kb):
        return question.ask("ask_document")
    return question


def _of_doing(question: Question, kb: KnowledgeBase) -> Question:
    """ "Cơ quan nào xây dựng Kế hoạch thực hiện Quyết định 204" asks who does it, not about the document."""
    text = fold(question.text)
    if question.intent == "ask_change" and _WHO_FIRST.search(text):
        return question.ask("ask_lead")
    if question.intent == "ask_document" and _GIVEN_TO.search(text):
        return question.ask("ask_lead")
    if question.intent == "ask_document" and _REQUIRES.search(text) and duties.on_topic(question, kb):
        return question.ask("list_tasks")
    if question.intent == "ask_document" and _DOES.search(text) and not _ISSUES.search(text) and not _MEETING.search(text):
        return question.ask("ask_lead")
    return _of_work_on(question, kb)


def _of_work_on(question: Question, kb: KnowledgeBase) -> Question:
    """ "Chương trình tuyên truyền Nghị quyết 57 có hạn cuối không" says what is done with the document, and one task does that."""
    if question.intent != "ask_document" or _ISSUED.search(fold(question.text)):
        return question
    counted = reading.asks_amount(question) and not _NUMBER_OF_IT.search(fold(question.text))
    if counted and _IN_REPORT_SAID.search(fold(spell_out(question.text))):
        return question.ask("ask_fact")  # "báo cáo 5 năm Nghị quyết 52 nói đã mở mấy lớp"
    if kb.index.read(question.text, [*question.spans(*QUIET_KINDS, "document")]).mass < _MUCH_SAID:
        return question
    asked = question.ask(next((name for name, _ in question.ranking if name in rows.INTENTS), "ask_detail"))
    found = link(asked, kb)
    sure = len(found.rows) == 1 and found.how == "words" and found.rows[0].kind == "task" and found.hits[0].coverage >= _WORK_HELD
    return asked if sure else question


def _of_reporting(question: Question, kb: KnowledgeBase) -> Question:
    """ "UBND tỉnh báo cáo mấy tháng một lần" asks for a regime."""
    text = fold(question.text)
    again = question.context.intent == "ask_reporting" and bool(question.context.focus)
    if question.intent == "ask_reporting" and not again and not _OF_REPORTING.search(text):
        return question.ask("ask_lead" if _DOES.search(text) else "ask_due")
    if question.intent == "ask_reporting" and not again and _DOES.search(text) and _PREPARES.search(text):
        return question.ask("ask_lead")
    asked = question.intent in ("ask_due", "ask_lead", "ask_detail", "ask_fact", "ask_result", "list_tasks", "ask_coop")
    if asked and _REPORTS.search(text) and not question.named("task_no"):
        return question.ask("ask_reporting")
    return question


def _of_years(question: Question, kb: KnowledgeBase) -> Question:
    """ "Kinh tế số mốc 2030 so với 2045 chênh thế nào?" compares one measure in two years."""
    if question.intent not in (*rows.INTENTS, "ask_fact", "out_of_scope") or not _BESIDE.search(fold(question.text)):
        return question
    return question.ask("compare") if len(targets.years_asked(question)) > 1 and targets.found_well(question, kb) else question


def _of_scope(question: Question, kb: KnowledgeBase) -> Question:
    """What seems to be nobody's question, not surely so, is a fact where a sentence of our documents holds it nearly whole."""
    named = question.named("province")
    elsewhere = bool(named) and kb.provinces.isdisjoint(named)
    if question.intent == "out_of_scope" and elsewhere and reading.speaks_of_work(question):
        return question.ask("ask_detail")  # "Cần Thơ có kế hoạch chưa?": none is held, which is said
    asks = _AMOUNT.search(fold(question.text)) or _ASKS_WHEN.search(fold(question.text))
    if question.intent == "out_of_scope" and named and not elsewhere and reading.asks_amount(question):
        return question.ask("ask_target")  # "Tiền Giang đến 2030 có bao nhiêu km cao tốc": that none says so is the answer
    if question.intent != "out_of_scope" or question.confidence > _DOUBTFUL or not asks:
        return question
    found = facts.look_up(question, kb)
    return question.ask("ask_fact") if found and found[0].fit >= facts.FITS_WELL and found[0].mass >= _MUCH else question


def _of_count(question: Question, kb: KnowledgeBase) -> Question:
    """ "Có bao nhiêu người đang làm việc?" counts no tasks: what is counted is told in prose or by a target."""
    text = fold(question.text)
    if question.intent not in ("count_tasks", "count_indicators") or not _COUNTED.search(text) or _COUNTED_WORK.search(text):
        return question
    return question.ask("ask_target" if targets.found_well(question, kb) and not facts.fits(question, kb) else "ask_fact")


def _of_own_plan(question: Question, kb: KnowledgeBase) -> Question:
    """ "Báo cáo sơ kết … là của ai?" asks about one of our plans as a document, if it says nothing else."""
    text = fold(question.text)
    if question.intent not in (*rows.INTENTS, "ask_fact", "ask_reporting") or not _OWN_ASKED.search(text) or not own_plans(question, kb):
        return question
    spans, plans = facts.plan_named(question, kb)
    if not plans:
        return question
    left = kb.index.read(question.text, [*question.spans("province"), *spans])
    titled = Words(" ".join(kb.plans[plan].title for plan in plans)).share(left) >= _TITLED
    return question.ask("ask_document") if left.mass < 1.0 or titled else question


def _of_prose(question: Question, kb: KnowledgeBase) -> Question:
    """ "Kiến nghị với Bộ … trong báo cáo là gì?" names where it is told: a sentence there that holds it goes before a row elsewhere."""
    text = fold(question.text)
    if question.intent in ("ask_due", "ask_detail") and _SINCE.search(text) and not any(question.named(k) for k in ("task_no", "row_no")):
        return question.ask("ask_fact") if facts.fits(question, kb) else question
    if question.intent == "follow_up" and content(question, kb) >= _MUCH and facts.fits(question, kb):
        return question.ask("ask_fact")  # "Còn Đề án 06 thì lập được mấy tổ công tác?": a subject of its own
    if question.intent in ("choose", "follow_up", "correct", "show_more") and not _conversed(question):
        return question.ask("ask_fact") if facts.fits(question, kb) else question
    unknown = question.intent == "ask_group" and not question.named("group_no") and not _OWN_GROUP.search(text)
    if unknown and groups.group_of(question, kb) is None:
        return question.ask("ask_fact") if facts.fits(question, kb) else question
    if question.intent not in ("ask_detail", "ask_result", "ask_target", "list_tasks", "list_indicators"):
        return question
    guessed = question.intent == "list_tasks" and question.confidence < 0.5 and not reading.speaks_of_work(question)
    if guessed and [name for name, _ in question.ranking[1:2]] == ["ask_fact"] and facts.fits(question, kb):
        return question.ask("ask_fact")  # "LGSP kết nối những dịch vụ gì với NGSP?"
    if _TITLES.search(text) and facts.names_section(question, kb):
        return question.ask("ask_fact")
    if question.intent == "list_tasks" and duties.of_document(question, kb) is not None:
        return question
    _, plans = facts.plan_named(question, kb) if _IN_REPORT.search(text) else ((), set())
    found = facts.look_up(question, kb) if plans else []
    return question.ask("ask_fact") if found and found[0].fit >= facts.FITS_WELL else question


def _conversed(question: Question) -> bool:
    """Was anything said before that could be continued?"""
    context = question.context
    return bool(context.intent or context.choices or context.listed or context.focus)


def _of_direction(question: Question, kb: KnowledgeBase) -> Question:
    """ "Nguồn lực tài chính thì Hà Tĩnh chỉ đạo thế nào" asks for assignments about a topic, not for all about one task."""
    asked = question.intent in ("ask_detail", "ask_result", "ask_fact") and bool(_GIVEN.search(fold(question.text)))
    return question.ask("list_tasks") if asked and duties.asks_direction(question) and duties.on_topic(question, kb) else question


def _of_target(question: Question, kb: KnowledgeBase) -> Question:
    """ "Năm 2025 nghiệm thu bao nhiêu nhiệm vụ khoa học?" asks for a target's figure although it seems to count tasks."""
    if question.intent not in (
        "count_tasks",
        "count_indicators",
        "list_tasks",
        "list_indicators",
        "ask_due",
        "ask_detail",
        "ask_result",
        "compare",
    ):
        return question
    if question.intent == "count_indicators" and _COUNTED_AIMS.search(fold(question.text)):
        return question
    if question.intent == "compare" and len(targets.years_asked(question)) + len(question.named("province")) > 1:
        return question
    bare = _bare_measure(question, kb) if question.intent == "ask_detail" else None
    if bare is not None:
        return bare
    if not targets.years_asked(question) or not _AMOUNT.search(fold(question.text)) or not targets.found_well(question, kb):
        return question
    return question.ask("ask_target")


def _bare_measure(question: Question, kb: KnowledgeBase) -> Question | None:
    """ "Kinh te so 2030": a measure, its year, and nothing else; None where it is not."""
    year = _YEAR.search(question.text)
    if year is None or len(question.text.split()) > _BARE:
        return None
    if not question.named("period"):
        question = replace(question, entities=(*question.entities, pointing.of_year(int(year.group()), *year.span(), year.group())))
    hits = targets.search(question, kb)
    whole = bool(hits) and hits[0].coverage >= _SURE and hits[0].mass >= Calibration.load().subject_mass
    return question.ask("ask_target") if whole else None


def answer_fact(question: Question, kb: KnowledgeBase) -> Answer:
    """A question for a fact: from prose, or from a row where a row says it as well (a target, a task)."""
    text = fold(question.text)
    found = facts.look_up(question, kb)
    fit = found[0].fit if found else 0.0
    told = _SINCE.search(text) or _PAST.search(text) and not _AIM.search(text) or facts.plan_named(question, kb)[1]
    if fit >= facts.FITS and told:
        return facts.answer_fact(question, kb)
    if _AMOUNT.search(text) and targets.holds_targets(question, kb):
        hits = targets.search(question, kb)
        if hits and hits[0].coverage >= max(targets.FITS, fit - 0.1):
            return targets.answer_target(question, kb)
    asked = question.ask("ask_target" if _AMOUNT.search(text) else "ask_detail")
    linked = link(asked, kb)
    if linked.how == "focus" and linked.rows[0].kind == "passage":
        return facts.quote_again(question, kb, linked.rows[0])
    sure = len(linked.rows) == 1 and (linked.how != "words" or linked.hits[0].coverage >= fit - (0.0 if _PAST.search(text) else 0.1))
    if sure or fit < facts.FITS and linked.rows:
        return rows.from_link(asked, kb, linked)
    return facts.answer_fact(question, kb)


def answer_list(question: Question, kb: KnowledgeBase) -> Answer:
    """A list or count: a section of targets where the question names one, else what `lists` narrows to."""
    if question.intent in ("list_indicators", "count_indicators", "list_tasks") and _TARGETS.search(fold(question.text)):
        found = targets.section(question, kb)
        if found is not None:
            return found
    given = duties.of_document(question, kb) if question.intent == "list_tasks" else None
    if given is not None:
        return given
    if question.intent == "list_tasks" and duties.asks_direction(question) and not _of_agency(question, kb):
        return duties.on_topic(question, kb) or lists.answer_list(question, kb)
    reply = lists.answer_list(question, kb)
    if reply.outcome == "answer" and not reply.refs and question.intent == "list_tasks":
        reply = duties.regular(question, kb) or reply
    return replace(reply, outcome="not_found") if reply.outcome == "answer" and not reply.refs and _unnamed(question, kb) else reply


def _unnamed(question: Question, kb: KnowledgeBase) -> bool:
    """Does the list ask for agencies that no row in scope names at all? Then no plan holds the answer."""
    inside = scope(question, kb)
    slugs = {s for a in question.named("agency") for s in lists.names_then(kb, a)}
    return bool(slugs) and not any(inside(r) and slugs.intersection(map(kb.slug, (*r.lead, *r.coop))) for r in kb.rows if r.lead or r.coop)


def _of_agency(question: Question, kb: KnowledgeBase) -> bool:
    """Does the list ask for an agency's own work, an agency that leads any in scope?"""
    inside = scope(question, kb)
    return any(inside(r) and kb.leads(r, a) for a in question.named("agency") for r in duties.duties(kb)) and not duties.on_topic(
        question, kb, 0.8
    )


def better(question: Question, kb: KnowledgeBase, reply: Answer) -> Answer:
    """The reply, or a quotation from prose that fits very well where the reply found nothing or much less."""
    if (
        question.intent not in _PROSE_INSTEAD
        or question.context.choices
        or any(question.named(k) for k in ("task_no", "indicator_no", "row_no"))
    ):
        return reply
    if reply.outcome == "not_found" and question.intent in lists.INTENTS and _says_only_whose(question, kb):
        return reply
    given = _given_beside(question, kb) if reply.outcome in ("not_found", "clarify") and _HANDED.search(fold(question.text)) else None
    if given is not None:
        return rows.tell(question if question.intent in rows.INTENTS else question.ask("ask_lead"), kb, given)
    if reply.outcome == "not_found" or question.intent in lists.INTENTS and not reply.refs and not question.named("agency"):
        return (duties.on_topic(question, kb, 0.75) if duties.asks_direction(question) else None) or _from_prose(question, kb) or reply
    if question.intent not in rows.INTENTS or question.intent == "ask_target" and reading.speaks_of_indicators(question):
        return reply
    if reply.outcome == "clarify" and not reply.choices:
        return _from_prose(question, kb) or reply
    only = kb.by_ref.get(reply.refs[0]) if len(reply.refs) == 1 else None
    cell = only and {"ask_target": only.target, "ask_result": only.result}.get(question.intent, "said")
    if only is not None and only.kind == "duty" and not cell:
        found = [f for f in facts.look_up(question, kb) if f.row is only]
        return facts.quote(question, kb, found) if found else reply
    linked = link(question, kb)
    told = _PAST.search(fold(question.text)) and not _AIM.search(fold(question.text))
    ahead = _AHEAD_TOLD if told or reply.outcome == "clarify" else _AHEAD
    coverage = linked.hits[0].coverage if linked.hits else 0.0
    if linked.how != "words" or coverage >= facts.BEST - ahead:
        return reply
    found = facts.look_up(question, kb, min(max(_SURE, coverage + ahead), coverage + _FAR_AHEAD))
    least = min(_SURE, max(facts.FITS_WELL, coverage + _FAR_AHEAD))
    if not found or found[0].fit < least or found[0].mass < 1.0 or linked.hits and coverage >= found[0].fit - ahead:
        return reply
    return _as_asked(question, kb, found)


def _given_beside(question: Question, kb: KnowledgeBase) -> Row | None:
    """ "Công ty xin hỗ trợ xe buýt thì giao ai": the assignment that ends the section in which the matter is told; None without one."""
    found = next((f for f in facts.look_up(question, kb) if f.row.kind == "passage"), None)
    if found is None or found.fit < _MATTER_HELD or found.mass < _MATTER_SAID:
        return None
    section = _LAST_PART.sub("", found.row.no)
    given = [r for r in duties.duties(kb) if r.plan == found.row.plan and _LAST_PART.sub("", r.no) == section]
    return given[0] if len(given) == 1 else None


def _says_only_whose(question: Question, kb: KnowledgeBase) -> bool:
    """ "Bên mặt trận có được giao gì không": what a report says of that body is no answer."""
    return bool(question.named("agency")) and content(question, kb) < Calibration.load().subject_mass


def _from_prose(question: Question, kb: KnowledgeBase) -> Answer | None:
    """The answer of a passage or duty that fits very well; None where none does."""
    if facts.instead(question, kb) is None:
        return None
    return _as_asked(question, kb, facts.look_up(question, kb))


def _as_asked(question: Question, kb: KnowledgeBase, found: Sequence[facts.Found]) -> Answer:
    """A duty tells who and until when, as was asked; a passage is quoted."""
    if question.intent in rows.INTENTS and found[0].row.kind == "duty" and not _COUNTED.search(fold(question.text)):
        return rows.tell(question, kb, found[0].row)
    return facts.quote(question, kb, found)
