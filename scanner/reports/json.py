"""The JSON result, schemaVersion "1" (docs/schemas/result.schema.json): complete, and read back by `saved`.

It is written by hand because the standard encoder leaves its fast path as soon as it indents, and holds the
whole document twice: a hundred thousand findings take a third less time and memory so. The text is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.result import SCHEMA_VERSION, RuleInfo, ScanResult, Summary
from scanner.reports.finding_texts import FindingTexts, Layout
from scanner.reports.text import escape_unsafe
from scanner.reports.view import cleaned


class Written(str):
    """JSON that was written before, by `pretty` with the margin of its place."""

    __slots__ = ()


ITEMS = Written("\0")
"""Where `with_items` writes an array: no JSON has this character."""
_ARRAYS = frozenset({list, tuple})
_MEMBER, _ITEM, _ITEM_MEMBER = "\n  ", "\n    ", "\n      "


def render(result: ScanResult) -> str:
    """Give the result as indented JSON; passes are compact."""
    document = scan_json(result) | {"findings": ITEMS, "gaps": [gap_json(gap) for gap in result.gaps]}
    return with_items(document, FindingTexts(_LAYOUT).pieces(result.findings), margin=_MEMBER)


def with_items(document: dict[str, Any], pieces: Iterable[str], margin: str) -> str:
    """Write `document` with an array in place of `ITEMS`: the pieces of all items, each of which ends in a comma.

    It is joined once, since it may have hundreds of megabytes.
    """
    items = list(pieces)
    if items:
        items[-1] = items[-1].removesuffix(",") + margin
    before, _, after = pretty(document).partition(ITEMS)
    return "".join([before, "[", *items, "]", after, "\n"])


def scan_json(result: ScanResult) -> dict[str, Any]:
    """Give everything of the JSON result but its findings and its gaps."""
    scan, gate = result.scan, result.gate
    return {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "azgate", "version": result.tool_version},
        "scan": {
            "startedAt": scan.started_at,
            "finishedAt": scan.finished_at,
            "asOf": scan.as_of,
            "sources": scan.sources,
            "scopes": scan.scopes,
            "policies": [{"name": p.name, "path": p.path, "rules": p.rules} for p in scan.policies],
            "parameters": scan.parameters,
            "notEvaluated": [{"ruleId": n.rule_id, "reason": n.reason} for n in scan.not_evaluated],
            "notes": scan.notes,
        }
        | ({"changedOnly": True} if scan.changed_only else {})
        | ({"subscriptions": scan.subscriptions} if scan.subscriptions else {}),
        "summary": summary_json(result.summary),
        "gate": {"failOn": gate.fail_on, "exitCode": gate.exit_code, "reason": gate.reason},
        "rules": [_rule(rule) for rule in result.rules],
    }


def summary_json(summary: Summary) -> dict[str, Any]:
    """Give the numbers as the JSON result has them."""
    return {
        "resources": summary.resources,
        "rules": summary.rules,
        "outcomes": summary.outcomes,
        "dispositions": summary.dispositions,
        "failuresBySeverity": summary.failures_by_severity,
        "gaps": summary.gaps,
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    return {
        "ruleId": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "phase": rule.phase,
        "maturity": rule.maturity,
        "policy": rule.policy,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "references": rule.references,
    }


def gap_json(gap: Gap) -> dict[str, Any]:
    """Give a gap as the JSON result has it."""
    return {"scope": gap.scope, "what": gap.what, "reason": gap.reason, "detail": gap.detail}


def pretty(value: Any, margin: str = "\n") -> str:
    """Write `value` as `json.dumps(value, indent=2)` does, but strictly; `margin` is a newline and the indentation."""
    kind = type(value)
    if kind is str:
        return _string(value)
    if kind is dict:
        if not value:
            return "{}"
        inner = margin + "  "
        return "{" + inner + members(value, inner) + margin + "}"
    if kind in _ARRAYS:
        inner = margin + "  "
        items = [pretty(item, inner) for item in value]
        return "[" + inner + f",{inner}".join(items) + margin + "]" if items else "[]"
    return _scalar(value, margin)


def members(value: dict[str, Any], margin: str) -> str:
    """Write the members of an object as `pretty` does, without its braces."""
    return f",{margin}".join(
        [_key(key) + (_string(item) if type(item) is str else pretty(item, margin)) for key, item in value.items()]
    )


def _scalar(value: Any, margin: str) -> str:
    if isinstance(value, str):
        return value if isinstance(value, Written) else _string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    strict = cleaned(value)
    return repr(strict) if isinstance(strict, (int, float)) else pretty(strict, margin)


def _string(text: str) -> str:
    """Quote `text`; what is unsafe to show, or cannot be encoded, is escaped, and comes back when read."""
    quoted = encode_basestring(text)
    return quoted if quoted.isascii() and "\x7f" not in quoted else escape_unsafe(quoted)


@lru_cache(maxsize=1024, typed=True)
def _key(key: Any) -> str:
    return _string(str(key)) + ": "


_LAYOUT = Layout(
    members=lambda value: members(value, _ITEM_MEMBER),
    before=f"{_ITEM}{{{_ITEM_MEMBER}",
    between=f",{_ITEM_MEMBER}",
    after=f"{_ITEM}}},",
)
