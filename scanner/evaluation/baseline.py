"""Sets known failures to baselined, says which are fixed, and gives the baseline for next time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanner.evaluation.coverage import Coverage
from scanner.model.baseline import Baseline, BaselineEntry
from scanner.model.result import Finding
from scanner.model.verdict import Disposition, Outcome

_MOST_LISTED = 50
"""So many fixed entries are listed by rule and resource; the count is always that of all."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A baseline's entries, sorted by what became of them.

    `known` still fail, `fixed` no longer do, `undecided` are unknown or an error now; of the `unseen` this
    scan can say nothing: the rule was not evaluated, or the resource is outside of what was scanned or
    hidden by a gap.
    """

    known: tuple[BaselineEntry, ...]
    fixed: tuple[BaselineEntry, ...]
    undecided: tuple[BaselineEntry, ...]
    unseen: tuple[BaselineEntry, ...]


def apply_baseline(findings: Sequence[Finding], baseline: Baseline) -> list[Finding]:
    """Give all findings, in their order, with the known failures baselined; an exemption stays one."""
    known = baseline.by_fingerprint
    return [
        replace(finding, disposition=Disposition.BASELINED)
        if finding.outcome is Outcome.FAIL and finding.disposition is Disposition.NEW and finding.fingerprint in known
        else finding
        for finding in findings
    ]


def compare(baseline: Baseline, findings: Iterable[Finding], coverage: Coverage) -> Comparison:
    """Say of each entry what became of it."""
    outcomes = {finding.fingerprint: finding.outcome for finding in findings}
    known, fixed, undecided, unseen = [], [], [], []
    for print_, entry in baseline.by_fingerprint.items():
        outcome = outcomes.get(print_)
        if outcome is Outcome.FAIL:
            known.append(entry)
        elif outcome is Outcome.PASS:
            fixed.append(entry)
        elif outcome is not None:
            undecided.append(entry)
        elif entry.rule_id in coverage.evaluated and coverage.saw(entry.resource_id):
            fixed.append(entry)
        else:
            unseen.append(entry)
    return Comparison(tuple(known), tuple(fixed), tuple(undecided), tuple(unseen))


def baseline_notes(baseline: Baseline, found: Comparison) -> list[str]:
    """Say what is fixed, entry by entry, and of how many entries the scan can say nothing."""
    name, total = baseline.file or "the baseline", len(baseline.by_fingerprint)
    notes: list[str] = []
    if found.fixed:
        notes.append(f"{name}: {len(found.fixed)} of {_count(total)} fixed; --prune-baseline drops what is fixed")
        notes.extend(f"fixed: {entry.rule_id} on {entry.resource_id}" for entry in found.fixed[:_MOST_LISTED])
        if len(found.fixed) > _MOST_LISTED:
            notes.append(f"fixed: {len(found.fixed) - _MOST_LISTED} more of {name}")
    if found.undecided:
        notes.append(f"{name}: {len(found.undecided)} of {_count(total)} unknown or an error now, so not fixed")
    if found.unseen:
        why = "the rule was not evaluated, or the resource is outside what was read or hidden by a gap"
        notes.append(f"{name}: {len(found.unseen)} of {_count(total)} not seen in this scan: {why}")
    return notes


def new_baseline(findings: Iterable[Finding], created_at: str) -> Baseline:
    """Give the baseline of all failures that nobody is exempted from."""
    return Baseline(created_at, tuple(_failures(findings)))


def updated_baseline(
    old: Baseline, findings: Sequence[Finding], coverage: Coverage, created_at: str, *, merge: bool, prune: bool
) -> Baseline:
    """Give `old` with the failures of now added (`merge`), without what is fixed (`prune`), or both.

    What the scan did not see stays: a scan of a part says nothing about the rest.
    """
    fixed = {entry.fingerprint for entry in compare(old, findings, coverage).fixed} if prune else set()
    kept = [entry for print_, entry in old.by_fingerprint.items() if print_ not in fixed]
    return Baseline(created_at, (*kept, *(_failures(findings) if merge else ())))


def _failures(findings: Iterable[Finding]) -> Iterable[BaselineEntry]:
    return (
        BaselineEntry(finding.rule.id, finding.resource.id)
        for finding in findings
        if finding.outcome is Outcome.FAIL and finding.disposition is not Disposition.EXEMPTED
    )


def _count(number: int) -> str:
    return "1 known failure is" if number == 1 else f"{number} known failures are"
