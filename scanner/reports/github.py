"""GitHub Actions workflow commands: an annotation for whatever waits for somebody, the worst first.

Critical and high failures are errors; other failures, unknowns, crashed rules and gaps are warnings. GitHub shows ten
errors, ten warnings and ten notices of a step (actions/toolkit, docs/problem-matchers.md), and keeps the others in the
log; a notice at the end says how many those are. What was answered for, and rules that were not evaluated, are plain
lines of the log in groups to open. Passes are only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.model.inventory import Gap
from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Outcome, Severity
from scanner.reports.closing import closing
from scanner.reports.log_commands import no_command
from scanner.reports.remedy import first_step
from scanner.reports.text import one_line
from scanner.reports.view import RuleGroup, place, sections, verdict_word

_SHOWN = 10
"""Annotations of a level that GitHub shows for a step."""
_LONGEST = 4_000
"""Characters of a message, where GitHub cuts at 4,096 (actions/runner, ExecutionContext.cs) without a word."""
_ERRORS = frozenset({Severity.CRITICAL, Severity.HIGH})


def render(result: ScanResult) -> str:
    """Give the result as lines for standard output of a step (`-o github=-`)."""
    found = sections(result)
    waiting = sorted(_members(found.failures), key=lambda finding: finding.severity.rank)
    errors = [finding for finding in waiting if finding.severity in _ERRORS]
    warnings = [
        *(finding for finding in waiting if finding.severity not in _ERRORS),
        *_members(found.errors),
        *_members(found.unknowns),
    ]
    lines = [
        *(_annotation("error", finding) for finding in errors),
        *(_annotation("warning", finding) for finding in warnings),
        *(_gap(gap) for gap in result.gaps),
        *_group("Exempted", (_answered(finding) for finding in _members(found.exempted))),
        *_group("Baselined", (_answered(finding) for finding in _members(found.baselined))),
        *_group("Not evaluated", (f"{item.rule_id}: {item.reason}" for item in result.scan.not_evaluated)),
        *_group("Notes", result.scan.notes),
        _last(result, len(errors), len(warnings) + len(result.gaps)),
    ]
    return "\n".join(lines) + "\n"


def _members(groups: Iterable[RuleGroup]) -> list[Finding]:
    return [finding for group in groups for finding in group.findings]


def _annotation(level: str, finding: Finding) -> str:
    rule, resource = finding.rule, finding.resource
    outcome = "" if finding.outcome is Outcome.FAIL else f", {finding.outcome}"
    lines = [f"{_name(finding)}: {one_line(finding.message or rule.title)}"]
    if finding.outcome is Outcome.FAIL and (step := first_step(rule.remediation)):
        lines.append(f"Fix: {step}")
    lines += [one_line(text) for text in (resource.address, resource.id) if text]
    properties = {"title": f"{rule.id} ({finding.severity}{outcome})"}
    if resource.file and resource.file != "-":
        properties = {"file": resource.file, "line": str(finding.line or 1), **properties}
    return _command(level, "\n".join(lines), **properties)


def _name(finding: Finding) -> str:
    return one_line(place(finding.resource).name)


def _gap(gap: Gap) -> str:
    text = one_line(gap.detail) or f"{one_line(gap.what)} could not be read: {gap.reason}"
    return _command("warning", f"{text}\n{one_line(gap.scope)}", title=f"gap: {gap.what} ({gap.reason})")


def _answered(finding: Finding) -> str:
    waiver = finding.exemption
    until = f" [until {waiver.expires}, by {waiver.owner}: {waiver.reason}]" if waiver else ""
    return (
        f"{finding.severity} {finding.outcome} {finding.rule.id}: {finding.message or finding.rule.title}{until} "
        f"{finding.resource.id}"
    )


def _group(title: str, lines: Iterable[str]) -> Iterator[str]:
    members = [f"- {no_command(one_line(line))}" for line in lines]
    if members:
        yield _command("group", f"{title} ({len(members)})")
        yield from members
        yield "::endgroup::"


def _last(result: ScanResult, errors: int, warnings: int) -> str:
    lines = [one_line(result.gate.reason), f"{result.summary.outcomes[Outcome.PASS]} passed. {closing(result)}"]
    hidden = max(errors - _SHOWN, 0) + max(warnings - _SHOWN, 0)
    if hidden:
        lines.append(
            f"GitHub shows {_SHOWN} errors and {_SHOWN} warnings of a step, the worst first: {hidden} more of the "
            f"{errors + warnings} annotations stand only in the log of this step."
        )
    return _command("notice", "\n".join(lines), title=f"azgate: {verdict_word(result.gate)}")


def _command(name: str, message: str, **properties: str) -> str:
    """Write a workflow command, escaped as actions/toolkit does it (packages/core/src/command.ts)."""
    shown = message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
    given = ",".join(f"{key}={_property(no_command(one_line(value)))}" for key, value in properties.items())
    return f"::{name}{' ' if given else ''}{given}::{_data(no_command(shown))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
