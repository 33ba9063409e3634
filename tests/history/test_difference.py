"""Two results without a database."""

from __future__ import annotations

import pytest

from scanner.history.difference import Difference, compare
from scanner.history.observation import Fate
from tests.history.results import (
    CHAT,
    FAR,
    OTHER_RULE,
    OTHER_SUBSCRIPTION,
    SEARCH,
    SUBSCRIPTION,
    finding,
    gap,
    make_result,
)

OLD = make_result(finding(CHAT), finding(SEARCH, "pass"))


def words(found: Difference) -> dict[str, list[str]]:
    """Give the groups that have something in them, each with its resources."""
    groups = {
        "new": found.new,
        "still_open": found.still_open,
        "fixed": tuple(finding for finding, _ in found.fixed),
        "waived": found.waived,
        "undecided": found.undecided,
        "unseen": found.unseen,
    }
    return {name: [one.resource.id for one in members] for name, members in groups.items() if members}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (make_result(finding(CHAT)), {"still_open": [CHAT]}),
        (make_result(finding(CHAT), finding(SEARCH)), {"still_open": [CHAT], "new": [SEARCH]}),
        (make_result(finding(CHAT, "pass")), {"fixed": [CHAT]}),
        (make_result(finding(SEARCH, "pass")), {"fixed": [CHAT]}),
        (make_result(finding(CHAT, "waived")), {"waived": [CHAT]}),
        (make_result(finding(CHAT, "unknown")), {"undecided": [CHAT]}),
        (make_result(finding(CHAT, "error")), {"undecided": [CHAT]}),
        (make_result(finding(FAR), scopes=[OTHER_SUBSCRIPTION]), {"unseen": [CHAT], "new": [FAR]}),
        (make_result(rules=[OTHER_RULE]), {"unseen": [CHAT]}),
        (make_result(gaps=[gap(SUBSCRIPTION)]), {"unseen": [CHAT]}),
        (make_result(finding(SEARCH, "pass"), changed_only=True), {"unseen": [CHAT]}),
        (make_result(finding(SEARCH, "pass"), scopes=(), sources=["arm-json:new.json"]), {"fixed": [CHAT]}),
        (make_result(finding(FAR, "pass"), scopes=(), sources=["arm-json:new.json"]), {"unseen": [CHAT]}),
    ],
)
def test_every_open_failure_of_either_result_is_in_one_group(new, expected):
    assert words(compare(OLD, new)) == expected


def test_a_waived_failure_that_is_open_now_is_new():
    assert words(compare(make_result(finding(CHAT, "waived")), OLD)) == {"new": [CHAT]}


def test_what_is_fixed_says_why():
    both = make_result(finding(CHAT), finding(SEARCH))
    found = compare(both, make_result(finding(CHAT, "pass")))
    assert [(one.resource.id, fate) for one, fate in found.fixed] == [(CHAT, Fate.PASSES), (SEARCH, Fate.GONE)]
