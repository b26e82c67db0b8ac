"""`troly bench nlu` on a tiny made-up folder in the format of PhoATIS."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from benchmarks import phoatis
from benchmarks.phoatis import BadFolder, Utterance
from bot import cli, errors

PLACES = ("cần giờ", "mỹ tho", "vị thanh", "hồng lĩnh", "gò công", "đức thọ")
KINDS = (("bus", "xe từ A đến B"), ("fare", "giá vé từ A đến B bao nhiêu"), ("bus#fare", "xe và giá vé từ A đến B"))


def lines(pairs: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    out = []
    for number, pair in enumerate(pairs):
        intent, frame = KINDS[number % len(KINDS)]
        words: list[str] = []
        labels: list[str] = []
        for word in frame.split():
            name = {"A": (pair[0], "from"), "B": (pair[1], "to")}.get(word)
            here = name[0].split() if name else [word]
            words += here
            labels += [f"{'I' if at else 'B'}-{name[1]}.place" for at in range(len(here))] if name else ["O"]
        out.append((" ".join(words), " ".join(labels), intent))
    return out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pairs = list(permutations(PLACES, 2))
    for part, chosen in (("train", pairs[:24]), ("dev", pairs[24:26]), ("test", pairs[26:])):
        (tmp_path / "data" / part).mkdir(parents=True)
        for name, column in zip(phoatis.FILES, zip(*lines(chosen))):
            (tmp_path / "data" / part / name).write_text("\n".join(column) + "\n", encoding="utf-8")
    return tmp_path / "data"


def test_the_command_prints_the_table_and_writes_it(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "nlu", "--data", str(folder), "--out", str(tmp_path / "table.md")]) == errors.OK
    printed = capsys.readouterr().out
    rows = [line.split("|")[1:-1] for line in printed.splitlines() if line.startswith("|")]
    assert {len(row) for row in rows} == {7}
    assert [row[0].strip() for row in rows[2:5]] == ["Trợ lý, nguyên văn", "Trợ lý, không dấu", "Trợ lý, gõ sai"]
    for row in rows[2:4]:
        assert [cell.strip() for cell in row[1:5]] == ["100,00"] * 4
    assert sum("đã công bố hoặc đo trước" in row[0] for row in rows[5:]) == 3, "figures of others are marked as such"
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == printed


def test_the_folder_is_only_read(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (tmp_path / "work").mkdir()
    assert "02/01/2026" in phoatis.measure(folder, tmp_path / "work", lambda said: None, date(2026, 1, 2))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def test_what_is_wrong_with_a_folder_is_told_in_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert cli.main(["bench", "nlu", *arguments]) == errors.USAGE
        caught = capsys.readouterr()
        assert not caught.out and "Traceback" not in caught.err
        return caught.err

    assert "--data" in said()
    assert "Không tìm thấy thư mục" in said("--data", str(folder / "nowhere"))
    rewrite(folder / "dev" / "label", "bus\n", "")
    assert "số dòng" in said("--data", str(folder))
    rewrite(folder / "train" / "seq.out", "O ", "")
    assert "Dòng 1" in said("--data", str(folder))
    (folder / "train" / "seq.out").write_bytes(b"\xff\xfe\xff")
    assert "Không đọc được" in said("--data", str(folder))
    (folder / "train" / "seq.out").unlink()
    assert "seq.out" in said("--data", str(folder))


@pytest.mark.parametrize(("name", "old", "new", "told"), [
    ("seq.out", "B-from", "X-from", "X-from"), ("seq.out", "B-from.place", "B-", "B-"),
    ("label", "bus", "bus fare", "ý định"), ("seq.in", "xe", "", "từ"),
])
def test_a_malformed_line_is_named(folder: Path, name: str, old: str, new: str, told: str) -> None:
    rewrite(folder / "train" / name, old, new)
    with pytest.raises(BadFolder, match=f"Dòng 1.*{told}"):
        phoatis.read(folder, "train")


def test_an_empty_part_and_nothing_to_learn(folder: Path, tmp_path: Path) -> None:
    plain = [Utterance(("xin", "chào"), ("O", "O"), "greet")]
    with pytest.raises(BadFolder, match="nhãn"):
        phoatis.learn(plain, tmp_path)
    named = [Utterance(("cần", "giờ"), ("B-place", "I-place"), "greet")] * 3
    with pytest.raises(BadFolder, match="ý định"):
        phoatis.learn(named, tmp_path)
    for name in phoatis.FILES:
        (folder / "train" / name).write_text("\n", encoding="utf-8")
    with pytest.raises(BadFolder, match="Không có câu nào"):
        phoatis.read(folder, "train")


def test_other_ways_of_typing_keep_the_words_in_their_places() -> None:
    given = [Utterance(tuple("không biết chuyến nào từ cần giờ đến mỹ tho 5 giờ".split()), ("O",) * 12, "bus")] * 50
    assert phoatis.without_marks(given)[0].words == tuple("khong biet chuyen nao tu can gio den my tho 5 gio".split())
    slipped = phoatis.with_slips(given, 3)
    assert slipped == phoatis.with_slips(given, 3) != phoatis.with_slips(given, 4), "seeded"
    assert all(len(each.words) == 12 and all(word.split() == [word] for word in each.words) for each in slipped)
    assert len({each.words for each in slipped}) > 25


def test_scores() -> None:
    right = [["B-a", "I-a", "O"], ["O", "B-b", "O"]]
    assert phoatis.slot_f1(right, right) == 1.0
    assert phoatis.slot_f1(right, [["B-a", "O", "O"], ["O", "B-b", "O"]]) == 0.5, "a span cut short is wrong"
    assert phoatis.slot_f1([["O"]], [["O"]]) == 1.0
    assert phoatis.macro_f1(["x", "x", "y"], ["x", "x", "x"]) == pytest.approx(0.4)
