"""Turns that live from the turn before."""

from actions.base import AnswerAction


class ShowMore(AnswerAction):
    """Answers `show_more`."""

    intent = "show_more"


class Choose(AnswerAction):
    """Answers `choose`."""

    intent = "choose"


class FollowUp(AnswerAction):
    """Answers `follow_up`."""

    intent = "follow_up"


class Correct(AnswerAction):
    """Answers `correct`."""

    intent = "correct"
