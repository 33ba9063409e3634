"""What a result says about a failure that was known before: the one place that decides what is fixed.

A failure is fixed only by a result that looked: its rule was evaluated there, and its resource passes, or is gone
from where the scan looked. So a scan of another subscription, of fewer rules, or with a gap where the resource
would be, fixes nothing; neither does an unknown. A failure that somebody answered for (exempted, baselined) is
waived, which is no fix either.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from scanner.model.reach import Reach
from scanner.model.resource import normalise_id
from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Disposition, Outcome


class Fate(StrEnum):
    """What became of a known failure. `PASSES` and `GONE` are fixes; the last two say nothing."""

    FAILS = "fails"
    PASSES = "passes"
    GONE = "gone"
    """There is no such resource any more, or the rule is not about it any more."""
    WAIVED = "waived"
    UNDECIDED = "undecided"
    """Unknown, or an error."""
    UNSEEN = "unseen"
    """The rule was not evaluated, or the resource is outside of what was read or hidden by a gap."""


def is_open(finding: Finding) -> bool:
    """Say whether this is a failure that nobody answered for."""
    return finding.outcome is Outcome.FAIL and finding.disposition is Disposition.NEW


class Observation:
    """A result, asked about failures that were known before it."""

    def __init__(self, result: ScanResult) -> None:
        """Take a result, as a scan gave it or as it was saved."""
        self.result = result
        self.as_of = result.scan.as_of
        self.inputs = ", ".join(sorted(result.scan.sources))
        self._partial = result.scan.changed_only
        skipped = {rule.rule_id for rule in result.scan.not_evaluated}
        self._rules = frozenset(rule for policy in result.scan.policies for rule in policy.rules) - skipped

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Findings by fingerprint; of two about the same, the worse, which stands first in a result."""
        found: dict[str, Finding] = {}
        for finding in self.result.findings:
            found.setdefault(finding.fingerprint, finding)
        return found

    @cached_property
    def reach(self) -> Reach:
        """How far the scan looked; a resource without any finding is known by what it lies in alone."""
        keys = {finding.resource.key for finding in self.result.findings}
        return Reach(self.result.scan.scopes, keys, self.result.gaps)

    def open_failures(self) -> Iterator[tuple[str, Finding]]:
        """Give the failures that nobody answered for, by fingerprint, in the result's order."""
        return ((print_, finding) for print_, finding in self.findings.items() if is_open(finding))

    def fate(self, fingerprint: str, rule_id: str, resource_id: str, *, inputs: str | None = None) -> Fate:
        """Say what became of a failure.

        Files do not say what they describe. Of a scan without scopes, absence therefore means something only for
        failures that the same inputs had: `inputs` names those, as `Observation.inputs` does; None is "the same".
        Where only what changes was judged, absence means nothing.
        """
        finding = self.findings.get(fingerprint)
        if finding is not None:
            return _fate_of(finding)
        if rule_id not in self._rules:
            return Fate.UNSEEN
        if normalise_id(resource_id) in self.reach.keys:
            return Fate.GONE
        whole = not self._partial and (bool(self.result.scan.scopes) or inputs in {None, self.inputs})
        return Fate.GONE if whole and self.reach.saw(resource_id) else Fate.UNSEEN


def _fate_of(finding: Finding) -> Fate:
    if finding.outcome is Outcome.PASS:
        return Fate.PASSES
    if finding.outcome is not Outcome.FAIL:
        return Fate.UNDECIDED
    return Fate.FAILS if is_open(finding) else Fate.WAIVED
