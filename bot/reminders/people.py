"""Who is to be reminded: registered officials with their agency's key, the hour and the channels they chose."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from sqlalchemy import Engine, select

from bot.officials.official import Role
from bot.officials.tables import links, officials
from bot.reminders.tables import preferences
from knowledge.services.remind.notices import Audience
from knowledge.services.remind.policy import Policies, clock
from knowledge.services.remind.works import AgencyKeys, provinces_heard

WEB, EMAIL = "web", "email"


@dataclass(frozen=True, slots=True)
class Address:
    """A chat of a person's on a channel."""

    channel: str
    chat: str


@dataclass(frozen=True, slots=True)
class Person:
    """An official as reminders see them. `addresses`: where they can be written to, what they like best first, without the web page.

    `web`: their chat on the web page, which gets a copy: nobody need be looking at it. `key`: their agency's.
    """

    id: int
    name: str
    province: str
    agency: str
    key: str | None
    role: Role
    hour: time
    addresses: tuple[Address, ...]
    web: Address | None
    off: bool
    audience: Audience


@dataclass(frozen=True)
class People:
    """Everybody who is active, with whose agencies have nobody to hear of their work: names of agencies by province is the caller's."""

    all: tuple[Person, ...]
    staffed: Mapping[str, Collection[str]]


def load_people(engine: Engine, keys: AgencyKeys, on: date, policies: Policies) -> People:
    """The active officials of all provinces."""
    with engine.connect() as connection:
        o = officials.c
        found = connection.execute(
            select(o.id, o.name, o.province, o.agency, o.role).where(o.active.is_(True), o.province.is_not(None)).order_by(o.id)).all()
        chosen = {line.official: line for line in connection.execute(select(preferences))}
        alive = connection.execute(
            select(links.c.official, links.c.channel, links.c.chat).where(links.c.dead.is_(None))
            .order_by(links.c.linked.desc(), links.c.id.desc()))
        chats: defaultdict[int, list[Address]] = defaultdict(list)
        for official, channel, chat in alive:
            chats[official].append(Address(channel, chat))
    heard = {province: provinces_heard(province, on) for province in {province for _, _, province, _, _ in found}}
    staffed: defaultdict[str, set[str]] = defaultdict(set)
    officers: set[tuple[str, str | None]] = set()
    for _, _, home, agency, role in found:
        key = keys.key(agency, home) if agency else None
        if role == "officer":
            officers.add((home, key))
        if role in ("officer", "leader") and key is not None:
            for province in heard[home]:
                staffed[province].add(key)
    audience = lru_cache(maxsize=None)(_audience)
    people = []
    for id_, name, home, agency, role in found:
        wish, key = chosen.get(id_), keys.key(agency, home) if agency else None
        addresses = _ordered(chats.get(id_, []), wish.email if wish else None, json.loads(wish.channels) if wish else [])
        people.append(Person(
            id_, name, home, agency or "", key, role, clock(wish.hour) if wish else policies.of(home).hour,
            tuple(a for a in addresses if a.channel != WEB), next((a for a in addresses if a.channel == WEB), None),
            bool(wish and wish.off), audience(role, heard[home], key, (home, key) in officers)))
    return People(tuple(people), staffed)


def _audience(role: str, provinces: tuple[str, ...], key: str | None, has_officers: bool) -> Audience:
    """A leader hears what officers hear where there is no officer; who only looks things up hears what they asked for."""
    if role == "coordinator":
        return Audience(provinces, None, weekly=True)
    if role == "officer" and key:
        return Audience(provinces, key, alarms=True, monthly=True)
    if role == "leader" and key:
        return Audience(provinces, key, alarms=not has_officers, weekly=True)
    return Audience(provinces, key)


def _ordered(chats: list[Address], email: str | None, wanted: list[str]) -> list[Address]:
    """The chosen channels first, then the account linked last; e-mail last where it was not chosen."""
    if not wanted and not email:
        return chats
    all_ = [*chats, *([Address(EMAIL, email)] if email else [])]
    place = {channel: number for number, channel in enumerate(wanted)}
    return sorted(dict.fromkeys(all_), key=lambda address: place.get(address.channel, len(place) + (address.channel == EMAIL)))
