"""What only large bases use: bitmaps of frequent keys, coarse sums, files, and plans taken over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.model import Row
from knowledge.search import Index, Scope, candidates, packing
from knowledge.search import index as index_module
from knowledge.search.files import NoSegment, open_segment, read_about
from knowledge.search.files import packing as packing_to
from knowledge.search.index import _counts
from knowledge.search.packing import Packer
from knowledge.search.words import Slips, Words
from knowledge.text.normalize import fold
from knowledge.text.typos import corrections
from tests.search.reference import Reference


def packed(rows: list[Row], packer: Packer | None = None) -> Packer:
    packer = Packer() if packer is None else packer
    for number, row in enumerate(rows):
        packer.add(row, number)
    return packer


@pytest.fixture
def dense(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> Index:
    """The shipped rows as if they were very many."""
    monkeypatch.setattr(packing, "_DENSE_FROM", 100)
    monkeypatch.setattr(packing, "_CHUNK", 64)
    monkeypatch.setattr(candidates, "_MANY_RANGES", 1)
    monkeypatch.setattr(candidates, "_BLOCK", 64)
    segment = packed(rows).finish()
    assert len(segment.dense) > 50 and len(segment.dense) < len(segment.keys) / 2
    return Index.of([segment], lambda numbers: [rows[n] for n in numbers])


@pytest.mark.parametrize("scope", [Scope(), Scope(plans=frozenset({"hg-kh-2025-phu-luc", "tg-kh-nq57-2025"})).of(["task", "target"])])
def test_bitmaps_find_what_postings_find(dense: Index, reference: Reference, questions: list[str], scope: Scope,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "CANDIDATES", 1_000_000)
    for text in questions[::3]:
        query = dense.read(text)
        found, expected = dense.search(query, scope, 5), reference.search(query, scope)[:5]
        assert [round(h.score, 9) for h in found] == [round(h.score, 9) for h in expected]


def test_coarse_sums_choose_and_all_figures_rank(dense: Index, rows: list[Row], questions: list[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """The best row stays the best when rows are chosen by sums of one byte."""
    usual = Index(rows)
    expected = {text: usual.search(usual.read(text), limit=1) for text in questions}
    monkeypatch.setattr(candidates, "_MANY_ROWS", 10)
    monkeypatch.setattr(index_module, "CANDIDATES", 80)
    same = 0
    for text in questions:
        found = dense.search(dense.read(text), limit=1)
        same += [round(h.score, 6) for h in found] == [round(h.score, 6) for h in expected[text]]
    assert same > 0.97 * len(questions)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_largest_sums_of_many_rows(kind: type[np.unsignedinteger[Any]]) -> None:
    sums = np.random.default_rng(5).binomial(200, 0.3, 100_003).astype(kind)
    best = candidates._best(sums, 100)
    assert best.tolist() == sorted(range(len(sums)), key=lambda n: (-int(sums[n]), n))[:100]
    assert candidates._best(np.zeros(100_000, kind), 100).tolist() == []


def test_rows_of_kinds(rows: list[Row]) -> None:
    segment = packed(rows).finish()
    kinds = ("task", "target")
    flags = np.unpackbits(segment.bits_of(kinds, 8, len(rows)), count=len(rows) - 8).astype(bool)
    assert flags.tolist() == [row.kind in kinds for row in rows[8:]] == segment.are_of(kinds, np.arange(8, len(rows))).tolist()


def test_rows_of_a_plan_stand_together(rows: list[Row]) -> None:
    first, other = rows[0], next(r for r in rows if r.plan != rows[0].plan)
    with pytest.raises(ValueError, match="stand together"):
        packed([first, other, first])
    assert len(Index([first, other, first])._segments[0]) == 3, "the index itself puts them in order"


def test_files_hold_what_memory_holds(rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "_SPILL", 1000)
    with packing_to(tmp_path / "segment", day="today") as packer:
        packed(rows, packer)
    opened, held = open_segment(tmp_path / "segment"), packed(rows).finish()
    assert read_about(tmp_path / "segment") == {"day": "today"}
    assert (opened.tokens, opened.keys, dict(opened.plans)) == (held.tokens, held.keys, dict(held.plans))
    for name in ("token_key", "offsets", "forward", "kinds", "ids", "starts", "postings", "frequency", "pairs"):
        assert np.array_equal(getattr(opened, name), getattr(held, name)), name


@pytest.mark.parametrize("damage", ["about.json", "postings.bin", "keys.txt", "form"])
def test_damaged_files_are_told(rows: list[Row], tmp_path: Path, damage: str) -> None:
    with packing_to(tmp_path / "segment") as packer:
        packed(rows[:50], packer)
    if damage == "form":
        about = tmp_path / "segment" / "about.json"
        about.write_text(about.read_text(encoding="utf-8").replace('"form": ', '"form": 9'), encoding="utf-8")
    else:
        (tmp_path / "segment" / damage).unlink()
    with pytest.raises(NoSegment):
        open_segment(tmp_path / "segment")


def test_an_empty_segment_can_be_opened(tmp_path: Path) -> None:
    with packing_to(tmp_path / "segment"):
        pass
    opened = open_segment(tmp_path / "segment")
    assert (len(opened), opened.tokens, opened.keys) == (0, [], [])


def test_plans_are_taken_over(rows: list[Row]) -> None:
    """An index made with the help of an older one is the index that would be made without."""
    gone, kept = rows[0].plan, [r for r in rows if r.plan != rows[0].plan]
    before = Index(rows)
    helped, alone = Index([*kept, *rows[:5]], before), Index([*kept, *rows[:5]])
    assert gone in before._segments[0].plans
    for text in ("ai chủ trì đô thị thông minh?", "tỷ lệ hồ sơ trực tuyến", "tổ công nghệ số cộng đồng", "tôt chưc"):
        assert helped.read(text) == alone.read(text)
        assert [(h.row.ref, round(h.score, 9)) for h in helped.search(helped.read(text))] == \
               [(h.row.ref, round(h.score, 9)) for h in alone.search(alone.read(text))]
    lost = set(before.words) - set(alone.words)
    assert lost and not any(helped.knows(k) or k in helped.words for k in lost)


def test_mistyped_words_are_compared_with_few(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.search.words.MOST", 10)
    words = Words(_counts([packed(rows).finish()]))
    assert len(words) == len(list(words)) == 10 and "cong" in list(words)
    assert "chuyen" in words, "all are known, few are looked through"


def test_near_words_are_all_that_a_slip_may_mean(index: Index) -> None:
    """Corrections found among the near words are those found among all."""
    slips = ["tôt", "chưc", "chuyn", "chuyeen", "dooi", "ngiệp", "thuc", "qun", "lanh", "hjjj", "phuwong", "tahnh", "x", "oi"]
    for word in map(fold, slips):
        assert corrections(word, index.words.near(word)) == corrections(word, index.words)
        assert set(Slips(index.words).around(word)) >= {w for w in index.words if DamerauLevenshtein.distance(w, word) <= 1}
