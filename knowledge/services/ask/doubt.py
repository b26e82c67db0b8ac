"""How much speaks against a row that ranks first: words that stand together in the question and in other rows, but not in this one.

A question about something that no plan holds ("mua xe cứu thương cho bệnh viện") finds a row that shares its common words. Where it also
has pairs of words that other rows know and this row lacks, it is about those. The limits (`calibration.yml`) were measured by hiding the
right row of known questions: what is found then is wrong (`python -m benchmarks.calibrate`).
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import Row
from knowledge.search import Index
from knowledge.search.query import Query
from knowledge.services.ask.sayings import Words

_TELLING = 0.2  # words that weigh less prove nothing


def row_text(row: Row) -> str:
    """The words by which a row is told from others."""
    return " ".join((row.name, row.result or "", row.target or "", row.unit or "", *row.lead, str(row.extra.get("heading") or "")))


def elsewhere(row: Row, query: Query, index: Index) -> float:
    """The share of the question, 0…1, in pairs of words that stand in some row, but not in this one."""
    return sum(weight for _, weight in _lacking(row, query, index)) / (query.mass or 1.0)


def words_elsewhere(row: Row, query: Query, index: Index) -> str:
    """The longest stretch of such words, as typed; empty if there is none."""
    stretches: list[list[int]] = []
    for at, _ in _lacking(row, query, index):
        if stretches and stretches[-1][-1] == at:
            stretches[-1].append(at + 1)
        else:
            stretches.append([at, at + 1])
    return " ".join(query.terms[at].typed for at in max(stretches, key=len, default=[]))


def _lacking(row: Row, query: Query, index: Index) -> Iterator[tuple[int, float]]:
    """The places of the first words of those pairs, with their weight: less where the row has the words, or others for them, apart.

    Short forms written out and mended slips are guesses, so they prove nothing.
    """
    words, terms = Words(row_text(row)), query.terms
    for at, (one, other) in enumerate(zip(terms, terms[1:])):
        weight, pair = min(one.weight, other.weight), (one.key, other.key)
        if weight <= _TELLING or one.sentence != other.sentence or min(one.quality, other.quality) < 1.0:
            continue
        if pair not in words.pairs and pair[::-1] not in words.pairs:
            left = weight * (1 - words.fit(at, terms) * words.fit(at + 1, terms))
            if left > 0 and index.knows_pair(*pair):
                yield at, left
