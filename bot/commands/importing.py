"""`troly import FILE`: look at what was read from a plan, correct it in Excel, put it in force."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bot import errors, startup
from bot.commands.progress import progress
from bot.errors import Trouble
from bot.reminders.renumbering import follow
from bot.reminders.tables import prepare
from knowledge.agencies import Provinces
from knowledge.model import Plan
from knowledge.parsers.document import UnreadableFile
from knowledge.services.accounting import count_rows
from knowledge.services.changes import Changes, diff
from knowledge.services.changes_text import describe, paged, title
from knowledge.services.changes_text import summary as changes_summary
from knowledge.services.dry_run import dry_run, error_line, summary
from knowledge.services.importing import accept, checked_id, distinct, preview, rename
from knowledge.services.review import BrokenWorkbook, read_review, write_review
from knowledge.services.sheets import source_words
from knowledge.store import PlanStore, StoreError
from knowledge.store.errors import UnknownPlan

NAME, HELP = "import", "đọc một kế hoạch (Word, PDF, Excel, văn bản), xem lại rồi đưa vào kho"
_MOST_SHOWN = 40
_OTHER_DOCUMENT = 0.7  # so large a share of the old rows gone: rather another document under the same id


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", nargs="?", type=Path, metavar="TỆP", help="tệp .docx, .pdf, .xlsx, .txt hoặc .doc")
    parser.add_argument("--dry-run", action="store_true", help="chỉ đọc và in ra, không mở cơ sở dữ liệu")
    parser.add_argument("--json", action="store_true", help="in mỗi dòng một bản ghi JSON")
    parser.add_argument("--accept", action="store_true", help="đưa vào kho ngay; thiếu lựa chọn này thì không lưu gì")
    parser.add_argument("--review", type=Path, metavar="BẢNG.xlsx", help="ghi bảng rà soát để sửa bằng Excel")
    parser.add_argument("--corrected", type=Path, metavar="BẢNG.xlsx", help="đọc bảng rà soát đã sửa thay cho tệp gốc")
    parser.add_argument("--plan-id", metavar="MÃ", help="mã kế hoạch; trùng mã có sẵn thì thành bản mới của kế hoạch đó")
    parser.add_argument("--province", metavar="TỈNH", help="mã tỉnh, ví dụ hau-giang")


def run(args: argparse.Namespace) -> int:
    """Read, show, and store if asked to; with `--json` trouble is a line of output, too."""
    try:
        return _import(args)
    except (Trouble, StoreError) as error:
        if not args.json:
            raise
        _print_json([error_line(str(error))])
        return error.code if isinstance(error, Trouble) else errors.UNAVAILABLE


def _import(args: argparse.Namespace) -> int:
    try:
        plan = _read(args)
        if args.review:
            write_review(plan, args.review)
    except (UnreadableFile, BrokenWorkbook) as error:
        raise Trouble(str(error), errors.USAGE) from error
    except OSError as error:
        raise Trouble(f"Không ghi được “{args.review}”: {error.strerror or error}.", errors.USAGE) from error
    if args.json:
        _print_json(dry_run(plan))
    else:
        _show(plan)
        if args.review:
            print(f"\nĐã ghi bảng rà soát: {args.review}")
    if args.dry_run or (args.json and not args.accept):
        return 0
    return _compare_and_accept(args, plan, startup.knowledge_base(args.settings))


def _read(args: argparse.Namespace) -> Plan:
    if bool(args.file) == bool(args.corrected):
        raise UnreadableFile("Hãy cho biết một tệp: troly import TỆP, hoặc troly import --corrected BẢNG.xlsx.")
    if not args.corrected:
        with progress(f"Đang đọc {args.file.name}"):
            return preview(args.file, plan_id=args.plan_id, province=args.province)
    plan = distinct(read_review(args.corrected))
    if args.plan_id:
        plan = rename(plan, checked_id(args.plan_id))
    return dataclasses.replace(plan, province=args.province) if args.province else plan


def _compare_and_accept(args: argparse.Namespace, plan: Plan, engine: Engine) -> int:
    store = PlanStore(engine)
    old, changes = _compare(store, plan)
    if not args.json:
        _show_changes(old, changes)
    if not args.accept:
        print("\nChưa lưu gì. Để đưa vào kho: chạy lại lệnh này với --accept.")
        return 0
    if old and changes and not args.plan_id and _other_document(old, changes):
        raise Trouble(f"Gần như không còn dòng nào của kế hoạch “{plan.id}” trong tệp này, có thể đây là văn bản khác: "
                      f"hãy thêm --plan-id với một mã mới, hoặc --plan-id {plan.id} nếu đúng là thay thế.", errors.USAGE)
    done = accept(engine, plan)
    prepare(engine)
    follow(engine)
    if args.json:
        _print_json([{"kind": "accepted", "plan": done.plan_id, "version": done.version, "stored": done.stored}])
    elif done.stored:
        print(f"\nĐã đưa vào kho: kế hoạch {done.plan_id}, bản {done.version}. Trợ lý trả lời theo bản này ngay từ bây giờ.")
    else:
        print(f"\nKế hoạch {done.plan_id} không khác bản {done.version} đang có, không cần nhập lại.")
    return 0


def _compare(store: PlanStore, plan: Plan) -> tuple[Plan | None, Changes | None]:
    try:
        old = store.load(plan.id)
    except UnknownPlan:
        return None, None
    return old, diff(old, plan)


def _other_document(old: Plan, changes: Changes) -> bool:
    return len(old.rows) >= 5 and len(changes.gone) > _OTHER_DOCUMENT * len(old.rows)


def _show(plan: Plan) -> None:
    facts = {**plan.facts(), **({"date": f"{plan.date:%d/%m/%Y}"} if plan.date else {})}
    province = Provinces.load().get(plan.province) if plan.province else None
    if province:
        facts["province"] = f"{province.name} (mã {province.slug})"
    print(f"{plan.title}\nMã kế hoạch: {plan.id}")
    for key, words in (("number", "Số"), ("date", "Ngày"), ("issuer", "Cơ quan ban hành"), ("province", "Tỉnh")):
        print(f"{words}: {facts.get(key, 'chưa rõ')}")
    counts = summary(plan)
    kinds = [f"{n} {kind}" for kind, n in count_rows(plan).items()]
    print(f"Đọc được: {', '.join(kinds) or 'không có dòng nào'}")
    _section("Lưu ý:", plan.warnings)
    _section(f"Cần xem lại {counts['doubtful']} dòng:", (
        f"{title(row)} ({source_words(row)})\n      {row.doubt}" for row in plan.rows if row.doubt))
    _section(f"Chưa xếp được {counts['unplaced']} đoạn:", (
        f"dòng {first}–{last}: {text[:120]}" for first, last, text in plan.unplaced))


def _show_changes(old: Plan | None, changes: Changes | None) -> None:
    if old is None or changes is None:
        print("\nĐây là kế hoạch mới trong kho.")
    else:
        _section(f"So với bản đang có: {changes_summary(changes)}", describe(changes))


def _section(head: str, lines: Iterable[str]) -> None:
    shown = list(paged(lines, _MOST_SHOWN, lambda left: f"… và {left} mục nữa (xem bảng rà soát: --review BẢNG.xlsx)"))
    if shown or head.startswith("So với"):
        print("\n" + "\n".join([head, *(f"  - {line}" for line in shown)]))


def _print_json(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
