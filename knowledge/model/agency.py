"""An agency (cơ quan) of the registry, with its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Agency:
    """One agency under its canonical name.

    `kind`: so, ban, party, police, military, bank, media, office, committee, district, commune, ministry, central, vertical (ngành dọc),
    mass (Mặt trận, đoàn thể), school, hospital, business, collective, other.
    `collective` agencies ("Các sở, ban, ngành") stand for many and are nobody's own name.
    `successor` is the slug of the agency that holds the work since `since` (legal basis in `basis`).
    """

    slug: str
    name: str
    kind: str = "other"
    aliases: tuple[str, ...] = ()
    successor: str | None = None
    since: date | None = None
    basis: str = ""
    note: str = ""
    members: tuple[str, ...] = field(default=())

    @property
    def ref(self) -> str:
        """`agency:so-y-te`."""
        return f"agency:{self.slug}"
