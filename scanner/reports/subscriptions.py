"""What a report calls a subscription: its display name where the scan knows it, and no two alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scanner.model.result import Finding
from scanner.reports.file_names import kept_apart
from scanner.reports.text import one_line


def labels(names: Mapping[str, str]) -> dict[str, str]:
    """Give what to show for each subscription id of `names`, safe and on one line; alike names have their id behind."""
    lines = {key: line for key, name in names.items() if (line := one_line(name))}
    return kept_apart(lines, lambda key: f"{lines[key]} ({key})")


def named(findings: Iterable[Finding], names: Mapping[str, str]) -> Iterator[Finding]:
    """Give the findings; one about a subscription itself, which Azure calls by its id, has the label for its name."""
    called = labels(names)
    for finding in findings:
        parent, _, last = finding.resource.key.rpartition("/")
        name = called.get(last) if parent == "/subscriptions" else None
        yield replace(finding, resource=replace(finding.resource, name=name)) if name else finding
