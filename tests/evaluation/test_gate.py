"""The gate: what turns into which exit code, in every combination."""

from __future__ import annotations

from itertools import product

import pytest

from scanner.evaluation.gate import FAIL_ON, decide
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Finding, ResourceInfo, RuleInfo
from scanner.model.verdict import Disposition, Outcome, Severity, Verdict

GAP = Gap("/subscriptions/s", "metrics", GapReason.FORBIDDEN)
RULE = RuleInfo("r", "t", Severity.INFO, "operate", "crawl", "p", "", "")
RESOURCE = ResourceInfo("/subscriptions/s", "t", "n")


def finding(outcome: str, severity: str = "medium", disposition: str = "new") -> Finding:
    return Finding(RULE, RESOURCE, Verdict(Outcome(outcome)), Severity(severity), Disposition(disposition))


def code(findings: list[Finding], gaps: int, fail_on: str, *, allow_gaps: bool = False) -> int:
    return decide(findings, [GAP] * gaps, fail_on, allow_gaps=allow_gaps).exit_code


@pytest.mark.parametrize(
    ("findings", "gaps", "fail_on", "strict", "lenient"),
    [
        ([], 0, "low", 0, 0),
        ([finding("pass", "critical")], 0, "info", 0, 0),
        ([finding("fail", "low")], 0, "low", 1, 1),
        ([finding("fail", "info")], 0, "low", 0, 0),
        ([finding("fail", "info")], 0, "info", 1, 1),
        ([finding("fail", "high")], 0, "critical", 0, 0),
        ([finding("fail", "critical")], 0, "never", 0, 0),
        ([finding("fail")], 1, "low", 1, 1),
        ([finding("fail"), finding("unknown"), finding("error")], 2, "low", 1, 1),
        ([finding("fail", "low"), finding("unknown", "high")], 0, "high", 3, 0),
        ([finding("unknown", "low")], 0, "low", 3, 0),
        ([finding("unknown", "info")], 0, "low", 0, 0),
        ([finding("error", "critical")], 0, "high", 3, 0),
        ([finding("unknown", "critical"), finding("error", "critical")], 0, "never", 0, 0),
        ([], 1, "low", 3, 0),
        ([], 1, "critical", 3, 0),
        ([], 1, "never", 3, 0),
        ([finding("fail", "critical")], 1, "never", 3, 0),
        ([finding("fail", disposition="baselined")], 0, "low", 0, 0),
        ([finding("fail", disposition="exempted")], 0, "low", 0, 0),
        ([finding("fail", disposition="exempted"), finding("fail")], 0, "low", 1, 1),
        ([finding("fail", disposition="baselined")], 1, "low", 3, 0),
        ([finding("unknown", disposition="exempted")], 0, "low", 0, 0),
        ([finding("error", disposition="baselined")], 0, "low", 0, 0),
    ],
)
def test_the_exit_code(findings, gaps, fail_on, strict, lenient):
    assert code(findings, gaps, fail_on) == strict
    assert code(findings, gaps, fail_on, allow_gaps=True) == lenient


SINGLE = [finding(*words) for words in product(Outcome, Severity, Disposition)]


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_one_finding_decides_by_its_outcome_severity_and_disposition_alone(fail_on):
    order = [severity.value for severity in Severity]
    for each, gaps, allow in product(SINGLE, (0, 1), (False, True)):
        counts = each.disposition == "new" and fail_on != "never" and order.index(each.severity) <= order.index(fail_on)
        if counts and each.outcome == "fail":
            expected = 1
        elif not allow and (gaps or (counts and each.outcome in {"unknown", "error"})):
            expected = 3
        else:
            expected = 0
        assert code([each], gaps, fail_on, allow_gaps=allow) == expected, (each, gaps, allow)


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_a_pass_beside_it_never_changes_the_code(fail_on):
    for each, gaps, allow in product(SINGLE, (0, 1), (False, True)):
        both = code([finding("pass", "critical"), each], gaps, fail_on, allow_gaps=allow)
        assert both == code([each], gaps, fail_on, allow_gaps=allow)


@pytest.mark.parametrize(
    ("findings", "gaps", "fail_on", "allow", "reason"),
    [
        ([finding("fail")] * 2, 0, "low", False, "2 new failures of severity low or above"),
        ([finding("fail")], 5, "medium", False, "1 new failure of severity medium or above"),
        ([finding("unknown")], 2, "low", False, "the scan is incomplete: 2 gaps and 1 unknown or error finding"),
        ([], 1, "low", False, "the scan is incomplete: 1 gap"),
        ([], 1, "low", True, "no new failure of severity low or above; 1 gap allowed"),
        ([finding("fail")], 0, "never", False, "no failure counts (--fail-on never)"),
        ([], 0, "high", False, "no new failure of severity high or above"),
    ],
)
def test_the_gate_says_why(findings, gaps, fail_on, allow, reason):
    gate = decide(findings, [GAP] * gaps, fail_on, allow_gaps=allow)
    assert (gate.fail_on, gate.reason) == (fail_on, reason)
