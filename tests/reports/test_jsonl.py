from __future__ import annotations

import json

import pytest

from scanner.model.verdict import Evidence, Outcome
from scanner.reports import render


def lines_of(result):
    text = render("jsonl", result)
    assert text.endswith("\n")
    return [json.loads(line, parse_constant=pytest.fail) for line in text.split("\n")[:-1]]


def test_the_lines_together_are_the_json_result(result):
    head, *rest = lines_of(result)
    document = json.loads(render("json", result))
    assert head.pop("kind") == "scan"
    assert [line.pop("kind") for line in rest] == ["finding"] * 18 + ["gap"] * 3
    assert {**head, "findings": rest[:18], "gaps": rest[18:]} == document


def test_a_result_without_anything_is_one_line(make):
    (line,) = lines_of(make.result([]))
    assert (line["kind"], line["gate"]["exitCode"], line["summary"]["resources"]) == ("scan", 0, 0)


def test_no_character_of_a_text_ends_a_line_or_is_unsafe_to_show(make):
    text = "a\n\r\x85\u2028\u2029\x1b\x7f\x9b\u202e\ud800客"
    evidence = Evidence(text, {"a": [float("nan"), {1, 2}]}, text)
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, text, evidence)
    drawn = render("jsonl", make.result([finding]))
    assert len(drawn.splitlines()) == 2
    assert not set(drawn) & set("\r\x85\u2028\u2029\x1b\x7f\x9b\u202e\ud800")
    _, line = lines_of(make.result([finding]))
    assert line["message"] == text
    assert line["evidence"] == [{"path": text, "actual": {"a": ["NaN", [1, 2]]}, "expected": text}]
