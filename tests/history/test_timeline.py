"""Random sequences of runs against a model that reads all of history anew for every question."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.history.timeline import seconds_between
from scanner.model.history import Age
from scanner.model.result import ScanResult
from tests.history.conftest import add
from tests.history.results import (
    CHAT,
    FAR,
    OTHER_SUBSCRIPTION,
    RULES,
    SEARCH,
    SUBSCRIPTION,
    finding,
    gap,
    make_result,
    on_day,
    print_of,
)

RESOURCES = (CHAT, SEARCH, FAR)
PAIRS = tuple(itertools.product(RULES, RESOURCES))
SERIES = (f"series {number}" for number in itertools.count())


class Scan(NamedTuple):
    """A run: its day, what it looked at, and what it said of each (rule, resource) there; "" is "nothing"."""

    day: int
    scopes: frozenset[str]
    rules: frozenset[str]
    gaps: frozenset[str]
    said: dict[tuple[str, str], str]

    def result(self) -> ScanResult:
        return make_result(
            *(finding(resource, word, rule=rule) for (rule, resource), word in self.said.items() if word),
            day=self.day,
            scopes=sorted(self.scopes),
            rules=sorted(self.rules),
            gaps=[gap(scope) for scope in sorted(self.gaps)],
        )


def _mostly_all(*names: str) -> st.SearchStrategy[frozenset[str]]:
    return st.sampled_from([frozenset(names)] * 4 + [frozenset([name]) for name in names])


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    scopes = draw(_mostly_all(SUBSCRIPTION, OTHER_SUBSCRIPTION))
    rules = draw(_mostly_all(*RULES))
    gaps = draw(st.sampled_from([frozenset(), frozenset(), frozenset([min(scopes)])]))
    words = st.sampled_from(["fail", "fail", "fail", "pass", "unknown", "waived", "waived", ""])
    said = {
        (rule, resource): draw(words)
        for rule, resource in PAIRS
        if rule in rules and any(resource.startswith(scope) for scope in scopes)
    }
    return Scan(draw(st.sampled_from([0, 0, 0, 1, 4])), scopes, rules, gaps, said)


def event(scan: Scan, pair: tuple[str, str]) -> str:
    """Give what a run says of a failure: "fail", "fix", "waive", or "" for nothing."""
    _, resource = pair
    word = scan.said.get(pair)
    if word == "":
        read = any(scan.said.get((other, resource)) for other in RULES)
        behind_gap = any(resource.startswith(scope) for scope in scan.gaps)
        return "fix" if read or not behind_gap else ""
    return {"fail": "fail", "pass": "fix", "waived": "waive"}.get(word or "", "")


def story(past: list[Scan], pair: tuple[str, str]) -> list[tuple[str, int]]:
    """Give what happened to a failure, without what came too late to be told; what does not fail only fails next."""
    told = [("fix", -1)]
    for scan in past:
        what = event(scan, pair)
        if what and (told[-1][0] != "fix" or what == "fail") and scan.day >= told[-1][1]:
            told.append((what, scan.day))
    return told[1:]


def expected_age(told: list[tuple[str, int]], day: int) -> Age:
    """Give the age of what fails: of the last stretch, waived in between or not, that no fix interrupted."""
    last = max(at for at, (what, _) in enumerate(told) if what == "fail")
    kinds = [what for what, _ in told[: last + 1]]
    first = max((at + 1 for at, what in enumerate(kinds) if what == "fix"), default=0)
    days = [when for what, when in told[first : last + 1] if what == "fail"]
    came_back = sum(one != "fail" and two == "fail" for one, two in itertools.pairwise(kinds))
    return Age(on_day(min(days[0], day)), len(days), came_back)


class Changes(NamedTuple):
    """What a run is expected to say. `fixed` says of each whether it was waived, `seconds` how long each fix took."""

    ages: dict[str, Age]
    new: set[str]
    reopened: set[str]
    fixed: dict[str, bool]
    seconds: list[int]


def expected(past: list[Scan]) -> Changes:
    """Read all runs to say what the last of them changed."""
    changes, scan = Changes({}, set(), set(), {}, []), past[-1]
    for rule, resource in PAIRS:
        pair, print_ = (rule, resource), print_of(resource, rule)
        before, after = story(past[:-1], pair), story(past, pair)
        happened, was_open = len(after) > len(before), bool(before) and before[-1][0] == "fail"
        if event(scan, pair) == "fail":
            changes.ages[print_] = expected_age(after, scan.day)
            if happened and not was_open:
                (changes.reopened if before else changes.new).add(print_)
        elif happened and was_open:
            changes.fixed[print_] = after[-1][0] == "waive"
            if after[-1][0] == "fix":
                changes.seconds.append(seconds_between(expected_age(before, scan.day).since, on_day(scan.day)))
    return changes


@pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(past=st.lists(scans(), min_size=4, max_size=8))
def test_a_history_says_what_reading_every_run_would_say(store, past):
    # Most runs are a day later than the one before, some are of an older snapshot.
    past = [scan._replace(day=max(0, at - scan.day)) for at, scan in enumerate(past)]
    series = next(SERIES)
    seconds: list[int] = []
    for number, scan in enumerate(past, start=1):
        history = add(store, scan.result(), series)
        wanted = expected(past[:number])
        assert history.new == wanted.new
        assert history.reopened == wanted.reopened
        assert {one.fingerprint: one.why == "waived" for one in history.fixed} == wanted.fixed
        assert history.ages == wanted.ages
        seconds += wanted.seconds
        if scan.day == max(one.day for one in past[:number]):
            fixed = history.time_to_fix.get("")
            assert (fixed.fixed if fixed else 0) == len(seconds)
            assert fixed is None or fixed.mean_days == pytest.approx(sum(seconds) / len(seconds) / 86400, abs=0.01)
