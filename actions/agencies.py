"""Agencies and who holds their work today."""

from actions.base import AnswerAction


class AskSuccessor(AnswerAction):
    """Answers `ask_successor`."""

    intent = "ask_successor"
