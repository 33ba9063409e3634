"""What earlier runs say, as numbers and places to draw: nothing here is text of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.model.history import Age, Fixed, History, Run, TimeToFix
from scanner.model.result import Finding, ScanResult
from scanner.model.verdict import Disposition, Outcome, Severity

MOST_RUNS = 60
"""More bars than that are no picture any more."""
WIDTH, HEIGHT = 600, 100
"""The units of the drawings."""
_AGES = (("under a week", 7), ("1 to 4 weeks", 28), ("1 to 3 months", 91), ("3 to 12 months", 365))
_OLDEST = "over a year"
_UNDATED = "not known"


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle of a run's bar, in the units of the drawing."""

    severity: Severity
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Open failures of one age by severity."""

    label: str
    failures: Mapping[Severity, int]

    @property
    def open(self) -> int:
        """Failures of any severity."""
        return sum(self.failures.values())


@dataclass(frozen=True, slots=True)
class Trend:
    """The runs that are drawn, oldest first, how the pictures go, and what changed.

    `lines` are the score's polylines as SVG paths, one for each stretch of runs that have a score, and `dots` the
    places of the scores; `most` is the number of open failures that fills the height. There are no runs in a part of
    a result: how the whole went is not a team's. `since` is the time of the run before, "" where it is not known or
    there is `first` none; `score_change` is None where one of the two has no score. `waived` were exempted or
    baselined since, which is no fix.
    """

    runs: tuple[Run, ...]
    earlier: int
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    blocks: tuple[Block, ...]
    most: int
    first: bool
    since: str
    score_change: int | None
    new: int
    reopened: int
    fixed: tuple[Fixed, ...]
    waived: int
    ages: tuple[AgeRow, ...]
    times: tuple[tuple[str, TimeToFix], ...]


def trend(result: ScanResult) -> Trend | None:
    """Give what the history of a result says, None where it has none."""
    history = result.history
    if history is None:
        return None
    runs = history.runs[-MOST_RUNS:]
    most = max([1, *map(open_failures, runs)])
    before = runs[-2] if len(runs) > 1 else None
    scores = [run.score for run in runs[-2:]]
    lines, dots = _score_line(runs)
    return Trend(
        runs=runs,
        earlier=len(history.runs) - len(runs),
        lines=lines,
        dots=dots,
        blocks=_bars(runs, most),
        most=most,
        first=len(runs) == 1,
        since=before.as_of if before else "",
        score_change=scores[1] - scores[0] if len(scores) == 2 and None not in scores else None,  # type: ignore[operator]
        new=len(history.new),
        reopened=len(history.reopened),
        fixed=history.fixed,
        waived=sum(item.why == "waived" for item in history.fixed),
        ages=_ages(result, history),
        times=tuple(sorted(history.time_to_fix.items(), key=lambda item: (-item[1].mean_days, item[0]))),
    )


def open_failures(run: Run) -> int:
    """Count the failures of a run that nobody answered for."""
    return sum(run.open_failures.values())


def days(since: str, until: str) -> int | None:
    """Give whole days between two ISO 8601 timestamps, 0 at least; None where one is no timestamp."""
    start, end = _time(since), _time(until)
    return max((end - start).days, 0) if start and end else None


def age_of(finding: Finding, history: History | None) -> Age | None:
    """Give the age of an open failure, where history knows it."""
    if history is None or finding.outcome is not Outcome.FAIL or finding.disposition is not Disposition.NEW:
        return None
    return history.ages.get(finding.fingerprint)


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _score_line(runs: Sequence[Run]) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...]]:
    """Draw the score, 100 at the top; a run without a score is a break in the line."""
    lines: list[str] = []
    dots: list[tuple[float, float]] = []
    joined = False
    for at, run in enumerate(runs):
        if run.score is None:
            joined = False
            continue
        x, y = round((at + 0.5) * WIDTH / len(runs), 1), round(HEIGHT * (1 - run.score / 100), 1)
        dots.append((x, y))
        if joined:
            lines[-1] += f"L{x} {y}"
        else:
            lines.append(f"M{x} {y}")
        joined = True
    return tuple(lines), tuple(dots)


def _bars(runs: Sequence[Run], most: int) -> tuple[Block, ...]:
    """Pile up open failures, the worst at the bottom; half a slot wide, or less where there are few runs."""
    slot = WIDTH / max(len(runs), 1)
    width = min(slot * 0.6, 40)
    blocks = []
    for at, run in enumerate(runs):
        y = float(HEIGHT)
        for severity in Severity:
            height = HEIGHT * run.open_failures.get(severity, 0) / most
            if height:
                y -= height
                place = (at + 0.5) * slot - width / 2
                blocks.append(Block(severity, round(place, 1), round(y, 1), round(width, 1), round(height, 1)))
    return tuple(blocks)


def _ages(result: ScanResult, history: History) -> tuple[AgeRow, ...]:
    counts: dict[str, Counter[Severity]] = {}
    for finding in result.findings:
        age = age_of(finding, history)
        if age is not None:
            counts.setdefault(_age_label(age, result.scan.as_of), Counter())[finding.severity] += 1
    order = [label for label, _ in _AGES] + [_OLDEST] + ([_UNDATED] if _UNDATED in counts else [])
    empty: Counter[Severity] = Counter()
    return tuple(AgeRow(label, {s: counts.get(label, empty)[s] for s in Severity}) for label in order)


def _age_label(age: Age, as_of: str) -> str:
    passed = days(age.since, as_of)
    if passed is None:
        return _UNDATED
    return next((label for label, limit in _AGES if passed < limit), _OLDEST)
