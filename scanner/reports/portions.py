"""One file for each team: cuts a result into the parts that a path such as `out/{team}.html` names.

Every finding is in exactly one part. The gate, and with it the exit code, stays that of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from os.path import splitext
from typing import NamedTuple

from scanner.errors import ConfigError, Problem
from scanner.model.history import Fixed, History
from scanner.model.inventory import Gap
from scanner.model.resource import normalise_id
from scanner.model.result import Finding, ResourceInfo, ScanResult
from scanner.model.team import team_of
from scanner.reports.file_names import LONGEST, digits, file_names, kept_apart

_PLACEHOLDER = re.compile(r"\{([A-Za-z]+)(?::([^{}]+))?\}")
_LONGEST = 200
"""Bytes of UTF-8 for all placeholders of a path, which may stand in one file name."""
_Values = tuple[str, ...]


class Placeholder(NamedTuple):
    """What stands in braces: how it is written, whose a resource is, and the file of what is nobody's."""

    text: str
    value_of: Callable[[ResourceInfo], str]
    nobody: str


class Portion(NamedTuple):
    """A part of a result and the path it goes to."""

    path: str
    result: ScanResult


def placeholders(path: str) -> tuple[Placeholder, ...]:
    """Give the placeholders of a path, () for a plain one; raises ConfigError for one that azgate does not know."""
    found: dict[str, Placeholder] = {}
    for match in _PLACEHOLDER.finditer(path):
        text, word, name = match[0], match[1], match[2]
        if word == "tag" and name:
            found[text] = Placeholder(text, _tag(name), f"no-{name}")
        elif word in _WORDS and not name:
            found[text] = Placeholder(text, _WORDS[word], f"no-{word}")
        else:
            known = ", ".join(f"{{{known}}}" for known in (*_WORDS, "tag:NAME"))
            raise ConfigError(Problem(f"{path}: unknown placeholder {text}", hint=f"known are {known}"))
    return tuple(found.values())


def fixed_folder(path: str) -> str:
    """Give what stands before the first placeholder of a path, as far as it is whole folders; "" for none."""
    head = path[: match.start()] if (match := _PLACEHOLDER.search(path)) else path
    return head[: max(head.rfind("/"), head.rfind("\\")) + 1]


def could_become(pattern: str, path: str) -> bool:
    """Say whether a path with placeholders may become `path`, in any case: some file systems know only one."""
    fixed = [re.escape(part) for part in _PLACEHOLDER.sub("\0", pattern).split("\0")]
    return len(fixed) > 1 and re.fullmatch(r"[^/\\]+".join(fixed), path, re.IGNORECASE) is not None


def portions(result: ScanResult, path: str) -> list[Portion]:
    """Cut a result; there is at least one part, and one for what is nobody's where there is such.

    A part has the rules and the gate of the whole. Its gaps are those at, above or below a resource of it; gaps that
    concern no part are in that of nobody. `resources` counts the resources that have findings in the part.
    """
    marks = placeholders(path)
    nobody: _Values = ("",) * len(marks)
    members: dict[_Values, list[Finding]] = {}
    owned: dict[str, _Values] = {}
    for finding in _those_with_tags_first(result.findings):
        key = finding.resource.id
        if key not in owned:
            owned[key] = tuple(mark.value_of(finding.resource).strip() for mark in marks)
        members.setdefault(owned[key], [])
    for finding in result.findings:
        members[owned[finding.resource.id]].append(finding)
    gaps = _shared_out(result.gaps, members, nobody)
    if not members or nobody in gaps:
        members.setdefault(nobody, [])
    paths = _paths(path, marks, members)
    return [
        Portion(paths[values], _part(result, findings, gaps.get(values, ()), marks, values))
        for values, findings in sorted(members.items())
    ]


def _paths(path: str, marks: tuple[Placeholder, ...], members: Collection[_Values]) -> dict[_Values, str]:
    """Give a path for each set of values, and no two the same: `a`, `b-c` and `a-b`, `c` may both make `a-b-c`."""
    longest = min(LONGEST, _LONGEST // max(len(_PLACEHOLDER.findall(path)), 1))
    names = [file_names({values[at] for values in members}, mark.nobody, longest) for at, mark in enumerate(marks)]

    def made(values: _Values) -> str:
        texts = {mark.text: names[at][values[at]] for at, mark in enumerate(marks)}
        return _PLACEHOLDER.sub(lambda match: texts[match[0]], path)

    def marked(values: _Values) -> str:
        root, suffix = splitext(made(values))  # noqa: PTH122 - Path writes `./a` as `a`
        return f"{root}-{digits(chr(0).join(values))}{suffix}"

    return kept_apart({values: made(values) for values in members}, marked)


def _those_with_tags_first(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give findings whose resource shows tags before the others: a saved result has none where a rule passed."""
    later = []
    for finding in findings:
        if finding.resource.effective_tags or finding.resource.tags:
            yield finding
        else:
            later.append(finding)
    yield from later


def _part(
    result: ScanResult, findings: list[Finding], gaps: Iterable[Gap], marks: tuple[Placeholder, ...], values: _Values
) -> ScanResult:
    names = result.scan.subscriptions
    whose = ", ".join(_said(mark, value, names) for mark, value in zip(marks, values, strict=True))
    count = f"{len(findings)} of {len(result.findings)} findings"
    note = f"this is the part of {whose}, {count}; the gate is that of the whole scan"
    ids = {finding.resource.id for finding in findings}
    here = {_subscription(finding.resource) for finding in findings}
    history = result.history
    # A first run has no run before it, and a part does not show how many there were.
    told = history is not None and len(history.runs) != 1
    return replace(
        result,
        scan=replace(
            result.scan,
            notes=(note, *result.scan.notes),
            subscriptions={key: name for key, name in names.items() if key in here},
        ),
        findings=tuple(findings),
        gaps=tuple(gaps),
        resources=len(ids),
        history=_history(history, findings, ids, marks, values) if history and told else None,
    )


def _said(mark: Placeholder, value: str, names: Mapping[str, str]) -> str:
    name = names.get(value) if mark.text == "{subscription}" else None
    return f"{mark.text[1:-1]} {value or '(none)'}" + (f" ({name})" if name else "")


def _history(
    history: History, findings: list[Finding], ids: set[str], marks: tuple[Placeholder, ...], values: _Values
) -> History:
    """Give what history knows of these findings; how the whole went is not theirs to show."""
    fingerprints = {finding.fingerprint for finding in findings}
    wanted = {mark.text: value for mark, value in zip(marks, values, strict=True)}

    def belongs(fixed: Fixed) -> bool:
        """Go by what is known of a resource that may be gone: its team, its id; by other tags it must be there."""
        known = {"{team}": fixed.team, "{subscription}": _subscription_of(fixed.resource_id)}
        told = all(known[text] == value for text, value in wanted.items() if text in known)
        return told and (wanted.keys() <= known.keys() or fixed.resource_id in ids)

    return replace(
        history,
        runs=(),
        ages={key: age for key, age in history.ages.items() if key in fingerprints},
        new=history.new & fingerprints,
        reopened=history.reopened & fingerprints,
        fixed=tuple(fixed for fixed in history.fixed if belongs(fixed)),
        time_to_fix={team: time for team, time in history.time_to_fix.items() if team == wanted.get("{team}")},
    )


def _shared_out(
    gaps: Iterable[Gap], members: dict[_Values, list[Finding]], nobody: _Values
) -> dict[_Values, list[Gap]]:
    """Give the gaps of each part."""
    resources: dict[str, set[_Values]] = {}
    above: dict[str, set[_Values]] = {}
    for values, findings in members.items():
        for key in {finding.resource.key for finding in findings}:
            resources.setdefault(key, set()).add(values)
            for place in _places(key):
                above.setdefault(place, set()).add(values)
    shared: dict[_Values, list[Gap]] = {}
    for gap in gaps:
        scope = normalise_id(gap.scope)
        concerned = above.get(scope, set()).union(*(resources.get(place, set()) for place in _places(scope)))
        for values in concerned or {nobody}:
            shared.setdefault(values, []).append(gap)
    return shared


def _places(key: str) -> Iterator[str]:
    """Give the id and every shorter one that it begins with."""
    yield key
    while (key := key.rpartition("/")[0]) != "":
        yield key


def _team(resource: ResourceInfo) -> str:
    return team_of(resource)


def _subscription(resource: ResourceInfo) -> str:
    return _subscription_of(resource.id)


def _subscription_of(resource_id: str) -> str:
    parts = normalise_id(resource_id).split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""


def _tag(name: str) -> Callable[[ResourceInfo], str]:
    folded = name.lower()

    def value_of(resource: ResourceInfo) -> str:
        tags = resource.effective_tags or resource.tags
        return next((str(value) for tag, value in tags.items() if tag.lower() == folded and value is not None), "")

    return value_of


_WORDS: dict[str, Callable[[ResourceInfo], str]] = {
    "team": _team,
    "owner": _tag("owner"),
    "subscription": _subscription,
}
