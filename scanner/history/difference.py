"""Two results side by side, without a database."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.history.observation import Fate, Observation
from scanner.model.result import Finding, ScanResult


@dataclass(frozen=True, slots=True)
class Difference:
    """Open failures of two results, sorted by what became of them.

    `new` and `still_open` are findings of the newer result, all others of the older: `fixed` pass or are gone,
    `waived` are exempted or baselined now, `undecided` unknown or an error, and of the `unseen` the newer result
    can say nothing. Nothing is left out.
    """

    new: tuple[Finding, ...]
    still_open: tuple[Finding, ...]
    fixed: tuple[tuple[Finding, Fate], ...]
    waived: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    unseen: tuple[Finding, ...]


def compare(old: ScanResult, new: ScanResult) -> Difference:
    """Say what changed between two results; see `observation` for what counts as fixed."""
    before, after = dict(Observation(old).open_failures()), Observation(new)
    now = dict(after.open_failures())
    ended: dict[Fate, list[Finding]] = {fate: [] for fate in Fate}
    for print_, finding in before.items():
        ended[after.fate(print_, finding.rule.id, finding.resource.id)].append(finding)
    return Difference(
        new=tuple(finding for print_, finding in now.items() if print_ not in before),
        still_open=tuple(finding for print_, finding in now.items() if print_ in before),
        fixed=tuple((finding, fate) for fate in (Fate.PASSES, Fate.GONE) for finding in ended[fate]),
        waived=tuple(ended[Fate.WAIVED]),
        undecided=tuple(ended[Fate.UNDECIDED]),
        unseen=tuple(ended[Fate.UNSEEN]),
    )
