"""Rules as SARIF has them: what they say, how bad a failure is, and help to read."""

from __future__ import annotations

from typing import Any

from scanner.model.result import RuleInfo
from scanner.model.verdict import Severity
from scanner.reports.markdown_text import clipped, code, prose, sentence
from scanner.reports.text import is_link, one_line, visible

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub calls more than 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low; 0.0 is no security severity.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
_LONGEST = 1_024
"""Characters of a description that GitHub takes."""


def descriptor(rule: RuleInfo) -> dict[str, Any]:
    """Give a rule as a SARIF reportingDescriptor."""
    title = one_line(rule.title) or rule.id
    found: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": clipped(title, _LONGEST)},
        "fullDescription": {"text": clipped(one_line(rule.rationale) or title, _LONGEST)},
        "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": list(dict.fromkeys(tag for tag in (rule.phase, rule.maturity) if tag)),
            "security-severity": _SCORES[rule.severity],
            "severity": rule.severity,
            "phase": rule.phase,
            "maturity": rule.maturity,
            "policy": rule.policy,
        },
    }
    links = [reference for reference in rule.references if is_uri(reference)]
    if links:
        found["helpUri"] = links[0]
    return found


def is_uri(reference: str) -> bool:
    """Say whether a reference is a web address of plain ASCII, which every consumer takes for a URI."""
    plain = reference.isascii() and reference.isprintable() and not set(reference) & set(" <>\"'`{}|\\^[]")
    return plain and is_link(reference)


def _help_text(rule: RuleInfo) -> str:
    parts = [visible(rule.title), visible(rule.rationale), visible(rule.remediation), *map(visible, rule.references)]
    return "\n\n".join(part.strip() for part in parts if part.strip()) or rule.id


def _help_markdown(rule: RuleInfo) -> str:
    parts = [f"**{sentence(rule.title) or code(rule.id)}**", prose(rule.rationale)]
    if remedy := prose(rule.remediation):
        parts += ["### What to do", remedy]
    if rule.references:
        links = [f"- <{link}>" if is_uri(link) else f"- {code(link)}" for link in rule.references]
        parts += ["### References", "\n".join(links)]
    severity = f"Severity {rule.severity}, FinOps phase {sentence(rule.phase)}, maturity {sentence(rule.maturity)}."
    return "\n\n".join(part for part in [*parts, severity] if part)
