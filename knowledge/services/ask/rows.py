"""Answers about one row: who leads, who cooperates, when due, what comes out, everything; an indicator's value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.model import Row
from knowledge.services.ask import alike, reading
from knowledge.services.ask import wording as w
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.doubt import elsewhere, words_elsewhere
from knowledge.services.ask.linking import Calibration, Link, link, query_of, where_looked
from knowledge.services.ask.question import Answer, Context, Question
from knowledge.text.normalize import fold

INTENTS = ("ask_lead", "ask_coop", "ask_due", "ask_result", "ask_detail", "ask_target")


_SHARED = ("lead", "coop", "result", "due", "year")  # facts that several rows may have in common


def answer_row(question: Question, kb: KnowledgeBase) -> Answer:
    """Answers a question about one row, asks back between several, or says that no plan holds it."""
    found = link(question, kb)
    if found.rows or found.how != "words":
        return from_link(question, kb, found)
    return _of_another_kind(question, kb) or from_link(question, kb, found)


def _of_another_kind(question: Question, kb: KnowledgeBase) -> Answer | None:
    """ "Bệnh viện phải có đề án trong năm nào?" sounds like a target and is a task: a clear hit of the other kind answers."""
    others = ("ask_target",) if question.intent in ("ask_coop", "ask_due", "ask_result") else ("ask_due", "ask_detail")
    ranked = [name for name, _ in question.ranking if name in others] or list(others[-1:])
    if question.intent not in ("ask_coop", "ask_due", "ask_result", "ask_target"):
        return None
    if question.intent == "ask_target" and reading.asks_amount(question):
        return None  # "mấy vườn ươm": no task says how many
    asked = question.ask(ranked[0])
    found = link(asked, kb)
    sure = len(found.rows) == 1 and bool(found.hits) and found.hits[0].coverage >= 0.6 and found.hits[0].mass >= 1.5
    return tell(asked, kb, found.rows[0]) if sure else None


def from_link(question: Question, kb: KnowledgeBase, found: Link) -> Answer:
    """The answer for the rows that the question was linked to."""
    found = alike.settled(question, kb, found)
    rows = _of_the_list(question, found.rows)
    if not rows:
        return missing(question, kb, found)
    if len(rows) == 1:
        parts = _parts(question, kb, rows[0])
        return tell_several(question, kb, parts) if parts else _noted(tell(question, kb, rows[0]), question, kb, found)
    if question.intent == "ask_lead" and alike.same_lead(rows):
        answer = tell_several(question, kb, rows)
        return replace(answer, facts=answer.facts | {"lead": list(rows[0].lead)})
    if question.intent in ("ask_target", "ask_lead") and _one_measure(rows):
        return _each_year(question, kb, sorted(rows, key=lambda r: r.year or 0))
    if found.how == "number" and len({r.plan for r in rows}) == 1 and len({r.kind for r in rows}) == 1:
        return tell_several(question, kb, rows)
    if found.how == "focus":
        return tell_several(question, kb, rows)
    return offer(question, kb, rows)


def _noted(answer: Answer, question: Question, kb: KnowledgeBase, found: Link) -> Answer:
    """The answer with a word of warning where the row lacks words that stand together in the question and in other rows."""
    if found.how != "words":
        return answer
    query, row = query_of(question, kb), found.rows[0]
    if elsewhere(row, query, kb.index) < Calibration.load().noted:
        return answer
    note = f"Lưu ý: mục này gần nhất với câu hỏi, nhưng không ghi “{words_elsewhere(row, query, kb.index)}”."
    said, _, rest = answer.text.partition("\n")
    return replace(answer, text=w.paragraph(said, note, rest))


def _each_year(question: Question, kb: KnowledgeBase, rows: Sequence[Row]) -> Answer:
    """The value of each year, from which the next turn may choose ("đến năm 2045")."""
    told = tell_several(question, kb, rows)
    assert told.context is not None
    return replace(told, context=replace(told.context, choices=tuple(r.ref for r in rows)))


def _parts(question: Question, kb: KnowledgeBase, row: Row) -> list[Row]:
    """The values under an indicator that is only a heading ("chỉ tiêu về hạ tầng số là mấy phần trăm"); [] where it has its own."""
    if question.intent != "ask_target" or row.kind != "indicator" or row.target:
        return []
    return [r for r in kb.rows if r.plan == row.plan and r.kind == "indicator" and r.no.startswith(f"{row.no}.") and r.target][: w.PAGE]


def _one_measure(rows: Sequence[Row]) -> bool:
    """Are the rows one measure of one plan in several years? Then all of them are the answer."""
    return len({(r.plan, fold(r.name)) for r in rows}) == 1 and len({r.year for r in rows}) == len(rows)


def _of_the_list(question: Question, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Of rows that fit equally, the one of the list shown last, where the question speaks of "cái về …"."""
    listed = tuple(r for r in rows if r.ref in question.context.listed)
    return listed if len(listed) == 1 and reading.speaks_of_the_one(question) else rows


def _context(question: Question, focus: Sequence[Row] = (), choices: Sequence[Row] = ()) -> Context:
    """The conversation after a question about rows."""
    return replace(
        question.context,
        intent=question.intent,
        text=question.text,
        focus=tuple(r.ref for r in focus),
        choices=tuple(r.ref for r in choices),
        filters={},
    )


def tell(question: Question, kb: KnowledgeBase, row: Row) -> Answer:
    """The answer from one row: the thing asked first, then what belongs to it, then the source."""
    said = SENTENCES.get(question.intent, detail)(kb, row)
    agencies = (
        row.lead if question.intent in ("ask_lead", "ask_detail", "ask_target") else row.coop if question.intent == "ask_coop" else ()
    )
    text = w.paragraph(said, *_also(question, row, said), w.successors(kb, agencies), w.source(kb, [row]))
    return Answer(
        "answer",
        text,
        (row.ref,),
        row.facts(),
        context=_context(question, focus=[row]),
        intent=question.intent,
        replies=_replies(question.intent, row),
    )


def tell_several(question: Question, kb: KnowledgeBase, rows: Sequence[Row]) -> Answer:
    """The answers for several rows that were all asked for ("nhiệm vụ 18 và 19")."""
    said = [SENTENCES.get(question.intent, detail)(kb, r) for r in rows]
    text = w.paragraph(*said, w.source(kb, rows))
    each = [r.facts() for r in rows]
    shared = {key: value for key, value in each[0].items() if key in _SHARED and all(facts.get(key) == value for facts in each[1:])}
    facts = {"count": len(rows), "rows": {r.ref: facts for r, facts in zip(rows, each)}, **shared}
    refs = tuple(r.ref for r in rows)
    context = replace(_context(question, focus=rows), listed=refs, shown=len(refs))  # "cái sau" of the next turn is one of these
    return Answer("answer", text, refs, facts, context=context, intent=question.intent)


def offer(question: Question, kb: KnowledgeBase, rows: Sequence[Row]) -> Answer:
    """Several rows fit equally: the candidates to choose from, numbered."""
    shown = list(rows)[:8]
    lines = [
        f"{n}. {w.upper(w.label(r))}: {w.short(r.name, 22)}" + (f" (đến năm {r.year})" if r.year else "") for n, r in enumerate(shown, 1)
    ]
    text = w.paragraph(
        f"Có {len(shown)} nội dung phù hợp, anh/chị muốn hỏi nội dung nào?", *lines, "Anh/chị gõ số thứ tự hoặc nói rõ thêm ạ."
    )
    return Answer(
        "clarify",
        text,
        choices=tuple(r.ref for r in shown),
        context=_context(question, choices=shown),
        intent=question.intent,
        replies=tuple(str(n) for n in range(1, len(shown) + 1)),
    )


def missing(question: Question, kb: KnowledgeBase, found: Link) -> Answer:
    """Nothing fits, or the question names nothing to look for."""
    if found.how == "missing":
        text = "Anh/chị muốn hỏi nhiệm vụ hoặc chỉ tiêu nào ạ? Anh/chị cho biết số thứ tự hoặc vài từ trong tên."
        return Answer("clarify", text, context=_context(question), intent=question.intent)
    if found.how == "number":
        numbers = ", ".join(str(n) for k in ("task_no", "indicator_no", "row_no") for n in question.named(k))
        text = f"Không có mục số {numbers} trong {where_looked(question, kb)}. Anh/chị kiểm tra lại số thứ tự giúp ạ."
    else:
        text = w.paragraph(
            f"Tôi không tìm thấy nội dung này trong {where_looked(question, kb)}.",
            _nearest(question, kb, found),
            "Anh/chị thử nêu thêm từ trong tên nhiệm vụ, hoặc số thứ tự.",
        )
    return Answer("not_found", text, context=replace(question.context, choices=()), intent=question.intent)


def _nearest(question: Question, kb: KnowledgeBase, found: Link) -> str:
    """The row that ranks first and what of the question it lacks, where other rows have that; else empty."""
    query = query_of(question, kb)
    lacking = words_elsewhere(found.hits[0].row, query, kb.index) if found.hits else ""
    return f"Gần nhất là {w.title(found.hits[0].row)}, nhưng mục này không ghi “{lacking}”." if lacking else ""


def _replies(intent: str, row: Row) -> tuple[str, ...]:
    """The next questions that an official is likely to have about the row."""
    if row.kind not in ("task", "duty"):
        return ()
    following = {
        "ask_lead": ("Ai phối hợp?", "Khi nào xong?"),
        "ask_due": ("Ai chủ trì?", "Kết quả là gì?"),
        "ask_coop": ("Ai chủ trì?", "Khi nào xong?"),
        "ask_result": ("Ai chủ trì?", "Khi nào xong?"),
    }
    return following.get(intent, ())


def lead(kb: KnowledgeBase, row: Row) -> str:
    """Who leads."""
    if not row.lead:
        return f"{w.upper(w.title(row))} không ghi cơ quan chủ trì."
    if row.kind in ("indicator", "target"):
        return f"{w.names(row.lead)} chủ trì theo dõi, đánh giá {w.title(row)}."
    many = len(row.lead) > 1
    return f"{w.names(row.lead)} {'cùng ' if many else ''}chủ trì {w.title(row)}."


def coop(kb: KnowledgeBase, row: Row) -> str:
    """Who cooperates."""
    if not row.coop:
        return f"{w.upper(w.title(row))} không ghi cơ quan phối hợp" + (f"; chủ trì: {w.names(row.lead)}." if row.lead else ".")
    return f"Phối hợp thực hiện {w.title(row)}: {w.names(row.coop)}." + (f"\nChủ trì: {w.names(row.lead)}." if row.lead else "")


def due(kb: KnowledgeBase, row: Row) -> str:
    """Until when."""
    if row.due is None or not row.due.text:
        return f"{w.upper(w.title(row))} không ghi thời hạn hoàn thành."
    if row.due.kind == "recurring":
        return (
            f"{w.due_words(row.due)}: {w.title(row)} làm thường xuyên, không ấn định ngày kết thúc."
            if "hường" not in row.due.text
            else f"Thường xuyên, không ấn định ngày kết thúc: {w.title(row)}."
        )
    return f"Hạn {w.due_words(row.due)}: {w.title(row)}." + (f"\nChủ trì: {w.names(row.lead)}." if row.lead else "")


def result(kb: KnowledgeBase, row: Row) -> str:
    """What must come out."""
    if not row.result:
        return f"{w.upper(w.title(row))} không ghi kết quả phải đạt."
    return f"Kết quả phải có: {row.result.rstrip(' .')}.\nThuộc {w.title(row)}."


def target(kb: KnowledgeBase, row: Row) -> str:
    """The value of an indicator or target."""
    if not row.target:
        return f"{w.upper(w.title(row))} không ghi giá trị phải đạt."
    unit = _unit(row)
    year = f" đến năm {row.year}" if row.year else ""
    watch = f"\nCơ quan theo dõi: {w.names(row.lead)}." if row.lead else ""
    return f"{row.target}{unit}{year}: {w.title(row)}." + watch


def _unit(row: Row) -> str:
    """The unit as it follows the figure: `50%`, `≥ 5 doanh nghiệp`; none where the figure says it or it is a rank."""
    if (
        not row.unit
        or not row.target
        or row.unit in row.target
        or "%" in row.target
        or row.unit == "Thứ bậc"
        or not row.target[-1].isdigit()
    ):
        return ""
    return row.unit if row.unit.startswith("%") else f" {row.unit[:1].lower()}{row.unit[1:]}"


def _cells(row: Row) -> dict[str, tuple[str, str]]:
    """What the row says, each cell with its title by the question that asks for it; "" where it says nothing."""
    target = f"{row.target}" + (f" ({row.unit})" if row.unit else "") + (f", đến năm {row.year}" if row.year else "") if row.target else ""
    return {
        "ask_target": ("Phải đạt", target),
        "ask_lead": ("Cơ quan theo dõi" if row.kind == "indicator" else "Chủ trì", w.names(row.lead)),
        "ask_coop": ("Phối hợp", w.names(row.coop)),
        "ask_result": ("Kết quả", (row.result or "").rstrip(" .")),
        "ask_due": ("Thời hạn", w.due_words(row.due) if row.due and row.due.text else ""),
    }


def _also(question: Question, row: Row, said: str) -> list[str]:
    """What else the question asks of the row ("kết quả là gì, ai phối hợp?") and the answer does not say yet."""
    asked = reading.cells_asked(question)
    if len(asked) < 2 or question.intent == "ask_detail":
        return []
    cells = [cell for intent, cell in _cells(row).items() if intent in asked and intent != question.intent]
    return [f"{title}: {cell or 'kế hoạch không ghi'}." for title, cell in cells if f"{title}: {cell}." not in said]


def detail(kb: KnowledgeBase, row: Row) -> str:
    """Everything that the row says."""
    parts = [f"{w.upper(w.label(row))}: {row.name.rstrip(' .')}.", *(f"• {title}: {said}" for title, said in _cells(row).values() if said)]
    if row.note:
        parts.append(f"• Ghi chú: {row.note}")
    return "\n".join(parts)


SENTENCES = {"ask_lead": lead, "ask_coop": coop, "ask_due": due, "ask_result": result, "ask_target": target, "ask_detail": detail}
