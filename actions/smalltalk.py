"""Greetings, thanks, help, and what is not the assistant's business."""

from actions.base import AnswerAction


class Greet(AnswerAction):
    """Answers `greet`."""

    intent = "greet"


class Thank(AnswerAction):
    """Answers `thank`."""

    intent = "thank"


class Goodbye(AnswerAction):
    """Answers `goodbye`."""

    intent = "goodbye"


class Help(AnswerAction):
    """Answers `help`."""

    intent = "help"


class AskBot(AnswerAction):
    """Answers `ask_bot`."""

    intent = "ask_bot"


class OutOfScope(AnswerAction):
    """Answers `out_of_scope`."""

    intent = "out_of_scope"
