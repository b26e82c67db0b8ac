"""The HTML pages that the server makes itself: a document with one row marked, and a sentence to a person. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from knowledge.model import Plan, Row

_KINDS = {"task": "Nhiệm vụ", "indicator": "Chỉ tiêu", "target": "Mục tiêu", "duty": "Việc được giao", "reporting": "Chế độ báo cáo"}


def notice(title: str, said: str, link: tuple[str, str] | None = None) -> str:
    """A page with one thing to say; `link` is an address and what stands on it."""
    more = f'<p><a class="action" href="{escape(link[0])}">{escape(link[1])}</a></p>' if link else ""
    return _page(title, f'<main class="notice"><h1>{escape(title)}</h1><p>{escape(said)}</p>{more}</main>')


def document(plan: Plan) -> str:
    """A plan with its rows in reading order. Each row's id is the part of its reference behind `#`, so the browser finds and marks it."""
    about = [("Số, ký hiệu", plan.number), ("Ngày", f"{plan.date:%d/%m/%Y}" if plan.date else None), ("Cơ quan ban hành", plan.issuer)]
    head = "".join(f"<div><dt>{label}</dt><dd>{escape(value)}</dd></div>" for label, value in about if value)
    rows = "".join(_rows(plan.rows))
    return _page(plan.title, (
        f'<a class="skip" href="#noi-dung">Đến nội dung</a><header class="top"><a href="/">Trợ lý kế hoạch</a></header>'
        f'<main id="noi-dung" class="document"><h1>{escape(plan.title)}</h1>{f"<dl class=about>{head}</dl>" if head else ""}'
        f'<p class="origin">Nội dung do trợ lý đọc từ văn bản; khi cần viện dẫn, anh/chị vui lòng đối chiếu bản gốc.</p>{rows}</main>'))


def _rows(rows: Iterable[Row]) -> Iterable[str]:
    annex = None
    for row in rows:
        if row.annex and row.annex != annex:
            annex = row.annex
            yield f"<h2>{escape(annex)}</h2>"
        yield _row(row)


def _row(row: Row) -> str:
    id_ = escape(row.ref.partition("#")[2])
    name = escape(row.name).replace("\n", "<br>")
    if row.kind == "group":
        return f'<section class="row" id="{id_}"><h3>{escape(row.no)}. {name}</h3></section>'
    heading = row.extra.get("heading") if row.kind == "passage" else None
    label = str(heading).split(" › ")[-1] if heading else f"{_KINDS.get(row.kind, 'Mục')} {row.no}"
    facts = "".join(f"<div><dt>{label_}</dt><dd>{escape(value)}</dd></div>" for label_, value in _facts(row))
    return (f'<section class="row" id="{id_}"><p class="label">{escape(label)}</p><p>{name}</p>'
            f'{f"<dl>{facts}</dl>" if facts else ""}</section>')


def _facts(row: Row) -> Iterable[tuple[str, str]]:
    target = " ".join(part for part in (row.target, f"({row.unit})" if row.target and row.unit else None) if part)
    pairs = (("Chủ trì", "; ".join(row.lead)), ("Phối hợp", "; ".join(row.coop)), ("Phải đạt", target),
             ("Đến năm", str(row.year or "")), ("Thời hạn", row.due.text if row.due else ""), ("Kết quả", row.result or ""),
             ("Ghi chú", row.note or ""))
    return ((label, value) for label, value in pairs if value)


def _page(title: str, body: str) -> str:
    return (f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<title>{escape(title)} – Trợ lý kế hoạch</title><link rel="icon" href="/icon.svg" type="image/svg+xml">'
            f'<link rel="stylesheet" href="/page.css"><script src="/page.js" type="module"></script></head><body>{body}</body></html>')
