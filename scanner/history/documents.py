"""What is stored of a run beside its numbers: the whole result, and what it changed, compressed.

Changes refer to the open failures of the result by their order, which a saved result keeps.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from scanner.history.observation import Observation
from scanner.history.timeline import Changes
from scanner.model.history import Age, Fixed, History, Run, TimeToFix
from scanner.model.result import ScanResult
from scanner.model.verdict import Severity

_STILL, _NEW, _REOPENED = 0, 1, 2


def packed(text: str) -> bytes:
    """Compress text."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def unpacked(data: bytes) -> str:
    """Give the text that was compressed."""
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def changes_text(run: Observation, changes: Changes, time_to_fix: dict[str, TimeToFix]) -> str:
    """Give what a run changed as JSON."""
    rows = []
    for print_, _ in run.open_failures():
        age = changes.ages[print_]
        status = _NEW if print_ in changes.new else _REOPENED if print_ in changes.reopened else _STILL
        rows.append([age.since, age.runs, age.reopened, status])
    fixed = [asdict(item) for item in changes.fixed]
    times = {team: [time.fixed, time.mean_days] for team, time in time_to_fix.items()}
    return json.dumps({"openFailures": rows, "fixed": fixed, "timeToFix": times}, separators=(",", ":"))


def history_of(result: ScanResult, text: str, runs: tuple[Run, ...]) -> History:
    """Give the history of a stored result from what `changes_text` gave of it."""
    stored: dict[str, Any] = json.loads(text)
    rows = {
        print_: row
        for (print_, _), row in zip(Observation(result).open_failures(), stored["openFailures"], strict=True)
    }
    return History(
        runs=runs,
        ages={print_: Age(since, runs, reopened) for print_, (since, runs, reopened, _) in rows.items()},
        new=frozenset(print_ for print_, row in rows.items() if row[3] == _NEW),
        reopened=frozenset(print_ for print_, row in rows.items() if row[3] == _REOPENED),
        fixed=tuple(Fixed(**{**item, "severity": Severity(item["severity"])}) for item in stored["fixed"]),
        time_to_fix={team: TimeToFix(*times) for team, times in stored["timeToFix"].items()},
    )
