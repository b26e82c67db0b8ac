"""`troly reminders …`: what will be reminded, how many messages that makes, and a round by hand."""

from __future__ import annotations

import argparse
import calendar as months
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from bot import errors, startup
from bot.errors import OK, USAGE, Trouble
from bot.lines import moment
from bot.reminders import budget, preview
from bot.reminders.calendar import local, workdays_of
from bot.reminders.people import load_people
from bot.reminders.planner import Planner
from bot.reminders.reminding import Reminding
from bot.reminders.week_picture import Week, draw
from bot.settings import Settings
from knowledge.agencies import Provinces
from knowledge.services.ask.wording import day as short_day
from knowledge.services.remind.notices import Audience
from knowledge.services.remind.policy import BadPolicy, Policies
from knowledge.services.remind.preview import days
from knowledge.services.remind.works import AgencyKeys, WorkBook, load_works, provinces_heard

NAME, HELP = "reminders", """xem trước lịch nhắc việc, dự trù số tin, chạy một lượt nhắc

  troly reminders preview --for "Sở Y tế" --from 2025-06-01 --to 2025-06-30
  troly reminders preview --for "Sở Y tế" --from 2025-06-02 --picture tuan.png
  troly reminders budget
  troly reminders run"""
_LONGEST = timedelta(days=1100)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One order with its options."""
    orders = parser.add_subparsers(dest="order", required=True, metavar="VIỆC")
    shown = orders.add_parser("preview", help="lịch nhắc việc của một cơ quan trong một khoảng thời gian")
    shown.add_argument("--for", dest="agency", help="cơ quan, ví dụ “Sở Y tế”; không ghi = đầu mối của tỉnh")
    shown.add_argument("--province", help="tỉnh, ví dụ hau-giang; không ghi = mọi tỉnh có kế hoạch")
    shown.add_argument("--from", dest="first", help="từ ngày, dạng 2025-06-01 (mặc định: hôm nay)")
    shown.add_argument("--to", dest="last", help="đến ngày (mặc định: 30 ngày sau)")
    shown.add_argument("--picture", type=Path, metavar="ẢNH.png", help="vẽ tuần của ngày --from thành ảnh (png, svg, pdf)")
    shown.add_argument("--role", choices=("officer", "leader"), default="officer", help="vẽ tuần của chuyên viên hay lãnh đạo")
    foreseen = orders.add_parser("budget", help="dự trù số tin nhắc việc đến hết tháng so với hạn mức của từng kênh")
    foreseen.add_argument("--now", help="đặt đồng hồ, ví dụ 2025-06-01T07:00")
    ran = orders.add_parser("run", help="chạy một lượt: xếp các tin đến giờ vào hàng chờ gửi")
    ran.add_argument("--now", help="đặt đồng hồ, ví dụ 2025-06-02T07:30")


def run(args: argparse.Namespace) -> int:
    """Do what is ordered."""
    orders = {"preview": _preview, "budget": _budget, "run": _run}
    return orders[args.order](args)


def policies_of(settings: Settings) -> Policies:
    """Who is reminded when, with what the data folder says on top. Raises Trouble."""
    try:
        return Policies.load(settings.var / "reminders.yml")
    except BadPolicy as error:
        raise Trouble(str(error), USAGE) from error


def _preview(args: argparse.Namespace) -> int:
    today = local(time.time()).date()
    first = _day(args.first, "--from") or today
    last = _day(args.last, "--to") or first + timedelta(days=30)
    if not first <= last <= first + _LONGEST:
        raise Trouble("Khoảng thời gian chưa đúng: --to phải sau --from và không quá 3 năm.", USAGE)
    policies = policies_of(args.settings)
    book = load_works(startup.knowledge_base(args.settings), first)
    provinces = Provinces.load()
    known = sorted({head.province for head in book.plans.values() if head.province})
    if args.province:
        found = provinces.resolve(args.province)
        if found is None:
            raise Trouble(f"Không có tỉnh “{args.province}”.", USAGE)
        known = [found.slug]
    keys = AgencyKeys(first, book.keys.registry)
    shown = 0
    for slug in known:
        key = keys.key(args.agency, slug) if args.agency else None
        if args.agency and key is None:
            raise Trouble(f"“{args.agency}” chỉ chung nhiều cơ quan; hãy ghi tên một cơ quan.", USAGE)
        if args.picture:
            _draw(args, book, slug, key, first, policies, provinces)
            return OK
        lines = list(preview.calendar(book, provinces_heard(slug, first), key, first, last, policies))
        if not lines:
            continue
        shown += 1
        place = provinces.get(slug)
        who = keys.name(key) if key else "đầu mối của tỉnh"
        print(f"Lịch nhắc việc của {who} ({place.full_name if place else slug}), {short_day(first)} – {short_day(last)}", end="")
        print("\n".join(["", *lines, ""]))
    if not shown:
        print(f"Không có nhắc việc nào cho {args.agency or 'đầu mối của tỉnh'} từ {short_day(first)} đến {short_day(last)}.")
    return OK


def _draw(args: argparse.Namespace, book: WorkBook, slug: str, key: str | None, day: date, policies: Policies, known: Provinces) -> None:
    """The week of a day, of somebody of an agency (without one: of the coordinator)."""
    policy, monday = policies.of(slug), day - timedelta(days=day.weekday())
    leads, workdays = args.role == "leader", workdays_of(policy)
    does = key is not None and not leads
    audience = Audience(provinces_heard(slug, day), key, alarms=does, weekly=not does, monthly=does)
    heard = dict(days(book, audience, monday, monday + timedelta(days=6), policy, workdays))
    role = "Lãnh đạo" if leads else "Chuyên viên"
    place = known.get(slug)
    who = f"{role} {book.keys.name(key)}" if key else "Đầu mối của tỉnh"
    week = Week(monday, f"{who}, {place.full_name if place else slug}", f"{policy.hour:%H:%M}", heard, workdays)
    try:
        draw(week, args.picture)
    except (OSError, ValueError) as error:
        raise Trouble(f"Không vẽ được ảnh “{args.picture}”: {error}.", USAGE) from error
    print(f"Đã vẽ {args.picture}")


def _budget(args: argparse.Namespace) -> int:
    engine, policies = startup.knowledge_base(args.settings), policies_of(args.settings)
    now = _moment(args.now)
    today = local(now).date()
    last = today.replace(day=months.monthrange(today.year, today.month)[1])
    planner = Planner(engine, policies, clock=lambda: now)
    people = load_people(engine, planner.book.keys, today, policies).all
    found = preview.foresee(planner.book, people, today, last, policies, budget.used(engine, today), dict(budget.QUOTAS))
    silent = [person for person in people if not person.addresses and person.web is None]
    if not found:
        print("Chưa có cán bộ nào liên kết kênh nhận tin.")
    for line in found:
        limit = f" / hạn mức {line.quota.messages}" if line.quota.messages else ""
        whole = line.used + line.coming
        print(f"{line.channel}: đã gửi {line.used}, còn nhắc {line.coming}, cộng {whole} tin{limit}; {line.people} người nhận")
        for warning in line.warnings:
            print(f"  CẢNH BÁO: {warning}.")
    window = budget.windows(engine, now)
    if window.paid or window.template:
        print(f"{budget.OFFICIAL_ACCOUNT}: {window.free} người nhắn tin trong 48 giờ (miễn phí), {window.paid} trong 7 ngày (có phí), "
              f"{window.template} chỉ nhận mẫu tin ZBS đã duyệt hoặc chuyển kênh khác")
    if silent:
        print(f"{len(silent)} cán bộ chưa có kênh nhận tin nào.")
    return errors.FAILED if any(line.warnings for line in found) else OK


def _run(args: argparse.Namespace) -> int:
    engine, now = startup.knowledge_base(args.settings), _moment(args.now)
    done = Reminding(engine, policies_of(args.settings), clock=lambda: now).round()
    print(f"Đã xếp {done.digests} tin nhắc việc ({done.notices} việc) vào hàng chờ gửi.")
    if done.unreachable:
        print(f"{len(done.unreachable)} cán bộ có việc cần nhắc nhưng chưa có kênh nhận tin.")
    return OK


def _day(given: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Trouble(f"{option} “{given}” không phải ngày: hãy viết dạng 2025-06-30.", USAGE) from None


def _moment(given: str | None) -> float:
    try:
        return datetime.fromisoformat(moment(given)).timestamp() if given else time.time()
    except ValueError:
        raise Trouble(f"--now “{given}” không phải thời điểm: hãy viết dạng 2025-05-20T07:30.", USAGE) from None
