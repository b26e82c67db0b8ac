"""Whole plans of other provinces and ministries: every row that a careful reader would fill in, in every format that shows it."""

from functools import partial
from pathlib import Path

import other_files
import published_files
import pytest
import yaml
from plan_files import parse, write_docx, write_pdf, write_txt, write_xlsx

from knowledge.parsers import read
from knowledge.parsers.document import UnreadableFile
from knowledge.parsers.readers import docx, html, old_office, pdf, text, xlsx

CASES = [case for name in ("other_plans", "published_plans", "two_level_plans")
         for case in yaml.safe_load((Path(__file__).parent / "data" / f"{name}.yml").read_text(encoding="utf-8"))]
WRITE = {"docx": write_docx, "xlsx": write_xlsx, "pdf": write_pdf, "txt": write_txt, "spaced": partial(write_pdf, ruled=False)}
READ = {".docx": docx.read, ".xlsx": xlsx.read, ".pdf": pdf.read, ".txt": text.read, ".doc": old_office.read, ".xls": old_office.read}
TOLD = ("lead", "coop", "result", "due", "target", "unit", "year")
IN_FORMATS = [pytest.param(case, form, id=f"{case['name']}-{form}") for case in CASES for form in case["formats"]]


@pytest.fixture(autouse=True)
def _read_here(monkeypatch):
    """Read in this process, which is faster than one for each file."""
    monkeypatch.setattr(read, "read_document", lambda path: READ[path.suffix](path))


def expected(row):
    """The facts of an expectation; what it does not name must not be there."""
    return {key: row.get(key) for key in TOLD} | {key: row[key] for key in ("ref", "group", "annex", "name") if key in row}


def told(row, wanted):
    """A row's facts in the form of an expectation."""
    facts = {"ref": row.ref.split("#")[1], "group": row.group, "annex": row.annex, **row.facts()}
    if "due" in facts:
        facts["due"] = [facts["due"][key] for key in ("text", "kind", "date")]
    return {key: facts.get(key) or None for key in expected(wanted)}


def check(plan, rows):
    found = [row for row in plan.rows if row.kind != "passage"]
    assert [row.ref.split("#")[1] for row in found] == [row["ref"] for row in rows]
    assert [told(row, wanted) for row, wanted in zip(found, rows)] == [expected(row) for row in rows]
    assert [wanted["ref"] for row, wanted in zip(found, rows) if wanted.get("doubtful") and not row.doubt] == []


@pytest.mark.parametrize("case, form", IN_FORMATS)
def test_every_row(tmp_path, case, form):
    path = WRITE[form](tmp_path / f"p.{'pdf' if form == 'spaced' else form}", parse(case["plan"]))
    plan = read.read_plan(path)
    check(plan, case["rows"])
    facts = {"number": plan.number, "date": plan.date, "issuer": plan.issuer, "province": plan.province}
    assert {key: facts[key] for key in case.get("meta", {})} == case.get("meta", {})


@pytest.mark.parametrize("build", [*other_files.BUILDERS, *published_files.BUILDERS], ids=lambda build: build.__name__)
def test_what_one_format_has_of_its_own(tmp_path, build):
    path, rows = build(tmp_path)
    check(read.read_plan(path), rows)


def test_struck_text_is_told(tmp_path):
    """Leaving out what is struck is a reading of ours, which the clerk must hear of."""
    assert "bị gạch bỏ" in " ".join(read.read_plan(published_files.PDFS / "theo-doi-sua.pdf").warnings)


def test_a_page_with_its_parts(tmp_path):
    """Word's "web page in a single file" (MHTML), named .doc."""
    path, rows = other_files.html_as_doc(tmp_path)
    page = path.read_text(encoding="utf-8")
    path.write_text("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\n--x\nContent-Type: text/html; charset=utf-8\n"
                    f"Content-Transfer-Encoding: 8bit\n\n{page}\n--x\nContent-Type: image/png\n\nabc\n--x--\n", encoding="utf-8")
    check(read.read_plan(path), rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1258"])
def test_encodings_of_a_page(tmp_path, encoding):
    path = tmp_path / "p.html"
    page = f'<html><head><meta charset="{encoding}"></head><body><p>Tỉnh ta</p></body></html>'
    path.write_bytes(page.replace("ỉ", "i\u0309").encode(encoding) if "1258" in encoding else page.encode(encoding))
    assert "nh ta" in html.read(path).lines[0].text and html.is_html(path)


def test_a_page_loads_and_runs_nothing(tmp_path):
    path = tmp_path / "p.html"
    path.write_text('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><script>x()</script><p>A&x;B</p>'
                    '<p style="display: none">ẩn</p><iframe src="http://127.0.0.1:9/"></iframe>' + "<div>" * 3000 + "C</body></html>",
                    encoding="utf-8")
    try:
        texts = [line.text for line in html.read(path).lines]
    except UnreadableFile:
        return
    assert not any("root:" in line or "ẩn" in line or "x()" in line for line in texts)
