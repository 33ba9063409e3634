"""What becomes of failures from run to run: since when they stand, how often they came back, when they were fixed.

Pure: a run and what was known go in, what is known now comes out. Times are ISO 8601 in UTC, all of one form, so
that they sort as text. They are those of the evaluation (`asOf`), so that snapshots stored later tell the truth too.
A run that is older than what is known of a failure changes nothing about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from scanner.history.observation import Fate, Observation
from scanner.model.history import Age, Fixed
from scanner.model.result import Finding
from scanner.model.team import team_of
from scanner.model.verdict import Severity

SECONDS_PER_DAY = 86400


class State(StrEnum):
    """Where a known failure stands; a waived one fails still, but somebody answered for it."""

    OPEN = "open"
    WAIVED = "waived"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Known:
    """A failure that some run had.

    `since` is when it began to fail, `seen` when a run last decided about it, `runs` in how many it was open since
    then, `reopened` how often it came back; `inputs` are those of the run that last had it (`Observation.inputs`).
    """

    fingerprint: str
    rule_id: str
    resource_id: str
    severity: Severity
    team: str
    inputs: str
    since: str
    seen: str
    runs: int = 1
    reopened: int = 0
    state: State = State.OPEN


@dataclass(slots=True)
class Changes:
    """What a run changed: `written` are known failures to keep from now on, the rest is for reports.

    `ages` is by fingerprint, of every open failure of the run; `new` and `reopened` are those that were not open
    before. `fix_seconds` are, by team, how long each failure that was fixed stood.
    """

    written: list[Known] = field(default_factory=list)
    ages: dict[str, Age] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)
    fixed: list[Fixed] = field(default_factory=list)
    fix_seconds: dict[str, list[int]] = field(default_factory=dict)


def advance(known: Mapping[str, Known], run: Observation) -> Changes:
    """Say what `run` changes about `known`, by fingerprint: all that is open or waived where the run looked.

    What was fixed needs to be there only where it fails again in `run`.
    """
    changes = Changes()
    for print_, finding in run.open_failures():
        _fails(changes, print_, finding, known.get(print_), run)
    for before in known.values():
        if before.state is not State.FIXED and before.fingerprint not in changes.ages and run.as_of >= before.seen:
            _ended(changes, before, run)
    return changes


def _fails(changes: Changes, print_: str, finding: Finding, before: Known | None, run: Observation) -> None:
    now = Known(
        fingerprint=print_,
        rule_id=finding.rule.id,
        resource_id=finding.resource.id,
        severity=finding.severity,
        team=team_of(finding.resource),
        inputs=run.inputs,
        since=run.as_of,
        seen=run.as_of,
    )
    if before is None:
        changes.new.add(print_)
    elif run.as_of < before.seen:
        changes.ages[print_] = Age(min(before.since, run.as_of), before.runs, before.reopened)
        return
    elif before.state is State.FIXED:
        changes.reopened.add(print_)
        now = replace(now, reopened=before.reopened + 1)
    elif before.state is State.WAIVED:
        changes.reopened.add(print_)  # it never ceased to fail: it keeps its age
        now = replace(now, since=before.since, runs=before.runs + 1, reopened=before.reopened + 1)
    else:
        now = replace(now, since=before.since, runs=before.runs + 1, reopened=before.reopened)
    changes.written.append(now)
    changes.ages[print_] = Age(now.since, now.runs, now.reopened)


def _ended(changes: Changes, before: Known, run: Observation) -> None:
    """Note what became of a failure that is no open one in this run."""
    fate = run.fate(before.fingerprint, before.rule_id, before.resource_id, inputs=before.inputs)
    if fate not in {Fate.PASSES, Fate.GONE, Fate.WAIVED}:
        return
    state = State.WAIVED if fate is Fate.WAIVED else State.FIXED
    changes.written.append(replace(before, state=state, seen=run.as_of))
    if before.state is State.WAIVED:
        return  # it was on nobody's list
    changes.fixed.append(
        Fixed(
            before.fingerprint,
            before.rule_id,
            before.resource_id,
            before.severity,
            before.team,
            before.since,
            fate.value,
        )
    )
    if state is State.FIXED:
        changes.fix_seconds.setdefault(before.team, []).append(seconds_between(before.since, run.as_of))


def seconds_between(earlier: str, later: str) -> int:
    """Give the whole seconds from one ISO 8601 time to another."""
    return int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())
