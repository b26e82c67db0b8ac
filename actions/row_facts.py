"""Who leads, who cooperates, until when, what comes out, everything; an indicator's value."""

from actions.base import AnswerAction


class AskLead(AnswerAction):
    """Answers `ask_lead`."""

    intent = "ask_lead"


class AskCoop(AnswerAction):
    """Answers `ask_coop`."""

    intent = "ask_coop"


class AskDue(AnswerAction):
    """Answers `ask_due`."""

    intent = "ask_due"


class AskResult(AnswerAction):
    """Answers `ask_result`."""

    intent = "ask_result"


class AskDetail(AnswerAction):
    """Answers `ask_detail`."""

    intent = "ask_detail"


class AskTarget(AnswerAction):
    """Answers `ask_target`."""

    intent = "ask_target"
