"""A person's data as an administrator gives them: checked and in one form, or told what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from bot.officials.official import ROLE_NAMES, ROLES, Role
from knowledge.agencies import Provinces, Registry
from knowledge.text.normalize import clean, fold

_LONGEST_NAME = 120
_LONGEST_SHOWN = 60
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._+@-]{1,99}")
_PLACE_TITLE = re.compile(r"\s*(?:tỉnh|tinh|thành phố|thanh pho|tp\.?)?\s*", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@")
_OF_AGENCY: tuple[Role, ...] = ("officer", "leader")
_OF_PROVINCE: tuple[Role, ...] = (*_OF_AGENCY, "coordinator")
_BY_PLACE = ("district", "commune")  # one entry of the registry stands for many: the name as given says which
_ROLES: dict[str, Role] = {fold(word): role for role in ROLES for word in (role, ROLE_NAMES[role])}
_T = TypeVar("_T")


class BadPeople(ValueError):
    """Data that can't be taken as they are; `lines` has a Vietnamese sentence for each trouble."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Person:
    """A person's data, checked: `province` a slug, `agency` a name that the registry knows."""

    name: str
    username: str
    province: str | None
    agency: str | None
    role: Role

    def as_dict(self) -> dict[str, Any]:
        """As `Directory.put` takes it."""
        return asdict(self)


def person(given: Mapping[str, str | None]) -> Person:
    """The person of `name`, `username`, `province`, `agency`, `role` as typed. Raises BadPeople with all that is wrong."""
    troubles: list[str] = []

    def checked(key: str, check: Callable[[str], _T]) -> _T | None:
        try:
            return check(clean(given.get(key) or ""))
        except ValueError as error:
            troubles.append(str(error))
            return None

    name, username, role = checked("name", _name), checked("username", _username), checked("role", _role)
    province, agency = checked("province", _province), checked("agency", _agency)
    if role in _OF_PROVINCE and not (given.get("province") or "").strip():
        troubles.append(f"vai trò {ROLE_NAMES[role]} cần có tỉnh")
    if role in _OF_AGENCY and not (given.get("agency") or "").strip():
        troubles.append(f"vai trò {ROLE_NAMES[role]} cần có cơ quan")
    if troubles or name is None or username is None or role is None:
        raise BadPeople(troubles)
    return Person(name, username, province, None if role == "coordinator" else agency, role)


def _name(text: str) -> str:
    if not any(char.isalpha() for char in text):
        raise ValueError("thiếu họ tên")
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"họ tên dài quá {_LONGEST_NAME} ký tự")
    if text.startswith(_FORMULA) or not text.isprintable():
        raise ValueError(f"họ tên “{_shown(text)}” có ký tự không hợp lệ")
    return text


def _username(text: str) -> str:
    """In lower case and plain ASCII, so that no other alphabet's look-alike passes for somebody's name."""
    if not text:
        raise ValueError("thiếu tên đăng nhập")
    plain = unicodedata.normalize("NFKC", text).lower()
    if not _USERNAME.fullmatch(plain):
        raise ValueError(f"tên đăng nhập “{_shown(text)}” chưa đúng: chỉ dùng chữ không dấu, số và các dấu . _ - + @")
    return plain


def _role(text: str) -> Role:
    if not text:
        return "reader"
    role = _ROLES.get(fold(text))
    if role is None:
        raise ValueError(f"vai trò “{_shown(text)}” không có; các vai trò: {', '.join(ROLE_NAMES.values())}")
    return role


def _province(text: str) -> str | None:
    if not text:
        return None
    provinces = Provinces.load()
    named = [] if provinces.get(text) else provinces.find(text)
    found = provinces.resolve(text)
    if found is None or len(named) > 1 or any(_PLACE_TITLE.fullmatch(text[:start] + text[end:]) is None for _, start, end in named):
        raise ValueError(f"không có tỉnh “{_shown(text)}”")
    return found.slug


def _agency(text: str) -> str | None:
    """The registry's name, or of a commune or district the name as given: "UBND xã Hòa An"."""
    if not text:
        return None
    registry = Registry.load()
    found = None if text.startswith(_FORMULA) or len(text) > 2 * _LONGEST_NAME else registry.resolve(text)
    if found is None or found.kind == "collective":
        raise ValueError(f"không có cơ quan “{_shown(text)}” trong danh bạ cơ quan")
    return text if registry.level_of(found.slug) in _BY_PLACE else found.name


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
