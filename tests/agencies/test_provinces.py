"""Provinces before and since 01/7/2025, and their names in questions."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.agencies import Province, Provinces, find_province
from knowledge.text.normalize import fold, nfc

PROVINCES = Provinces.load()


def test_63_became_34() -> None:
    assert len(list(PROVINCES)) == 63
    now = [province for province in PROVINCES if province.successor is None]
    assert len(now) == 34
    merged = [province for province in now if PROVINCES.predecessors_of(province.slug)]
    assert len(merged) == 23
    for province in PROVINCES:
        successor = PROVINCES.successor_of(province.slug)
        assert successor is None or successor.successor is None


def test_the_provinces_of_the_shipped_plans() -> None:
    hau_giang = PROVINCES.get("hau-giang")
    assert hau_giang and hau_giang.since == date(2025, 7, 1) and "202/2025/QH15" in hau_giang.basis
    successors = [PROVINCES.successor_of(slug) for slug in ("hau-giang", "tien-giang", "ha-tinh")]
    assert [successor and successor.full_name for successor in successors] == ["thành phố Cần Thơ", "tỉnh Đồng Tháp", None]


@pytest.mark.parametrize("province", list(PROVINCES), ids=lambda province: province.slug)
def test_every_name_is_found_as_written_and_without_diacritics(province: Province) -> None:
    name, slug = province.name, province.slug
    for sentence in (f"Tỉnh {name} có mấy nhiệm vụ?", f"mục tiêu của {name} năm 2030", f"tinh {fold(name)} co gi", name.upper()):
        assert [found for found, _, _ in find_province(sentence)] == [slug], sentence


@pytest.mark.parametrize(("text", "slugs"), [
    ("ai rà soát, đánh giá lại toàn bộ dự án", []),
    ("ai danh gia lai toan bo du an", []),
    ("gia lai co ke hoach chua", ["gia-lai"]),
    ("so muc tieu 5g cua hau giang voi tien giang", ["hau-giang", "tien-giang"]),
    ("thì hà tinh chi đạo the nào zậy", ["ha-tinh"]),
    ("Hâu Giang", ["hau-giang"]),
    ("thế còn TP.HCM và TPHCM?", ["ho-chi-minh", "ho-chi-minh"]),
    ("Thừa Thiên - Huế", ["hue"]),
    ("BR-VT", ["ba-ria-vung-tau"]),
    ("Hoà Bình", ["hoa-binh"]),
    ("tinh hoa binh co gi", ["hoa-binh"]),
    ("hau-giang", ["hau-giang"]),
    ("hai phong hop truc tuyen", []),
    ("5 nam dinh ky bao cao", []),
    ("hai đường truyền", []),
    ("hoa binh va phat trien", []),
    ("chị Huệ hỏi gì", []),
    ("nhiệm vụ 18", []),
    ("", []),
])
def test_find_province(text: str, slugs: list[str]) -> None:
    found = find_province(nfc(text))
    assert [slug for slug, _, _ in found] == slugs
    assert all(text[start:end].strip() for _, start, end in found)


@pytest.mark.parametrize(("name", "slug"), [
    ("tỉnh Hậu Giang", "hau-giang"), ("HAU GIANG", "hau-giang"), ("hau-giang", "hau-giang"), ("Sao Hỏa", None),
])
def test_resolve(name: str, slug: str | None) -> None:
    province = PROVINCES.resolve(name)
    assert (province.slug if province else None) == slug
