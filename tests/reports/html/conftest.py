"""Pages of several sizes, and a browser that notes what a page says and asks for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from benchmarks._result import large_result
from scanner.model.result import ScanResult
from scanner.reports import render

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)


@cache
def sized(count: int, runs: int = 0) -> tuple[ScanResult, str]:
    result = large_result(count, runs)
    return result, render("html", result)


@pytest.fixture
def of_size() -> Callable[..., tuple[ScanResult, str]]:
    """Give a result of so many findings and its page; made once for all tests of a file."""
    return sized


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    if BROWSER is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is open, what it said, what went wrong in it, and what it asked for."""

    page: object
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """Give the names in the list, in its order."""
        return self.page.locator("#_list .finding .title bdi").all_inner_texts()

    def status(self) -> str:
        return self.page.locator("#_shown").inner_text()

    def found(self) -> int:
        """Give how many findings match, as the page says it."""
        words = self.status().split()
        return 0 if words[0] == "None" else int(words[0].replace(",", ""))

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"#_filter [name={name}]").select_option(value)

    def search(self, text: str) -> None:
        self.page.locator("#_filter [name=q]").fill(text)
        self.page.keyboard.press("Enter")


@pytest.fixture
def visit(chromium, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page from a file, with a fragment; what follows are options of the browser's context."""
    contexts = []

    def load(text: str, fragment: str = "", **options) -> Visit:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda message: seen.console.append(message.text))
        seen.page.on("pageerror", lambda error: seen.console.append(str(error)))
        context.on("request", lambda request: seen.requests.append(request.url))
        file = tmp_path / "report.html"
        file.write_text(text, encoding="utf-8")
        seen.page.goto(file.as_uri() + fragment)
        seen.requests = [url for url in seen.requests if not url.startswith(("file:", "data:"))]
        return seen

    yield load
    for context in contexts:
        context.close()
