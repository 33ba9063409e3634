"""Who answered for findings: exemptions first, then the baseline. Sets dispositions and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.evaluation.baseline import apply_baseline, baseline_notes, compare
from scanner.evaluation.coverage import Coverage
from scanner.evaluation.exemptions import apply_exemptions
from scanner.evaluation.tag_exemptions import ignored_tags, tag_exemptions
from scanner.model.baseline import Baseline
from scanner.model.exemption import Exemption
from scanner.model.result import Finding


@dataclass(frozen=True, slots=True)
class Waivers:
    """The exemptions of files, the baseline, and whether tags may exempt."""

    exemptions: tuple[Exemption, ...] = ()
    baseline: Baseline | None = None
    tags: bool = False


def apply_waivers(
    findings: Sequence[Finding], waivers: Waivers, coverage: Coverage, as_of: datetime
) -> tuple[list[Finding], list[str]]:
    """Give the same findings with their dispositions, and notes on every waiver that does nothing."""
    exemptions = [*waivers.exemptions, *(tag_exemptions(coverage.inventory) if waivers.tags else ())]
    result, notes = apply_exemptions(findings, exemptions, coverage, as_of)
    if not waivers.tags:
        notes += ignored_tags(findings)
    if waivers.baseline is not None:
        result = apply_baseline(result, waivers.baseline)
        notes += baseline_notes(waivers.baseline, compare(waivers.baseline, result, coverage))
    return result, notes
