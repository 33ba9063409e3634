"""One self-contained HTML page: it asks for nothing from outside, and works without JavaScript too."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.assets import asset_folder
from scanner.model.result import Finding, ResourceInfo, RuleInfo, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.prose import blocks, spans
from scanner.reports.text import visible
from scanner.reports.view import (
    NO_OWNER,
    Sections,
    open_failures_by_owner,
    owner,
    place,
    sections,
    shown,
    verdict_word,
)

_FEW = 20
"""Up to so many findings show their evidence at once; in a longer report one opens what one wants to see."""


def render(result: ScanResult) -> str:
    """Give the result as an HTML page."""
    folder = asset_folder("templates")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(number=_number, moment=_moment, shown=shown, blocks=blocks, spans=spans)
    environment.globals.update(place=place, owner=owner, no_owner=NO_OWNER, tags=_tags, is_link=_is_link)
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    found = sections(result)
    return environment.get_template("report.html.j2").render(
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=_content_security_policy(style, script),
        result=result,
        summary=result.summary,
        verdict=verdict_word(result.gate),
        found=found,
        open_evidence=sum(result.summary.outcomes.values()) - result.summary.outcomes[Outcome.PASS] <= _FEW,
        bars=_bars(found),
        owners=open_failures_by_owner(found),
        all_owners=sorted({owner(f.resource) for f in result.findings if f.outcome is not Outcome.PASS}),
        rules=_rule_rows(result),
        severities=list(Severity),
        outcomes=[Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS],
        dispositions=list(Disposition),
    )


def _finalize(value: Any) -> Any:
    """Make every text that the template puts out safe to show; Jinja escapes it afterwards."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _content_security_policy(style: str, script: str) -> str:
    """Forbid everything but our own style and script, which are named by their hashes."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _number(value: int) -> str:
    return f"{value:,}"


def _moment(text: str) -> str:
    """Write an ISO 8601 timestamp as `2026-11-24 10:00 UTC`; what is none stays as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time.tzinfo else text


def _is_link(reference: str) -> bool:
    """Say whether a reference may be a link: only http and https are harmless to follow."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and visible(reference) == reference


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    value: str
    inherited: bool


def _tags(resource: ResourceInfo) -> list[_Tag]:
    """Give own and inherited tags; a resource's own value stands where the two differ."""
    own = {name.lower() for name in resource.tags}
    inherited = {name: value for name, value in resource.effective_tags.items() if name.lower() not in own}
    return [_Tag(name, shown(value), inherited=False) for name, value in resource.tags.items()] + [
        _Tag(name, shown(value), inherited=True) for name, value in inherited.items()
    ]


@dataclass(frozen=True, slots=True)
class _Bar:
    severity: Severity
    count: int
    percent: int


def _bars(found: Sections) -> list[_Bar]:
    """Count open failures by severity; the longest bar fills the room, and one is never invisible."""
    counts = Counter(finding.severity for finding in found.open_failures)
    most = max(counts.values(), default=1)
    return [_Bar(s, counts[s], -(-100 * counts[s] // most)) for s in Severity]


@dataclass(frozen=True, slots=True)
class _RuleRow:
    rule: RuleInfo
    counts: Counter[Outcome]
    not_evaluated: bool


def _rule_rows(result: ScanResult) -> list[_RuleRow]:
    counts: dict[str, Counter[Outcome]] = {}
    finding: Finding
    for finding in result.findings:
        counts.setdefault(finding.rule.id, Counter())[finding.outcome] += 1
    skipped = {item.rule_id for item in result.scan.not_evaluated}
    return [_RuleRow(rule, counts.get(rule.id, Counter()), rule.id in skipped) for rule in result.rules]
