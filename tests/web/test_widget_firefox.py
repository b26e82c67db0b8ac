"""A smoke conversation in Firefox, where there is one: another engine than the one that all else is tried in.

Driven through WebDriver BiDi, which Firefox speaks itself; no driver of its own is needed.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.web.conftest import _AXE, FIREFOX
from tests.web.site import Site

LEAD, CHOICE = "Cơ quan nào chủ trì nhiệm vụ 18?", "nhiệm vụ chuyển đổi số hạn khi nào"
_ROOT = "document.querySelector('tro-ly').shadowRoot"
_ENTER = "\ue007"


class Browser:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._ids = socket, itertools.count(1)
        self.tab = ""

    async def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            said = await self._socket.receive_json(timeout=30)
            if said.get("id") == number:
                assert said["type"] == "success", said
                return said["result"]

    async def run(self, expression: str) -> Any:
        """The value of an expression in the page."""
        found = await self.call("script.evaluate", expression=f"(async () => JSON.stringify(await ({expression})))()", awaitPromise=True,
                                target={"context": self.tab})
        assert found["type"] == "success", found
        return found["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression in the page is true."""
        for _ in range(200):
            if await self.run(expression) == "true":
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not true in time: {expression}; {await self.run(f'{_ROOT}.textContent')}")

    async def type(self, text: str) -> None:
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        await self.call("input.performActions", context=self.tab, actions=[{"type": "key", "id": "keys", "actions": keys}])


@asynccontextmanager
async def firefox(folder: Path) -> AsyncIterator[Browser]:
    said = folder / "firefox.log"
    with said.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(FIREFOX), "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=log)
    try:
        found = None
        for _ in range(600):
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", said.read_text(errors="replace"))
            if found or process.returncode is not None:
                break
            await asyncio.sleep(0.1)
        assert found, said.read_text(errors="replace")
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{found[1]}/session", max_msg_size=0) as socket:
            browser = Browser(socket)
            await browser.call("session.new", capabilities={})
            browser.tab = (await browser.call("browsingContext.getTree"))["contexts"][0]["context"]
            yield browser
    finally:
        process.kill()
        await process.wait()


def test_a_conversation_in_firefox(site: Site, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "profile").mkdir()
        async with firefox(tmp_path / "profile") as browser:
            await browser.call("browsingContext.navigate", context=browser.tab, url=site.url, wait="complete")
            await browser.until(f"{_ROOT}.querySelectorAll('.examples button').length === 4")
            await browser.run(f"{_ROOT}.querySelector('textarea').focus()")
            await browser.type(LEAD + _ENTER)
            await browser.until(f"{_ROOT}.querySelectorAll('article').length === 1")
            assert "Phối hợp" in await browser.run(f"{_ROOT}.querySelector('article').textContent")
            await browser.type(CHOICE + _ENTER)
            await browser.until(f"{_ROOT}.querySelectorAll('.choices button').length === 2")
            await browser.run(f"{_ROOT}.querySelectorAll('.choices button')[1].click()")
            await browser.until(f"{_ROOT}.querySelectorAll('article').length === 3")
            await asyncio.to_thread(site.stop)
            await asyncio.to_thread(site.start)
            await browser.until(f"{_ROOT}.querySelector('.status').textContent === ''")
            await browser.type("Ai phối hợp?" + _ENTER)
            await browser.until(f"{_ROOT}.querySelectorAll('article').length === 4")
            await browser.call("script.evaluate", expression=_AXE, awaitPromise=False, target={"context": browser.tab})
            rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
            assert await browser.run(f"axe.run(document, {rules}).then((found) => found.violations.map((one) => one.id))") == "[]"
            assert await browser.run("document.documentElement.scrollWidth <= innerWidth") == "true"

    asyncio.run(asyncio.wait_for(scene(), 120))
