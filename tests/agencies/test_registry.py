"""The registry against how officials write, against its own data, and against the annex that ships."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.agencies import Registry, find_mentions
from knowledge.text.normalize import clean, fold

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))
ANNEX = Path(__file__).parents[2] / "knowledge/plans/hg-kh-2025-phu-luc.txt"
REGISTRY = Registry.load()


def pairs(key: str) -> list[tuple[str, str]]:
    return [(name, slug) for slug, names in DATA[key].items() for name in names]


@pytest.mark.parametrize(("name", "slug"), pairs("names"))
def test_a_written_name_resolves(name: str, slug: str) -> None:
    for form in (name, fold(name), name.upper(), unicodedata.normalize("NFD", name)):
        agency = REGISTRY.resolve(form)
        assert agency and agency.slug == slug, form


@pytest.mark.parametrize(("name", "slug"), pairs("weak"))
def test_ordinary_words_are_weak(name: str, slug: str) -> None:
    agency = REGISTRY.resolve(name)
    assert agency and agency.slug == slug and REGISTRY.is_weak(name)
    assert name not in dict(REGISTRY.phrases())


@pytest.mark.parametrize("name", DATA["unknown"])
def test_what_is_no_agency_does_not_resolve(name: str) -> None:
    assert REGISTRY.resolve(name) is None


@pytest.mark.parametrize("case", DATA["collectives"], ids=lambda case: case["text"])
def test_a_collective_covers_kinds(case: dict[str, Any]) -> None:
    agency = REGISTRY.resolve(case["text"])
    assert agency and agency.kind == "collective" and agency.members
    for slug, expected in [(s, True) for s in case["covers"]] + [(s, False) for s in case["leaves"]]:
        member = REGISTRY.get(slug)
        assert member and REGISTRY.collective_covers(case["text"], member) is expected, slug


def test_wordings_of_one_collective_share_a_slug() -> None:
    texts = ("Các sở, ban, ngành và địa phương", "các sở ban ngành, địa phương", "Các Sở, ban ngành và các địa phương")
    agencies = [REGISTRY.resolve(text) for text in texts]
    assert {agency and agency.slug for agency in agencies} == {"cac-so-ban-nganh-dia-phuong"}
    assert REGISTRY.get("cac-so-ban-nganh-dia-phuong") is not None


def test_every_spelling_leads_back_to_its_agency() -> None:
    for name, slug in [*REGISTRY.phrases(), *REGISTRY.weak_phrases()]:
        assert slug in {agency.slug for agency in REGISTRY.candidates(name)}, name
    for agency in REGISTRY:
        assert REGISTRY.resolve(agency.name) == agency
        assert REGISTRY.names_of(agency.slug)[0] == agency.name
        assert unicodedata.is_normalized("NFC", agency.name) and clean(agency.name) == agency.name


def test_no_certain_abbreviation_reads_as_an_ordinary_syllable() -> None:
    """Without diacritics "cắt giảm" would otherwise name the police (CAT)."""
    onset = r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdghklmnpqrstvx])?"
    syllable = re.compile(onset + r"(?:[aeiou]{1,3}(?:ng|nh|ch|[cmnpt])?|[aeiou]{0,2}y)")
    names = [fold(name) for name, _ in REGISTRY.phrases()]
    assert [name for name in names if syllable.fullmatch(name)] == []


def test_departments_have_the_successors_of_2025() -> None:
    now = {agency.slug: agency.successor for agency in REGISTRY if agency.kind == "so" and agency.successor}
    assert now == {
        "so-thong-tin-va-truyen-thong": "so-khoa-hoc-va-cong-nghe",
        "so-ke-hoach-va-dau-tu": "so-tai-chinh",
        "so-nong-nghiep-va-phat-trien-nong-thon": "so-nong-nghiep-va-moi-truong",
        "so-tai-nguyen-va-moi-truong": "so-nong-nghiep-va-moi-truong",
        "so-giao-thong-van-tai": "so-xay-dung",
        "so-lao-dong-thuong-binh-va-xa-hoi": "so-noi-vu",
    }
    assert {a.since for a in REGISTRY if a.kind == "so" and a.successor} == {date(2025, 3, 1)}
    assert all(agency.basis for agency in REGISTRY if agency.successor)
    holder = REGISTRY.successor_of("so-thong-tin-va-truyen-thong")
    assert holder and holder.name == "Sở Khoa học và Công nghệ"
    assert {a.slug for a in REGISTRY.predecessors_of("so-nong-nghiep-va-moi-truong")} == {
        "so-tai-nguyen-va-moi-truong", "so-nong-nghiep-va-phat-trien-nong-thon"}
    assert [a.slug for a in REGISTRY.also_of("so-thong-tin-va-truyen-thong")] == ["so-van-hoa-the-thao-va-du-lich"]


def test_who_holds_the_work_depends_on_the_day_and_the_province() -> None:
    def held(slug: str, day: date, province: str | None = None) -> str | None:
        agency = REGISTRY.current(slug, day, province)
        return agency.slug if agency else None

    assert held("so-giao-thong-van-tai", date(2025, 2, 28)) == "so-giao-thong-van-tai"
    assert held("so-giao-thong-van-tai", date(2025, 3, 1)) == "so-xay-dung"
    assert held("ban-tuyen-giao-tinh-uy", date(2025, 2, 10)) == "ban-tuyen-giao-tinh-uy"
    assert held("ban-tuyen-giao-tinh-uy", date(2025, 2, 10), "tien-giang") == "ban-tuyen-giao-va-dan-van-tinh-uy"
    assert held("ubnd-cap-huyen", date(2025, 6, 30)) == "ubnd-cap-huyen"
    assert held("ubnd-cap-huyen", date(2025, 7, 1)) is None
    assert REGISTRY.successor_of("ubnd-cap-huyen") is None and REGISTRY.ended("ubnd-cap-huyen") == date(2025, 7, 1)


def test_the_state_bank_and_its_branch_share_an_abbreviation() -> None:
    assert {agency.slug for agency in REGISTRY.candidates("NHNN")} == {
        "ngan-hang-nha-nuoc-viet-nam", "ngan-hang-nha-nuoc-chi-nhanh-tinh"}
    assert REGISTRY.related("ngan-hang-nha-nuoc-viet-nam") == ("ngan-hang-nha-nuoc-chi-nhanh-tinh",)


@pytest.mark.parametrize(("text", "expected"), [
    ("so tai chinh co ten o cot phoi hop cua nhiem vu nao", [("so tai chinh", "so-tai-chinh", None)]),
    ("Sở TT&TT, Sở KH&CN và S.TNMT", [
        ("Sở TT&TT", "so-thong-tin-va-truyen-thong", None), ("Sở KH&CN", "so-khoa-hoc-va-cong-nghe", None),
        ("S.TNMT", "so-tai-nguyen-va-moi-truong", None)]),
    ("Trong PL II, S.KHCN có tên ở đâu", [("S.KHCN", "so-khoa-hoc-va-cong-nghe", None)]),
    ("Công an tỉnh Hậu Giang cùng làm với ai", [("Công an tỉnh Hậu Giang", "cong-an-tinh", "hau-giang")]),
    ("các số liệu của các sở, ban, ngành trong tháng 6", [("các sở, ban, ngành", "cac-so-ban-nganh", None)]),
    ("chương trình cat giam giấy phép của Sở Văn hóa, Thể thao và Du lịch và Sở Y tế",
     [("Sở Văn hóa, Thể thao và Du lịch", "so-van-hoa-the-thao-va-du-lich", None), ("Sở Y tế", "so-y-te", None)]),
    ("NHNN Chi nhánh tỉnh theo dõi chỉ tiêu nào", [("NHNN Chi nhánh tỉnh", "ngan-hang-nha-nuoc-chi-nhanh-tinh", None)]),
    ("quốc phòng công an phối hợp với đơn vị nào", []),
    ("đề án bệnh viện số", []),
    ("các cơ sở y tế, trụ sở, hồ sơ giáo dục", []),
    ("ho so y te cua cac co so giao duc", []),
    ("co so y te nao lien thong du lieu", []),
    ("có Sở Y tế không", [("Sở Y tế", "so-y-te", None)]),
    ("tiến bộ khoa học và công nghệ, cán bộ y tế", []),
    ("cong bo khoa hoc quoc te tang may phan tram", []),
    ("chuyen doi so nong nghiep", []),
    ("van ban chi dao cua tinh", []),
    ("bên tài chính và phía công an", [("bên tài chính", "so-tai-chinh", None), ("phía công an", "cong-an-tinh", None)]),
    ("sỡ thông tin với sở tài chinh", [
        ("sỡ thông tin", "so-thong-tin-va-truyen-thong", None), ("sở tài chinh", "so-tai-chinh", None)]),
    ("các cơ quan, đơn vị và doanh nghiệp ở xã hội", [("các cơ quan, đơn vị và doanh nghiệp", "cac-co-quan-doanh-nghiep", None)]),
    ("những sở nào, các cơ quan nào, những đơn vị nào", []),
    ("ung dung ai vao cac nganh quan trong, moi truong lam xong", []),
    ("du lieu tri thuc kieu bao hau giang", []),
    ("ở địa phương có mấy doanh nghiệp", []),
])
def test_mentions(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert [(m.text, m.slug, m.province) for m in find_mentions(text)] == expected
    assert all(text[m.start:m.end] == m.text for m in find_mentions(text))


def test_weak_mentions_only_on_request() -> None:
    assert [(m.slug, m.weak) for m in find_mentions("việc của công an", weak=True)] == [("cong-an-tinh", True)]


def test_every_agency_of_the_annex_is_known() -> None:
    """Each place of the annex where an agency's name begins starts a mention, and no mention stops inside a name."""
    text = re.sub(r"\s+", " ", ANNEX.read_text(encoding="utf-8"))
    heads = (r"(?<!\w)(?:Sở (?!Sở)|Công an|Bộ Chỉ huy|Văn phòng|Ngân hàng|Đài P|Báo Hậu|Ban Tuyên"
             r"|(?:Các|các) (?:[Ss]ở|huyện|địa phương))")
    mentions = {mention.start: mention for mention in find_mentions(text)}
    starts = [match.start() for match in re.finditer(heads, text)]
    inside = {i for mention in mentions.values() for i in range(mention.start + 1, mention.end)}
    unknown = [text[start:start + 60] for start in starts if start not in mentions and start not in inside]
    assert len(starts) > 150 and unknown == []
    assert {m.slug for m in mentions.values() if not m.collective} >= {
        "so-tai-nguyen-va-moi-truong", "dai-phat-thanh-va-truyen-hinh-tinh", "ngan-hang-nha-nuoc-chi-nhanh-tinh",
        "ngan-hang-nha-nuoc-viet-nam", "bao-tinh", "ban-tuyen-giao-tinh-uy", "bo-chi-huy-quan-su-tinh", "so-tu-phap"}
    assert "bo-khoa-hoc-va-cong-nghe" not in {mention.slug for mention in mentions.values()}
    cut = [mention.text for mention in mentions.values() if re.search(r"(?:^| )(?:và|,|các|của|trong)$", mention.text)]
    assert cut == []
