"""`troly plans`: the plans in force, their versions, what changed, and going back."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Engine

from bot import errors, startup
from bot.errors import Trouble
from knowledge.services.accounting import count_lines, count_rows
from knowledge.services.changes import diff
from knowledge.services.changes_text import describe, summary
from knowledge.services.importing import restore
from knowledge.store import PlanStore, PlanVersion
from knowledge.store.errors import UnknownPlan, unknown_plan

NAME, HELP = "plans", "xem các kế hoạch trong kho, các bản, thay đổi giữa hai bản; khôi phục bản cũ"
_STATUS = {"accepted": "đang dùng", "superseded": "đã thay", "draft": "bản nháp"}
_ORIGIN = {"shipped": "kèm theo phần mềm", "import": "nhập từ tệp", "restore": "khôi phục"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("plan", nargs="?", metavar="MÃ", help="một kế hoạch: xem các bản của nó")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--diff", nargs="*", type=int, metavar="BẢN",
                        help="thay đổi giữa hai bản; một số: từ bản đó đến bản đang dùng; không số: so với bản trước")
    action.add_argument("--restore", type=int, metavar="BẢN", help="dùng lại một bản cũ")
    action.add_argument("--accept", type=int, metavar="BẢN", help="đưa một bản nháp vào dùng")
    action.add_argument("--lines", action="store_true", help="mỗi dòng chữ của văn bản đã vào đâu: nhiệm vụ, tiêu đề, số trang…")
    action.add_argument("--withdraw", action="store_true", help="ngừng dùng kế hoạch; các bản vẫn được giữ")
    parser.add_argument("--json", action="store_true", help="in mỗi dòng một bản ghi JSON")


def run(args: argparse.Namespace) -> int:
    """Show or change; no such plan or version is USAGE."""
    changing = args.diff is not None or args.restore is not None or args.accept is not None or args.withdraw
    if changing and not args.plan:
        raise Trouble("Hãy cho biết mã kế hoạch, ví dụ: troly plans hg-kh-2025-phu-luc --diff", errors.USAGE)
    try:
        engine = startup.knowledge_base(args.settings)
        if args.diff is not None:
            return _diff(PlanStore(engine), args.plan, args.diff)
        if changing:
            return _change(args, engine)
        if args.lines:
            return _lines(PlanStore(engine), args.plan)
        return _list(args, PlanStore(engine))
    except UnknownPlan as error:
        raise Trouble(str(error), errors.USAGE) from error


def _list(args: argparse.Namespace, store: PlanStore) -> int:
    found = store.versions(args.plan) if args.plan else store.plans()
    if args.plan and not found:
        raise unknown_plan(args.plan)
    if not found:
        print("Kho chưa có kế hoạch nào. Nhập một kế hoạch: troly import TỆP --accept")
    for info in found:
        if args.json:
            print(json.dumps(_record(info), ensure_ascii=False))
            continue
        print(_line(info, one_plan=bool(args.plan)))
        if not args.plan:
            counts = count_rows(store.load(info.id))
            print(f"    {', '.join(f'{n} {kind}' for kind, n in counts.items())}")
    return 0


def _lines(store: PlanStore, plan_id: str | None) -> int:
    """The account of one plan's lines, or of every plan's."""
    for known in [plan_id] if plan_id else [info.id for info in store.plans()]:
        lines, left = count_lines(store.load(known))
        print(f"{known}: {sum(lines.values()) + left} dòng, {left} dòng chưa xếp được")
        for kind, count in lines.items():
            print(f"    {count:5} {kind}")
    return 0


def _line(info: PlanVersion, one_plan: bool) -> str:
    day = info.imported_at.astimezone().strftime("%d/%m/%Y %H:%M")
    status = f"{_STATUS[info.status]}, {info.note or _ORIGIN[info.origin]}"
    if one_plan:
        return f"bản {info.version}  {day}  {info.rows} dòng  {status}  {info.title}"
    return f"{info.id}  (bản {info.version}, {info.rows} dòng, {day})\n    {info.title}"


def _record(info: PlanVersion) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in asdict(info).items()}


def _diff(store: PlanStore, plan_id: str, numbers: list[int]) -> int:
    if len(numbers) > 2:
        raise Trouble("Chỉ so được hai bản, ví dụ: --diff 1 2", errors.USAGE)
    new = numbers[1] if len(numbers) == 2 else store.version(plan_id).version
    if numbers:
        old = numbers[0]
    else:
        before = store.previous(plan_id)
        if before is None:
            print(f"Kế hoạch {plan_id} mới có một bản, chưa có gì để so.")
            return 0
        old = before.version
    changes = diff(store.load(plan_id, old), store.load(plan_id, new))
    print(f"{plan_id}, bản {old} → bản {new}: {summary(changes)}")
    for line in describe(changes):
        print(f"  - {line}")
    return 0


def _change(args: argparse.Namespace, engine: Engine) -> int:
    store = PlanStore(engine)
    if args.withdraw:
        store.withdraw(args.plan)
        print(f"Đã ngừng dùng kế hoạch {args.plan}. Dùng lại: troly plans {args.plan} --restore BẢN")
    elif args.restore is not None:
        done = restore(engine, args.plan, args.restore)
        print(f"Kế hoạch {args.plan}: đã dùng lại bản {args.restore}, nay là bản {done.version}.")
    else:
        print(f"Kế hoạch {args.plan}: đã đưa vào dùng, nay là bản {store.accept(args.plan, args.accept)}.")
    return 0
