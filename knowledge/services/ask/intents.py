"""What a question asks for when its form alone misleads: small repairs of the intent by what the message names.

The classifier sees the form; here the numbers, agencies and words that the knowledge base knows are added. Each repair says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.entities import Entity
from knowledge.services.ask import dialogue, groups, lists, naming, pointing, reading, rows, smalltalk
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.kept import kept
from knowledge.services.ask.linking import QUIET_KINDS, Calibration, content, link, query_of, scope
from knowledge.services.ask.question import Question
from knowledge.text.normalize import blot, fold, tokenize

_ROW_NUMBER = re.compile(r"\d{1,3}(\.\d{1,2})?|20\d\d")
_YEAR = re.compile(r"20\d\d")
_SHORT, _BARE = 7, 5
_A_STORY, _MUCH = 14, 2.5
_ENDS = re.compile(r"\b(het han|den han|toi han|han chot|han cuoi|deadline)\b")
_HANDED_IN = re.compile(r"\b(trinh|nop|ban hanh|xong)\b")
_NEARLY_ALL = 0.85
_DOUBTFUL = 0.6
_A_GUESS = 0.5  # a probability at which the classifier knows next to nothing
_OF_IT = re.compile(r"\b(ngay|thang|nam|hom) (may|nao|bao nhieu)\b|\b(khi nao|bao gio|hoi nao|ai|cua ai|so may|ve gi|ve cai gi)\b")
_HOUR = re.compile(
    r"\b(may gio|gio nao|thu may|ngay (nao|may)|luc (nao|may)|khi nao|bao gio|bao lau|may lan|"
    r"gui (cho |ve |den )?(nhung )?(ai|dau|noi nao))\b"
)
_AND = re.compile(r"^(v|vay|the|va|a|u|ok|roi|da)?,? ?con (?!lai\b|thieu\b|no\b|may\b|bao\b|gi\b)")
_NOTHING_ASKED = re.compile(r"\b(toi dau|den dau|the nao|ra|lam)? ?(sao|den dau|toi dau) (roi|roi em|vay|the)\b")  # "vụ 5G sao rồi"
_ASKS = re.compile(r"\b(ai|nao|gi|j|khi|bao|may|dau|sao|bn|ntn|the nao|chua|khong|ko)\b")
_WORK_ASKED = re.compile(r"\b(duoc giao|chu tri|phoi hop|phu trach|lam|lo|theo doi) (nhung )?(gi|j|viec gi|viec nao|cai gi|nhung gi)\b")
_TO_DO = re.compile(
    r"\b(?:can|phai) (?:lam|xong|nop|trinh|hoan thanh) (?:nhung )?(?:gi|viec gi|viec nao)\b|\bco (?:nhung )?viec (?:gi|nao)\b"
)
TURNS = ("choose", "follow_up", "correct", "show_more")


def settle(question: Question, kb: KnowledgeBase) -> Question:
    """The question with the intent that fits what it names."""
    for repair in (
        _of_dated_paper,
        _nothing_to_choose,
        _same_document,
        _same_regime,
        pointing.resolve,
        _only_changed,
        _bare_number,
        _work_of,
        _next_body,
        _no_next_page,
        _another,
        _pointing,
        _same_there,
        _continued,
        _elliptic,
        _without_conversation,
        _not_idle,
        _bare_subject,
        _not_ours,
        _no_merger,
        _no_revision,
        _row_rather,
        _one_row,
        _who,
        _corrected,
        _late,
        _how_many,
        _several,
        _when,
        _punctual,
        _value,
        _counted,
        _due_rather,
    ):
        question = repair(question, kb)
    return question


def _of_dated_paper(question: Question, kb: KnowledgeBase) -> Question:
    """ "Kết luận ngày 18/3/2025 giao sở nào việc gì?": the day is that of a paper that we hold, no deadline."""
    days, text = kept(kb, "days of papers", _days_of_papers), fold(question.text)
    for e in question.entities:
        if e.kind == "period" and e.value["start"] == e.value["end"] in days and naming.OWN_WORD_LAST.search(text[: e.start]):
            others = tuple(o for o in question.entities if o is not e and not (o.kind == "document" and o.end > e.start))
            return replace(question, text=blot(question.text, [(e.start, e.end)]), entities=others)
    return question


def _days_of_papers(kb: KnowledgeBase) -> frozenset[str]:
    return frozenset(head.date.isoformat() for head in kb.plans.values() if head.date)


def _nothing_to_choose(question: Question, kb: KnowledgeBase) -> Question:
    """ "Số 30 ấy, kết quả là gì?", "Hà Tĩnh", "cái nào hạn 7/2026?" with nothing on offer: a question of its own, or the last one again."""
    context = question.context
    if question.intent != "choose" or context.choices or dialogue.places(question):
        return question
    if _numbered(question):
        return question.ask(_next(question, rows.INTENTS, "ask_detail"))
    if context.focus and reading.points_back(question):
        cells = sorted(reading.cells_asked(question))  # "mấy sở chủ trì cái đó"
        return question.ask(cells[0] if len(cells) == 1 else _next(question, rows.INTENTS, "ask_detail"))
    alone = reading.role_asked(question) in ("sole", "joint")
    if context.listed and not alone and dialogue.picked(question, kb) is not None:
        return question
    if context.listed and reading.asks_within(question) and (alone or question.named("period") or question.named("agency")):
        return question.ask("list_indicators" if context.intent in ("list_indicators", "count_indicators") else "list_tasks")
    if context.intent and any(question.named(kind) for kind in ("province", "agency", "period")):
        return question.ask("follow_up")
    if content(question, kb) >= Calibration.load().subject_mass:
        return question.ask(_next(question, (*rows.INTENTS, *lists.INTENTS), "ask_detail"))
    return question


def _next(question: Question, among: Sequence[str], otherwise: str) -> str:
    """The likeliest intent of some."""
    return next((name for name, _ in question.ranking if name in among), otherwise)


def _same_document(question: Question, kb: KnowledgeBase) -> Question:
    """ "Của cơ quan nào?", "văn bản nào nhắc tới nó?" after a document: that document is meant."""
    told = question.context.focus[0] if question.context.focus else ""
    if question.context.intent != "ask_document" or question.named("document") or _numbered(question):
        return question
    if question.intent not in (*rows.INTENTS, "ask_document", "ask_bot", "ask_fact", "follow_up", "out_of_scope"):
        return question
    if question.intent == "out_of_scope" and not _OF_IT.search(fold(question.text)):
        return question
    name = told.removeprefix("doc:") if told.startswith("doc:") else kb.plans[told].title if told in kb.plans else ""
    if not name or not reading.points_back(question) and content(question, kb) >= Calibration.load().subject_mass:
        return question
    text = f"{question.text.rstrip(' ?.!')} {name}"
    return replace(question.ask("ask_document"), text=text, entities=tuple(kb.finder.find(text, question.now)))


def _same_regime(question: Question, kb: KnowledgeBase) -> Question:
    """ "Chậm nhất là mấy giờ?" after a reporting regime: that regime is meant."""
    asked = question.context.intent == "ask_reporting" and bool(question.context.focus) and bool(_HOUR.search(fold(question.text)))
    idle = question.intent in (*rows.INTENTS, *lists.INTENTS, "out_of_scope", "follow_up", "ask_fact", "choose", "ask_bot")
    if not asked or not idle or content(question, kb) >= Calibration.load().subject_mass:
        return question
    return question.ask("ask_reporting")


def _only_changed(question: Question, kb: KnowledgeBase) -> Question:
    """ "2045 thì mấy?", "Tiền Giang thì sao?": a time or a province alone changes the question before, whatever the form seems."""
    context = question.context
    misread = question.intent in ("out_of_scope", "help", "ask_bot", "goodbye", "choose", "correct", "ask_fact", "ask_successor", "compare")
    if not misread or context.choices or _numbered(question) or len(question.text.split()) > _SHORT:
        return question
    changed = len(question.named("period")) == 1 or len(question.named("province")) == 1
    known = context.intent in (*rows.INTENTS, *lists.INTENTS)
    bare = changed and known and bool(context.text) and content(question, kb) < Calibration.load().subject_mass
    return question.ask("follow_up") if bare and not reading.speaks_of_change(question) else question


def _work_of(question: Question, kb: KnowledgeBase) -> Question:
    """ "Còn Ban Tuyên giáo được giao gì?", "Viettel phối hợp gì?" ask for that agency's work, not for something of one row."""
    asked = question.intent in ("ask_coop", "ask_lead", "ask_detail", "out_of_scope")
    asked = asked or question.intent == "follow_up" and question.context.intent not in lists.INTENTS
    if not asked or not question.named("agency") or _numbered(question) or not _WORK_ASKED.search(fold(question.text)):
        return question
    alone = question.intent == "follow_up" or content(question, kb) < Calibration.load().subject_mass
    return question.ask("list_tasks") if alone else question


def _next_body(question: Question, kb: KnowledgeBase) -> Question:
    """ "Thế nội chính thì làm gì?" after an agency's work: a name that is an ordinary word too means the next agency."""
    weak = [e for e in question.entities if e.kind == "agency_weak"]
    before = question.context.intent in (*lists.INTENTS, "ask_group")
    if not before or len(weak) != 1 or question.named("agency") or not _WORK_ASKED.search(fold(question.text)):
        return question
    meant = tuple(replace(e, kind="agency") if e is weak[0] else e for e in question.entities)
    return replace(question.ask("list_tasks"), entities=meant)


def _no_next_page(question: Question, kb: KnowledgeBase) -> Question:
    """ "Tiền Giang nữa." after a list is no next page of it."""
    named = any(question.named(kind) for kind in ("province", "agency"))
    return question.ask("follow_up") if question.intent == "show_more" and named else question


def _another(question: Question, kb: KnowledgeBase) -> Question:
    """ "Còn sản phẩm được thương mại hóa" asks by no word of its own: what was asked before, of another row, of a target for its year."""
    context = question.context
    text = fold(question.text)
    if not _AND.search(text) or _ASKS.search(text) or context.intent not in rows.INTENTS or not context.focus:
        return question
    if _numbered(question) or groups.says_group(question) or content(question, kb) < Calibration.load().subject_mass:
        return question
    row = kb.by_ref.get(context.focus[0])
    asked = question.ask(context.intent)
    if row is None or not row.year or question.named("period"):
        return asked
    return replace(asked, entities=(*asked.entities, pointing.of_year(row.year)))


def _bare_number(question: Question, kb: KnowledgeBase) -> Question:
    """ "Còn 5.8?", "22 nữa", "2035 nữa" after an answer about a row: the number alone names the next row, or its year."""
    words = question.text.strip(" ?.!").split()
    longest = 6 if question.intent == "correct" else 4
    corrected = question.intent == "correct" and question.context.intent in rows.INTENTS  # "à lộn, 56 mới đúng"
    known = question.context.focus or corrected
    if question.context.choices or not known or _numbered(question) or len(words) > longest or question.named("period"):
        return question
    numbers = [t for t in tokenize(question.text) if _ROW_NUMBER.fullmatch(t.text)]
    if len(numbers) != 1:
        return question
    focus = kb.by_ref.get(question.context.focus[0]) if question.context.focus else None
    kind: str = {"task": "task_no", "indicator": "indicator_no"}.get(focus.kind if focus else "", "row_no")
    number = numbers[0]
    span = (number.start, number.end, number.text)
    entity = pointing.of_year(int(number.text), *span) if _YEAR.fullmatch(number.text) else Entity(kind, number.text, *span)
    return replace(question.ask("follow_up"), entities=(*question.entities, entity))


def _pointing(question: Question, kb: KnowledgeBase) -> Question:
    """ "Quay lại việc lúc nãy, hạn sao em?" speaks of the last row, however idle it sounds."""
    idle = question.intent == "out_of_scope" or question.intent in smalltalk.INTENTS and _ASKS.search(fold(question.text))
    if not idle or not question.context.focus or not reading.points_back(question):
        return question
    return question.ask(_next(question, rows.INTENTS, "ask_detail"))


def _same_there(question: Question, kb: KnowledgeBase) -> Question:
    """ "Tiền Giang có chỉ tiêu này không?" after a row: the question before, in the other province."""
    if question.intent not in lists.INTENTS or not question.context.focus or not question.named("province"):
        return question
    if not reading.points_back(question) or question.context.intent not in rows.INTENTS:
        return question
    return replace(question.ask("follow_up"), context=replace(question.context, intent="ask_target"))


def _continued(question: Question, kb: KnowledgeBase) -> Question:
    """ "Còn tháng này phải xong những cái nào?" after a list of an agency is about that agency still."""
    context = question.context
    if question.intent not in lists.INTENTS or context.intent not in lists.INTENTS or not _AND.search(fold(question.text)):
        return question
    same = bool(lists.Filters.from_dict(context.filters).agencies) and not question.named("agency") and not reading.asks_own(question)
    if not same or content(question, kb) >= Calibration.load().subject_mass:
        return question
    return replace(question.ask("follow_up"), context=replace(context, intent=question.intent))


def _elliptic(question: Question, kb: KnowledgeBase) -> Question:
    """ "Năm 2025 thì bao nhiêu?", "ý anh hỏi phối hợp kìa": no subject of its own, so it changes the question before."""
    context = question.context
    if question.intent not in (*rows.INTENTS, "ask_fact") or _numbered(question):
        return question
    if content(question, kb) >= Calibration.load().subject_mass:
        return question
    if context.intent in rows.INTENTS and (question.named("province") or question.named("period")):
        return replace(question.ask("follow_up"), context=replace(context, intent=question.intent))
    after_list = context.intent in lists.INTENTS and not context.focus and not reading.points_back(question)
    changed = any(question.named(kind) for kind in ("agency", "province", "period")) or reading.role_asked(question)
    return question.ask("follow_up") if after_list and changed else question


def _numbered(question: Question) -> bool:
    return any(question.named(k) for k in ("task_no", "indicator_no", "row_no"))


def _without_conversation(question: Question, kb: KnowledgeBase) -> Question:
    """Nothing was said before that could be continued: a bare subject then asks for all about it."""
    context = question.context
    if question.intent not in TURNS or context.intent or context.choices or context.listed:
        return question
    if _numbered(question) or content(question, kb) >= Calibration.load().subject_mass:
        return question.ask("ask_detail")
    return question


def _not_idle(question: Question, kb: KnowledgeBase) -> Question:
    """A greeting or a remark that names a task, or speaks of one beyond doubt, is a question with padding."""
    if question.intent not in (*smalltalk.INTENTS, "out_of_scope"):
        return question
    if question.named("period") and _TO_DO.search(fold(question.text)):
        return question.ask("list_tasks")
    if question.intent in smalltalk.INTENTS and _tells_much(question, kb):
        return question.ask(_next(question, (*rows.INTENTS, *lists.INTENTS), "ask_lead" if reading.asks_who(question) else "ask_detail"))
    if not (_numbered(question) and question.intent != "out_of_scope") and not _knows_well(question, kb):
        return question
    other = _next(question, (*rows.INTENTS, *lists.INTENTS), "ask_detail")
    return question.ask(other)


def _tells_much(question: Question, kb: KnowledgeBase) -> bool:
    """Does a long message speak of work and ask about it? "… em nhớ thông báo 15 có giao, mà giao ai vậy?" greets nobody."""
    long = len(question.text.split()) >= _A_STORY and reading.speaks_of_work(question) and bool(_ASKS.search(fold(question.text)))
    return long and content(question, kb) >= _MUCH


def _bare_subject(question: Question, kb: KnowledgeBase) -> Question:
    """ "Chữ ký số": a thing that rows hold and no question asks for all about it, whatever the classifier guesses."""
    guessed = question.confidence <= _A_GUESS and question.intent not in (*rows.INTENTS, *lists.INTENTS, *TURNS)
    guessed = guessed or question.intent == "out_of_scope" and len(question.text.split()) <= _BARE
    if not guessed or question.named("document") or _ASKS.search(_NOTHING_ASKED.sub("", fold(question.text))):
        return question
    hits = kb.search(question.text, question.spans(*QUIET_KINDS))
    held = bool(hits) and hits[0].coverage >= 0.9 and hits[0].mass >= Calibration.load().subject_mass
    return question.ask("ask_detail") if held else question


def _knows_well(question: Question, kb: KnowledgeBase) -> bool:
    hits = kb.search(question.text, question.spans(*QUIET_KINDS))
    if hits and question.confidence <= 0.75 and hits[0].coverage >= 0.9 and hits[0].mass >= 0.6 and not _ASKS.search(fold(question.text)):
        return True  # "đề án nhân tài": a thing and no question, as one types into a search box
    if hits and hits[0].row.target and question.named("period") and hits[0].coverage >= 0.8 and hits[0].mass >= 0.9:
        return True  # "đến 2030 5G phủ bao nhiêu dân số": a measure and its year
    if not hits or hits[0].mass < 2.0:
        return False
    whole = hits[0].coverage >= 0.95 or hits[0].coverage >= 0.8 and hits[0].mass >= 4.0  # all of it, whatever the classifier thinks
    unsure = question.intent != "out_of_scope" or question.confidence <= 0.9
    return whole or unsure and hits[0].coverage >= 0.8 and hits[0].mass >= 2.5


def _not_ours(question: Question, kb: KnowledgeBase) -> Question:
    """A list question without any word of plans or work, about things that no row knows, is somebody else's."""
    if question.intent not in lists.INTENTS or question.named("agency") or question.context.intent or reading.speaks_of_work(question):
        return question
    query = query_of(question, kb)
    hits = kb.index.search(query, limit=1)
    unknown = query.mass >= Calibration.load().subject_mass and (not hits or hits[0].coverage < 0.6)
    return question.ask("out_of_scope") if unknown else question


def _no_merger(question: Question, kb: KnowledgeBase) -> Question:
    """Without a word of mergers or new names, an agency beside a task is who does it, not what became of it."""
    if question.intent != "ask_successor" or reading.speaks_of_change(question):
        return question
    other = _next(question, (*rows.INTENTS, *lists.INTENTS), "ask_lead")
    return question.ask(other)


def _row_rather(question: Question, kb: KnowledgeBase) -> Question:
    """What a task or an indicator says itself is not looked up in reports: "thương mại điện tử để đạt kết quả gì?"."""
    if question.intent not in ("ask_fact", "ask_document", "ask_change") or question.named("document"):
        return question
    timed = question.confidence < _DOUBTFUL and reading.asks_when(question)
    other = "ask_due" if timed else _next(question, rows.INTENTS, "ask_detail")
    asked = _value(question.ask(other), kb)
    found = link(asked, kb)
    if len(found.rows) != 1 or found.how != "words" or found.rows[0].kind not in ("task", "indicator", "target"):
        return question
    inside = scope(question, kb)
    query = query_of(question, kb)
    passages = kb.index.search(query, lambda r: r.kind == "passage" and inside(r), limit=1)
    return asked if not passages or found.hits[0].coverage > passages[0].coverage + (0.0 if timed else 0.05) else question


def _no_revision(question: Question, kb: KnowledgeBase) -> Question:
    """Without a word of versions nothing is asked about changes."""
    if question.intent != "ask_change" or reading.speaks_of_revision(question):
        return question
    other = _next(question, (*rows.INTENTS, *lists.INTENTS), "ask_detail")
    return question.ask(other)


def _one_row(question: Question, kb: KnowledgeBase) -> Question:
    """ "Xin đủ các cột của NV49" and "danh mục … phải công bố lúc nào" are about one row although they sound like lists."""
    if question.intent == "ask_group" and question.named("task_no") and question.named("group_no"):
        return question.ask("ask_detail")  # "nhiệm vụ 2 nhóm II": where each group counts anew
    if question.intent not in lists.INTENTS:
        return question
    if question.named("task_no") and not question.named("agency"):
        return question.ask("ask_detail")
    of_one = reading.points_back(question) and not reading.asks_for_several(question)
    if of_one and (reading.asks_when(question) or question.intent == "list_overdue" and len(question.context.focus) == 1):
        return question.ask("ask_due")
    if reading.asks_when(question) and not question.named("agency") and not question.named("period") and content(question, kb) >= 1.2:
        asked = question.ask("ask_due")
        return asked if len(link(asked, kb).rows) == 1 else question
    return question


def _who(question: Question, kb: KnowledgeBase) -> Question:
    """ "Danh mục nhiệm vụ trọng điểm … cơ quan nào công bố?" asks for one agency although it names a list."""
    if (
        question.intent not in ("list_tasks", "count_tasks")
        or not reading.asks_who(question)
        or question.named("agency")
        or question.named("period")
    ):
        return question
    asked = question.ask("ask_lead")
    if reading.asks_for_several(question) and not reading.asks_who_last(question):
        return question
    return asked if len(link(asked, kb).rows) == 1 else question


def _corrected(question: Question, kb: KnowledgeBase) -> Question:
    """ "Nhầm, anh cần coi Sở Y tế chủ trì việc nào cơ": the correction is a list of its own."""
    if question.intent != "correct" or not question.named("agency") or not reading.asks_for_several(question):
        return question
    return question.ask("list_indicators" if reading.speaks_of_indicators(question) else "list_tasks")


def _late(question: Question, kb: KnowledgeBase) -> Question:
    """ "Đơn vị tôi có việc nào lố hạn chưa" asks what is late, whatever else it sounds like."""
    if (
        question.intent in rows.INTENTS
        and not _numbered(question)
        and reading.asks_overdue(question)
        and reading.asks_for_several(question)
    ):
        return question.ask("list_overdue")
    return question


def _how_many(question: Question, kb: KnowledgeBase) -> Question:
    """ "… Sở Nội vụ được ghi tên chủ trì hoặc cùng chủ trì mấy nhiệm vụ" counts, whatever stands around it."""
    counted = reading.counts_work(question)
    quoted = counted is not None and reading.deadline_quoted(question) is not None
    scoped = bool(question.named("agency")) or reading.asks_own(question) or quoted
    if question.intent not in rows.INTENTS or _numbered(question) or not scoped:
        return question
    if counted is None or content(question, kb) >= 2.4 and len(link(question, kb).rows) == 1:
        return question
    return question.ask(counted)


def _when(question: Question, kb: KnowledgeBase) -> Question:
    """ "Quý này có gì tới hạn?": a time and hardly a content ask for what is due then."""
    if question.intent != "ask_due" or _numbered(question) or reading.points_back(question):
        return question
    if lists.periods_asked(question) and content(question, kb) < 0.6:
        return question.ask("list_tasks")
    return question


def _punctual(question: Question, kb: KnowledgeBase) -> Question:
    """ "Quý này có việc nào phải xong?", "việc nào chưa có hạn?" name a time or none and no delay: not what is late is asked for."""
    dated = bool(question.named("period")) or reading.open_ended_asked(question) is not None
    if question.intent in ("list_overdue", "list_upcoming") and dated and not reading.asks_overdue(question):
        return question.ask("list_tasks")
    return question


def _several(question: Question, kb: KnowledgeBase) -> Question:
    """ "Sở Y tế phối hợp việc nào?" asks for a list although it sounds like a question about one row."""
    if question.intent not in (*rows.INTENTS, "ask_group") or _numbered(question):
        return question
    regular = bool(question.named("agency")) and reading.open_ended_asked(question) is not None and content(question, kb) < 1.6
    if not regular and question.intent != "ask_group" and not reading.asks_for_several(question):
        return question
    if question.intent == "ask_group" and reading.asks_group_name(question):
        return question
    acting = any(e.kind == "agency_weak" and reading.acts(question, e) for e in question.entities)
    scoped = acting or question.named("agency") or question.named("period") or question.named("group_no") or reading.asks_own(question)
    grouped = (question.intent == "ask_detail" or groups.says_group(question)) and groups.group_of(question, kb) is not None
    if question.intent == "ask_group" or grouped or regular or (scoped and content(question, kb) < 1.2):
        return question.ask("list_indicators" if reading.speaks_of_indicators(question) else "list_tasks")
    return question


def _value(question: Question, kb: KnowledgeBase) -> Question:
    """ "Tới mức nào", "mấy phần trăm" ask for an indicator's value."""
    if (
        question.intent in ("ask_result", "ask_detail", "ask_due", "ask_fact")
        and reading.asks_for_value(question)
        and not question.named("task_no")
    ):
        return question.ask("ask_target")
    return question


def _counted(question: Question, kb: KnowledgeBase) -> Question:
    """ "Mấy huyện phải xong đô thị thông minh": how many, not until when, where a measure holds the question and no one task does."""
    if question.intent != "ask_due" or _numbered(question) or not reading.asks_amount(question) or reading.asks_when(question):
        return question
    asked = question.ask("ask_target")
    measured = link(asked, kb)
    sure = len(measured.rows) == 1 and bool(measured.hits) and measured.hits[0].coverage >= _NEARLY_ALL
    return asked if sure and len(link(question, kb).rows) != 1 else question


def _due_rather(question: Question, kb: KnowledgeBase) -> Question:
    """ "Chương trình cắt giảm giấy phép bn là hết hạn", "… phải trình tháng mấy": what ends is work with a deadline, no measure."""
    if question.intent != "ask_target" or reading.speaks_of_measuring(question):
        return question
    text = fold(question.text)
    torn = question.confidence < _DOUBTFUL and [name for name, _ in question.ranking[1:2]] == ["ask_due"]
    timed = torn and reading.asks_when(question) and bool(_HANDED_IN.search(text))
    return question.ask("ask_due") if timed or _ENDS.search(text) else question
