"""What was done, by whom and from where: kept apart from what was said, which it never holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from bot.officials.official import Official
from bot.officials.tables import audit, prepare
from knowledge.store import Write, writing

_ADD = insert(audit)


@dataclass(frozen=True)
class Line:
    """One thing done. `at` in UTC seconds; `what` is a short name (question, link, unlink, erase, add, disable…)."""

    at: float
    official: int | None
    who: str
    channel: str
    account: str
    what: str
    intent: str = ""
    outcome: str = ""


class Audit:
    """Writes and reads the lines. Methods block shortly."""

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        prepare(engine)

    def note(
        self, what: str, *, official: Official | None = None, who: str = "", channel: str = "", account: str = "",
        intent: str | None = None, outcome: str | None = None,
    ) -> None:
        """Add a line at once; the arguments are those of `noting`."""
        with writing(self._engine, single=True) as connection:
            self.noting(what, official=official, who=who, channel=channel, account=account, intent=intent, outcome=outcome)(connection)

    def noting(
        self, what: str, *, official: Official | None = None, who: str = "", channel: str = "", account: str = "",
        intent: str | None = None, outcome: str | None = None,
    ) -> Write:
        """Adds a line in somebody's transaction.

        `who` is the doer's name where they are no official, `account` their chat account or machine.
        """
        values = {"who": who or (official.username if official else ""), "channel": channel, "account": account,
                  "what": what, "intent": intent or "", "outcome": outcome or ""}
        cut = {key: value[:audit.c[key].type.length] for key, value in values.items()}  # type: ignore[attr-defined]
        line = {"at": self._clock(), "official": official.id if official else None, **cut}
        return lambda connection: connection.execute(_ADD, line)

    def lines(self, official: int | None = None, most: int = 50) -> list[Line]:
        """The last `most` lines, of one official or of all, the latest first."""
        query = select(audit.c.at, audit.c.official, audit.c.who, audit.c.channel, audit.c.account, audit.c.what, audit.c.intent,
                       audit.c.outcome).order_by(audit.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [Line(*row) for row in connection.execute(query if official is None else query.where(audit.c.official == official))]

    def erase_before(self, moment: float) -> int:
        """Erase lines older than a moment (UTC seconds); how many. The law asks for a month at least, twelve are usual."""
        with writing(self._engine) as connection:
            return connection.execute(delete(audit).where(audit.c.at < moment)).rowcount
