"""Agency cells, from data/agency_cells.yml."""

from pathlib import Path

import pytest
import yaml

from knowledge.parsers.actors import subject_of
from knowledge.parsers.agency_cells import is_agency_cell, lead_and_coop, split_agencies

CASES = yaml.safe_load((Path(__file__).parent / "data" / "agency_cells.yml").read_text(encoding="utf-8"))
NAMES = [line for line in (Path(__file__).parent / "data" / "agency_names.txt").read_text(encoding="utf-8").split("\n")
         if line and not line.startswith("#")]


@pytest.mark.parametrize("name", NAMES)
def test_a_body_beside_another_in_cells_and_sentences(name):
    assert is_agency_cell(name)
    assert split_agencies(f"Sở Nội vụ, {name}") == split_agencies(f"Sở Nội vụ và {name}") == ("Sở Nội vụ", name)
    assert split_agencies(f"{name}, Sở Y tế") == (name, "Sở Y tế")
    assert subject_of(f"{name} và Sở Y tế chủ trì, phối hợp thực hiện.").names == (name, "Sở Y tế")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["cell"][:40])
def test_split(case):
    assert list(split_agencies(case["cell"])) == case["agencies"]


@pytest.mark.parametrize("case", [case for case in CASES if case["agencies"]], ids=lambda case: case["cell"][:40])
def test_agency_cells_are_recognised(case):
    assert is_agency_cell(case["cell"].replace("- Sở", "Sở").replace("\n", " ")) or "\n" in case["cell"]


@pytest.mark.parametrize("text", [
    "Các quy trình nội bộ của các sở, ban, ngành và địa phương được ban hành.",
    "Sở Kế hoạch và Đầu tư, Sở Tài chính Công an tỉnh",
    "Công an tỉnh Kế hoạch", "Sở Khoa học và Công nghệ phối hợp với Sở Tư pháp tổng hợp", "Các hoạt động hợp tác",
    "Các sở, ban, ngành và",
    "Sở Y tế Giải pháp, công cụ", "Các sở, ban ngành Sở Khoa học và Công nghệ", "Báo cáo thực hiện", "Tổ chức hội nghị",
    "Bộ tiêu chí",
    "Số doanh nghiệp công nghệ số", "Công an tỉnh Bộ Chỉ huy quân sự tỉnh",
])
def test_what_is_no_list_of_agencies(text):
    assert not is_agency_cell(text)


@pytest.mark.parametrize("cell, agencies", [
    ("Bộ Thông tin và Truyền thông Bộ Khoa học và Công nghệ", ("Bộ Thông tin và Truyền thông", "Bộ Khoa học và Công nghệ")),
    ("Sở Khoa học và Công nghệ Sở Công Thương; UBND các xã", ("Sở Khoa học và Công nghệ", "Sở Công Thương", "UBND các xã")),
    ("Sở Y tế tỉnh Công an", ("Sở Y tế tỉnh Công an",))])
def test_names_without_a_sign_between_them_are_parted_but_no_clean_cell(cell, agencies):
    assert split_agencies(cell) == agencies
    assert not is_agency_cell("Sở Tài chính Công an tỉnh")


@pytest.mark.parametrize("text, said", [
    ("Sở Y tế chủ trì, phối hợp với Sở Nội vụ và các địa phương.", ("Sở Y tế", "Sở Nội vụ và các địa phương")),
    ("Công an tỉnh chủ trì; Sở Tư pháp phối hợp", ("Công an tỉnh", "Sở Tư pháp")),
    ("Sở Y tế chủ trì thực hiện", ("Sở Y tế", "")),
    ("Sở Y tế", None), ("Phối hợp với cơ quan chủ trì, Sở Nội vụ", None)])
def test_who_leads_and_who_helps_in_one_wording(text, said):
    assert lead_and_coop(text) == said
