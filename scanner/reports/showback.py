"""Showback: whose the open findings are, by team, owner and cost centre as tags say it, and by subscription.

Passes are left out: a saved result knows no tags of a resource that passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from scanner.model.result import Finding, ResourceInfo
from scanner.model.team import tag_of, team_of
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.view import place

NO_TEAM = "no team or owner tag"
OUTSIDE = "outside any subscription"
_COST_CENTRE = ("costcenter", "costcentre")


@dataclass(frozen=True, slots=True)
class Share:
    """What one team (owner, cost centre, subscription) has: `name` is "" where the resources name none.

    `failures` counts new failures by severity, `undecided` the new unknowns and errors, `answered` what is
    exempted or baselined.
    """

    name: str
    failures: Mapping[Severity, int]
    undecided: int
    answered: int

    @property
    def open(self) -> int:
        """New failures of any severity."""
        return sum(self.failures.values())


@dataclass(frozen=True, slots=True)
class Dimension:
    """Shares of one kind: `key` is the filter's name for it ("" where there is no filter), `nobody` what "" means."""

    key: str
    title: str
    nobody: str
    explanation: str
    shares: tuple[Share, ...]


def dimensions(findings: Iterable[Finding]) -> list[Dimension]:
    """Count by team, owner, cost centre and subscription, without what repeats another or nothing is tagged by."""
    waiting = [finding for finding in findings if finding.outcome is not Outcome.PASS]
    teams = Dimension(
        "team",
        "By team",
        NO_TEAM,
        "The team is the tag `team`, else `owner`, of the resource or of what it lies in.",
        _shares(waiting, team_of),
    )
    found = [teams]
    for title, nobody, names in (
        ("By owner", "no owner tag", ("owner",)),
        ("By cost centre", "no cost centre tag", _COST_CENTRE),
    ):
        shares = _shares(waiting, partial(tag_of, names=names))
        if any(share.name for share in shares) and shares != teams.shares:
            found.append(Dimension("", title, nobody, "", shares))
    subscriptions = _shares(waiting, subscription)
    found.append(Dimension("subscription", "By subscription", OUTSIDE, "", subscriptions))
    return [dimension for dimension in found if dimension.shares]


def subscription(resource: ResourceInfo) -> str:
    """Give the id of the subscription that the resource's id names, "" where it names none."""
    return place(resource).subscription.lower()


def _shares(findings: Iterable[Finding], name_of: Callable[[ResourceInfo], str]) -> tuple[Share, ...]:
    """Give who has most and worst to do first, and who is nobody last."""
    failures: dict[str, Counter[Severity]] = {}
    undecided: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for finding in findings:
        name = name_of(finding.resource)
        row = failures.setdefault(name, Counter())
        if finding.disposition is not Disposition.NEW:
            answered[name] += 1
        elif finding.outcome is Outcome.FAIL:
            row[finding.severity] += 1
        else:
            undecided[name] += 1
    made = [
        Share(name, {severity: row[severity] for severity in Severity}, undecided[name], answered[name])
        for name, row in failures.items()
    ]

    def most_first(share: Share) -> tuple[bool, list[int], int, str]:
        return not share.name, [-count for count in share.failures.values()], -share.undecided, share.name

    return tuple(sorted(made, key=most_first))
