"""What earlier runs say, in numbers and places."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.model.history import Age, Fixed, History, Run, TimeToFix
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.trend import HEIGHT, MOST_RUNS, WIDTH, days, trend


def run(day: int, score: int | None = 50, **failures: int) -> Run:
    time = f"2026-11-{day:02}T10:00:00Z"
    open_ = {Severity(name): count for name, count in failures.items()}
    return Run(day, time, time, "1", (), (), 1, 1, {}, open_, 0, 1, score)


@pytest.fixture
def with_history(make):
    finding = make.finding(make.rule("r", severity=Severity.HIGH), make.resource("/a"))
    result = make.result([finding])
    return lambda *runs, **more: trend(replace(result, history=History(runs, **more)))


def test_without_history_there_is_no_trend(make):
    assert trend(make.result([])) is None


def test_one_run_is_the_first(with_history):
    found = with_history(run(24))
    assert (found.first, found.since, found.score_change) == (True, "", None)
    assert found.lines == ("M300.0 50.0",)


def test_a_part_of_a_result_has_changes_but_no_runs(with_history):
    found = with_history(new=frozenset({"x"}))
    assert (found.first, found.runs, found.new, found.blocks, found.lines) == (False, (), 1, (), ())


def test_the_score_is_drawn_from_the_bottom_and_breaks_where_there_is_none(with_history):
    found = with_history(run(1, 0), run(8, 100), run(15, None), run(24, 40))
    assert found.lines == ("M75.0 100.0L225.0 0.0", "M525.0 60.0")
    assert found.score_change is None
    assert with_history(run(17, 45), run(24, 40)).score_change == -5


def test_bars_pile_up_within_the_picture_worst_at_the_bottom(with_history):
    found = with_history(run(17, critical=2, low=6), run(24, critical=1))
    assert found.most == 8
    bottom, top, other = found.blocks
    assert (bottom.severity, bottom.y, bottom.height) == (Severity.CRITICAL, 75.0, 25.0)
    assert (top.severity, top.y, top.height) == (Severity.LOW, 0.0, 75.0)
    assert other.y + other.height == HEIGHT
    assert 0 <= bottom.x < other.x < WIDTH


def test_only_the_last_runs_are_drawn_and_the_others_are_counted(with_history):
    found = with_history(*(run(1 + at % 28) for at in range(MOST_RUNS + 5)))
    assert (len(found.runs), found.earlier) == (MOST_RUNS, 5)


@pytest.mark.parametrize(
    ("since", "label"),
    [
        ("2026-11-24T09:00:00Z", "under a week"),
        ("2026-11-17T09:00:00Z", "1 to 4 weeks"),
        ("2026-10-01T00:00:00+02:00", "1 to 3 months"),
        ("2026-01-01", "3 to 12 months"),
        ("2024-01-01T00:00:00Z", "over a year"),
        ("long ago", "not known"),
    ],
)
def test_failures_are_counted_by_age(make, since, label):
    finding = make.finding(make.rule("r", severity=Severity.HIGH), make.resource("/a"))
    history = History((run(24),), {finding.fingerprint: Age(since, 3)})
    found = trend(replace(make.result([finding]), history=history))
    assert {row.label: row.open for row in found.ages if row.open} == {label: 1}


@pytest.mark.parametrize(
    "changes", [{"disposition": Disposition.BASELINED}, {"outcome": Outcome.UNKNOWN}, {"outcome": Outcome.PASS}]
)
def test_what_is_no_open_failure_has_no_age(make, changes):
    finding = make.finding(make.rule("r"), make.resource("/a"), changes.pop("outcome", Outcome.FAIL), **changes)
    history = History((run(24),), {finding.fingerprint: Age("2026-11-01T00:00:00Z", 3)})
    found = trend(replace(make.result([finding]), history=history))
    assert sum(row.open for row in found.ages) == 0


def test_what_was_waived_is_no_fix_and_the_slowest_team_comes_first(with_history):
    fixed = [Fixed(str(n), "r", "/a", Severity.LOW, "t", "2026-11-01", why) for n, why in enumerate(("gone", "waived"))]
    times = {"quick": TimeToFix(9, 1.5), "slow": TimeToFix(1, 40.0)}
    found = with_history(run(24), fixed=tuple(fixed), time_to_fix=times)
    assert (len(found.fixed), found.waived) == (2, 1)
    assert [name for name, _ in found.times] == ["slow", "quick"]


def test_days_are_whole_and_never_negative():
    assert days("2026-11-01T12:00:00Z", "2026-11-03T11:59:00Z") == 1
    assert days("2026-11-03T00:00:00Z", "2026-11-01T00:00:00Z") == 0
    assert days("", "2026-11-01T00:00:00Z") is None
