"""Markdown for a comment on a pull request and for a job summary: the decision, numbers, and details to open.

A comment on GitHub holds 65,536 characters, a job summary 1 MiB; one text fits both. What does not fit is counted where
it would stand and once at the top. Passes are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.model.inventory import Gap
from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Disposition, Severity
from scanner.reports.by_resource import ResourceGroup, at_line, by_resource, source_place
from scanner.reports.closing import closing
from scanner.reports.markdown_text import code, sentence
from scanner.reports.remedy import first_step
from scanner.reports.view import RuleGroup, place, sections, verdict_word

LIMIT = 65_000
"""Most UTF-16 code units of the text, which is how JavaScript counts: a comment holds 65,536."""
_HEAD_ROOM, _SECTION_ROOM = 3_000, 250
_SHARE = 0.6
"""Of what is left a section takes at most so much, so that a thousand failures leave room to say what a gap is."""
_PER_RESOURCE = 20
_FEW = 10
"""Up to so many new failures are shown without a click."""
_MARKS = {"passed": "✅", "failed": "❌", "incomplete": "⚠️"}


class _Item(NamedTuple):
    """Some lines, and how many findings, gaps or notes they show."""

    text: str
    shows: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A part that opens by itself: how many things it is about, what they are, and the things one by one."""

    title: str
    count: int
    items: Iterable[_Item]
    opened: bool = False


def render(result: ScanResult) -> str:
    """Give the result as GitHub-flavoured Markdown of at most `LIMIT` UTF-16 code units."""
    parts = [section for section in _sections(result) if section.count]
    room = LIMIT - _HEAD_ROOM - _SECTION_ROOM * len(parts)
    bodies: list[str] = []
    hidden = 0
    for at, section in enumerate(parts):
        share = room if at == len(parts) - 1 else int(room * _SHARE)
        body, used, left_out = _body(section, share)
        bodies.append(body)
        room -= used
        hidden += left_out
    return "\n\n".join([*_head(result, hidden), *bodies, sentence(closing(result))]) + "\n"


def _head(result: ScanResult, hidden: int) -> list[str]:
    word, found = verdict_word(result.gate), sections(result)
    worst = Counter(finding.severity for finding in found.open_failures)
    summary = result.summary
    counts = "; ".join(
        [
            f"{summary.resources} resources, {summary.rules} rules: {_counts(summary.outcomes)}",
            _counts(summary.dispositions),
            _things("gap", summary.gaps),
            f"{_things('rule', len(result.scan.not_evaluated))} not evaluated",
        ]
    )
    parts = [
        f"## {_MARKS[word]} azgate: {word}",
        sentence(result.gate.reason),
        _table(worst),
        f"{counts}. As of {sentence(result.scan.as_of, 40)}, azgate {sentence(result.tool_version, 40)}.",
    ]
    if (history := result.history) and len(history.runs) != 1:
        # A waived failure is open no more, but nobody fixed it.
        fixed = sum(item.why != "waived" for item in history.fixed)
        parts.append(f"Since the run before: {len(history.new)} new, {len(history.reopened)} reopened, {fixed} fixed.")
    if hidden:
        parts.append(
            f"**{hidden} findings, gaps or notes are not shown here**, because a comment holds no more. `-o html=FILE` "
            "and `-o json=FILE` have them all."
        )
    return parts


def _table(worst: Mapping[Severity, int]) -> str:
    return (
        f"| | {' | '.join(Severity)} |\n|---|{'--:|' * len(Severity)}\n"
        f"| **new failures** | {' | '.join(str(worst[severity]) for severity in Severity)} |"
    )


def _counts(numbers: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in numbers.items())


def _things(word: str, count: int) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _body(section: _Section, room: int) -> tuple[str, int, int]:
    """Give a section as text, how much of the room it took, and how many of its things are not shown."""
    shown: list[str] = []
    used = count = 0
    for item in section.items:
        size = _size(item.text) + 1
        if used + size > room:
            break
        shown.append(item.text)
        used += size
        count += item.shows
    left_out = section.count - count
    if left_out:
        shown.append(f"- *{left_out} {'more ' if count else ''}not shown here*")
    opened = " open" if section.opened else ""
    lines = "\n".join(shown)
    return (
        f"<details{opened}><summary><b>{section.title} ({section.count})</b></summary>\n\n{lines}\n\n</details>",
        used,
        left_out,
    )


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _sections(result: ScanResult) -> list[_Section]:
    found, scan = sections(result), result.scan
    skipped = [f"- {code(item.rule_id)}: {sentence(item.reason)}" for item in scan.not_evaluated]
    return [
        _findings("New failures", found.failures, opened=True, fixes=True),
        _findings("Rules that crashed", found.errors),
        _findings("Could not be decided", found.unknowns),
        _Section("Gaps: could not be read", len(result.gaps), (_Item(_gap(gap), 1) for gap in result.gaps)),
        _findings("Exempted", found.exempted),
        _findings("Baselined", found.baselined),
        _Section("Rules that were not evaluated", len(skipped), (_Item(line, 1) for line in skipped)),
        _Section("Notes", len(scan.notes), (_Item(f"- {sentence(note)}", 1) for note in scan.notes)),
    ]


def _findings(title: str, groups: tuple[RuleGroup, ...], *, opened: bool = False, fixes: bool = False) -> _Section:
    members = [finding for group in groups for finding in group.findings]
    steps = {group.rule.id: first_step(group.rule.remediation) for group in groups} if fixes else {}
    return _Section(title, len(members), _resources(by_resource(members), steps), opened and len(members) <= _FEW)


def _resources(groups: Iterable[ResourceGroup], steps: Mapping[str, str]) -> Iterator[_Item]:
    for group in groups:
        resource, where = group.resource, place(group.resource)
        facts = [f"**{code(where.name, 200)}**" + (f" in {code(where.group, 100)}" if where.group else "")]
        facts += [code(text) for text in (source_place(resource), resource.address) if text]
        shown = group.findings[:_PER_RESOURCE]
        lines = [f"- {' · '.join(facts)}<br>{code(resource.id, 600)}", *(_finding(f, steps) for f in shown)]
        yield _Item("\n".join(lines), len(shown))


def _finding(finding: Finding, steps: Mapping[str, str]) -> str:
    word = "" if finding.disposition is Disposition.NEW else f" ({finding.outcome})"
    line = f"  - **{finding.severity}**{word} {code(finding.rule.id, 100)}: "
    line += sentence(finding.message or finding.rule.title) + at_line(finding)
    if waiver := finding.exemption:
        until, by = code(waiver.expires, 40), code(waiver.owner, 100)
        return f"{line}<br>until {until}, by {by}: {sentence(waiver.reason)}"
    step = steps.get(finding.rule.id, "")
    return f"{line}<br>*Fix:* {sentence(step)}" if step else line


def _gap(gap: Gap) -> str:
    detail = f": {sentence(gap.detail)}" if gap.detail else ""
    return f"- **{gap.reason}** {code(gap.what, 200)}{detail}<br>{code(gap.scope, 600)}"
