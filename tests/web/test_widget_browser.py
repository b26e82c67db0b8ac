"""The widget in a real Chromium against a real server: conversations, keyboard, reconnecting, hostile text, accessibility."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Page, Route, expect

from bot.channels.port import Button, Outgoing
from bot.delivery.tables import inbox
from tests.web.conftest import MakePage
from tests.web.site import HOSTILE, OFFICIAL, PORTAL_KEY, SCRIPT, Site

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "device_scale_factor": 1}
DESKTOP = {"viewport": {"width": 1100, "height": 820}}
LEAD, LIST, CHOICE = "Cơ quan nào chủ trì nhiệm vụ 18?", "Các nhiệm vụ của Sở Y tế", "nhiệm vụ chuyển đổi số hạn khi nào"
PICTURES = Path(__file__).parents[2] / "docs" / "anh"


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def answers(page: Page, count: int) -> None:
    expect(page.get_by_role("article")).to_have_count(count)
    expect(page.get_by_role("status")).to_have_text("")


def accessible(page: Page) -> None:
    """Neither WCAG 2.2 AA nor the good practices that axe-core knows are violated."""
    assert page.evaluate("window.accessible()") == []


def chat_of(site: Site) -> str:
    with site.engine.connect() as connection:
        return str(connection.scalar(inbox.select().with_only_columns(inbox.c.conversation).order_by(inbox.c.id.desc()).limit(1)))


def push(site: Site, text: str, dedupe: str = "reminder:1") -> None:
    conversation = chat_of(site)
    site.outbox.put("web", conversation, Outgoing(conversation.partition(":")[2], text, purpose="push"), dedupe)


def test_a_whole_conversation(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url, **DESKTOP)
    expect(page.get_by_role("heading", name="Trợ lý kế hoạch")).to_be_visible()
    expect(page.get_by_text("Máy trả lời tự động, không phải người thật")).to_be_visible()
    expect(page.get_by_role("group", name="Câu hỏi mẫu").get_by_role("button")).to_have_count(4)
    accessible(page)
    page.get_by_role("button", name=LEAD).click()
    answers(page, 1)
    card = page.get_by_role("article").first
    expect(card.locator("p").first).to_have_text(
        "Sở Thông tin và Truyền thông chủ trì nhiệm vụ 18 “Xây dựng và triển khai Đề án đô thị thông minh”.")
    assert card.locator("dt").all_inner_texts() == ["Chủ trì", "Phối hợp", "Thời hạn", "Kết quả"]
    assert card.locator("dd").all_inner_texts() == [
        "Sở Thông tin và Truyền thông", "Các sở, ban, ngành; Các địa phương", "12/2028", "Đề án được ban hành và hoàn thành triển khai"]
    accessible(page)
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="mục 18, nhóm I").click()
    document = opened.value
    row = document.locator("section[aria-current=true]")
    expect(row).to_contain_text("Đề án đô thị thông minh")
    expect(row).to_be_in_viewport()
    expect(row).to_be_focused()
    accessible(document)
    assert document.evaluate("window.violations") == []
    document.close()
    page.get_by_role("button", name="Ai phối hợp?").click()
    answers(page, 2)
    expect(page.get_by_role("article").last).to_contain_text("Sở Tài chính, Sở Y tế phối hợp.")
    expect(page.get_by_role("button", name="Khi nào xong?")).to_have_count(0)  # of an answer that is no longer the last


def test_a_list_and_more_of_it(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url, **DESKTOP)
    ask(page, LIST)
    answers(page, 1)
    card = page.get_by_role("article").first
    assert card.get_by_role("columnheader").all_inner_texts() == ["Mục", "Nội dung", "Chủ trì", "Thời hạn"]
    expect(card.get_by_role("row")).to_have_count(11)
    assert str(card.get_by_role("link", name="Nhiệm vụ 3").get_attribute("href")).endswith("/van-ban/kh-mau#task:3")
    expect(card).to_contain_text("Còn 2 mục.")
    accessible(page)
    card.get_by_role("button", name="Xem thêm").click()
    answers(page, 2)
    expect(page.get_by_role("article").last.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("button", name="Xem thêm")).to_have_count(0)


def test_a_choice_by_button(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url, **PHONE)
    ask(page, CHOICE)
    answers(page, 1)
    choices = page.get_by_role("group", name="Chọn một nội dung").get_by_role("button")
    assert choices.all_inner_texts() == ["1. Nhiệm vụ 1: Xây dựng kế hoạch tuyên truyền", "2. Nhiệm vụ 3: Đề án bệnh án điện tử"]
    accessible(page)
    choices.nth(1).click()
    answers(page, 2)
    expect(page.get_by_role("log")).to_contain_text("Anh/chị hỏi: Nhiệm vụ 3: Đề án bệnh án điện tử")
    expect(page.get_by_role("article").last).to_contain_text("Nhiệm vụ 3 phải xong trong giai đoạn 2025-2026.")
    expect(choices.first).to_be_disabled()


def test_with_the_keyboard_alone(site: Site, open_page: MakePage) -> None:
    page = open_page(f"{site.url}/mau")
    launcher = page.get_by_role("button", name="Mở trợ lý kế hoạch")
    expect(launcher).to_be_visible()
    while not launcher.evaluate("button => button.matches(':focus')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Trợ lý kế hoạch")).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_focused()
    expect(page.get_by_role("group", name="Câu hỏi mẫu")).to_be_visible()
    page.keyboard.type("nhiệm vụ chuyển đổi số hạn")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_role("textbox")).to_have_value("nhiệm vụ chuyển đổi số hạn\n")
    page.keyboard.press("Backspace")
    page.keyboard.type(" khi nào")
    page.keyboard.press("Enter")
    answers(page, 1)
    choice = page.get_by_role("button", name="2. Nhiệm vụ 3")
    while not choice.evaluate("button => button.matches(':focus')"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    answers(page, 2)
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launcher).to_be_focused()


def test_composing_letters_sends_nothing(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    expect(page.get_by_role("group", name="Câu hỏi mẫu")).to_be_visible()
    page.get_by_role("textbox").fill("nhiệm")
    page.get_by_role("textbox").evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))")
    expect(page.get_by_role("textbox")).to_have_value("nhiệm")


def test_reconnects_after_the_server_restarts(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    ask(page, LEAD)
    answers(page, 1)
    site.stop()
    push(site, "Nhiệm vụ 3 sắp đến hạn.")
    expect(page.get_by_role("status")).to_have_text("Mất kết nối, đang thử lại…")
    accessible(page)
    ask(page, LIST)  # said while nobody listens: sent when somebody does
    site.start()
    expect(page.get_by_role("article", name="Nhắc việc của trợ lý")).to_contain_text("Nhiệm vụ 3 sắp đến hạn.", timeout=20_000)
    expect(page.get_by_role("article")).to_have_count(3, timeout=20_000)
    expect(page.get_by_role("status")).to_have_text("")
    with site.engine.connect() as connection:
        assert len(connection.execute(inbox.select()).all()) == 2


@pytest.mark.parametrize("path", ["api/session", "api/history", "api/events", "api/messages"])
def test_being_told_to_wait_loses_nothing(site: Site, open_page: MakePage, path: str) -> None:
    page = open_page("about:blank", **DESKTOP)
    told = []

    def wait(route: Route) -> None:  # many people behind one address
        told.append(route.request.url)
        if len(told) > 1:
            route.continue_()
        else:
            route.fulfill(status=429, headers={"Retry-After": "1"}, json={"error": "Anh/chị gửi quá nhanh, vui lòng thử lại sau ít giây."})

    page.route(f"**/{path}*", wait)
    page.goto(site.url)
    expect(page.get_by_role("group", name="Câu hỏi mẫu")).to_be_visible()
    ask(page, LEAD)
    answers(page, 1)
    assert len(told) > 1
    expect(page.get_by_text("Thử lại")).to_have_count(0)


def test_polls_where_streams_do_not_come_through(tmp_path: Path, open_page: MakePage) -> None:
    site = Site(tmp_path, streams=False)
    site.start()
    try:
        page = open_page(site.url)
        ask(page, LEAD)
        answers(page, 1)
        push(site, "Nhiệm vụ 3 sắp đến hạn.")
        answers(page, 2)
        assert any("wait=" in path for _, path in site.asked)
    finally:
        site.close()


def test_reminders_come_while_it_is_open_or_closed(site: Site, open_page: MakePage) -> None:
    page = open_page(f"{site.url}/mau")
    page.get_by_role("button", name="Mở trợ lý kế hoạch").click()
    ask(page, LEAD)
    answers(page, 1)
    page.get_by_role("button", name="Đóng", exact=True).click()
    push(site, "Nhiệm vụ 3 sắp đến hạn.")
    page.get_by_role("button", name="Mở trợ lý kế hoạch, 1 tin mới").click()
    reminder = page.get_by_role("article", name="Nhắc việc của trợ lý")
    expect(reminder).to_contain_text("Nhắc việc")
    expect(page.get_by_role("button", name="Ai phối hợp?")).to_be_visible()  # a reminder takes no buttons away
    accessible(page)


def test_a_reload_keeps_what_was_said(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    for count, text in enumerate((LEAD, CHOICE), start=1):
        ask(page, text)
        answers(page, count)
    before = page.get_by_role("log").inner_text()
    page.reload()
    answers(page, 2)
    assert page.get_by_role("log").inner_text() == before
    page.get_by_role("button", name="2. Nhiệm vụ 3").click()
    answers(page, 3)


def test_a_long_history_is_shown_page_by_page(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    ask(page, LEAD)
    answers(page, 1)
    for number in range(40):
        push(site, f"Nhắc lần {number}.", f"reminder:{number}")
    answers(page, 41)
    page.reload()
    answers(page, 30)
    page.get_by_role("button", name="Xem tin cũ hơn").click()
    answers(page, 41)
    expect(page.get_by_role("article").first).to_contain_text("chủ trì nhiệm vụ 18")
    expect(page.get_by_role("button", name="Xem tin cũ hơn")).to_have_count(0)
    expect(page.get_by_role("article").last).to_contain_text("Nhắc lần 39.")


def test_hostile_text_stays_text(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    ask(page, "tấn công")
    answers(page, 1)
    card = page.get_by_role("article").first
    shown = HOSTILE.replace("\u202e", "").replace("\u202c", "")
    expect(card.locator("p").first).to_have_text(shown)
    expect(card.locator("dd")).to_have_text(shown)
    expect(card.get_by_role("button", name="<b>đậm</b>")).to_be_visible()
    assert card.locator("img, script, b").count() == 0
    assert all("/van-ban/javascript%3Aalert%281%29#task:1" in str(link.get_attribute("href")) for link in card.get_by_role("link").all())
    ask(page, HOSTILE)
    answers(page, 2)
    assert page.evaluate("window.hacked") is None


def test_copying_and_printing_an_answer(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    ask(page, LEAD)
    answers(page, 1)
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("status")).to_have_text("Đã sao chép câu trả lời.")
    assert page.evaluate("window.copied") == SCRIPT[LEAD]["text"]
    page.context.add_init_script("window.print = () => { top.printed = document.body.innerText }")
    page.reload()
    answers(page, 1)
    page.get_by_role("button", name="In", exact=True).click()
    page.wait_for_function("window.printed")
    printed = page.evaluate("window.printed")
    assert "chủ trì nhiệm vụ 18" in printed and "Đề án được ban hành" in printed and "Sao chép" not in printed


def test_copying_without_the_new_clipboard(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    page.evaluate("""() => { Object.defineProperty(navigator, 'clipboard', {value: undefined});
                     document.execCommand = (what) => { window.copied = [what, document.getSelection().toString()]; return true; }; }""")
    ask(page, LEAD)
    answers(page, 1)
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("status")).to_have_text("Đã sao chép câu trả lời.")
    assert page.evaluate("window.copied")[0] == "copy"


def test_speaking_a_question(site: Site, open_page: MakePage) -> None:
    page = open_page("about:blank")
    page.context.add_init_script("""
        globalThis.SpeechRecognition = globalThis.webkitSpeechRecognition = class {
            start() {
                window.language = this.lang;
                setTimeout(() => { this.onresult({results: [[{transcript: 'nhiệm vụ của Sở Y tế'}]]}); this.onend(); });
            }
            stop() {}
        };""")
    page.goto(site.url)
    page.get_by_role("button", name="Nói câu hỏi").click()
    expect(page.get_by_role("textbox")).to_have_value("nhiệm vụ của Sở Y tế")
    assert page.evaluate("window.language") == "vi-VN"
    page.context.add_init_script("delete globalThis.SpeechRecognition; delete globalThis.webkitSpeechRecognition;")
    page.reload()
    expect(page.get_by_role("textbox")).to_be_visible()
    expect(page.get_by_role("button", name="Nói câu hỏi")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_it_fits_phones_and_desktops_in_light_and_dark(site: Site, open_page: MakePage, scheme: str, size: str) -> None:
    page = open_page(site.url, **(PHONE if size == "phone" else DESKTOP), color_scheme=scheme)
    for count, (text, name) in enumerate(((LEAD, "hoi"), (LIST, "danh-sach"), (CHOICE, "chon")), start=1):
        ask(page, text)
        answers(page, count)
        picture(page, f"{name}-{size}-{scheme}")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    inside = page.get_by_role("log").evaluate("log => log.scrollWidth > log.clientWidth")
    assert (wide, inside) == (False, False)
    brightness = page.get_by_role("article").last.evaluate("e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(brightness) < 200) == (scheme == "dark")
    accessible(page)
    page.goto(f"{site.url}/van-ban/kh-mau#task:18")
    accessible(page)
    picture(page, f"van-ban-{size}-{scheme}")


def picture(page: Page, name: str) -> None:
    """Kept for the documentation only when asked for; all of them in light, one in dark."""
    if name.endswith("-dark") and not name.startswith("hoi-"):
        return
    if os.environ.get("TROLY_SCREENSHOTS") == "1":
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


class Portal(BaseHTTPRequestHandler):
    """A page of the province's portal on an origin of its own, with a strict policy, that mints tokens for its user."""

    assistant = ""
    minted = 0

    def do_GET(self) -> None:
        if self.path == "/ma-tro-ly":
            Portal.minted += 1
            claims = {"sub": OFFICIAL.username, "aud": "tro-ly", "iat": int(time.time()), "exp": int(time.time()) + 60,
                      "jti": f"{id(self)}-{Portal.minted}"}
            self._reply(jwt.encode(claims, PORTAL_KEY, "HS256"), "text/plain")
        elif self.path == "/":
            self._reply(
                f'<!doctype html><html lang="vi"><head><title>Cổng thông tin</title></head><body><main><h1>Cổng thông tin</h1></main>'
                f'<script src="{self.assistant}/widget.js" type="module" data-token-url="/ma-tro-ly"></script></body></html>', "text/html")
        else:
            self.send_error(404)

    def _reply(self, body: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        sources = f"'self' {self.assistant}"
        self.send_header("Content-Security-Policy", (
            f"default-src 'none'; script-src {sources}; style-src {sources}; img-src {sources}; connect-src {sources}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def portal() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_on_a_portal_of_another_origin(tmp_path: Path, portal: ThreadingHTTPServer, open_page: MakePage, size: str) -> None:
    origin = f"http://localhost:{portal.server_port}"
    site = Site(tmp_path, anonymous=False, origins=(origin,))
    site.start()
    Portal.assistant = site.url
    try:
        page = open_page(origin, **(PHONE if size == "phone" else DESKTOP))
        page.get_by_role("button", name="Mở trợ lý kế hoạch").click()
        expect(page.get_by_text("Máy trả lời tự động · Trần Thị Bình")).to_be_visible()
        ask(page, LEAD)
        answers(page, 1)
        accessible(page)
        picture(page, f"cong-{size}")
        assert page.context.cookies() == []  # no cookie of another site
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="mục 18, nhóm I").click()
        expect(opened.value.locator("section[aria-current=true]")).to_contain_text("Đề án đô thị thông minh")
        page.reload()
        page.get_by_role("button", name="Mở trợ lý kế hoạch").click()
        answers(page, 1)
        page.get_by_role("button", name="Đăng xuất").click()
        expect(page.get_by_text("Anh/chị đã đăng xuất.")).to_be_visible()
        accessible(page)
    finally:
        site.close()


def test_on_a_site_that_is_not_allowed(tmp_path: Path, portal: ThreadingHTTPServer, open_page: MakePage) -> None:
    site = Site(tmp_path, anonymous=True, origins=("http://localhost:1",))
    site.start()
    Portal.assistant = site.url
    try:
        page = open_page(f"http://localhost:{portal.server_port}")
        page.get_by_role("button", name="Mở trợ lý kế hoạch").click()
        expect(page.get_by_role("status")).to_have_text("Chưa kết nối được với trợ lý, đang thử lại…")
        expect(page.get_by_role("article")).to_have_count(0)
    finally:
        site.close()


def test_who_is_not_signed_in_is_shown_the_way(tmp_path: Path, open_page: MakePage) -> None:
    site = Site(tmp_path, anonymous=False)
    site.start()
    try:
        page = open_page(site.url)
        expect(page.get_by_text("Anh/chị cần đăng nhập để trò chuyện với trợ lý.")).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
        accessible(page)
        page.goto(f"{site.url}/van-ban/kh-mau")
        expect(page.get_by_role("heading", name="Cần đăng nhập")).to_be_visible()
        accessible(page)
    finally:
        site.close()


def test_buttons_send_their_payload_and_show_their_title(site: Site, open_page: MakePage) -> None:
    page = open_page(site.url)
    ask(page, LEAD)
    answers(page, 1)
    conversation = chat_of(site)
    message = Outgoing(conversation.partition(":")[2], "Anh/chị muốn xem gì?", (Button("Danh sách", LIST),))
    site.outbox.put("web", conversation, message, "question:1")
    page.get_by_role("button", name="Danh sách").click()
    answers(page, 3)
    expect(page.get_by_role("log")).to_contain_text("Anh/chị hỏi: Danh sách")
    expect(page.get_by_role("article").last).to_contain_text("Có 12 nhiệm vụ")
