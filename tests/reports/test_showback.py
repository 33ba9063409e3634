"""Whose the findings are: by tags in any spelling, by subscription, nobody last."""

from __future__ import annotations

import pytest

from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports.showback import dimensions


def by_title(findings) -> dict[str, list[str]]:
    return {one.title: [share.name for share in one.shares] for one in dimensions(findings)}


@pytest.fixture
def tagged(make):
    rule = make.rule("r", severity=Severity.HIGH)

    def build(outcome=Outcome.FAIL, disposition=Disposition.NEW, **tags):
        build.made += 1
        path = f"resourceGroups/rg/providers/A.B/c/{build.made}"
        names = {name.replace("__", "-"): value for name, value in tags.items()}
        resource = make.resource(path, effective_tags=names)
        return make.finding(rule, resource, outcome, disposition=disposition)

    build.made = 0
    return build


@pytest.mark.parametrize(
    "name", ["cost-center", "costcenter", "cost_center", "CostCenter", "Cost-Centre", "COST CENTER", "cost.centre"]
)
def test_a_cost_centre_is_known_in_every_spelling(make, name):
    finding = make.finding(make.rule("r"), make.resource("/a", effective_tags={name: "4711", "team": "x"}))
    assert by_title([finding])["By cost centre"] == ["4711"]


def test_an_empty_tag_hides_no_other_spelling(make):
    finding = make.finding(
        make.rule("r"), make.resource("/a", effective_tags={"cost-center": " ", "costCenter": 4711, "team": None})
    )
    found = by_title([finding])
    assert found["By cost centre"] == ["4711"]
    assert found["By team"] == [""]


def test_who_has_most_and_worst_comes_first_and_nobody_last(tagged):
    findings = [tagged(team="one"), tagged(), tagged(), tagged(), tagged(team="two"), tagged(team="two")]
    assert by_title(findings)["By team"] == ["two", "one", ""]


def test_unknowns_errors_and_what_was_answered_for_are_counted_beside_failures(tagged):
    findings = [
        tagged(team="one"),
        tagged(Outcome.UNKNOWN, team="one"),
        tagged(Outcome.ERROR, team="one"),
        tagged(Outcome.FAIL, Disposition.EXEMPTED, team="one"),
        tagged(Outcome.UNKNOWN, Disposition.BASELINED, team="one"),
        tagged(Outcome.PASS, team="one"),
    ]
    (share,) = dimensions(findings)[0].shares
    assert (share.open, share.failures[Severity.HIGH], share.undecided, share.answered) == (1, 1, 2, 2)


def test_owners_are_left_out_where_they_say_the_same_as_teams(tagged):
    assert "By owner" not in by_title([tagged(owner="a"), tagged(Owner="b")])
    assert by_title([tagged(owner="a", team="t"), tagged(owner="b", team="t")])["By owner"] == ["a", "b"]


def test_a_tag_that_nothing_has_makes_no_table(tagged):
    assert "By cost centre" not in by_title([tagged(team="x")])


def test_subscriptions_are_those_of_the_ids_in_any_case(make):
    rule = make.rule("r")
    findings = [
        make.finding(rule, make.resource(f"/subscriptions/{name}/resourceGroups/g/providers/A.B/c/{at}"))
        for at, name in enumerate(("AAAA", "aaaa", "bbbb"))
    ]
    findings.append(make.finding(rule, make.resource("github:seat")))
    assert by_title(findings)["By subscription"] == ["aaaa", "bbbb", ""]


def test_a_result_in_which_everything_passes_has_no_showback(tagged):
    assert dimensions([tagged(Outcome.PASS, team="x")]) == []
