"""The HTML report in a real browser: silent, without a request, and filtered by its address."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.model.verdict import Evidence, Outcome
from scanner.reports import render

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # what the browser itself would ask for stays here
    "--enable-logging=stderr",
)


@dataclass
class Visit:
    """What a page looked like once loaded, what it said, and what it asked for over the network."""

    dom: str
    console: list[str]
    requests: list[str]

    def shown(self) -> list[str]:
        """Give the names of the findings and gaps that can be seen, passes included."""
        items = re.findall(r"<(?:li|tr)([^>]*data-outcome=[^>]*)>.*?<bdi[^>]*>(.*?)</bdi>", self.dom, re.DOTALL)
        return [name for attributes, name in items if " hidden" not in attributes]

    def status(self) -> str:
        found = re.search(r'<p id="shown"[^>]*>(.*?)</p>', self.dom)
        return found[1] if found else ""

    def hidden(self, element_id: str) -> bool:
        found = re.search(rf'<\w+ id="{element_id}"[^>]*>', self.dom)
        assert found is not None
        return " hidden" in found[0]


@pytest.fixture
def visit(tmp_path):
    def load(text: str, fragment: str = "", act: str = "--dump-dom") -> Visit:
        page, log = tmp_path / "report.html", tmp_path / "net.json"
        page.write_text(text, encoding="utf-8")
        command = [
            str(BROWSER),
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--log-net-log={log}",
            act,
            page.as_uri() + fragment,
        ]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        messages = [line for line in done.stderr.decode().splitlines() if "CONSOLE" in line]
        return Visit(done.stdout.decode(), messages, _requests_of_the_page(log))

    return load


def _requests_of_the_page(log: Path) -> list[str]:
    """Read requests off the browser's network log, without those it makes on its own behalf."""
    text = log.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
    except json.JSONDecodeError:  # the process ended before the log did
        document = json.loads(text.rstrip().rstrip(",") + "]}")
    events = [event.get("params") or {} for event in document["events"]]
    return [
        event["url"]
        for event in events
        if str(event.get("network_isolation_key", "")).startswith("file://")
        and not str(event.get("url", "")).startswith(("file:", "data:"))
    ]


def test_the_watch_sees_messages_and_requests(visit):
    seen = visit("<script>console.log('here')</script><img src='http://127.0.0.1:9/x.png'>")
    assert "here" in seen.console[0]
    assert seen.requests == ["http://127.0.0.1:9/x.png"]


def test_the_page_is_silent_asks_for_nothing_and_shows_everything(visit, result):
    seen = visit(render("html", result))
    assert seen.console == []
    assert seen.requests == []
    assert len(seen.shown()) == len(result.findings) + len(result.gaps)
    assert seen.status() == ""
    assert not seen.hidden("filter")


def scriptless(text: str) -> str:
    """Forbid the page's own script: a browser without scripts can neither dump nor print a page."""
    return re.sub(r"script-src .*?; img", "script-src &#39;none&#39;; img", text)


def test_where_its_script_may_not_run_all_findings_are_visible_and_the_filter_is_not(visit, result):
    seen = visit(scriptless(render("html", result)), "#q=gpt")
    assert "Content Security Policy" in seen.console[0]
    assert len(seen.shown()) == len(result.findings) + len(result.gaps)
    assert seen.hidden("filter")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="there is no pdftotext on this machine")
def test_on_paper_everything_is_unfolded_even_without_a_script(visit, make, tmp_path):
    rule = make.rule("r")
    findings = [
        make.finding(rule, make.resource(f"/thing-{n}"), Outcome.FAIL, "m", Evidence(f"path-{n}", n, "x"))
        for n in range(30)
    ]
    passing = make.finding(rule, make.resource("/thing-that-passes"), Outcome.PASS)
    text = render("html", make.result([*findings, passing]))
    assert "<details open>" not in text
    paper = tmp_path / "report.pdf"
    visit(scriptless(text), act=f"--print-to-pdf={paper}")
    done = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True)
    printed = done.stdout.split()
    assert [n for n in range(30) if f"path-{n}" not in printed] == []
    assert "thing-that-passes" in printed
    assert "Search" not in printed


@pytest.mark.parametrize(
    ("fragment", "names"),
    [
        ("#q=gpt-4o&outcome=fail", ["aoai-search/gpt-4o"]),
        ("#q=RATE-LIMIT%20batch", ["aoai-search/batch"]),
        ("#severity=critical", ["aoai-search/gpt-4.1-mini", "aoai-search"]),
        ("#owner=vision-team%40contoso.com", ["ml-vision/gpu-cluster"]),
        ("#disposition=baselined", ["aoai-search/old"]),
        ("#outcome=gap&q=mapping", ["azurerm_search_service"]),
        ("#owner=nobody-we-know", []),
        ("#q=%3Cscript%3E&owner=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", [r"\u001b[31mred\u009b0m"]),
    ],
)
def test_the_address_filters(visit, result, fragment, names):
    seen = visit(render("html", result), fragment)
    assert seen.console == []
    assert seen.requests == []
    assert seen.shown() == names
    total = len(result.findings) + len(result.gaps)
    wanted = f"Showing {len(names)} of {total}" if names else f"None of {total}"
    assert seen.status().startswith(wanted)


def test_sections_without_a_match_step_aside_and_passes_open_when_asked_for(visit, result):
    seen = visit(render("html", result), "#outcome=pass")
    assert seen.hidden("failures")
    assert not seen.hidden("passes")
    assert re.search(r'<details class="passes" open', seen.dom)


def test_a_place_on_the_page_is_no_filter(visit, result):
    seen = visit(render("html", result), "#gaps")
    assert len(seen.shown()) == len(result.findings) + len(result.gaps)
