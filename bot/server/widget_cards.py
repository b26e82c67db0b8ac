"""An answer as blocks that a browser can draw without understanding it: paragraphs, facts, tables, choices, sources.

Made from the text (what was said, in its order) and the record (which rows it rests on). Plain strings only, never HTML: the blocks are

    {"type": "lead" | "text" | "note" | "quote", "text": …}      (lead: what was asked, first of all)
    {"type": "list", "items": […]}
    {"type": "facts", "items": [{"label": "Chủ trì", "value": …}, …]}
    {"type": "table", "columns": […], "rows": [{"cells": […], "href": "/van-ban/…" | null}, …]}
    {"type": "choices", "items": [{"title": …, "payload": "1"}, …]}
    {"type": "sources", "items": [{"text": …, "href": …}, …]}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

from bot.channels.port import Outgoing

Block = dict[str, Any]
Link = Callable[[str], str]

_KINDS = {
    "nhiệm vụ": "task", "chỉ tiêu": "indicator", "mục tiêu": "target", "việc được giao": "duty", "chế độ báo cáo": "reporting",
    "đoạn": "passage", "nhóm": "group",
}
_ROW = re.compile(
    rf"^(?P<label>(?P<kind>{'|'.join(_KINDS)}) (?:\(mục (?P<section>[^)]*(?:\([^)]*\))?[^)]*)\)|(?P<no>[\w.()-]+))): (?P<name>.+?)"
    r"(?: \((?P<tail>(?:chủ trì|hạn|đạt): .*)\))?$", re.IGNORECASE)
_TAIL = re.compile(r"(?:^|; )(chủ trì|hạn|đạt): ")
_COLUMNS = {"chủ trì": "Chủ trì", "hạn": "Thời hạn", "đạt": "Phải đạt"}
_FACT = re.compile(r"^(Phải đạt|Cơ quan theo dõi|Chủ trì|Phối hợp|Kết quả|Thời hạn|Ghi chú): (.+)$")
_CHOICE = re.compile(r"^(\d{1,2})[.)] (.+)$")
_MORE = re.compile(r", gõ “xem thêm” để xem tiếp(?=\.)")
_MACHINE = "Tôi là trợ lý ảo"  # the first answer of all says so; it is not what was asked
_BULLET = "• "
_SOURCE = "Nguồn: "
_FACT_LABELS = (("lead", "Chủ trì"), ("coop", "Phối hợp"), ("target", "Chỉ tiêu"), ("unit", "Đơn vị tính"), ("year", "Đến năm"),
                ("due", "Thời hạn"), ("result", "Kết quả"))


def address(ref: str) -> str:
    """Where the document opens at a row: `/van-ban/hg-kh-2025-phu-luc#task:18`; of the plan itself without the row."""
    plan, _, row = ref.partition("#")
    return f"/van-ban/{quote(plan, safe='')}" + (f"#{quote(row, safe=':.-_()')}" if row else "")


def blocks(message: Outgoing, link: Link = address) -> list[Block]:
    """The blocks of a message in reading order. `link` makes the address of a reference to a row or plan."""
    record = message.record
    offered = [button.payload for button in message.buttons]
    refs = [ref for ref in record.get("refs", ()) if isinstance(ref, str) and not ref.startswith(("doc:", "agency:"))]
    chosen = {"clarify": record.get("choices", ()), "answer": refs}.get(str(record.get("outcome")), ())
    lines = [line.strip() for line in message.text.splitlines() if line.strip()]
    out: list[Block] = []
    for kind, group in groupby(lines, key=lambda line: _kind(line, offered)):
        out += _block(kind, list(group), chosen, link)
    lead = next((block for block in out if block["type"] == "text" and not block["text"].startswith(_MACHINE)), None)
    if lead and record.get("outcome") == "answer":
        lead["type"] = "lead"
    if not any(block["type"] in ("facts", "table") for block in out):
        _insert_facts(out, record)
    for block in out:
        if block["type"] == "sources":
            _link_sources(block, refs, link)
    return sorted(out, key=lambda block: block["type"] == "sources")


def loose_buttons(message: Outgoing, drawn: Iterable[Block]) -> list[dict[str, str]]:
    """The buttons that stand below an answer: those that are not already choices within its blocks."""
    inside = {item["payload"] for block in drawn if block["type"] == "choices" for item in block["items"]}
    return [{"title": b.title, "payload": b.payload} for b in message.buttons if b.payload not in inside]


def _kind(line: str, offered: Sequence[str]) -> str:
    if line.startswith(_SOURCE):
        return "sources"
    if line.startswith(_BULLET):
        said = line[len(_BULLET):]
        return "facts" if _FACT.match(said) else "table" if _ROW.match(said) else "list"
    choice = _CHOICE.match(line)
    if choice and choice[1] in offered:
        return "choices"
    return "quote" if line.startswith("“") and line.endswith("”") else "note" if line.startswith("Lưu ý: ") else "text"


def _block(kind: str, lines: list[str], refs: Sequence[str], link: Link) -> list[Block]:
    if kind == "sources":
        return [{"type": kind, "items": [{"text": line[len(_SOURCE):].rstrip("."), "href": None} for line in lines]}]
    said = [line.removeprefix(_BULLET) for line in lines]
    if kind == "facts":
        pairs = [found.groups() for line in said if (found := _FACT.match(line))]
        return [{"type": kind, "items": [{"label": label, "value": value} for label, value in pairs]}]
    if kind == "table":
        return [_table([found for line in said if (found := _ROW.match(line))], refs, link)]
    if kind == "list":
        return [{"type": kind, "items": said}]
    if kind == "choices":
        pairs = [found.groups() for line in said if (found := _CHOICE.match(line))]
        return [{"type": kind, "items": [{"title": title, "payload": number} for number, title in pairs]}]
    return [{"type": kind, "text": _MORE.sub("", line)} for line in lines]


def _table(found: Iterable[re.Match[str]], refs: Sequence[str], link: Link) -> Block:
    rows, left = [], list(refs)
    for row in found:
        words = _TAIL.split(row["tail"] or "")
        tail = dict(zip(words[1::2], words[2::2]))
        end = f"#{_KINDS[row['kind'].lower()]}:{row['section'] or row['no']}"
        ref = next((ref for ref in left if ref.endswith(end)), None)
        if ref:
            left.remove(ref)
        rows.append((row["label"], row["name"], tail, link(ref) if ref else None))
    shown = [key for key in _COLUMNS if any(key in tail for _, _, tail, _ in rows)]
    return {
        "type": "table",
        "columns": ["Mục", "Nội dung", *(_COLUMNS[key] for key in shown)],
        "rows": [{"cells": [label, name, *(tail.get(key, "") for key in shown)], "href": href} for label, name, tail, href in rows],
    }


def _insert_facts(out: list[Block], record: Mapping[str, Any]) -> None:
    """The facts of the one row that an answer is about, behind its first sentence; lines that say one of them again are left out."""
    facts = record.get("facts") or {}
    place = next((n for n, block in enumerate(out, start=1) if block["type"] == "lead"), None)
    items = [{"label": label, "value": _value(facts[key])} for key, label in _FACT_LABELS if facts.get(key)]
    if place and items and "count" not in facts:
        out.insert(place, {"type": "facts", "items": items})
        told = {f"{item['label']}: {item['value']}" for item in items}
        out[:] = [block for block in out if block["type"] != "text" or block["text"].rstrip(".") not in told]


def _value(fact: Any) -> str:
    if isinstance(fact, Mapping):
        last = str(fact.get("date") or "")
        day = f" (chậm nhất {int(last[8:])}/{int(last[5:7])}/{last[:4]})" if len(last) == 10 and fact.get("kind") != "date" else ""
        return f"{fact.get('text') or ''}{day}"
    return "; ".join(map(str, fact)) if isinstance(fact, (list, tuple)) else str(fact)


def _link_sources(block: Block, refs: Sequence[str], link: Link) -> None:
    """One source line a document, in the order in which the rows name the documents; a single row is opened itself."""
    plans: dict[str, list[str]] = {}
    for ref in refs:
        plans.setdefault(ref.partition("#")[0], []).append(ref)
    if len(plans) != len(block["items"]):
        return
    for item, (plan, rows) in zip(block["items"], plans.items()):
        item["href"] = link(rows[0] if len(rows) == 1 else plan)
