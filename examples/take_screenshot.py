"""Takes docs/images/report.png: the top of the HTML report of the example, as a machine's Chromium shows it.

python3 tasks.py screenshot
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scanner.cli import main as azgate

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH, HEIGHT = 1280, 960


def main() -> int:
    """Scan the example, open its report, take the picture; 1 where there is no browser or no report."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("take_screenshot.py: there is no Chromium on this machine", file=sys.stderr)  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        report = Path(folder, "report.html")
        azgate(["scan", str(ROOT / "examples" / "contoso.inventory.json"), "-o", f"html={report}"])
        program = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = program.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(report.as_uri())
        page.locator("#_list .finding").first.wait_for()
        page.screenshot(path=PICTURE)
        program.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
