from __future__ import annotations

import re

import pytest

from scanner.model.result import Gate
from scanner.model.verdict import Outcome, Severity
from scanner.reports import render
from scanner.reports.text import cells


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_width_but_for_commands(result, width):
    command = re.compile(r"^ {6}(az |  --)")
    long = [line for line in render("console", result, width=width).splitlines() if cells(line) > width]
    assert [line for line in long if not command.match(line)] == []


def test_a_silly_width_is_widened(result):
    assert render("console", result, width=1) == render("console", result, width=40)


def test_it_is_plain_without_colour(result):
    text = render("console", result)
    assert "\x1b" not in text
    assert not [c for c in text if ord(c) < 32 and c != "\n"]


def test_colour_adds_nothing_but_colour(result):
    colored = render("console", result, color=True)
    assert "\x1b[1;31mFAILED" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render("console", result)


def test_nothing_from_outside_colours_the_terminal(make):
    finding = make.finding(
        make.rule("r", title="\x1b[2J", remediation="`\x9b31m`\n\n    \x1b]0;title\x07"),
        make.resource("/a\x1b[31m", name="\u202eevil"),
        Outcome.FAIL,
        "\x1b]8;;http://x\x07",
    )
    text = render("console", make.result([finding], notes=("\x1b[5m",)), color=True)
    assert set(re.findall(r"\x1b[^m]*m", text)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[1;32m"}
    assert not set(text) & set("\x07\x9b\u202e")


@pytest.mark.parametrize(("code", "word"), [(0, "PASSED"), (1, "FAILED"), (3, "INCOMPLETE")])
def test_the_decision_stands_first(make, code, word):
    result = make.result([], gate=Gate("low", code, "for a reason"))
    assert render("console", result).splitlines()[0] == f"{word}: for a reason"


def test_the_full_id_can_be_put_together_again(result):
    text = render("console", result, width=60)
    joined = re.sub(r"\n +/", "/", text)
    for finding in result.findings:
        if finding.outcome is not Outcome.PASS and finding.resource.id.isascii() and finding.resource.id.isprintable():
            assert finding.resource.id in joined


def test_a_rule_and_its_remediation_stand_once_in_a_section(result):
    failures = render("console", result).split("\nERRORS")[0]
    assert failures.count("openai-deployment-rate-limit") == 1
    assert failures.count("az cognitiveservices account deployment create") == 1


def test_failures_stand_worst_first(result):
    text = render("console", result).split("\nERRORS")[0]
    labels = re.findall(r"^(CRITICAL|HIGH|MEDIUM|LOW|INFO)  ", text, re.MULTILINE)
    assert labels == ["CRITICAL", "HIGH", "HIGH", "MEDIUM"]


def test_a_finding_that_is_not_as_severe_as_its_group_says_so(make):
    rule = make.rule("r", severity=Severity.MEDIUM)
    worse = make.finding(rule, make.resource("/a"), severity=Severity.CRITICAL)
    text = render("console", make.result([worse, make.finding(rule, make.resource("/b"))]))
    assert "CRITICAL  r" in text
    assert "- b  [medium]" in text


def test_passes_are_only_counted(make):
    finding = make.finding(make.rule("r"), make.resource("/quiet"), Outcome.PASS)
    text = render("console", make.result([finding]))
    assert "1 pass" in text
    assert "quiet" not in text


def test_no_resource_is_left_out_of_a_long_list(make):
    rule = make.rule("r")
    findings = [make.finding(rule, make.resource(f"/thing-{number}")) for number in range(500)]
    text = render("console", make.result(findings))
    assert all(f"/thing-{number}\n" in text for number in range(500))
