"""A browser for all tests, a context for each, and a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.commands.browser import find
from tests.web.site import Site

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
collect_ignore = [] if FIREFOX else ["test_widget_firefox.py"]  # Chromium is always had; a second engine where one stands

_AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  if (!window.checking) violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
// axe-core tries styles of its own while it looks: no fault of the page's.
window.accessible = async () => {
  window.checking = true;
  const found = await axe.run(document, {resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
  await new Promise((done) => setTimeout(done));
  window.checking = false;
  return found.violations.map((violation) => [violation.id, violation.nodes.map((node) => node.html)]);
};
"""
_ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]

MakePage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for the tests of a file: while Playwright runs, no other test of the process could start an event loop."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find(), args=_ARGS)
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server in the open mode."""
    started = Site(tmp_path)
    started.start()
    yield started
    started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[MakePage]:
    """Opens pages, each in a context of its own; at the end none may have broken its policy or thrown."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    thrown: list[str] = []

    def make(address: str, **options: Any) -> Page:
        context = browser.new_context(locale="vi-VN", **options)
        context.set_default_timeout(10_000)
        context.add_init_script(_WATCH + _AXE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto(address)
        pages.append(page)
        return page

    yield make
    broken = [violation for page in pages if not page.is_closed() for violation in page.evaluate("window.violations")]
    for context in contexts:
        context.close()
    assert broken == []
    assert thrown == []
