"""The result for a terminal: the decision first, then what to do about it, worst first, then the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.result import Finding, NotEvaluated, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.prose import blocks
from scanner.reports.text import one_line, visible, wrap
from scanner.reports.view import RuleGroup, place, sections, verdict_word

_MARGIN = 2
_NARROWEST = 40
_BOLD, _DIM = "1", "2"
_VERDICT_COLOURS = {"passed": "1;32", "failed": "1;31", "incomplete": "1;33"}
_SEVERITY_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}


def render(result: ScanResult, *, color: bool = False, width: int = 80) -> str:
    """Give the result as lines of at most `width` columns (40 at least); commands and long words may be longer.

    Nothing from Azure or a policy reaches the terminal as a control character.
    """
    page = _Page(color=color, width=max(width, _NARROWEST))
    _summary(page, result)
    found = sections(result)
    _findings(page, "FAILURES", found.failures, _elsewhere(result, len(found.open_failures)))
    _findings(page, "ERRORS", found.errors, "these rules crashed: nothing is known about these resources")
    _findings(page, "UNKNOWN", found.unknowns, "these could not be decided")
    _gaps(page, result.gaps)
    _findings(page, "EXEMPTED", found.exempted, remedy=False)
    _findings(page, "BASELINED", found.baselined, "known when the baseline was written", remedy=False)
    _not_evaluated(page, result.scan.not_evaluated)
    _notes(page, result.scan.notes)
    return page.text()


class _Page:
    """Lines that are wrapped and, where asked for, coloured."""

    def __init__(self, *, color: bool, width: int) -> None:
        self._color, self._width = color, width
        self._lines: list[str] = []

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and code and text else text

    def add(self, text: str = "", *, indent: int = 0, hang: int = 0, style: str = "", breaks: str = " ") -> None:
        """Add `text` wrapped at `indent`; further lines stand `hang` columns deeper."""
        for at, line in enumerate(wrap(text, self._width - indent, hang=hang, breaks=breaks)):
            margin = " " * (indent + (hang if at else 0))
            self._lines.append(f"{margin}{self.paint(line, style)}" if line else "")

    def put(self, line: str) -> None:
        """Add a finished line."""
        self._lines.append(line)

    def heading(self, title: str, count: int, explanation: str = "") -> None:
        self.add()
        self.add(f"{title} ({count})" + (f": {explanation}" if explanation else ""), style=_BOLD)

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def _summary(page: _Page, result: ScanResult) -> None:
    summary, gate = result.summary, result.gate
    word = verdict_word(gate)
    page.add(f"{word.upper()}: {one_line(gate.reason)}", style=_VERDICT_COLOURS[word])
    page.add()
    skipped = len(result.scan.not_evaluated)
    rows = {
        "scanned": f"{summary.resources} resources, {summary.rules} rules, as of {one_line(result.scan.as_of)}",
        "outcomes": _counts(summary.outcomes),
        "failures": _counts(summary.failures_by_severity),
        "dispositions": _counts(summary.dispositions) if _any_answered(result) else "",
        "gaps": f"{summary.gaps} {_things('thing', summary.gaps)} that could not be read" if summary.gaps else "0",
        "not evaluated": f"{skipped} {_things('rule', skipped)}",
        "gate": f"fails on {gate.fail_on}, exit code {gate.exit_code}",
    }
    label = max(map(len, rows))
    for name, value in rows.items():
        if value:
            page.add(f"{name:<{label}}  {value}", indent=_MARGIN, hang=label + 2)


def _elsewhere(result: ScanResult, open_: int) -> str:
    more = result.summary.outcomes[Outcome.FAIL] - open_
    return f"{more} more {'is' if more == 1 else 'are'} exempted or baselined, below" if more else ""


def _counts(numbers: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in numbers.items())


def _things(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _any_answered(result: ScanResult) -> bool:
    counts = result.summary.dispositions
    return any(counts[disposition] for disposition in Disposition if disposition is not Disposition.NEW)


def _findings(
    page: _Page, title: str, groups: tuple[RuleGroup, ...], explanation: str = "", *, remedy: bool = True
) -> None:
    if not groups:
        return
    page.heading(title, sum(len(group.findings) for group in groups), explanation)
    for group in groups:
        page.add()
        _rule_line(page, group)
        for finding in group.findings:
            _finding(page, finding, group.severity)
        if remedy:
            _remediation(page, group.rule)


def _rule_line(page: _Page, group: RuleGroup) -> None:
    label = group.severity.upper()
    title, rule_id = one_line(group.rule.title), one_line(group.rule.id)
    page.put(f"{page.paint(label, _SEVERITY_COLOURS[group.severity])}  {page.paint(rule_id, _BOLD)}")
    page.add(title, indent=_MARGIN)


def _finding(page: _Page, finding: Finding, usual: Severity) -> None:
    where = place(finding.resource)
    name = one_line(where.name) + (f"  (in {one_line(where.group)})" if where.group else "")
    labels: list[str] = [finding.severity] if finding.severity is not usual else []
    if finding.disposition is not Disposition.NEW:
        labels.append(finding.outcome)
    marks = f"  [{', '.join(labels)}]" if labels else ""
    page.add(f"- {name}{marks}", indent=_MARGIN, hang=2, style=_BOLD)
    inner = _MARGIN + 2
    page.add(one_line(finding.message), indent=inner)
    if waiver := finding.exemption:
        reason = one_line(waiver.reason)
        page.add(f"until {one_line(waiver.expires)}, by {one_line(waiver.owner)}: {reason}", indent=inner, hang=2)
    _id(page, finding.resource.id, inner)
    if finding.resource.file:
        line = f":{finding.resource.line}" if finding.resource.line else ""
        page.add(one_line(f"{finding.resource.file}{line}"), indent=inner, style=_DIM)


def _id(page: _Page, resource_id: str, indent: int) -> None:
    page.add(one_line(resource_id), indent=indent, hang=2, style=_DIM, breaks="/")


def _remediation(page: _Page, rule: RuleInfo) -> None:
    parts = blocks(visible(rule.remediation))
    if not parts:
        return
    page.add("What to do:", indent=_MARGIN, style=_BOLD)
    for part in parts:
        if part.kind == "code":
            # A command is copied, so it is never broken.
            for line in part.text.splitlines():
                page.put(f"{' ' * (_MARGIN + 4)}{line}".rstrip())
        elif part.kind == "item":
            page.add(f"- {part.text}", indent=_MARGIN + 2, hang=2)
        else:
            page.add(part.text, indent=_MARGIN + 2)


def _gaps(page: _Page, gaps: tuple[Gap, ...]) -> None:
    if not gaps:
        return
    page.heading("GAPS", len(gaps), "these could not be read, so nothing is known about them")
    for gap in gaps:
        page.add()
        page.add(f"{gap.reason}  {one_line(gap.what)}", indent=_MARGIN, hang=2, style=_BOLD)
        if gap.detail:
            page.add(one_line(gap.detail), indent=_MARGIN + 2)
        _id(page, gap.scope, _MARGIN + 2)


def _not_evaluated(page: _Page, rules: tuple[NotEvaluated, ...]) -> None:
    if not rules:
        return
    page.heading("NOT EVALUATED", len(rules))
    for rule in rules:
        page.add(f"{one_line(rule.rule_id)}: {one_line(rule.reason)}", indent=_MARGIN, hang=2)


def _notes(page: _Page, notes: tuple[str, ...]) -> None:
    if not notes:
        return
    page.heading("NOTES", len(notes))
    for note in notes:
        page.add(f"- {one_line(note)}", indent=_MARGIN, hang=2)
