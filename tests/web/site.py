"""A server with the widget for browser tests: everything real but the assistant, whose answers are scripted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from aiohttp import web
from sqlalchemy import Engine

from bot.channels.port import Incoming, Outgoing
from bot.channels.rendering import render
from bot.channels.web import Web
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.officials.official import Official
from bot.server.sign_in import SignIn
from bot.server.sign_in_settings import Portal, SignInConfig
from bot.server.widget import add_widget
from knowledge.model import Deadline
from knowledge.store import PlanStore, migrate, open_engine
from tests.sample_plans import sample_plan, sample_rows, task, with_rows

SECRET = "khóa-chỉ-dùng-trong-kiểm-thử-0123456789"
PORTAL_KEY = "khóa-của-cổng-chỉ-dùng-trong-kiểm-thử-0123"
OFFICIAL = Official(7, "Trần Thị Bình", "binh.tran", "hau-giang", "Sở Y tế", "officer")
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> \u202eđảo ngược\u202c & xong'

_LIST = "\n".join(
    ["Có 12 nhiệm vụ do Sở Y tế chủ trì:"]
    + [f"• Nhiệm vụ {n}: Xây dựng giải pháp số {n} cho cơ sở khám chữa bệnh… (chủ trì: Sở Y tế; hạn: {n}/2026)"
       for n in range(1, 11)]
    + ["Còn 2 mục, gõ “xem thêm” để xem tiếp.", "Nguồn: Phụ lục II – Kế hoạch thực hiện Nghị quyết số 57-NQ/TW."])
_REFS = [f"kh-mau#task:{n}" for n in range(1, 13)]

SCRIPT: dict[str, dict[str, object]] = {
    "Cơ quan nào chủ trì nhiệm vụ 18?": {
        "outcome": "answer",
        "text": "Sở Thông tin và Truyền thông chủ trì nhiệm vụ 18 “Xây dựng và triển khai Đề án đô thị thông minh”.\n"
                "Lưu ý: Sở Thông tin và Truyền thông nay là Sở Khoa học và Công nghệ từ 1/3/2025.\n"
                "Nguồn: mục 18, nhóm I, Phụ lục II – Kế hoạch thực hiện Nghị quyết số 57-NQ/TW.",
        "refs": ["kh-mau#task:18"],
        "facts": {"lead": ["Sở Thông tin và Truyền thông"], "coop": ["Các sở, ban, ngành", "Các địa phương"],
                  "due": {"text": "12/2028", "kind": "month"}, "result": "Đề án được ban hành và hoàn thành triển khai"},
        "replies": ["Ai phối hợp?", "Khi nào xong?"],
    },
    "Ai phối hợp?": {"outcome": "answer", "text": "Sở Tài chính, Sở Y tế phối hợp.", "refs": [], "facts": {"count": 2}},
    "Các nhiệm vụ của Sở Y tế": {"outcome": "answer", "text": _LIST, "refs": _REFS, "facts": {"count": 12}, "replies": ["Xem thêm"]},
    "Xem thêm": {
        "outcome": "answer", "refs": _REFS, "facts": {"count": 12},
        "text": "• Nhiệm vụ 11: Bệnh án điện tử (chủ trì: Sở Y tế; hạn: 2026)\n"
                "• Nhiệm vụ 12: Khám từ xa (chủ trì: Sở Y tế; hạn: 2026)\nĐã hết danh sách 12 mục."},
    "nhiệm vụ chuyển đổi số hạn khi nào": {
        "outcome": "clarify", "refs": [], "facts": {}, "choices": ["kh-mau#task:1", "kh-mau#task:3"], "replies": ["1", "2"],
        "text": "Có 2 nội dung phù hợp, anh/chị muốn hỏi nội dung nào?\n1. Nhiệm vụ 1: Xây dựng kế hoạch tuyên truyền\n"
                "2. Nhiệm vụ 3: Đề án bệnh án điện tử\nAnh/chị gõ số thứ tự hoặc nói rõ thêm ạ."},
    "2": {"outcome": "answer", "text": "Nhiệm vụ 3 phải xong trong giai đoạn 2025-2026.", "refs": ["kh-mau#task:3"], "facts": {}},
    "tấn công": {
        "outcome": "answer", "text": HOSTILE + "\nNguồn: <a href=javascript:alert(1)>đây</a>", "refs": ["javascript:alert(1)#task:1"],
        "facts": {"lead": [HOSTILE]}, "replies": ["<b>đậm</b>"]},
}
_UNKNOWN = {"outcome": "not_found", "text": "Tôi không tìm thấy nội dung này trong các kế hoạch đang lưu.", "refs": [], "facts": {}}


class People:
    """The register of officials, with one in it."""

    def by_username(self, username: str) -> Official | None:
        return OFFICIAL if username.lower() == OFFICIAL.username else None


async def scripted(event: Incoming) -> Sequence[Outgoing]:
    """The scripted assistant; what it does not know it does not find."""
    return render(SCRIPT.get(event.text, _UNKNOWN), chat=event.chat)


class Site:
    """A server on a port of this machine, in a thread of its own, that can be stopped and started again on the same port."""

    def __init__(self, folder: Path, *, anonymous: bool = True, origins: tuple[str, ...] = (), streams: bool = True) -> None:
        self.engine: Engine = open_engine(f"sqlite:///{(folder / 'troly.db').as_posix()}")
        migrate(self.engine)
        smart_city = task(
            "18", "Xây dựng và triển khai Đề án đô thị thông minh", group="I", annex="Phụ lục II", lead=("Sở Thông tin và Truyền thông",),
            coop=("Các sở, ban, ngành", "Các địa phương"), result="Đề án được ban hành và hoàn thành triển khai",
            due=Deadline("12/2028", "month", date(2028, 12, 31)))
        PlanStore(self.engine).save(with_rows(sample_plan(), (*sample_rows(), smart_city)))
        self.config = SignInConfig(SECRET, origins=origins, anonymous=anonymous, portal=Portal(PORTAL_KEY))
        self.port = 0
        self._streams = streams
        self.asked: list[tuple[str, str]] = []
        self.outbox = Outbox(self.engine)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def close(self) -> None:
        if self._thread.is_alive():
            self.stop()
        self.engine.dispose()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(ready))
        self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._stopped = asyncio.Event()
        channel, inbox = Web(), Inbox(self.engine)
        dispatcher = Dispatcher(inbox, self.outbox, {channel.name: channel}, scripted, idle=0.1)
        app = web.Application(middlewares=[self._watch])
        sign_in = SignIn(self.config, self.engine, People())
        add_widget(app, engine=self.engine, inbox=inbox, channel=channel, sign_in=sign_in, plans=PlanStore(self.engine),
                   wake=dispatcher.wake)
        app.router.add_get("/mau", self._host)
        runner = web.AppRunner(app, shutdown_timeout=2.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        await dispatcher.start()
        ready.set()
        await self._stopped.wait()
        await runner.cleanup()
        await dispatcher.stop(2.0)

    async def _host(self, _request: web.Request) -> web.Response:
        """A page of somebody else's with the widget on it."""
        return web.Response(content_type="text/html", text=(
            '<!doctype html><html lang="vi"><head><title>Trang mẫu</title></head><body><main><h1>Trang mẫu</h1><a href="/">Trang khác</a>'
            '</main><script src="/widget.js" type="module"></script></body></html>'))

    @web.middleware
    async def _watch(self, request: web.Request, handler: object) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs))
        if request.path == "/api/events" and "wait" not in request.query and not self._streams:
            return web.Response(text="<p>một máy trung gian không chuyển luồng</p>", content_type="text/html")
        return await handler(request)  # type: ignore[operator, no-any-return]
