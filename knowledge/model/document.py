"""A legal document (văn bản) that plans cite: a resolution, a decree, a decision, a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LegalDocument:
    """One cited document, as far as the citing texts tell.

    `number` is the number and symbol as written, without blanks (`57-NQ/TW`); it identifies the document.
    """

    number: str
    kind: str = ""
    date: date | None = None
    issuer: str = ""
    subject: str = ""

    @property
    def ref(self) -> str:
        """`doc:57-NQ/TW`."""
        return f"doc:{self.number}"
