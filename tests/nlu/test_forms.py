"""A message as the classifier reads it, and the rows of features that it becomes."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.features import Features, runs
from bot.nlu.forms import asking_part, disjoint, form_of


@pytest.mark.parametrize("text, form", [
    ("Ai CHỦ TRÌ nhiệm vụ 18?", "ai chu tri nhiem vu 0?"),
    ("AI trong y tế", "tri tue nhan tao trong y te"),
    ("nv18 hạn ntn", "nhiem vu 0 han nhu the nao"),
    ("T12/2025 và Q3", "thang 0/0 va quy 0"),
    ("chur trif ddeef an1", "chu tri de an"),
    ("d9e62 an1 han5 nao2", "de an han nao"),
    ("nhiemm vjụ nòa quáhạn xnog", "nhiem vu nao qua han xong"),
    ("lắp 5G ở Viettel", "lap 0g o viettel"),
    ("hoà, hòa, ho\u0300a", "hoa, hoa, hoa"),
    ("", ""),
])
def test_form(text: str, form: str) -> None:
    assert form_of(text) == form


def test_named_things_become_placeholders() -> None:
    text = "Sở Y tế và Sở Nội vụ làm gì"
    assert form_of(text, [(0, 7, "AGENCY"), (11, 20, "AGENCY")]) == "agency va agency lam gi"


def test_overlapping_masks_keep_the_longest() -> None:
    assert disjoint([(0, 5, "A"), (3, 12, "B"), (12, 14, "C")]) == [(3, 12, "B"), (12, 14, "C")]


@pytest.mark.parametrize("form, asking", [
    ("ai chu tri", "ai chu tri"),
    ("em moi ve so. ai chu tri? em can gap.", "ai chu tri?"),
    ("em moi ve so. han khi nao vay em. cam on em.", "han khi nao vay em."),
    ("em chao anh. em xin danh sach.", "em xin danh sach."),
])
def test_the_sentence_that_asks(form: str, asking: str) -> None:
    assert asking_part(form) == asking


def test_runs_of_words() -> None:
    assert runs(["ai", "lam"], 3) == ["ai", "lam", "< ai", "ai lam", "lam >", "< ai lam", "ai lam >"]


def test_rows_are_the_same_one_by_one_and_together() -> None:
    forms = ["ai chu tri nhiem vu 0", "ai phoi hop nhiem vu 0", "han cua nhiem vu 0. em can gap", "xem them", "xem them di"] * 3
    features, together = Features.learn(forms)
    np.testing.assert_allclose(features.rows(forms).toarray(), together.toarray(), atol=1e-6)
    again = Features.from_state(features.state())
    np.testing.assert_array_equal(again.rows(forms).toarray(), features.rows(forms).toarray())
    assert features.row("漢字 zzz")[0].size == 0
