"""`troly simulate`: years of reminding in minutes, with providers that fail, and what came of it."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date

from bot.errors import FAILED, OK, USAGE, Trouble
from bot.reminders.simulation import Report, Setup, Simulation

NAME, HELP = "simulate", """chạy thử việc nhắc qua nhiều năm trong vài phút, có mất kênh, bị chặn, hết hạn mức, đổi kế hoạch

  troly simulate --years 2 --officials 500 --provinces 3 --seed 1"""
_ENOUGH = 0.999


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, how large, which chances."""
    parser.add_argument("--years", type=float, default=2.0, help="số năm (mặc định: 2)")
    parser.add_argument("--officials", type=int, default=500, help="số cán bộ (mặc định: 500)")
    parser.add_argument("--provinces", type=int, default=3, help="số tỉnh (mặc định: 3)")
    parser.add_argument("--rows", type=int, default=Setup.rows, help=f"số nhiệm vụ ban đầu của mỗi tỉnh (mặc định: {Setup.rows})")
    parser.add_argument("--seed", type=int, default=1, help="số khởi đầu của các sự cố ngẫu nhiên (mặc định: 1)")


def run(args: argparse.Namespace) -> int:
    """Simulate and print; FAILED where anything was lost, doubled without cause or too much came late."""
    if not 0 < args.years <= 20 or not 1 <= args.provinces <= 30 or not args.provinces * 14 <= args.officials <= 100_000 or args.rows < 1:
        raise Trouble("Số chưa phù hợp: năm 0–20, tỉnh 1–30, ít nhất 14 cán bộ mỗi tỉnh.", USAGE)
    started = time.monotonic()
    setup = Setup(args.years, args.officials, args.provinces, args.seed, args.rows)
    report = Simulation(setup, progress=_show if sys.stderr.isatty() else None).run()
    for line in lines(report):
        print(line)
    print(f"Thời gian chạy: {time.monotonic() - started:.0f} giây.")
    return OK if not report.lost and not report.doubled and report.share_in_time >= _ENOUGH else FAILED


def lines(report: Report) -> list[str]:
    """The report in words."""
    failures = ", ".join(f"{reason} {count}" for reason, count in sorted(report.failures.items()))
    return [
        f"Lượt hạn phải nhắc: {report.deadlines}",
        f"Nhắc kịp: {report.in_time} ({100 * report.share_in_time:.2f}% khi còn kênh dùng được)",
        f"Nhắc muộn: {report.late}; mất: {report.lost}; không kênh nào dùng được: {report.unreachable}",
        f"Trùng: {report.doubled}; trùng vì nhà cung cấp đã nhận mà chưa kịp ghi: {report.in_window}",
        f"Tin đã gửi: {report.messages}; mỗi người mỗi tuần: trung vị {report.median:g}, bách phân vị 95 {report.percentile95:g}",
        f"Chuyển kênh: {report.failovers}; không kênh nào nhận: {report.released}; báo lên cấp trên: {report.escalations}",
        f"Đổi kế hoạch: {report.plan_changes} lần; sự cố khi gửi: {failures or 'không'}",
        *(f"  mất: {case}" for case in report.lost_cases[:20]),
    ]


def _show(day: date) -> None:
    if day.day == 1:
        print(f"\r{day.month:02}/{day.year} ", end="", file=sys.stderr, flush=True)
