"""Where a person wants their reminders: on one of their linked channels, or at an e-mail address that they proved is theirs."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from bot.channels.port import Outgoing
from bot.delivery.tables import outbox
from bot.officials.tables import links
from bot.reminders.people import EMAIL, Address
from bot.reminders.planner import outbox_line

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
CODE = re.compile(r"\s*(\d{6})\s*[.!]?\s*")
_TITLES = {"telegram": "Telegram", "zalo_bot": "Zalo", "zalo_oa": "Zalo", "zalo": "Zalo", EMAIL: "thư điện tử"}
_MOST_CODES, _DAY = 5, 86_400.0  # so nobody is flooded with mail by somebody else's typing
_CODE_FROM = "email-code"


@dataclass(frozen=True)
class Code:
    """What the message to an address says, and what is kept of it."""

    text: str
    kept: str


def titles(names: list[str]) -> str:
    """`Zalo`, `thư điện tử`."""
    return ", ".join(dict.fromkeys(_TITLES.get(name, name) for name in names))


def linked(connection: Connection, official: int, wanted: str) -> list[str]:
    """The person's channels of a kind ("zalo": both of Zalo's), the one linked last first."""
    found = connection.scalars(select(links.c.channel).where(links.c.official == official, links.c.dead.is_(None))
                               .order_by(links.c.linked.desc(), links.c.id.desc()))
    return [name for name in dict.fromkeys(found) if name.startswith(wanted)]


def new_code() -> Code:
    """Six digits that nobody can guess."""
    digits = f"{secrets.randbelow(1_000_000):06}"
    text = (f"Mã xác nhận nhận nhắc việc qua thư điện tử: {digits}\n\nMã có hiệu lực 10 phút; anh/chị nhắn mã này cho trợ lý. "
            "Nếu không phải anh/chị yêu cầu, xin bỏ qua thư này.")
    return Code(text, _kept(digits))


def send(connection: Connection, official: int, address: str, code: Code, now: float) -> bool:
    """Queue the e-mail with a code; False where the person has had too many today."""
    c = outbox.c
    sent = select(func.count()).where(c.dedupe.like(f"{_CODE_FROM}:{official}:%"), c.created > now - _DAY)
    if (connection.scalar(sent) or 0) >= _MOST_CODES:
        return False
    message = Outgoing(address, code.text, purpose="push").as_dict()
    connection.execute(insert(outbox), [outbox_line(Address(EMAIL, address), message, f"{_CODE_FROM}:{official}:{now}", now)])
    return True


def right(said: str, kept: str) -> bool:
    """Is this the code?"""
    found = CODE.fullmatch(said)
    return found is not None and hmac.compare_digest(_kept(found[1]), kept)


def _kept(digits: str) -> str:
    return hashlib.sha256(digits.encode()).hexdigest()
