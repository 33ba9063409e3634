"""What became of rules, levels and phases: absence is not compliance."""

from __future__ import annotations

import pytest

from scanner.model.result import NotEvaluated
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.maturity import levels, phases, rule_rows


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([], "idle"),
        ([(Outcome.PASS, Disposition.NEW)], "passed"),
        ([(Outcome.FAIL, Disposition.EXEMPTED)], "passed"),
        ([(Outcome.PASS, Disposition.NEW), (Outcome.FAIL, Disposition.NEW)], "open"),
        ([(Outcome.PASS, Disposition.NEW), (Outcome.UNKNOWN, Disposition.NEW)], "open"),
        ([(Outcome.PASS, Disposition.NEW), (Outcome.ERROR, Disposition.NEW)], "open"),
        ([(Outcome.PASS, Disposition.NEW), (Outcome.FAIL, Disposition.BASELINED)], "open"),
    ],
)
def test_a_rule_is_passed_where_it_judged_something_and_nothing_is_open(make, verdicts, state):
    rule = make.rule("r", maturity="walk")
    findings = [
        make.finding(rule, make.resource(f"/{at}"), outcome, disposition=disposition)
        for at, (outcome, disposition) in enumerate(verdicts)
    ]
    (row,) = rule_rows(make.result(findings, rules=(rule,)))
    assert row.state == state
    assert row.total == len(verdicts)
    walk = next(level for level in levels([row]) if level.name == "walk")
    assert walk.percent == {"passed": 100, "open": 0}.get(state)


def test_a_rule_that_was_not_evaluated_is_part_of_no_share(make):
    rule = make.rule("r")
    (row,) = rule_rows(make.result([], rules=(rule,), not_evaluated=(NotEvaluated("r", "no seats"),)))
    assert (row.state, row.skipped) == ("notEvaluated", "no seats")
    assert levels([row])[0].percent is None


def test_a_share_is_rounded_down(make):
    rules = [make.rule(f"r{n}") for n in range(3)]
    findings = [
        make.finding(rule, make.resource("/a"), Outcome.FAIL if rule is rules[0] else Outcome.PASS) for rule in rules
    ]
    assert levels(rule_rows(make.result(findings)))[0].percent == 66


def test_rules_with_failures_come_first_the_worst_and_most_before_others(make):
    low, high = make.rule("low", severity=Severity.LOW), make.rule("high", severity=Severity.HIGH)
    many, unknown = make.rule("many", severity=Severity.HIGH), make.rule("unknown", severity=Severity.CRITICAL)
    quiet = make.rule("quiet", severity=Severity.CRITICAL)
    findings = [
        make.finding(low, make.resource("/a")),
        make.finding(high, make.resource("/a")),
        make.finding(many, make.resource("/a")),
        make.finding(many, make.resource("/b")),
        make.finding(unknown, make.resource("/a"), Outcome.UNKNOWN),
        make.finding(quiet, make.resource("/a"), Outcome.PASS),
    ]
    rows = rule_rows(make.result(findings))
    assert [row.rule.id for row in rows] == ["many", "high", "low", "unknown", "quiet"]


def test_phases_count_new_failures_and_what_is_undecided(make):
    inform, odd = make.rule("i", phase="inform", severity=Severity.LOW), make.rule("o", phase="odd")
    findings = [
        make.finding(inform, make.resource("/a")),
        make.finding(inform, make.resource("/b"), disposition=Disposition.BASELINED),
        make.finding(inform, make.resource("/c"), Outcome.UNKNOWN),
        make.finding(odd, make.resource("/a"), Outcome.PASS),
    ]
    found = {phase.name: (phase.open, phase.failures[Severity.LOW], phase.undecided) for phase in phases(findings)}
    assert found == {"inform": (1, 1, 1), "optimize": (0, 0, 0), "operate": (0, 0, 0), "odd": (0, 0, 0)}
