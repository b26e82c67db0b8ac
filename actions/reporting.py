"""Reporting regimes."""

from actions.base import AnswerAction


class AskReporting(AnswerAction):
    """Answers `ask_reporting`."""

    intent = "ask_reporting"
