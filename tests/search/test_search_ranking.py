"""The packed search ranks as the plain one, in memory, from files, and in several parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knowledge.model import Row
from knowledge.search import Hit, Index, Scope
from knowledge.search import index as index_module
from knowledge.search.files import open_segment, packing
from knowledge.search.packing import Packer
from tests.search.reference import Reference

TOP = 5


@pytest.fixture
def all_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is left out before the comparison, here and in the reference."""
    monkeypatch.setattr(index_module, "CANDIDATES", 1_000_000)


@pytest.fixture(scope="module")
def from_files(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Index:
    """One segment mapped from files; rows are fetched."""
    folder = tmp_path_factory.mktemp("index") / "segment"
    with packing(folder) as packer:
        for number, row in enumerate(rows):
            packer.add(row, number)
    return Index.of([open_segment(folder)], lambda numbers: [rows[n] for n in numbers])


@pytest.fixture(scope="module")
def in_parts(rows: list[Row]) -> Index:
    """One segment a plan, and one of them again in an older version that is out of force."""
    segments = []
    for plan in dict.fromkeys(r.plan for r in rows):
        packer = Packer()
        for number, row in enumerate(rows):
            if row.plan == plan:
                packer.add(row, number)
        segments.append(packer.finish())
    return Index.of(segments, lambda numbers: [rows[n] for n in numbers])


def same(found: Sequence[Hit], expected: Sequence[Hit]) -> None:
    """The same figures in the same order, and the same rows; rows of equal score may change places."""
    def figures(hits: Sequence[Hit]) -> list[tuple[float, ...]]:
        return [tuple(round(f, 9) for f in (h.score, h.mass, h.coverage, h.title)) for h in hits[:TOP]]

    assert [f[0] for f in figures(found) if f[0]] == [f[0] for f in figures(expected) if f[0]]
    by_ref = {h.row.ref: h for h in expected}
    for hit in found[:TOP]:
        assert figures([hit]) == figures([by_ref[hit.row.ref]])


@pytest.mark.usefixtures("all_compared")
def test_top_rows_are_those_of_the_reference(index: Index, from_files: Index, in_parts: Index, reference: Reference,
                                             questions: list[str]) -> None:
    assert len(questions) > 300
    for text in questions:
        query = index.read(text)
        expected = reference.search(query)
        for built in (index, from_files, in_parts):
            same(built.search(query), expected)


@pytest.mark.usefixtures("all_compared")
@pytest.mark.parametrize("way", ["predicate", "scope", "scope and test"])
def test_filters_are_those_of_the_reference(index: Index, from_files: Index, in_parts: Index, reference: Reference,
                                            questions: list[str], way: str) -> None:
    kinds, plans = {"task", "target"}, {"hg-kh-2025-phu-luc", "tg-kh-nq57-2025"}

    def wanted(row: Row) -> bool:
        return row.kind in kinds and row.plan in plans

    scope = Scope().of(kinds)
    ways = {"predicate": wanted, "scope": scope.within(plans), "scope and test": scope.passing(lambda row: row.plan in plans)}
    for text in questions[::4]:
        query = index.read(text)
        for built in (index, from_files, in_parts):
            same(built.search(query, ways[way]), reference.search(query, wanted))


def test_best_row_is_among_the_candidates(index: Index, from_files: Index, reference: Reference, questions: list[str]) -> None:
    """Few rows are compared, and the best is one of them."""
    for text in questions:
        query = index.read(text)
        expected = reference.search(query)[:1]
        for built in (index, from_files):
            assert [round(h.score, 9) for h in built.search(query, limit=1)] == [round(h.score, 9) for h in expected]


def test_every_index_reads_a_question_alike(index: Index, from_files: Index, in_parts: Index, questions: list[str]) -> None:
    for text in questions:
        assert index.read(text) == from_files.read(text) == in_parts.read(text)


def test_vocabulary_is_that_of_the_rows(index: Index, in_parts: Index, reference: Reference) -> None:
    keys = list(reference.rarity)
    for built in (index, in_parts):
        assert all(built.knows(k) for k in keys) and not built.knows("khongco")
        assert {k: round(built.rarity(k), 9) for k in keys} == {k: round(r, 9) for k, r in reference.rarity.items()}
        assert built.rarity("khongco") == 1.0
        assert all(built.knows_pair(*pair) for pair in reference.pairs)
        assert not built.knows_pair("tuong", "chuyen") and not built.knows_pair("chuyen", "khongco")
        assert "chuyen" in built.words and "khongco" not in built.words
        assert set(built.words) == {k for k in keys if len(k) > 1 and not k[0].isdigit()}


def test_a_plan_out_of_force_is_not_found(rows: list[Row], tmp_path: Path) -> None:
    with packing(tmp_path / "segment") as packer:
        for number, row in enumerate(rows):
            packer.add(row, number)
    gone = frozenset({"hg-kh-2025-phu-luc"})
    built = Index.of([open_segment(tmp_path / "segment", gone)], lambda numbers: [rows[n] for n in numbers])
    query = built.read("ai chủ trì đề án đô thị thông minh?")
    assert built.search(query) and all(h.row.plan not in gone for h in built.search(query, limit=200))
    assert not built.search(query, Scope(plans=gone))


@pytest.mark.parametrize("wanted", [None, lambda row: True])
def test_nothing_to_search(wanted: Callable[[Row], bool] | None) -> None:
    built = Index([])
    assert built.search(built.read("ai chủ trì đề án?"), wanted) == []
    assert not built.knows("an") and list(built.words) == [] and len(built.rows) == 0
