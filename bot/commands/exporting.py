"""`troly export`: everything the knowledge base holds, as JSON lines, a workbook or CSV."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.commands.database import BAD_DATABASE, BAD_INPUT, open_database
from knowledge.services.exporting import export_rows, write_csv, write_jsonl, write_xlsx
from knowledge.store import PlanStore, StoreError
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
    """Carry out the command: 0 done, 2 no such plan or the file can't be written, 3 the database is in trouble."""
    try:
        return _export(args)
    except UnknownPlan as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except StoreError as error:
        print(error, file=sys.stderr)
        return BAD_DATABASE
    except BrokenPipeError:
        # The reader (`| head`) has enough. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"Không ghi được “{args.xlsx or args.csv}”: {error.strerror or error}.", file=sys.stderr)
        return BAD_INPUT


def _export(args: argparse.Namespace) -> int:
    rows = export_rows(PlanStore(open_database()), args.plan)
    if args.xlsx or args.csv:
        count = write_xlsx(rows, args.xlsx) if args.xlsx else write_csv(rows, args.csv)
        print(f"Đã ghi {count} dòng vào {args.xlsx or args.csv}.")
    else:
        write_jsonl(rows, sys.stdout)
        sys.stdout.flush()
    return 0
