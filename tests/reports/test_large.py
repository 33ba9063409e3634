"""Fifty thousand findings: every machine-readable format stays valid, complete, and linear in size and time."""

from __future__ import annotations

import csv
import io
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import ScanResult, Waiver
from scanner.model.verdict import Disposition, Evidence, Outcome, Severity
from scanner.reports import render
from scanner.reports.sarif import MOST_RESULTS

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SARIF = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
RESULT = json.loads((SCHEMAS / "result.schema.json").read_text(encoding="utf-8"))
MOST = 50_000
NAMES = ("gpt", "客户", "خدمة", "ключ", "a b|c,d", "=x", "naïve-👩\u200d💻")
WORDS = frozenset(
    {"kind", "level", "severity", "outcome", "disposition", "phase", "maturity", "reason", "baselineState"}
)


def large(make, count: int) -> ScanResult:
    rules = [make.rule(f"rule-{n}", severity=s, remediation="Fix it:\n`az x`") for n, s in enumerate(Severity)]
    waiver = Waiver("Because.", "me@contoso.com", "2026-12-31", "*")
    evidence = Evidence("properties.a", [1, {"b": None}], "2")
    answers = list(itertools.product(Outcome, Disposition))
    findings = []
    for number in range(count):
        outcome, disposition = answers[number % len(answers)]
        path = f"resourceGroups/rg-{number % 40}/providers/Microsoft.Search/searchServices/{NAMES[number % 7]}-{number}"
        resource = make.resource(path, file="plan.json" if number % 2 else None, line=number + 1, tags={"a": "b"})
        exempted = disposition is Disposition.EXEMPTED and outcome is not Outcome.PASS
        findings.append(
            make.finding(
                rules[number % 5],
                resource,
                outcome,
                "It is 3.",
                evidence,
                disposition=disposition,
                exemption=waiver if exempted else None,
            )
        )
    gaps = tuple(Gap(f"/subscriptions/{n}", "metrics", reason) for n, reason in enumerate(GapReason))
    return make.result(findings, gaps)


_MADE: dict[int, ScanResult] = {}


@pytest.fixture
def sized(make) -> Callable[[int], ScanResult]:
    """A result with so many findings; it is made once."""

    def result(count: int) -> ScanResult:
        if count not in _MADE:
            _MADE[count] = large(make, count)
        return _MADE[count]

    return result


@pytest.fixture
def result(sized) -> ScanResult:
    return sized(MOST)


def shape(value: Any, key: str = "") -> Any:
    """Give what a schema of keys, types and words can tell two values apart by."""
    if isinstance(value, dict):
        return tuple((name, shape(item, name)) for name, item in value.items())
    if isinstance(value, list):
        return ("list", frozenset(shape(item) for item in value))
    return value if key in WORDS else type(value).__name__


def one_of_each(items: list[Any]) -> list[Any]:
    """Give one item of each shape: validating those is validating all, in seconds instead of minutes."""
    return list({shape(item): item for item in items}.values())


def test_sarif_holds_as_many_as_github_takes_and_counts_the_rest(result):
    document = json.loads(render("sarif", result))
    (run,) = document["runs"]
    waiting = MOST - result.summary.outcomes[Outcome.PASS]
    assert len(run["results"]) == MOST_RESULTS
    assert run["properties"]["resultsLeftOut"] == waiting - MOST_RESULTS
    assert len({item["partialFingerprints"]["primaryLocationLineHash"] for item in run["results"]}) == MOST_RESULTS
    run["results"] = one_of_each(run["results"])
    assert 10 < len(run["results"]) < 200
    jsonschema.Draft4Validator(SARIF).validate(document)


def test_json_is_valid_and_complete(result):
    document = json.loads(render("json", result))
    assert len(document["findings"]) == MOST
    document["findings"] = one_of_each(document["findings"])
    assert 10 < len(document["findings"]) < 200
    jsonschema.Draft202012Validator(RESULT).validate(document)


def test_junit_is_valid_and_complete(result):
    root = etree.fromstring(render("junit", result).encode())
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(root)
    assert len(root.findall("testsuite/testcase")) == MOST + len(GapReason)


def test_csv_and_json_lines_have_a_line_for_each(result):
    rows = list(csv.reader(io.StringIO(render("csv", result), newline=""), strict=True))
    assert len(rows) == 1 + MOST + len(GapReason)
    assert len(set(map(len, rows))) == 1
    assert render("jsonl", result).count("\n") == 1 + MOST + len(GapReason)


@pytest.mark.parametrize("name", ["console", "json", "junit", "sarif", "markdown", "csv", "github", "jsonl"])
def test_size_and_time_are_linear(sized, name, monkeypatch):
    monkeypatch.setattr("scanner.reports.sarif.MOST_RESULTS", MOST)
    sizes, seconds = [], []
    for count in (2_000, 16_000):
        drawn = sized(count)
        started = time.process_time()
        sizes.append(len(render(name, drawn)))
        seconds.append(time.process_time() - started)
    assert sizes[1] < 9 * sizes[0]
    # Eight times as many; what is quadratic would take 64 times as long.
    assert seconds[1] < 24 * max(seconds[0], 0.01)
