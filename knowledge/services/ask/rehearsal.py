"""Questions that nobody asked: what is worked out once for a knowledge base is ready before an official needs it."""

from __future__ import annotations

from datetime import datetime, timezone

from knowledge.services.ask import duties, facts, measures, naming
from knowledge.services.ask.base import KnowledgeBase
from knowledge.services.ask.question import Question

_TEXT = "Kế hoạch của tỉnh chỉ đạo gì về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số, tỷ lệ bao nhiêu?"


def rehearse(kb: KnowledgeBase) -> None:
    """Looks once at every sentence, target, assignment and document. Answers stay as they are; only later ones come sooner."""
    question = Question.of(_TEXT, "ask_fact", datetime.now(timezone.utc))
    facts.look_up(question, kb)
    measures.of_any_year(question, kb)
    duties.on_topic(question, kb)
    naming.by_words(question, kb)
