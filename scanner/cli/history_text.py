"""Stored runs as text and as JSON: the table of `history list`, the page of `history show`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from scanner.history.observation import Observation
from scanner.model.history import Fixed, History, Run
from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Outcome
from scanner.reports.showback import NO_TEAM
from scanner.reports.text import cells, one_line

_HEAD = ("RUN", "AS OF", "SERIES", "SCOPES", "RESOURCES", "OPEN", "UNKNOWN", "GAPS", "SCORE", "EXIT")
_OLDEST = 10
"""So many of the oldest open failures stand on the page; JSON has all."""
_LISTED = 50


def runs_as_table(runs: Sequence[Run]) -> str:
    """Give a line for each run."""
    rows = [_HEAD, *(_cells(run) for run in runs)]
    return "".join(f"{line}\n" for line in table(rows)) if runs else "no runs\n"


def _cells(run: Run) -> tuple[str, ...]:
    return (
        str(run.id),
        one_line(run.as_of),
        one_line(run.series),
        str(len(run.scopes)),
        str(run.resources),
        str(sum(run.open_failures.values())),
        str(run.outcomes.get(Outcome.UNKNOWN, 0) + run.outcomes.get(Outcome.ERROR, 0)),
        str(run.gaps),
        "-" if run.score is None else str(run.score),
        str(run.exit_code),
    )


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Give rows as lines, each column as wide as it has to be."""
    widths = [max(cells(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(text + " " * (width - cells(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def runs_as_json(runs: Iterable[Run]) -> str:
    """Give the runs as JSON."""
    return as_json([run_json(run) for run in runs])


def run_json(run: Run) -> dict[str, Any]:
    """Give a run's numbers as JSON."""
    return {
        "id": run.id,
        "series": run.series,
        "startedAt": run.started_at,
        "asOf": run.as_of,
        "toolVersion": run.tool_version,
        "sources": run.sources,
        "scopes": run.scopes,
        "resources": run.resources,
        "rules": run.rules,
        "outcomes": dict(run.outcomes),
        "openFailures": dict(run.open_failures),
        "gaps": run.gaps,
        "exitCode": run.exit_code,
        "score": run.score,
    }


def history_as_json(run: Run, result: ScanResult, history: History) -> str:
    """Give a run and what it changed as JSON."""
    return as_json(
        {
            "run": run_json(run),
            "openFailures": [
                {
                    **finding_json(finding),
                    "since": history.ages[print_].since,
                    "runs": history.ages[print_].runs,
                    "reopened": history.ages[print_].reopened,
                    "change": _change(history, print_),
                }
                for print_, finding in Observation(result).open_failures()
            ],
            "ended": [_ended_json(fixed) for fixed in history.fixed],
            "timeToFix": {
                team: {"fixed": time.fixed, "meanDays": time.mean_days} for team, time in history.time_to_fix.items()
            },
        }
    )


def _change(history: History, print_: str) -> str:
    return "new" if print_ in history.new else "reopened" if print_ in history.reopened else "none"


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give what identifies a finding, and what it says, as JSON."""
    return {
        "ruleId": finding.rule.id,
        "severity": finding.severity.value,
        "resourceId": finding.resource.id,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
    }


def _ended_json(fixed: Fixed) -> dict[str, Any]:
    return {
        "ruleId": fixed.rule_id,
        "severity": fixed.severity.value,
        "resourceId": fixed.resource_id,
        "team": fixed.team,
        "since": fixed.since,
        "why": fixed.why,
        "fingerprint": fixed.fingerprint,
    }


def history_as_text(run: Run, result: ScanResult, history: History) -> str:
    """Give a run and what it changed, for people."""
    failures = dict(Observation(result).open_failures())
    oldest = sorted(failures, key=lambda print_: (history.ages[print_].since, failures[print_].severity.rank))
    lines = table([_HEAD, _cells(run)])
    lines += section("New", [_line(failures[one]) for one in failures if one in history.new])
    lines += section("Reopened", [_line(failures[one]) for one in failures if one in history.reopened])
    lines += section(
        "Ended", [f"{one.why:<6}  {identity(one.severity, one.rule_id, one.resource_id)}" for one in history.fixed]
    )
    lines += section(
        f"Oldest of {len(oldest)} open failures",
        [f"since {one_line(history.ages[one].since)}  {_line(failures[one])}" for one in oldest[:_OLDEST]],
    )
    lines += section(
        "Mean time to fix, the last 90 days",
        [
            f"{one_line(team) or NO_TEAM}: {time.mean_days:.1f} days, {time.fixed} fixed"
            for team, time in history.time_to_fix.items()
        ],
    )
    return "".join(f"{line}\n" for line in lines)


def section(title: str, lines: Sequence[str]) -> list[str]:
    """Give lines under a title; of very many, the first."""
    if not lines:
        return []
    more = [f"  and {len(lines) - _LISTED} more; -o json has all"] if len(lines) > _LISTED else []
    return ["", title, *(f"  {line}" for line in lines[:_LISTED]), *more]


def _line(finding: Finding) -> str:
    return identity(finding.severity, finding.rule.id, finding.resource.id)


def identity(severity: str, rule_id: str, resource_id: str) -> str:
    """Give what a failure is about."""
    return f"{severity:<8}  {one_line(rule_id)}  {one_line(resource_id)}"


def pruned_text(removed: Sequence[Run], left: int) -> str:
    """Say what was removed."""
    count = f"{len(removed)} run{'' if len(removed) == 1 else 's'}"
    head = f"removed {count}, {left} left\n"
    return head + (runs_as_table(removed) if removed else "")


def as_json(document: Any) -> str:
    """Give JSON for people and programs."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
