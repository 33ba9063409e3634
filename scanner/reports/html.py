"""One self-contained HTML page: it asks for nothing from outside, and says everything in numbers without JavaScript.

With JavaScript its list is drawn from data, a part at a time, so that tens of thousands of findings stay usable.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.assets import asset_folder
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import ScanResult
from scanner.model.score import DEFINITION, score
from scanner.model.team import team_of
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.by_resource import at_line
from scanner.reports.html_data import island, shortened, tag_rows
from scanner.reports.maturity import MATURITY, levels, phases, rule_rows
from scanner.reports.prose import blocks, spans
from scanner.reports.showback import NO_TEAM, dimensions
from scanner.reports.subscriptions import labels
from scanner.reports.text import is_link, visible
from scanner.reports.trend import HEIGHT, WIDTH, age_of, days, open_failures, trend
from scanner.reports.view import RuleGroup, Sections, place, sections, shown, verdict_word

_FEW = 20
"""Up to so many findings show their evidence at once; in a longer report one opens what one wants to see."""
_ALL = 400
"""Up to so many findings and gaps all stand in the page itself, for who may not run its script."""
_WORST = 100
"""Of more, the page itself holds so many, and counts the rest."""
_SCRIPTS = ("report_data.js", "report_markdown.js", "report_draw.js", "report_list.js", "report.js")


def render(result: ScanResult) -> str:
    """Give the result as an HTML page of less than 25 MB."""
    folder = asset_folder("templates")
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = "\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    found = sections(result)
    everything = len(result.findings) + len(result.gaps)
    still, gaps = (found, result.gaps) if everything <= _ALL else (_worst(found), result.gaps[:_WORST])
    data = island(result, found)
    waiting = sum(result.summary.outcomes.values()) - result.summary.outcomes[Outcome.PASS]
    rows = rule_rows(result)
    return (
        _environment(folder)
        .get_template("report.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own files
            policy=_content_security_policy(style, script),
            data=Markup(data.text),  # noqa: S704 - made safe for a script element
            left_out=data.left_out,
            result=result,
            summary=result.summary,
            verdict=verdict_word(result.gate),
            score=score(result.findings),
            found=found,
            still=still,
            still_gaps=gaps,
            cut=still is not found,
            by_severity=Counter(finding.severity for finding in found.open_failures),
            few=waiting <= _FEW,
            phases=phases(result.findings),
            levels=levels(rows),
            rules=rows,
            trend=trend(result),
            dimensions=dimensions(result.findings),
            subscriptions=labels(result.scan.subscriptions),
            gap_groups=_gap_groups(result.gaps),
        )
    )


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        number=_number, moment=_moment, day=_day, shown=shown, blocks=blocks, spans=spans, shortened=shortened
    )
    environment.globals.update(
        at_line=at_line,
        place=place,
        team=team_of,
        no_team=NO_TEAM,
        tags=tag_rows,
        is_link=is_link,
        address=_address,
        age_of=age_of,
        days=days,
        open_failures=open_failures,
        chart_width=WIDTH,
        chart_height=HEIGHT,
        score_definition=DEFINITION,
        maturity_definition=MATURITY,
        severities=list(Severity),
        outcomes=[Outcome.FAIL, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS],
        dispositions=list(Disposition),
    )
    return environment


def _finalize(value: Any) -> Any:
    """Make every text that the template puts out safe to show; Jinja escapes it afterwards."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _content_security_policy(style: str, script: str) -> str:
    """Forbid everything but our own style and script, which are named by their hashes; data needs no leave."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _address(**wanted: str) -> str:
    """Write a filter as the page's script reads it from the address, without the #."""
    return urlencode({name: visible(value) for name, value in wanted.items()})


def _number(value: int) -> str:
    return f"{value:,}"


def _moment(text: str) -> str:
    """Write an ISO 8601 timestamp as `2026-11-24 10:00 UTC`; what is none stays as it is."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time.tzinfo else text


def _day(text: str) -> str:
    """Write the day (in UTC) of an ISO 8601 timestamp; what is none stays as it is."""
    return _moment(text).split(" ")[0] if text[:1].isdigit() else text


def _worst(found: Sections) -> Sections:
    """Give the worst of what is no pass, section by section, as much as the page itself may hold."""
    room = _WORST
    kept: dict[str, tuple[RuleGroup, ...]] = {}
    for part in fields(found):
        groups: list[RuleGroup] = []
        for group in getattr(found, part.name) if part.name != "passes" else ():
            if room:
                groups.append(RuleGroup(group.rule, group.severity, group.findings[:room]))
                room -= len(groups[-1].findings)
        kept[part.name] = tuple(groups)
    return Sections(**kept)


@dataclass(frozen=True, slots=True)
class _GapGroup:
    """Gaps of one kind: what is missing, why, in how many places, and what the first of them says."""

    reason: GapReason
    what: str
    count: int
    detail: str


def _gap_groups(gaps: Iterable[Gap]) -> list[_GapGroup]:
    """Group gaps by reason and by what is missing, the most frequent first."""
    groups: dict[tuple[GapReason, str], list[Gap]] = {}
    for gap in gaps:
        groups.setdefault((gap.reason, gap.what), []).append(gap)
    made = [
        _GapGroup(reason, what, len(members), next((gap.detail for gap in members if gap.detail), ""))
        for (reason, what), members in groups.items()
    ]
    return sorted(made, key=lambda group: (-group.count, group.reason, group.what))
