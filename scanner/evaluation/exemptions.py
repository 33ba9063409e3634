"""Sets findings to exempted, and says which exemptions do nothing and why. No finding is ever dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase, translate
from re import Pattern
from re import compile as compile_regex

from scanner.evaluation.coverage import Coverage
from scanner.model.exemption import Exemption
from scanner.model.resource import normalise_id
from scanner.model.result import Finding, Waiver
from scanner.model.verdict import Disposition, Outcome
from scanner.rules.place import suggestion

_MOST_IN_FULL = 20
"""So many exemptions that match nothing are explained one by one; of the others only the place is given."""


def apply_exemptions(
    findings: Sequence[Finding], exemptions: Sequence[Exemption], coverage: Coverage, as_of: datetime
) -> tuple[list[Finding], list[str]]:
    """Give all findings, in their order, and a note for each exemption that does nothing.

    Failures, unknowns and errors can be exempted; there is nothing to exempt in a pass. Where several
    exemptions are in force for one finding, the one that expires last is shown, of equals the first.
    """
    if not exemptions:
        return list(findings), []
    uses = [_Use(exemption, exemption.in_force(as_of), -number) for number, exemption in enumerate(exemptions)]
    index = _Index(uses)
    result = [_answered(finding, index) for finding in findings]
    return result, _announcements(uses, coverage, findings)


@dataclass(slots=True)
class _Use:
    """An exemption: the findings it is about (`matched`), and those that it is shown for (`shown`)."""

    exemption: Exemption
    in_force: bool
    order: int
    matched: int = 0
    shown: int = 0

    @property
    def last_day(self) -> str:
        return self.exemption.until.isoformat() if self.exemption.until else ""

    @property
    def rank(self) -> tuple[str, int]:
        """The greatest is shown: what expires last, then what was given first."""
        return self.last_day, self.order

    def is_about(self, rule_id: str) -> bool:
        return any(fnmatchcase(rule_id.lower(), pattern.lower()) for pattern in self.exemption.rules)


@dataclass(slots=True)
class _Scoped:
    """The exemptions about one rule: by resource, and those whose scope is a glob."""

    plain: dict[str, list[_Use]] = field(default_factory=dict)
    globs: list[tuple[Pattern[str], _Use]] = field(default_factory=list)


class _Index:
    """Finds exemptions without trying every one on every finding."""

    def __init__(self, uses: Sequence[_Use]) -> None:
        self._uses = uses
        self._by_rule: dict[str, _Scoped] = {}

    def matching(self, rule_id: str, key: str) -> list[_Use]:
        """Give the exemptions whose rules and scope match, in force or not."""
        scoped = self._by_rule.get(rule_id)
        if scoped is None:
            scoped = self._by_rule[rule_id] = self._of_rule(rule_id)
        return scoped.plain.get(key, []) + [use for pattern, use in scoped.globs if pattern.match(key)]

    def _of_rule(self, rule_id: str) -> _Scoped:
        scoped = _Scoped()
        for use in self._uses:
            if not use.is_about(rule_id):
                continue
            scope = normalise_id(use.exemption.scope)
            if not use.exemption.tag and _is_glob(scope):
                # Ids may hold brackets (a Terraform address does), so that only * and ? are special.
                scoped.globs.append((compile_regex(translate(scope.replace("[", "[[]"))), use))
            else:
                scoped.plain.setdefault(scope, []).append(use)
        return scoped


def _is_glob(scope: str) -> bool:
    return "*" in scope or "?" in scope


def _answered(finding: Finding, index: _Index) -> Finding:
    if finding.outcome is Outcome.PASS:
        return finding
    chosen: _Use | None = None
    for use in index.matching(finding.rule.id, finding.resource.key):
        use.matched += 1
        if use.in_force and (chosen is None or use.rank > chosen.rank):
            chosen = use
    if chosen is None:
        return finding
    chosen.shown += 1
    exemption = chosen.exemption
    waiver = Waiver(exemption.reason, exemption.owner, chosen.last_day, exemption.scope)
    return replace(finding, disposition=Disposition.EXEMPTED, exemption=waiver)


def _announcements(uses: Sequence[_Use], coverage: Coverage, findings: Sequence[Finding]) -> list[str]:
    """Say which exemptions never exempt, and which were asked for and match nothing.

    An exemption whose rules took no part in this scan is not asked for, so nothing can be said about it;
    one whose scope was not scanned is only counted.
    """
    notes = _by_tags(uses)
    idle: list[_Use] = []
    outside: list[Exemption] = []
    for use in uses:
        if not use.in_force:
            notes.append(_never(use))
            continue
        notes.extend(_unknown_rules(use.exemption, coverage))
        if use.matched or not any(use.is_about(rule_id) for rule_id in coverage.evaluated):
            continue
        if _in_scopes(use.exemption, coverage):
            idle.append(use)
        else:
            outside.append(use.exemption)
    waiting = [f.resource.key for f in findings if f.outcome is not Outcome.PASS] if idle else []
    notes.extend(_idle(use.exemption, waiting) for use in idle[:_MOST_IN_FULL])
    if rest := idle[_MOST_IN_FULL:]:
        notes.append(f"{len(rest)} more exemptions match no finding: {_places([use.exemption for use in rest])}")
    if outside:
        words = "exemption was not checked: its scope lies"
        if len(outside) > 1:
            words = "exemptions were not checked: their scopes lie"
        notes.append(f"{len(outside)} {words} outside what was scanned ({_places(outside)})")
    return notes


def _by_tags(uses: Sequence[_Use]) -> list[str]:
    """Say how much rests on tags: whoever may write a resource's tags may have decided it alone."""
    shown = [use.shown for use in uses if use.exemption.tag and use.shown]
    if not shown:
        return []
    return [f"{_count(sum(shown), 'finding')} {'is' if sum(shown) == 1 else 'are'} exempted by resource tags"]


def _never(use: _Use) -> str:
    exemption = use.exemption
    if exemption.fault or exemption.until is None:
        why = f"never exempts: {exemption.fault or 'it has no date'}"
    else:
        why = f"expired: its last day was {exemption.until.isoformat()}"
    about = f"; it is about {_count(use.matched, 'finding')}" if use.matched else ""
    return f"{_head(exemption)} {why}{about}"


def _unknown_rules(exemption: Exemption, coverage: Coverage) -> list[str]:
    known = [rule_id.lower() for rule_id in coverage.loaded]
    unknown = [rule for rule in exemption.rules if not any(fnmatchcase(name, rule.lower()) for name in known)]
    return [_unknown_rule(exemption, rule, coverage) for rule in unknown]


def _unknown_rule(exemption: Exemption, rule: str, coverage: Coverage) -> str:
    hint = suggestion(rule, coverage.loaded)
    words = f"names the rule {rule}, which no loaded policy has: it was not checked"
    return f"{_head(exemption)} {words}{f' ({hint})' if hint.startswith('did') else ''}"


def _in_scopes(exemption: Exemption, coverage: Coverage) -> bool:
    scope = normalise_id(exemption.scope)
    if exemption.tag or not _is_glob(scope):
        return coverage.overlaps(scope, glob=False)
    return coverage.overlaps(scope[: min(at for sign in "*?" if (at := scope.find(sign)) >= 0)], glob=True)


def _idle(exemption: Exemption, waiting: Sequence[str]) -> str:
    scope = normalise_id(exemption.scope)
    hint = ""
    if not _is_glob(scope) and any(key.startswith(f"{scope}/") for key in waiting):
        hint = (
            "; the tag counts for this one resource, not for what is in it"
            if exemption.tag
            else f"; it is about this one resource, what is in it would be {exemption.scope.rstrip('/')}/*"
        )
    return f"{_head(exemption)} matches no finding{hint or ': remove it, or correct its rules or its scope'}"


def _head(exemption: Exemption) -> str:
    scope = "" if exemption.tag else f" for {exemption.scope}"
    return f"{exemption.place}: the exemption of {', '.join(exemption.rules) or '(no rule)'}{scope}"


def _places(exemptions: Sequence[Exemption]) -> str:
    return ", ".join(exemption.place for exemption in exemptions)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
