"""A history in a database, whichever it is."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import Engine, event

from scanner.errors import HistoryError, ReportError
from scanner.history.documents import packed
from scanner.history.schema import DOCUMENTS
from scanner.history.store import Store
from scanner.model.history import Age, TimeToFix
from scanner.model.verdict import Outcome, Severity
from tests.history.conftest import add, load
from tests.history.results import (
    CHAT,
    FAR,
    OTHER_RULE,
    OTHER_SUBSCRIPTION,
    RULE,
    SEARCH,
    SUBSCRIPTION,
    account,
    finding,
    gap,
    make_result,
    on_day,
    print_of,
)

HOSTILE = account("\ud800 \x00 ' \" % \u202e ünï 鍵 🔑")


def open_on(store: Store, day: float, *resources: str) -> set[str]:
    """Store a run in which these fail, and give what of it is new."""
    return set(add(store, make_result(*(finding(one) for one in resources), day=day)).new)


def test_a_run_comes_back_as_it_was_stored(store):
    result = make_result(finding(CHAT), finding(SEARCH, "pass"), finding(FAR, "waived"), gaps=[gap(SUBSCRIPTION)])
    history = add(store, result)
    run, again, told = load(store)
    assert again == result
    assert told == history
    assert (run.id, run.series, run.as_of) == (1, "azure", on_day(0))
    assert run.outcomes == {Outcome.PASS: 1, Outcome.FAIL: 2, Outcome.UNKNOWN: 0, Outcome.ERROR: 0}
    assert run.open_failures[Severity.HIGH] == 1
    assert (run.gaps, run.exit_code, run.score, run.rules, run.resources) == (1, 1, 50, 1, 3)
    assert store.runs() == [run]


def test_an_earlier_run_is_drawn_again_with_what_was_known_then(store):
    first = add(store, make_result(finding(CHAT)))
    second = add(store, make_result(finding(CHAT), finding(SEARCH), day=1))
    add(store, make_result(finding(SEARCH), finding(CHAT, "pass"), day=2))
    assert load(store, 1)[2] == first
    assert load(store, 2)[2] == second
    assert [run.id for run in load(store, 2)[2].runs] == [1, 2]


def test_a_failure_is_new_once_and_ages(store):
    assert open_on(store, 0, CHAT) == {print_of(CHAT)}
    assert open_on(store, 1, CHAT, SEARCH) == {print_of(SEARCH)}
    history = add(store, make_result(finding(CHAT), finding(SEARCH), day=2))
    assert history.new == history.reopened == set()
    assert history.ages == {print_of(CHAT): Age(on_day(0), 3), print_of(SEARCH): Age(on_day(1), 2)}


def test_a_failure_that_passes_is_fixed_and_one_that_fails_again_is_reopened(store):
    open_on(store, 0, CHAT)
    [fixed] = add(store, make_result(finding(CHAT, "pass"), day=3)).fixed
    assert (fixed.fingerprint, fixed.rule_id, fixed.resource_id) == (print_of(CHAT), RULE, CHAT)
    assert (fixed.why, fixed.since, fixed.severity) == ("passes", on_day(0), Severity.HIGH)
    history = add(store, make_result(finding(CHAT), day=5))
    assert (history.new, history.reopened, history.fixed) == (set(), {print_of(CHAT)}, ())
    assert history.ages == {print_of(CHAT): Age(on_day(5), 1, reopened=1)}


def test_a_resource_that_is_gone_is_fixed(store):
    open_on(store, 0, CHAT, SEARCH)
    [fixed] = add(store, make_result(finding(SEARCH), day=1)).fixed
    assert (fixed.resource_id, fixed.why) == (CHAT, "gone")


@pytest.mark.parametrize(
    "later",
    [
        make_result(finding(FAR, "pass"), day=1, scopes=[OTHER_SUBSCRIPTION]),
        make_result(finding(SEARCH, "pass"), day=1, scopes=[f"{SUBSCRIPTION}/resourceGroups/rg-other"]),
        make_result(finding(CHAT, "pass", rule=OTHER_RULE), day=1, rules=[OTHER_RULE]),
        make_result(finding(CHAT, "pass", rule=OTHER_RULE), day=1, skipped=[RULE]),
        make_result(finding(SEARCH, "pass"), day=1, gaps=[gap(SUBSCRIPTION)]),
        make_result(finding(SEARCH, "pass"), day=1, gaps=[gap("in.json", "entry 3")]),
        make_result(finding(CHAT, "unknown"), day=1),
        make_result(finding(CHAT, "error"), day=1),
        make_result(finding(SEARCH, "pass"), day=1, scopes=(), sources=["arm-json:one.json"]),
        make_result(finding(SEARCH, "pass"), day=1, changed_only=True),
        make_result(finding(CHAT, "pass"), day=-1),
    ],
    ids=[
        "another subscription",
        "another resource group",
        "fewer rules",
        "rule not evaluated",
        "a gap where it was",
        "a gap anywhere",
        "unknown",
        "error",
        "another file",
        "only what changed",
        "an older snapshot",
    ],
)
def test_what_a_run_did_not_look_at_is_not_fixed(store, later):
    open_on(store, 0, CHAT)
    assert add(store, later, "azure").fixed == ()
    history = add(store, make_result(finding(CHAT), day=2))
    assert history.new == history.reopened == set()
    assert history.ages == {print_of(CHAT): Age(on_day(0), 2)}


def test_a_file_that_is_scanned_again_fixes_what_is_no_longer_in_it(store):
    file = {"scopes": (), "sources": ["arm-template:main.json"]}
    add(store, make_result(finding(CHAT), finding(SEARCH), **file))
    [fixed] = add(store, make_result(finding(SEARCH), day=1, **file)).fixed
    assert (fixed.resource_id, fixed.why) == (CHAT, "gone")


def test_a_resource_outside_every_scope_is_fixed_where_it_passes(store):
    seat = "/providers/GitHub.Copilot/organizations/contoso/seats/jonas"
    add(store, make_result(finding(seat)))
    assert [one.why for one in add(store, make_result(finding(seat, "pass"), day=1)).fixed] == ["passes"]


def test_a_waiver_ends_a_failure_without_fixing_it(store):
    team = {"team": "search"}
    add(store, make_result(finding(CHAT, tags=team)))
    history = add(store, make_result(finding(CHAT, "waived", tags=team), day=1))
    assert [one.why for one in history.fixed] == ["waived"]
    assert history.time_to_fix == {}
    history = add(store, make_result(finding(CHAT, tags=team), day=4))
    assert history.reopened == {print_of(CHAT)}
    assert history.ages == {print_of(CHAT): Age(on_day(0), 2, reopened=1)}


def test_what_is_fixed_while_it_is_waived_begins_anew(store):
    open_on(store, 0, CHAT)
    add(store, make_result(finding(CHAT, "waived"), day=1))
    assert add(store, make_result(finding(CHAT, "pass"), day=2)).fixed == ()
    history = add(store, make_result(finding(CHAT), day=3))
    assert history.ages == {print_of(CHAT): Age(on_day(3), 1, reopened=1)}


def test_the_mean_time_to_fix_is_that_of_a_teams_last_90_days(store):
    search, nobody = {"Team": "search"}, {}
    add(store, make_result(finding(CHAT, tags=search), finding(SEARCH, tags=nobody)))
    history = add(store, make_result(finding(CHAT, "pass"), finding(SEARCH, tags=nobody), day=2))
    assert history.time_to_fix == {"search": TimeToFix(1, 2.0)}
    add(store, make_result(finding(CHAT, tags=search), finding(SEARCH, "pass"), day=10))
    history = add(store, make_result(finding(CHAT, "pass"), finding(SEARCH, "pass"), day=11.5))
    assert history.time_to_fix == {"": TimeToFix(1, 10.0), "search": TimeToFix(2, 1.75)}
    assert add(store, make_result(day=95)).time_to_fix == {"": TimeToFix(1, 10.0), "search": TimeToFix(1, 1.5)}
    assert add(store, make_result(day=200)).time_to_fix == {}


def test_an_older_snapshot_stored_later_changes_nothing_that_is_known(store):
    open_on(store, 5, CHAT)
    add(store, make_result(finding(CHAT, "pass"), day=6))
    history = add(store, make_result(finding(CHAT), day=4))
    assert history.new == history.reopened == set()
    assert history.ages == {print_of(CHAT): Age(on_day(4), 1)}
    assert add(store, make_result(finding(CHAT, "pass"), day=7)).fixed == ()


def test_series_know_nothing_of_each_other(store):
    template = {"scopes": (), "sources": ["arm-template:main.json", "context:azure:management.azure.com"]}
    open_on(store, 0, CHAT)
    assert add(store, make_result(finding(CHAT, "pass"), day=1, **template)).fixed == ()
    assert add(store, make_result(finding(CHAT), day=2), "other").new == {print_of(CHAT)}
    assert [run.series for run in store.runs()] == ["azure", "arm-template:main.json", "other"]
    assert [run.id for run in store.runs("other")] == [3]


def test_a_trend_has_the_runs_of_about_the_same_scopes(store):
    both = (SUBSCRIPTION, OTHER_SUBSCRIPTION)
    add(store, make_result(finding(CHAT), day=0, scopes=both))
    add(store, make_result(finding(FAR), day=1, scopes=[OTHER_SUBSCRIPTION]))
    add(store, make_result(finding(CHAT), day=2, scopes=[SUBSCRIPTION]))
    assert [run.id for run in add(store, make_result(finding(CHAT), day=3)).runs] == [1, 3, 4]


def test_names_in_any_script_and_what_no_database_takes_are_kept(store):
    team = {"team": "t\x00\udfff 鍵"}
    result = make_result(finding(HOSTILE, tags=team), finding(account("x" * 5000), tags=team))
    add(store, result)
    assert load(store)[1] == result
    history = add(store, make_result(finding(HOSTILE), day=1))
    assert history.ages[print_of(HOSTILE)] == Age(on_day(0), 2)
    assert [one.why for one in history.fixed] == ["gone"]
    assert [one.why for one in add(store, make_result(day=2)).fixed] == ["gone"]


def test_thousands_of_failures_are_stored_and_fixed(store):
    names = [account(f"a{number:05}") for number in range(3000)]
    assert len(add(store, make_result(*map(finding, names))).new) == 3000
    history = add(store, make_result(*map(finding, names[1:]), day=1))
    assert (len(history.ages), len(history.new), [one.resource_id for one in history.fixed]) == (2999, 0, names[:1])


def test_what_a_run_costs_does_not_grow_with_the_history(store):
    statements: list[str] = []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    def cost(day: int) -> int:
        """Let half of the failures be fixed, and others appear, day by day."""
        begin = len(statements)
        add(
            store,
            make_result(
                *(finding(account(f"{day // 2 if number % 2 else day}-{number}")) for number in range(40)), day=day
            ),
        )
        return len(statements) - begin

    event.listen(Engine, "before_cursor_execute", count)
    try:
        costs = [cost(day) for day in range(12)]
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert max(costs[2:]) <= costs[1] + 1


def test_a_run_of_the_future_is_refused(store):
    result = make_result(finding(CHAT))
    later = dataclasses.replace(result, scan=dataclasses.replace(result.scan, as_of=on_day(2)))
    with pytest.raises(HistoryError, match="no run of the future"):
        add(store, later)
    assert store.runs() == []


def test_a_run_that_is_not_there_is_named_with_those_that_are(store):
    with pytest.raises(HistoryError, match="holds no run yet"):
        load(store)
    add(store, make_result(finding(CHAT)))
    with pytest.raises(HistoryError, match=r"there is no run 7 \(runs 1 to 1; series: azure\)"):
        load(store, 7)


@pytest.mark.parametrize("column", ["result", "changes"])
@pytest.mark.parametrize("data", [b"no zlib", packed("no JSON"), packed('{"openFailures":[]}')])
def test_a_damaged_run_is_named_and_the_others_are_read(store, column, data):
    add(store, make_result(finding(CHAT)))
    add(store, make_result(finding(CHAT), day=1))
    with store._database.writing() as connection:
        connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.run_id == 1).values({column: data}))
    with pytest.raises((HistoryError, ReportError), match="run 1"):
        load(store, 1)
    assert load(store, 2)[0].id == 2


def test_prune_keeps_the_newest_runs_of_each_series(store):
    for day in range(4):
        add(store, make_result(finding(CHAT), day=day))
    add(store, make_result(finding(CHAT), day=4), "other")
    assert [run.id for run in store.prune(keep=2)] == [1, 2]
    assert [run.id for run in store.runs()] == [3, 4, 5]
    assert [run.id for run in load(store, 4)[2].runs] == [3, 4]
    assert add(store, make_result(finding(CHAT), day=5)).ages == {print_of(CHAT): Age(on_day(0), 5)}
    assert [run.id for run in store.runs()] == [3, 4, 5, 6], "the ids of removed runs do not come again"


def test_prune_by_age_never_removes_the_newest(store):
    for day in range(3):
        add(store, make_result(finding(CHAT), day=day))
    assert [run.id for run in store.prune(before=on_day(1))] == [1]
    assert [run.id for run in store.prune(before=on_day(99))] == [2]
    assert [run.id for run in store.prune(before=on_day(99))] == []
    assert load(store)[0].id == 3


def test_prune_forgets_failures_that_no_remaining_run_knows(store):
    open_on(store, 0, CHAT)
    add(store, make_result(finding(CHAT, "pass"), finding(SEARCH), day=1))
    add(store, make_result(finding(CHAT, "pass"), finding(SEARCH), day=2))
    store.prune(keep=1)
    history = add(store, make_result(finding(CHAT), finding(SEARCH), day=3))
    assert history.new == {print_of(CHAT)}
    assert history.ages[print_of(SEARCH)] == Age(on_day(1), 3)


def test_reading_makes_no_history(place):
    with pytest.raises(HistoryError, match=r"no such file|holds no history"):
        Store(place).open_for_reading()
