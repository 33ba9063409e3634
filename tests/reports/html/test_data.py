"""The data of the list: complete, small, and bounded."""

from __future__ import annotations

import json
import re

from scanner.model.inventory import Gap, GapReason
from scanner.model.verdict import Evidence, Outcome
from scanner.reports import html_data, render
from scanner.reports.html_data import island, shortened
from scanner.reports.view import sections


def data_of(result) -> dict:
    return json.loads(island(result, sections(result)).text)


def test_every_finding_and_gap_is_in_the_data_worst_first(result):
    data = data_of(result)
    prints = [item[3] for item in data["items"] if item[0] >= 0]
    assert sorted(prints) == sorted(finding.fingerprint for finding in result.findings)
    assert sum(item[0] < 0 for item in data["items"]) == len(result.gaps)
    outcomes = [data["outcomes"][item[0] // 100] for item in data["items"] if item[0] >= 0]
    assert outcomes[0] == "fail"
    assert outcomes[-1] == "pass"


def test_what_repeats_is_written_once(make):
    rule = make.rule("r")
    tags = {"team": "search"}
    findings = [make.finding(rule, make.resource(f"/{n}", effective_tags=tags), message="m") for n in range(500)]
    data = data_of(make.result(findings))
    assert len(data["tags"]) == len(data["rules"]) == 1
    assert data["texts"].count("search") == 1


def test_a_large_result_takes_little_room_for_each_finding(of_size):
    result, text = of_size(1_000)
    data = re.search(r'id="_data">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert len(data[1].encode()) / len(result.findings) < 400


def test_one_value_of_megabytes_is_shortened_with_a_word_about_it(make):
    value = "x" * 3_000_000
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, value, Evidence("p", value, value))
    text = render("html", make.result([finding]))
    assert len(text) < 500_000
    assert "more characters stand in the JSON result" in text
    assert shortened("short") == "short"


def test_what_has_no_room_is_counted_and_the_worst_has_room(make, monkeypatch):
    monkeypatch.setattr(html_data, "BUDGET", 20_000)
    rule = make.rule("r")
    findings = [make.finding(rule, make.resource(f"/fail-{n}"), message=f"m{n}") for n in range(100)]
    findings += [make.finding(rule, make.resource(f"/pass-{n}"), Outcome.PASS) for n in range(400)]
    result = make.result(findings, (Gap("/g", "metrics", GapReason.FORBIDDEN),))
    made = island(result, sections(result))
    data = json.loads(made.text)
    items = data["items"]
    assert len(items) + made.left_out == 501
    assert made.left_out > 200
    assert len(made.text.encode()) < 20_000 + 2_000
    assert {data["outcomes"][item[0] // 100] for item in items[:40]} == {"fail"}
    assert f"{made.left_out:,} findings had no room in this page" in render("html", result)
