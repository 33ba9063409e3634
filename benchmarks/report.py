"""How the HTML report of a large result behaves in a browser: its size, when it is there, how fast it filters.

    python -m benchmarks.report [--findings 50000] [--rounds 5]

The result is made up (`_result.py`); the browser is the machine's Chromium, without a window. A filter's time runs
from the change of the form until the next frame is ready to be painted.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks._result import large_result
from scanner.reports import render

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart"
FILTER = """([name, value]) => new Promise((done) => {
  const form = document.getElementById("_filter");
  const started = performance.now();
  form.elements[name].value = value;
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
})"""
STEPS = {
    "filter by severity": ("severity", "high"),
    "and by team": ("team", "search-0"),
    "clear the severity": ("severity", ""),
    "clear the team": ("team", ""),
    "search for two words": ("q", "gpt-12 rate"),
    "search for what is nowhere": ("q", "zzzz"),
    "clear the search": ("q", ""),
    "sort by resource": ("sort", "resource"),
    "sort by age": ("sort", "age"),
    "worst first again": ("sort", ""),
}


def measure(page: Page, address: str) -> dict[str, float]:
    page.goto(address)
    page.locator("#_list .finding").first.wait_for()
    times = {"first contentful paint": page.evaluate(PAINT), "ready to filter": page.evaluate(READY)}
    for name, step in STEPS.items():
        times[name] = page.evaluate(FILTER, list(step))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("there is no Chromium on this machine")
    result = large_result(options.findings, runs=20)
    started = time.perf_counter()
    text = render("html", result)
    seconds = time.perf_counter() - started
    print(f"{options.findings:,} findings: {len(text.encode()) / 1e6:.1f} MB, made in {seconds:.1f} s")
    rounds: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder, "report.html")
        file.write_text(text, encoding="utf-8")
        program = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(options.rounds):
            page = program.new_page(viewport={"width": 1280, "height": 900})
            rounds.append(measure(page, file.as_uri()))
            page.close()
        program.close()
    print(f"{'median and worst of ' + str(len(rounds)):<28} {'ms':>7} {'ms':>7}")
    for name in rounds[0]:
        found = [times[name] for times in rounds]
        print(f"{name:<28} {statistics.median(found):>7.0f} {max(found):>7.0f}")


if __name__ == "__main__":
    main()
