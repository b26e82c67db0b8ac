"""Lists and counts of tasks and indicators; what is late and what comes due."""

from actions.base import AnswerAction


class ListTasks(AnswerAction):
    """Answers `list_tasks`."""

    intent = "list_tasks"


class CountTasks(AnswerAction):
    """Answers `count_tasks`."""

    intent = "count_tasks"


class ListIndicators(AnswerAction):
    """Answers `list_indicators`."""

    intent = "list_indicators"


class CountIndicators(AnswerAction):
    """Answers `count_indicators`."""

    intent = "count_indicators"


class ListOverdue(AnswerAction):
    """Answers `list_overdue`."""

    intent = "list_overdue"


class ListUpcoming(AnswerAction):
    """Answers `list_upcoming`."""

    intent = "list_upcoming"
