"""What became of each rule, and what that says of FinOps phases and of crawl, walk and run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.model.result import Finding, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity

PHASES = ("inform", "optimize", "operate")
LEVELS = ("crawl", "walk", "run")
MATURITY = (
    "A rule is passed when it judged something and none of its verdicts is a failure, unknown or an error; exempted "
    "ones are left out, baselined failures are failures. Rules that found nothing to judge, or were not evaluated, "
    "are no part of the share."
)
State = Literal["open", "passed", "idle", "notEvaluated"]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in numbers: new verdicts by outcome, passes of any disposition among them, and what was answered for.

    `severity` is the worst of its new verdicts, else its own; `skipped` says why it was not evaluated.
    """

    rule: RuleInfo
    severity: Severity
    new: Mapping[Outcome, int]
    exempted: int
    baselined: int
    skipped: str

    @property
    def total(self) -> int:
        """All its findings."""
        return sum(self.new.values()) + self.exempted + self.baselined

    @property
    def waiting(self) -> int:
        """Its failures, errors and unknowns that nobody answered for."""
        return sum(self.new.values()) - self.new[Outcome.PASS]

    @property
    def state(self) -> State:
        """Say whether it is passed, has something open, or judged nothing."""
        if self.waiting or self.baselined:
            return "open"
        if self.new[Outcome.PASS] or self.exempted:
            return "passed"
        return "notEvaluated" if self.skipped else "idle"


@dataclass(frozen=True, slots=True)
class Level:
    """How many rules of one maturity level are in each state; `percent` is None where none judged anything."""

    name: str
    states: Mapping[State, int]

    @property
    def judged(self) -> int:
        """The rules that judged something."""
        return self.states["passed"] + self.states["open"]

    @property
    def percent(self) -> int | None:
        """The share of rules passed among those that judged something, rounded down."""
        return 100 * self.states["passed"] // self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Phase:
    """The new failures of one FinOps phase by severity, and its undecided verdicts."""

    name: str
    failures: Mapping[Severity, int]
    undecided: int

    @property
    def open(self) -> int:
        """New failures of any severity."""
        return sum(self.failures.values())


def rule_rows(result: ScanResult) -> list[RuleRow]:
    """Give every rule: those with something open first, worst and most first, then in the result's order."""
    by_rule: dict[str, list[Finding]] = {rule.id: [] for rule in result.rules}
    for finding in result.findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    known = {finding.rule.id: finding.rule for finding in result.findings} | {rule.id: rule for rule in result.rules}
    skipped = {item.rule_id: item.reason for item in result.scan.not_evaluated}
    rows = [_row(known[rule_id], found, skipped.get(rule_id, "")) for rule_id, found in by_rule.items()]

    def most_first(row: RuleRow) -> tuple[bool, bool, int, int, int]:
        failures = row.new[Outcome.FAIL]
        return row.state != "open", not failures, row.severity.rank, -failures, -row.waiting

    return sorted(rows, key=most_first)


def _row(rule: RuleInfo, findings: Iterable[Finding], skipped: str) -> RuleRow:
    new: Counter[Outcome] = Counter()
    answered: Counter[Disposition] = Counter()
    worst: list[Severity] = []
    for finding in findings:
        if finding.outcome is Outcome.PASS or finding.disposition is Disposition.NEW:
            new[finding.outcome] += 1
            if finding.outcome is not Outcome.PASS:
                worst.append(finding.severity)
        else:
            answered[finding.disposition] += 1
    return RuleRow(
        rule,
        min(worst, key=lambda severity: severity.rank, default=rule.severity),
        {outcome: new[outcome] for outcome in Outcome},
        answered[Disposition.EXEMPTED],
        answered[Disposition.BASELINED],
        skipped,
    )


def levels(rows: Iterable[RuleRow]) -> list[Level]:
    """Count rules by maturity level: crawl, walk, run, then what else policies say."""
    counts: dict[str, Counter[State]] = {name: Counter() for name in LEVELS}
    for row in rows:
        counts.setdefault(row.rule.maturity, Counter())[row.state] += 1
    states: tuple[State, ...] = ("passed", "open", "idle", "notEvaluated")
    return [Level(name, {state: found[state] for state in states}) for name, found in counts.items()]


def phases(findings: Iterable[Finding]) -> list[Phase]:
    """Count new verdicts by FinOps phase: inform, optimize, operate, then what else policies say."""
    failures: dict[str, Counter[Severity]] = {name: Counter() for name in PHASES}
    undecided: Counter[str] = Counter()
    for finding in findings:
        row = failures.setdefault(finding.rule.phase, Counter())
        if finding.disposition is not Disposition.NEW or finding.outcome is Outcome.PASS:
            continue
        if finding.outcome is Outcome.FAIL:
            row[finding.severity] += 1
        else:
            undecided[finding.rule.phase] += 1
    return [Phase(name, {s: row[s] for s in Severity}, undecided[name]) for name, row in failures.items()]
