"""Runs test cases through the evaluation of a scan, and compares what it says with what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.evaluation.evaluate import evaluate
from scanner.model.resource import Resource
from scanner.model.result import Finding
from scanner.model.verdict import Outcome, Severity
from scanner.policy_tests.cases import Case
from scanner.policy_tests.language import Expected
from scanner.policy_tests.loader import Suite
from scanner.rules.operators import like


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One resource for which a case's expectation is not met; `finding` is what the rule found, if anything.

    `expected` and `actual` are outcomes, or what else differs in words (`message like ...`).
    """

    resource: str
    expected: str
    actual: str
    finding: Finding | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and what is wrong with it: nothing where its expectations are met."""

    case: Case
    mismatches: tuple[Mismatch, ...]

    @property
    def met(self) -> bool:
        """Whether every expectation is met."""
        return not self.mismatches


@dataclass(frozen=True, slots=True)
class FileResult:
    """The results of one test file."""

    path: str
    cases: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """All results, and the ids of rules that lack a passing, a failing or an unknown case."""

    files: tuple[FileResult, ...]
    rules: int
    no_pass: tuple[str, ...]
    no_fail: tuple[str, ...]
    no_unknown: tuple[str, ...]

    @property
    def passed(self) -> int:
        """How many cases are met."""
        return sum(result.met for file in self.files for result in file.cases)

    @property
    def failed(self) -> int:
        """How many cases are not met."""
        return sum(not result.met for file in self.files for result in file.cases)

    @property
    def good(self) -> bool:
        """Whether every case is met and every rule has been seen to pass and to fail."""
        return not self.failed and not self.no_pass and not self.no_fail


def run_suite(suite: Suite, chosen: frozenset[str] | None = None) -> SuiteResult:
    """Run every case, or those of the rules with the `chosen` ids."""
    files: list[FileResult] = []
    for file in suite.files:
        cases = [case for case in file.cases if chosen is None or case.rule.info.id in chosen]
        if cases:
            files.append(FileResult(file.path, tuple(run_case(case) for case in cases)))
    rules = [rule.info.id for rule in suite.rules if chosen is None or rule.info.id in chosen]
    cases = [case for file in suite.files for case in file.cases]
    return SuiteResult(
        files=tuple(files),
        rules=len(rules),
        no_pass=_without(Expected.PASS, rules, cases),
        no_fail=_without(Expected.FAIL, rules, cases),
        no_unknown=_without(Expected.UNKNOWN, rules, cases),
    )


def _without(outcome: Expected, rules: Iterable[str], cases: Sequence[Case]) -> tuple[str, ...]:
    covered = {case.rule.info.id for case in cases if outcome in case.expected.values()}
    return tuple(rule for rule in rules if rule not in covered)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a scan says of a case: findings by normalised id, and why the rule was not evaluated, if so."""

    findings: Mapping[str, Finding]
    reason: str


def evaluate_case(case: Case) -> Evaluated:
    """Judge the case's inventory by its rule, as a scan does."""
    findings, not_evaluated = evaluate(case.inventory, [case.rule], case.as_of)
    by_id = {finding.resource.key: finding for finding in findings}
    return Evaluated(by_id, not_evaluated[0].reason if not_evaluated else "")


def run_case(case: Case) -> CaseResult:
    """Judge a case and compare."""
    evaluated = evaluate_case(case)
    reason = evaluated.reason
    absent = Expected.NOT_EVALUATED if reason else Expected.NOT_APPLICABLE
    mismatches: list[Mismatch] = []
    for resource in _resources(case):
        finding = evaluated.findings.get(resource.key)
        actual = absent if finding is None else Expected(finding.outcome.value)
        wanted = case.expected.get(resource.key)
        if wanted is None:
            if finding is not None and finding.outcome is not Outcome.PASS:
                mismatches.append(Mismatch(resource.id, "no finding: the case does not name it", actual, finding))
        elif wanted is not actual:
            mismatches.append(Mismatch(resource.id, wanted, actual, finding, reason))
        elif finding is not None and finding.outcome is not Outcome.PASS:
            mismatches.extend(_details(case, finding))
    return CaseResult(case, tuple(mismatches))


def _resources(case: Case) -> Iterable[Resource]:
    """Give the resources that the rule is about or the case has an expectation of, each once."""
    known = {resource.key: resource for resource in case.rule.resources(case.environment())}
    for key in case.expected:
        if key not in known:
            known[key] = case.inventory.by_key[key]
    return known.values()


def _details(case: Case, finding: Finding) -> Iterable[Mismatch]:
    if case.message is not None and not like(case.message)(finding.message):
        yield Mismatch(finding.resource.id, f"a message like {case.message}", "another message", finding)
    severity: Severity | None = case.severity
    if severity is not None and finding.severity is not severity:
        yield Mismatch(finding.resource.id, f"severity {severity}", f"severity {finding.severity}", finding)
