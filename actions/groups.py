"""Groups of tasks."""

from actions.base import AnswerAction


class AskGroup(AnswerAction):
    """Answers `ask_group`."""

    intent = "ask_group"
