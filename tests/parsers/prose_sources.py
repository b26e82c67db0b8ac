"""The shipped plans and small texts as documents, for the tests of prose."""

from pathlib import Path

from knowledge.parsers.document import Document, Line

PLANS = Path(__file__).parents[2] / "knowledge" / "plans"
PROSE = ("hg-tb-2025-03-18", "ht-tb15-2025-07-10", "hg-bc-nq52-2024", "tg-kh-nq57-2025")


def document(text, file="plan.txt"):
    return Document(file, tuple(Line(no, line) for no, line in enumerate(text.split("\n"), 1)))


def shipped(plan):
    return document((PLANS / f"{plan}.txt").read_text(encoding="utf-8"), f"{plan}.txt")
