"""The HTML report on paper: everything unfolded, no controls, and never a thousand pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scanner.model.verdict import Evidence, Outcome
from scanner.reports import render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="there is no pdftotext on this machine"),
]


def printed(seen, folder: Path) -> str:
    paper = folder / "report.pdf"
    seen.page.pdf(path=paper, format="A4", prefer_css_page_size=True, print_background=True)
    done = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("script", [True, False])
def test_everything_is_unfolded_and_controls_are_gone(visit, make, tmp_path, script):
    rule = make.rule("r", remediation="Do this.")
    findings = [
        make.finding(rule, make.resource(f"/thing-{n}"), Outcome.FAIL, "m", Evidence(f"path-{n}", n, "x"))
        for n in range(30)
    ]
    passing = make.finding(make.rule("quiet-rule"), make.resource("/thing-that-passes"), Outcome.PASS)
    text = render("html", make.result([*findings, passing]))
    words = printed(visit(text, java_script_enabled=script), tmp_path).split()
    assert [n for n in range(30) if f"path-{n}" not in words] == []
    assert "thing-that-passes" in words
    assert "quiet-rule" in words
    assert not {"Search", "Clear", "Copy"} & set(words)


def test_a_large_report_prints_the_worst_and_says_how_many_it_prints(visit, of_size, tmp_path):
    _, text = of_size(50_000, 8)
    seen = visit(text, "#outcome=fail")
    paper = printed(seen, tmp_path)
    assert re.search(r"Here are 1,000 of \d\d,\d\d\d", " ".join(paper.split()))
    assert paper.count("\f") < 500


def test_what_a_filter_leaves_is_what_is_printed(visit, of_size, tmp_path):
    _, text = of_size(1_000, 8)
    seen = visit(text, "#outcome=fail&severity=high")
    count = seen.found()
    printed(seen, tmp_path)
    seen.page.emulate_media(media="screen")
    assert 50 < count == len(seen.names())
