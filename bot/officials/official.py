"""An official as the rest of the program sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["reader", "officer", "leader", "coordinator", "administrator"]
ROLES: tuple[Role, ...] = ("reader", "officer", "leader", "coordinator", "administrator")
ROLE_NAMES: dict[Role, str] = {
    "reader": "người tra cứu", "officer": "chuyên viên", "leader": "lãnh đạo đơn vị", "coordinator": "đầu mối của tỉnh",
    "administrator": "quản trị",
}


@dataclass(frozen=True)
class Official:
    """A registered person. `province` is a slug (`hau-giang`); `agency` the name as plans write it, None for a coordinator's whole
    province.

    `username` is what the province's single sign-on calls them (its `preferred_username` or `email`), in lower case.
    """

    id: int
    name: str
    username: str
    province: str | None
    agency: str | None
    role: Role = "reader"
    active: bool = True
