"""The figures as a Markdown table, in Vietnamese."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from benchmarks.figures import Figures


@dataclass(frozen=True)
class Line:
    """One figure: what it is called, how it is written, whether more of it is better."""

    title: str
    unit: str
    value: Callable[[Figures], float]
    digits: int = 0
    more_is_better: bool = False


LINES = (
    Line("Huấn luyện, tính cả khởi động lệnh", "giây", lambda f: f.training_seconds),
    Line("Từ lúc gõ lệnh đến câu trả lời đầu tiên", "giây", lambda f: f.first_answer_seconds, 1),
    Line("Bộ nhớ thường trú khi đang trả lời", "MB", lambda f: f.memory_mb),
    Line("Một lượt hỏi đáp, trung vị (p50)", "ms", lambda f: f.p50, 1),
    Line("Một lượt hỏi đáp, p99", "ms", lambda f: f.p99, 1),
    Line("Thông lượng trên 2 lõi", "lượt/giây", lambda f: f.turns_a_second, 0, True),
)


def render(ours: Figures, stock: Figures | None, turns: int, database: str, day: date, epochs: int | None = None) -> str:
    """The table with a line on how it was measured; `epochs` is given where the stock side was trained for fewer than it would be."""
    head = "| Chỉ số | Trợ lý | Rasa mặc định | Hơn |\n|---|---:|---:|---:|" if stock else "| Chỉ số | Trợ lý |\n|---|---:|"
    rows = [_row(line, ours, stock) for line in LINES]
    short = [f"Rasa mặc định ở đây chỉ huấn luyện {epochs} vòng (mặc định 100): thời gian huấn luyện thật dài hơn nhiều."] if epochs else []
    return "\n".join([head, *rows, "", _note(turns, database, day, stock is not None), *short])


def _row(line: Line, ours: Figures, stock: Figures | None) -> str:
    mine = line.value(ours)
    cells = [f"{line.title} ({line.unit})", _number(mine, line.digits)]
    if stock:
        other = line.value(stock)
        better = (mine / other if line.more_is_better else other / mine) if mine and other else 0.0
        cells += [_number(other, line.digits), f"{_number(better, 1)} lần"]
    return f"| {' | '.join(cells)} |"


def _number(value: float, digits: int) -> str:
    """With a decimal comma and dots between thousands."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def _note(turns: int, database: str, day: date, compared: bool) -> str:
    machine = f"{os.cpu_count()} lõi {platform.machine()}, Python {platform.python_version()}, Rasa {version('rasa')}"
    stock = (
        " “Rasa mặc định” là cấu hình do `rasa init` sinh ra, giữ nguyên, huấn luyện trên cùng dữ liệu, "
        "hội thoại giữ trong bộ nhớ, hành động chạy ở máy chủ hành động của Rasa; "
        "bộ nhớ của nó gồm cả máy chủ này." if compared else ""
    )
    return (
        f"Đo ngày {day:%d/%m/%Y} trên {machine}; {turns} lượt, mỗi hội thoại 5 lượt; "
        f"một lượt tính từ khi nhận tin nhắn đến khi có bản ghi trả lời. "
        f"Thông lượng: 2 tiến trình cùng chạy trên {database}.{stock}"
    )
