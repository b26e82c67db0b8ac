"""`troly export`: everything the knowledge base holds, as JSON lines, a workbook or CSV."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import errors, startup
from bot.errors import Trouble
from knowledge.services.exporting import export_rows, write_csv, write_jsonl, write_xlsx
from knowledge.store import PlanStore
from knowledge.store.errors import UnknownPlan

NAME, HELP = "export", "xuất mọi dòng trong kho ra JSON, Excel hoặc CSV"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--plan", metavar="MÃ", help="chỉ một kế hoạch")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--jsonl", action="store_true", help="in ra màn hình, mỗi dòng một bản ghi JSON (mặc định)")
    form.add_argument("--xlsx", type=Path, metavar="TỆP", help="ghi ra tệp Excel")
    form.add_argument("--csv", type=Path, metavar="TỆP", help="ghi ra tệp CSV")


def run(args: argparse.Namespace) -> int:
    """Write the rows; no such plan, or a file that can't be written, is USAGE."""
    try:
        rows = export_rows(PlanStore(startup.knowledge_base(args.settings)), args.plan)
    except UnknownPlan as error:
        raise Trouble(str(error), errors.USAGE) from error
    path = args.xlsx or args.csv
    if path is None:
        write_jsonl(rows, sys.stdout)
        return errors.OK
    try:
        count = write_xlsx(rows, path) if args.xlsx else write_csv(rows, path)
    except OSError as error:
        raise Trouble(f"Không ghi được “{path}”: {error.strerror or error}.", errors.USAGE) from error
    print(f"Đã ghi {count} dòng vào {path}.")
    return errors.OK
