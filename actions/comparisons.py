"""Comparisons between agencies, provinces, years."""

from actions.base import AnswerAction


class Compare(AnswerAction):
    """Answers `compare`."""

    intent = "compare"
