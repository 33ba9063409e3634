"""The findings as data for the page's list: compact JSON, every text once, small enough for a browser.

The layout is known to `reports/templates/report_data.js` alone and may change with every version; programs read
the JSON result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from scanner.model.history import History
from scanner.model.inventory import Gap
from scanner.model.result import Finding, ResourceInfo, RuleInfo, ScanResult, Waiver
from scanner.model.team import team_of
from scanner.model.verdict import Disposition, Evidence, Outcome, Severity
from scanner.reports.by_resource import at_line
from scanner.reports.showback import NO_TEAM, OUTSIDE, subscription
from scanner.reports.subscriptions import labels
from scanner.reports.text import visible
from scanner.reports.trend import age_of
from scanner.reports.view import RuleGroup, Sections, place, shown

BUDGET = 22_000_000
"""Bytes of UTF-8. A browser loads that in a moment; what does not fit is counted, and said to be left out."""
LONGEST = 2_000
"""Characters of one value or message; who wants more finds it in the JSON result."""
_OUTCOMES, _DISPOSITIONS, _SEVERITIES = list(Outcome), list(Disposition), list(Severity)


@dataclass(frozen=True, slots=True)
class Island:
    """JSON that is safe inside a script element, and how many findings and gaps of the result it leaves out."""

    text: str
    left_out: int


def island(result: ScanResult, found: Sections) -> Island:
    """Write findings and gaps, what waits for somebody first, until the budget is used up."""
    tables = _Tables(labels(result.scan.subscriptions))
    rows: list[str] = []
    left_out = 0
    for row in _rows(result, found, tables):
        if tables.size >= BUDGET:
            left_out += 1
            continue
        text = _json(row())
        tables.size += len(text.encode()) + 1
        rows.append(text)
    parts = {
        "asOf": _json(result.scan.as_of),
        "outcomes": _json([*_OUTCOMES, "gap"]),
        "dispositions": _json(_DISPOSITIONS),
        "severities": _json(_SEVERITIES),
        **{name: f"[{','.join(table.rows)}]" for name, table in tables.named().items()},
        "items": f"[{','.join(rows)}]",
    }
    return Island("{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}", left_out)


def shortened(text: str) -> str:
    """Give a text that may stand in a page: no longer than `LONGEST`, and with a word about what is missing."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters stand in the JSON result)"


class TagRow(NamedTuple):
    """A tag of a resource, its own or one it inherits."""

    name: str
    value: str
    inherited: bool


def tag_rows(resource: ResourceInfo) -> tuple[TagRow, ...]:
    """Give own and inherited tags; a resource's own value stands where the two differ."""
    own = {name.lower() for name in resource.tags}
    inherited = {name: value for name, value in resource.effective_tags.items() if name.lower() not in own}
    return tuple(
        [TagRow(name, shown(value), inherited=False) for name, value in resource.tags.items()]
        + [TagRow(name, shown(value), inherited=True) for name, value in inherited.items()]
    )


def _json(value: Any) -> str:
    """Write JSON that ends no script element and opens no comment in one."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@dataclass(slots=True)
class _Table:
    rows: list[str] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Tables:
    """Tables of what repeats; a row elsewhere holds its number. `size` is what all of it takes, in bytes.

    `subscriptions` has the id and the label of each subscription that resources lie in, as far as there is a label;
    what lies in none has the id "".
    """

    labels: Mapping[str, str]
    size: int = 0
    texts: _Table = field(default_factory=_Table)
    rules: _Table = field(default_factory=_Table)
    resources: _Table = field(default_factory=_Table)
    tags: _Table = field(default_factory=_Table)
    waivers: _Table = field(default_factory=_Table)
    subscriptions: _Table = field(default_factory=_Table)

    def named(self) -> dict[str, _Table]:
        return {"texts": self.texts, "rules": self.rules, "resources": self.resources} | {
            "tags": self.tags,
            "waivers": self.waivers,
            "subscriptions": self.subscriptions,
        }

    def text(self, text: str) -> int:
        at = self.texts.places.get(text)
        return self._add(self.texts, text, visible(text)) if at is None else at

    def _add(self, table: _Table, key: Hashable, row: Any) -> int:
        table.places[key] = at = len(table.rows)
        written = _json(row)
        table.rows.append(written)
        self.size += len(written.encode()) + 1
        return at

    def rule(self, rule: RuleInfo) -> int:
        at = self.rules.places.get(rule.id)
        if at is not None:
            return at
        texts = (rule.id, rule.title, rule.policy, rule.phase, rule.maturity, rule.remediation)
        return self._add(self.rules, rule.id, [*map(self.text, texts), [self.text(r) for r in rule.references]])

    def resource(self, resource: ResourceInfo, *, passed: bool) -> int:
        where = place(resource)
        home = subscription(resource)
        label = self.labels.get(home) if home else OUTSIDE
        if label and home not in self.subscriptions.places:
            self._add(self.subscriptions, home, [self.text(home), self.text(label)])
        texts = [resource.id, resource.type, where.name, where.group, home]
        # A saved result knows no more than that of a resource that passed, and is to be drawn alike.
        rest = ("",) * 5 if passed else _rest(resource)
        line = 0 if passed else resource.line or 0
        tags = () if passed else tag_rows(resource)
        row = (*map(self.text, (*texts, *rest)), line, self._tag_set(tags))
        at = self.resources.places.get(row)
        return self._add(self.resources, row, row) if at is None else at

    def _tag_set(self, tags: tuple[TagRow, ...]) -> int:
        row = tuple((self.text(tag.name), self.text(shortened(tag.value)), int(tag.inherited)) for tag in tags)
        at = self.tags.places.get(row)
        return self._add(self.tags, row, row) if at is None else at

    def finding(self, finding: Finding, history: History | None) -> list[Any]:
        passed = finding.outcome is Outcome.PASS
        print_ = finding.fingerprint
        row: list[Any] = [
            _code(finding),
            self.rule(finding.rule),
            self.resource(finding.resource, passed=passed),
            print_,
        ]
        if passed:
            return row
        row += [
            self.text(shortened(finding.message) + at_line(finding)),
            [self._evidence(item) for item in finding.evidence],
        ]
        waiver, age = finding.exemption, age_of(finding, history)
        if waiver or age:
            row.append(self._waiver(waiver) if waiver else -1)
        if age and history:
            change = 1 if print_ in history.new else 2 if print_ in history.reopened else 0
            row.append([self.text(age.since), age.runs, age.reopened, change])
        return row

    def gap(self, gap: Gap) -> list[int]:
        return [-1, *map(self.text, (gap.reason, gap.what, gap.scope, shortened(gap.detail)))]

    def _evidence(self, item: Evidence) -> tuple[int, int, int]:
        actual = -1 if item.actual is None else self.text(shortened(shown(item.actual)))
        return self.text(item.path), actual, self.text(shortened(item.expected))

    def _waiver(self, waiver: Waiver) -> int:
        row = tuple(map(self.text, (waiver.reason, waiver.owner, waiver.expires, waiver.scope)))
        at = self.waivers.places.get(row)
        return self._add(self.waivers, row, row) if at is None else at


def _rest(resource: ResourceInfo) -> tuple[str, ...]:
    file, pointer = resource.file or "", resource.pointer or ""
    return (team_of(resource) or NO_TEAM, resource.location, file, pointer, resource.address)


def _code(finding: Finding) -> int:
    """Pack outcome, disposition and severity into one number of three digits."""
    outcome, disposition = _OUTCOMES.index(finding.outcome), _DISPOSITIONS.index(finding.disposition)
    return outcome * 100 + disposition * 10 + _SEVERITIES.index(finding.severity)


def _rows(result: ScanResult, found: Sections, tables: _Tables) -> Iterator[Callable[[], list[Any]]]:
    """Give every row, not made yet, in the order of the page: what could not be read stands beside the unknown."""

    def of(*parts: tuple[RuleGroup, ...]) -> Iterator[Callable[[], list[Any]]]:
        members = (finding for part in parts for group in part for finding in group.findings)
        return (partial(tables.finding, finding, result.history) for finding in members)

    return chain(
        of(found.failures, found.errors, found.unknowns),
        (partial(tables.gap, gap) for gap in result.gaps),
        of(found.exempted, found.baselined, found.passes),
    )
