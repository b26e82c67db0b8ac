"""`troly bench`: speed and size, beside the pipeline that `rasa init` generates; `search`: the search as the base grows; `server`: the
server under load.

`troly bench nlu --data FOLDER`: the parts that understand, trained and tested on a public yardstick.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import errors, startup
from bot.errors import Trouble
from bot.lines import HANOI
from bot.settings import ROOT

if TYPE_CHECKING:
    from benchmarks.figures import Figures

NAME, HELP = "bench", "đo tốc độ và bộ nhớ, so với cấu hình mặc định của Rasa"
FEWEST = 20
QUESTIONS = ROOT / "benchmarks" / "questions.txt"
KNOWN = ROOT / "tests" / "evaluation"
SIZES = [1_000, 10_000, 100_000, 1_000_000]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("what", nargs="?", choices=("answers", "search", "nlu", "server"), default="answers",
                        help="answers: lượt hỏi đáp (mặc định); search: tìm kiếm khi kho lớn dần; nlu: hiểu câu, trên bộ dữ liệu chuẩn; "
                             "server: máy chủ khi nhiều người cùng hỏi")
    parser.add_argument("--people", type=int, default=200, help="server: số người cùng trò chuyện (mặc định: 200)")
    parser.add_argument("--data", type=Path, help="nlu: thư mục theo dạng PhoATIS (train, dev, test; mỗi phần có seq.in, seq.out, label)")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="search: các cỡ kho, ví dụ 1000,10000,100000,1000000 (dòng)")
    parser.add_argument("--turns", type=int, default=500, help="số lượt hỏi đáp được đo (mặc định: 500)")
    parser.add_argument("--questions", type=Path, help="tệp câu hỏi: mỗi dòng một câu; với search: JSONL, hoặc thư mục annex-*.jsonl")
    parser.add_argument("--without-stock", action="store_true", help="không đo cấu hình mặc định của Rasa (huấn luyện lâu)")
    parser.add_argument("--stock-epochs", type=int, metavar="N",
                        help="huấn luyện Rasa mặc định N vòng thay vì 100 (mất hơn một giờ); tốc độ và bộ nhớ của nó không đổi")
    parser.add_argument("--out", type=Path, help="ghi thêm bảng kết quả vào tệp này")


def run(args: argparse.Namespace) -> int:
    """Measure and print a Markdown table."""
    if args.turns < FEWEST:
        raise Trouble(f"--turns phải từ {FEWEST} trở lên.", errors.USAGE)
    if args.what == "nlu" and not args.data:
        raise Trouble("Cần --data THƯ_MỤC: thư mục có train, dev, test theo dạng PhoATIS.", errors.USAGE)
    args.questions = args.questions or (KNOWN if args.what == "search" else QUESTIONS)
    if not (args.questions.is_file() or args.what == "search" and args.questions.is_dir()):
        raise Trouble(f"Không tìm thấy tệp câu hỏi {args.questions}.", errors.USAGE)
    with tempfile.TemporaryDirectory(prefix="troly-bench-") as folder:
        measures = {"answers": _measure, "search": _measure_search, "nlu": _measure_nlu, "server": _measure_server}
        printed = measures[args.what](args, Path(folder))
    print(printed)
    if args.out:
        args.out.write_text(printed + "\n", encoding="utf-8")
    return errors.OK


def _measure(args: argparse.Namespace, folder: Path) -> str:
    from benchmarks.processes import WorkFailed
    from benchmarks.sides import Ours, Stock
    from benchmarks.table import render

    stock: Figures | None = None
    try:
        with _database() as (url, name):
            ours = _one_side(Ours(args.settings, folder, args.questions), "trợ lý", args.turns, url)
            if not args.without_stock:
                stock = _one_side(Stock(args.settings, folder, args.questions, args.stock_epochs), "Rasa mặc định", args.turns, None)
    except WorkFailed as error:
        startup.say(str(error))
        raise Trouble("Tiến trình được đo đã dừng giữa chừng (thông báo của nó ở trên).") from error
    return render(ours, stock, args.turns, name, datetime.now(HANOI).date(), args.stock_epochs)


def _measure_search(args: argparse.Namespace, folder: Path) -> str:
    from benchmarks.processes import WorkFailed
    from benchmarks.search import measure, render

    try:
        return render(list(measure(folder, args.sizes, args.questions, startup.say)), datetime.now(HANOI).date())
    except WorkFailed as error:
        startup.say(str(error))
        raise Trouble("Tiến trình được đo đã dừng giữa chừng (thông báo của nó ở trên).") from error


def _measure_server(args: argparse.Namespace, folder: Path) -> str:
    from benchmarks.processes import WorkFailed
    from benchmarks.server import measure, render

    questions = args.questions.read_text(encoding="utf-8").splitlines()
    turns = max(1, args.turns // 100)
    runs = []
    try:
        startup.model(args.settings)
        with _database() as (url, name):
            plans = [("SQLite", f"sqlite:///{(folder / 'load.db').as_posix()}", 1), *([(name, url, 1), (name, url, 2)] if url else [])]
            for what, database, processes in plans:
                startup.say(f"Đang đo {what}, {processes} tiến trình, {args.people} người…")
                runs.append(measure(what, database, processes, questions, args.people, turns))
    except WorkFailed as error:
        startup.say(str(error))
        raise Trouble("Máy chủ được đo đã dừng giữa chừng (thông báo của nó ở trên).") from error
    return render(runs, datetime.now(HANOI).date())


def _measure_nlu(args: argparse.Namespace, folder: Path) -> str:
    from benchmarks.phoatis import BadFolder, measure

    try:
        return measure(args.data, folder, startup.say, datetime.now(HANOI).date())
    except BadFolder as error:
        raise Trouble(str(error), errors.USAGE) from error


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if min(sizes) < 1:
        raise ValueError(text)
    return sizes


def _one_side(side: object, name: str, turns: int, database_url: str | None) -> Figures:
    from benchmarks.figures import measure

    startup.say(f"Đang đo {name}: huấn luyện, khởi động, {turns} lượt hỏi đáp…")
    return measure(side, turns, database_url)  # type: ignore[arg-type]


@contextlib.contextmanager
def _database() -> Iterator[tuple[str | None, str]]:
    """Where two processes at once keep their conversations: PostgreSQL where one can be started, else our SQLite file."""
    try:
        from tests.postgres import fresh_database, running_server
    except ImportError:
        yield None, "SQLite"
        return
    with running_server(durable=True) as server, fresh_database(server) as url:
        yield url, "PostgreSQL"
