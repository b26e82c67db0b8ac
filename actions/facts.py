"""Facts that the documents state in prose."""

from actions.base import AnswerAction


class AskFact(AnswerAction):
    """Answers `ask_fact`."""

    intent = "ask_fact"
