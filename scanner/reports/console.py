"""The result for the engineer at a terminal: the decision, then each resource with what is wrong and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.result import Finding, NotEvaluated, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.by_resource import ResourceGroup, at_line, by_resource, source_place
from scanner.reports.closing import closing
from scanner.reports.page import BOLD, DIM, Page
from scanner.reports.remedy import commands, first_step
from scanner.reports.text import one_line
from scanner.reports.view import RuleGroup, place, sections, verdict_word

_MARGIN = 2
_NARROWEST = 40
_LABEL = 10
"""Columns of "CRITICAL" and the space behind it."""
_MANY = 100
"""In a list longer than that a fix that is always the same drowns the rest: it stands with its rule's first finding."""
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

    Nothing from Azure or a policy reaches the terminal as a control character, or a build agent as a command.
    """
    page = Page(color=color, width=max(width, _NARROWEST))
    _summary(page, result)
    found = sections(result)
    _findings(page, "FAILURES", found.failures, _elsewhere(result, len(found.open_failures)), fixes=True)
    _commands(page, [group.rule for group in found.failures])
    _findings(page, "ERRORS", found.errors, "these rules crashed: nothing is known about these resources")
    _findings(page, "UNKNOWN", found.unknowns, "these could not be decided")
    _gaps(page, result.gaps)
    _findings(page, "EXEMPTED", found.exempted)
    _findings(page, "BASELINED", found.baselined, "known when the baseline was written")
    _not_evaluated(page, result.scan.not_evaluated)
    _notes(page, result.scan.notes)
    page.add()
    page.add(closing(result), style=_VERDICT_COLOURS[verdict_word(result.gate)])
    return page.text()


def _summary(page: Page, result: ScanResult) -> None:
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
        "gaps": f"{_things('thing', summary.gaps)} that could not be read" if summary.gaps else "0",
        "not evaluated": _things("rule", skipped),
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
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _any_answered(result: ScanResult) -> bool:
    counts = result.summary.dispositions
    return any(counts[disposition] for disposition in Disposition if disposition is not Disposition.NEW)


def _findings(
    page: Page, title: str, groups: tuple[RuleGroup, ...], explanation: str = "", *, fixes: bool = False
) -> None:
    found = [finding for group in groups for finding in group.findings]
    if not found:
        return
    resources = by_resource(found)
    page.heading(title, f"{len(found)}, on {_things('resource', len(resources))}", explanation)
    steps = {group.rule.id: first_step(group.rule.remediation) for group in groups} if fixes else {}
    for resource in resources:
        _resource(page, resource)
        for finding in resource.findings:
            _finding(page, finding)
            if step := steps.get(finding.rule.id):
                page.add(f"Fix: {step}", indent=_MARGIN + _LABEL, hang=5)
                if len(found) > _MANY:
                    del steps[finding.rule.id]


def _resource(page: Page, group: ResourceGroup) -> None:
    resource, where = group.resource, place(group.resource)
    page.add()
    page.add(one_line(where.name) + (f"  (in {one_line(where.group)})" if where.group else ""), hang=2, style=BOLD)
    parts = [one_line(text) for text in (source_place(resource), resource.address) if text]
    if parts:
        page.add("  ".join(parts), indent=_MARGIN, hang=2)
    _id(page, resource.id, _MARGIN)


def _finding(page: Page, finding: Finding) -> None:
    mark = "" if finding.disposition is Disposition.NEW else f"  [{finding.outcome}]"
    label, style = finding.severity.upper(), _SEVERITY_COLOURS[finding.severity]
    page.labelled(label, style, f"{one_line(finding.rule.id)}{mark}", indent=_MARGIN, room=_LABEL)
    inner = _MARGIN + _LABEL
    page.add(one_line(finding.message or finding.rule.title) + at_line(finding), indent=inner)
    if waiver := finding.exemption:
        reason = one_line(waiver.reason)
        page.add(f"until {one_line(waiver.expires)}, by {one_line(waiver.owner)}: {reason}", indent=inner, hang=2)


def _id(page: Page, resource_id: str, indent: int) -> None:
    page.add(one_line(resource_id), indent=indent, hang=2, style=DIM, breaks="/")


def _commands(page: Page, rules: Iterable[RuleInfo]) -> None:
    """Show each rule's commands once; they are copied, so they are never broken."""
    found = [(rule, lines) for rule in rules if (lines := commands(rule.remediation))]
    if not found:
        return
    page.heading("COMMANDS", _things("rule", len(found)), "put your own names in for the capital letters")
    for rule, lines in found:
        page.add()
        page.add(one_line(rule.id), indent=_MARGIN, style=BOLD)
        for line in (part for command in lines for part in command.splitlines()):
            page.put(f"{' ' * (_MARGIN + 2)}{line}")


def _gaps(page: Page, gaps: tuple[Gap, ...]) -> None:
    if not gaps:
        return
    page.heading("GAPS", str(len(gaps)), "these could not be read, so nothing is known about them")
    for gap in gaps:
        page.add()
        page.add(f"{gap.reason}  {one_line(gap.what)}", indent=_MARGIN, hang=2, style=BOLD)
        if gap.detail:
            page.add(one_line(gap.detail), indent=_MARGIN + 2)
        _id(page, gap.scope, _MARGIN + 2)


def _not_evaluated(page: Page, rules: tuple[NotEvaluated, ...]) -> None:
    if not rules:
        return
    page.heading("NOT EVALUATED", str(len(rules)))
    for rule in rules:
        page.add(f"{one_line(rule.rule_id)}: {one_line(rule.reason)}", indent=_MARGIN, hang=2)


def _notes(page: Page, notes: tuple[str, ...]) -> None:
    if not notes:
        return
    page.heading("NOTES", str(len(notes)))
    for note in notes:
        page.add(f"- {one_line(note)}", indent=_MARGIN, hang=2)
