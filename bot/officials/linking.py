"""One-time codes by which an official's chat account becomes known as theirs.

A code is eight characters that nobody confuses, that no Vietnamese keyboard changes on the way (no vowels, D or W, so Telex and VNI have
nothing to put marks on) and that no Vietnamese message contains by chance. Only its keyed hash is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.officials.directory import Directory, find_links, insert_link
from bot.officials.official import Official
from bot.officials.tables import attempts, codes, officials
from knowledge.store import hold, writing
from knowledge.text.normalize import nfc

ALPHABET = "23456789CFHJKMNPRTVX"
LENGTH = 8
VALID_SECONDS = 15 * 60
_QUARTER, _HOUR, _DAY = 15 * 60, 3600, 86_400
MOST_WRONG_IN_CHAT, MOST_WRONG_OF_USER = 5, 20  # in a quarter of an hour, in an hour
_LONGEST_MESSAGE = 120

_CODE = re.compile(rf"(?<![^\W_])([{ALPHABET}]{{4}})[ .–-]?([{ALPHABET}]{{4}})(?![^\W_])")
_WHOLE = re.compile(rf"(?:/START(?:@\w+)?\s+)?{_CODE.pattern}")
_ALMOST = re.compile(r"(?:/START(?:@\w+)?\s+(?P<started>\S{1,64})|(?=\S*[A-Z])(?=\S*\d)(?P<typed>[A-Z\d]{3,5}-?[A-Z\d]{3,5}))", re.ASCII)


class Outcome(Enum):
    """What became of a code that was sent."""

    LINKED = "linked"
    WRONG = "wrong"      # unknown, used, expired, or of an official who is switched off: nobody is told which
    PAUSED = "paused"    # too many wrong ones: the code was not even looked at
    TAKEN = "taken"      # this chat account is linked already: the code was not looked at either


@dataclass(frozen=True)
class Redeemed:
    """What became of a code, and whose account it is now; `official` only if LINKED."""

    outcome: Outcome
    official: Official | None = None


class Linking:
    """Issues and redeems codes. `secret` keys their hashes: all processes on one database need the same."""

    def __init__(self, directory: Directory, secret: str) -> None:
        if len(secret) < 16:
            raise ValueError("the secret of linking codes needs 16 characters at least")
        self._directory = directory
        self._key = hmac.digest(secret.encode(), b"troly linking codes", hashlib.sha256)

    def issue(self, official: Official) -> str:
        """A new code for an official, as they should type it (`ABCD-2345`); an earlier one that is open ends."""
        code, now = _new_code(), self._directory.clock()
        with writing(self._directory.engine) as connection:
            hold(connection, f"officials:codes:{official.id}")
            connection.execute(delete(codes).where(codes.c.official == official.id, codes.c.used.is_(None)))
            connection.execute(delete(codes).where(codes.c.expires < now - _DAY))
            connection.execute(insert(codes).values(hash=self._hash(code), official=official.id, expires=now + VALID_SECONDS))
        return f"{code[:4]}-{code[4:]}"

    def redeem(self, code: str, channel: str, user: str, chat: str) -> Redeemed:
        """Link the chat account that sent a code (`code` as `read_code` or `nearly_code` gave it).

        The same code from the same account is LINKED again within its time: messages may come twice.
        """
        now, digest = self._directory.clock(), self._hash(code)
        with writing(self._directory.engine) as connection:
            hold(connection, f"officials:account:{channel}:{user}")
            found = self._redeem(connection, digest, (channel, user, chat), now)
        if found.outcome is Outcome.LINKED:
            self._directory.forget(channel, user)
        return found

    def _redeem(self, connection: Connection, digest: str, account: tuple[str, str, str], now: float) -> Redeemed:
        channel, user, _ = account
        own = connection.execute(
            select(codes.c.used, codes.c.official).where(codes.c.hash == digest, codes.c.channel == channel, codes.c.user == user,
                                                         codes.c.expires > now)).one_or_none()
        linked = find_links(connection, *account)
        if linked:
            again = own is not None and any(link.user == user and link.official == own.official for link in linked)
            return Redeemed(Outcome.LINKED, _active(connection, own.official)) if own and again else Redeemed(Outcome.TAKEN)
        if _too_many(connection, account, now):
            return Redeemed(Outcome.PAUSED)
        official = self._consume(connection, digest, account, now)
        if official is not None:
            return Redeemed(Outcome.LINKED, official)
        connection.execute(delete(attempts).where(attempts.c.at < now - _HOUR))
        connection.execute(insert(attempts).values(channel=channel, user=user, chat=account[2], at=now))
        return Redeemed(Outcome.PAUSED if _too_many(connection, account, now) else Outcome.WRONG)

    @staticmethod
    def _consume(connection: Connection, digest: str, account: tuple[str, str, str], now: float) -> Official | None:
        channel, user, chat = account
        live = (codes.c.hash == digest, codes.c.used.is_(None), codes.c.expires > now)
        owner = connection.scalar(select(codes.c.official).where(*live))
        official = None if owner is None else _active(connection, owner)
        if official is None:
            return None
        try:
            with connection.begin_nested():
                used = connection.execute(update(codes).where(*live).values(used=now, channel=channel, user=user)).rowcount
                if not used:
                    return None
                insert_link(connection, official.id, channel, user, chat, now)
        except IntegrityError:
            return None
        return official

    def _hash(self, code: str) -> str:
        return hmac.new(self._key, code.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def read_code(text: str, *, whole: bool = False) -> str | None:
    """The code that a short message contains, or (`whole`) consists of but for Telegram's `/start`; None if there is none."""
    plain = _plain(text)
    match = _WHOLE.fullmatch(plain) if whole else _CODE.search(plain)
    code = "".join(match.groups()) if match else ""
    return code if code and _well_mixed(code) else None


def nearly_code(text: str) -> str | None:
    """What seems to be meant as a code but can't be one ("ABCO-1234"): it is answered as a wrong one."""
    match = _ALMOST.fullmatch(_plain(text))
    return (match["started"] or match["typed"]) if match else None


def _plain(text: str) -> str:
    """Upper case, full-width and other decorated forms of letters as the letters, nothing invisible; "" for long messages."""
    if len(text) > _LONGEST_MESSAGE:
        return ""
    return nfc(unicodedata.normalize("NFKC", text)).strip().upper()


def _new_code() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _well_mixed(code):
            return code


def _well_mixed(code: str) -> bool:
    return 2 <= sum(char.isdigit() for char in code) <= LENGTH - 2


def _active(connection: Connection, official: int) -> Official | None:
    row = connection.execute(
        select(officials.c.id, officials.c.name, officials.c.username, officials.c.province, officials.c.agency, officials.c.role,
               officials.c.active).where(officials.c.id == official, officials.c.active.is_(True))).one_or_none()
    return None if row is None else Official(*row)


def _too_many(connection: Connection, account: tuple[str, str, str], now: float) -> bool:
    channel, user, chat = account
    counted = select(func.count()).select_from(attempts).where(attempts.c.channel == channel)
    in_chat = connection.scalar(counted.where(attempts.c.chat == chat, attempts.c.at > now - _QUARTER)) or 0
    of_user = connection.scalar(counted.where(attempts.c.user == user, attempts.c.at > now - _HOUR)) or 0
    return in_chat >= MOST_WRONG_IN_CHAT or of_user >= MOST_WRONG_OF_USER
