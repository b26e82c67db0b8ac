"""Legal documents, plans and what changed between versions."""

from actions.base import AnswerAction


class AskDocument(AnswerAction):
    """Answers `ask_document`."""

    intent = "ask_document"


class AskChange(AnswerAction):
    """Answers `ask_change`."""

    intent = "ask_change"
