"""Done every day: old conversations are erased, and officials who have not been here for long are switched off."""

from __future__ import annotations

import asyncio
import logging
import time

from sqlalchemy import Engine, delete, select

from bot.assistant.tracker_schema import conversations, events, metadata
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.officials.audit import Audit
from bot.officials.directory import Directory
from knowledge.store import StoreError, make_tables, writing

log = logging.getLogger(__name__)

_DAY = 86_400.0
_AUDIT_DAYS = 366
_RETRY_SECONDS = 600.0
_AT_ONCE = 500


def erase_before(engine: Engine, moment: float) -> int:
    """Erase the texts of what was finished before `moment` (UTC seconds), and conversations silent since; how many things. Blocks."""
    erased = Inbox(engine).erase_before(moment) + Outbox(engine).erase_before(moment)
    make_tables(engine, metadata)
    while True:
        forgotten = _forget_some(engine, moment)
        erased += forgotten
        if forgotten < _AT_ONCE:
            return erased


async def keep(engine: Engine, directory: Directory, days: int) -> None:
    """Every day for as long as the server runs: erase what is older than `days` (0: nothing), switch off who is idle.

    Audit lines are kept for a year.
    """
    while True:
        try:
            await asyncio.to_thread(_keep_once, engine, directory, days)
            pause = _DAY
        except StoreError as error:
            log.error("the daily housekeeping failed: %s", error)
            pause = _RETRY_SECONDS
        await asyncio.sleep(pause)


def _keep_once(engine: Engine, directory: Directory, days: int) -> None:
    now, audit = time.time(), Audit(engine)
    erased = erase_before(engine, now - days * _DAY) if days else 0
    audit.erase_before(now - _AUDIT_DAYS * _DAY)
    idle = directory.disable_idle(audit)
    log.info("housekeeping", extra={"erased": erased, "switched_off": len(idle)})


def _forget_some(engine: Engine, moment: float) -> int:
    """Some conversations in one short transaction, so that nobody waits long."""
    silent = select(conversations.c.id).where(conversations.c.updated < moment).limit(_AT_ONCE)
    with writing(engine) as connection:
        ids = list(connection.scalars(silent))
        connection.execute(delete(events).where(events.c.conversation.in_(ids)))
        connection.execute(delete(conversations).where(conversations.c.id.in_(ids)))
    return len(ids)
