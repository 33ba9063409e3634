"""Parts of a result: every finding in one of them, gaps with whom they concern, the gate that of the whole."""

from __future__ import annotations

import json

import pytest

from scanner.errors import ConfigError
from scanner.model.history import Age, Fixed, History, Run, TimeToFix
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Gate, ResourceInfo
from scanner.model.verdict import Outcome, Severity
from scanner.reports import REPORTS, render
from scanner.reports.portions import could_become, fixed_folder, placeholders, portions
from scanner.reports.saved import load_result
from tests.reports.conftest import RATE_LIMIT, SCALE_TO_ZERO, SUBSCRIPTION, make_finding, make_resource, make_result

PLACE = "resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts"
OTHER = "11111111-0000-0000-0000-000000000000"


def of(name, tags=None, **changes):
    return make_resource(f"{PLACE}/{name}", effective_tags=tags or {}, **changes)


SEARCH = of("search", {"Team": "search", "cost-center": "42"})
VISION = of("vision", {"owner": "vision@contoso.com"})
NOBODY = of("nobody")
ELSEWHERE = make_resource(f"/subscriptions/{OTHER}/{PLACE}/x", effective_tags={"team": "search"}, subscription_id=OTHER)
FINDINGS = [
    make_finding(RATE_LIMIT, SEARCH),
    make_finding(SCALE_TO_ZERO, SEARCH, Outcome.PASS),
    make_finding(RATE_LIMIT, VISION),
    make_finding(RATE_LIMIT, NOBODY),
    make_finding(RATE_LIMIT, ELSEWHERE),
]


def gap(scope):
    return Gap(scope, "metrics", GapReason.FORBIDDEN, "no right to read it")


def parts(path, **changes):
    given = {"findings": FINDINGS, "gate": Gate("low", 1, "3 new failures"), **changes}
    return {portion.path: portion.result for portion in portions(make_result(**given), path)}


def test_every_finding_is_in_the_part_of_its_team_and_in_no_other():
    found = parts("out/{team}.html")
    assert {path: len(part.findings) for path, part in found.items()} == {
        "out/search.html": 3,
        "out/vision@contoso.com.html": 1,
        "out/no-team.html": 1,
    }
    assert sorted(f.fingerprint for part in found.values() for f in part.findings) == sorted(
        f.fingerprint for f in FINDINGS
    )


def test_a_part_says_what_it_is_and_keeps_the_gate_and_the_rules_of_the_whole():
    part = parts("{team}")["search"]
    assert part.gate == Gate("low", 1, "3 new failures")
    assert part.scan.notes[0] == "this is the part of team search, 3 of 5 findings; the gate is that of the whole scan"
    assert part.resources == 2
    assert {rule.id for rule in part.rules} == {RATE_LIMIT.id, SCALE_TO_ZERO.id}


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("{owner}.json", {"vision@contoso.com.json", "no-owner.json"}),
        ("{subscription}/r.csv", {f"{SUBSCRIPTION}/r.csv", f"{OTHER}/r.csv"}),
        ("{tag:Cost-Center}", {"42", "no-Cost-Center"}),
        ("{tag:team}-{subscription}", {f"search-{SUBSCRIPTION}", f"search-{OTHER}", f"no-team-{SUBSCRIPTION}"}),
    ],
)
def test_other_placeholders_make_other_parts(path, files):
    assert set(parts(path)) == files


@pytest.mark.parametrize("path", ["{teem}", "{tag}", "{tag:}", "{team:x}", "a/{team}/{environment}.html"])
def test_a_placeholder_that_does_not_exist_is_refused(path):
    if path == "{tag:}":
        assert placeholders(path) == ()
        return
    with pytest.raises(ConfigError, match="unknown placeholder"):
        placeholders(path)


def test_a_gap_stands_in_every_part_that_it_concerns_and_nowhere_else():
    whole, account = gap(f"/subscriptions/{SUBSCRIPTION}"), gap(SEARCH.id.upper())
    below, strange = gap(f"{VISION.id}/deployments/gpt"), gap("what-if.json")
    found = parts("{team}", gaps=(whole, account, below, strange))
    assert found["search"].gaps == (whole, account)
    assert found["vision@contoso.com"].gaps == (whole, below)
    assert found["no-team"].gaps == (whole, strange)


def test_a_gap_that_concerns_no_part_makes_one_of_nobody():
    found = parts("{team}", findings=FINDINGS[:2], gaps=(gap("file.json"),))
    assert {path: (len(part.findings), len(part.gaps)) for path, part in found.items()} == {
        "search": (2, 0),
        "no-team": (0, 1),
    }


def test_a_result_without_findings_is_one_part():
    assert list(parts("{team}.xml", findings=[])) == ["no-team.xml"]


def test_a_saved_result_is_cut_as_the_one_it_was_saved_from():
    whole = make_result(FINDINGS)
    again = load_result(render("json", whole), "result.json")
    assert {p.path: len(p.result.findings) for p in portions(again, "{team}")} == {
        p.path: len(p.result.findings) for p in portions(whole, "{team}")
    }


def test_a_part_has_of_the_history_what_is_its_own():
    run = Run(1, "2026-11-17T10:00:00Z", "2026-11-17T10:00:00Z", "1", (), (), 1, 1, {}, {}, 0, 1)
    mine, other = FINDINGS[0].fingerprint, FINDINGS[2].fingerprint
    fixed = [Fixed(team, "r", "id", Severity.LOW, team, "2026-11-01", "passes") for team in ("search", "vision")]
    history = History(
        runs=(run, run),
        ages={mine: Age("2026-11-01", 2), other: Age("2026-11-01", 2)},
        new=frozenset({mine, other}),
        reopened=frozenset({other}),
        fixed=tuple(fixed),
        time_to_fix={"search": TimeToFix(1, 2.0), "vision": TimeToFix(1, 3.0)},
    )
    whole = make_result(FINDINGS)
    object.__setattr__(whole, "history", history)
    part = {p.path: p.result.history for p in portions(whole, "{team}")}["search"]
    assert part == History(
        (), {mine: Age("2026-11-01", 2)}, frozenset({mine}), frozenset(), (fixed[0],), {"search": TimeToFix(1, 2.0)}
    )


@pytest.mark.parametrize(
    ("path", "fixed"),
    [
        ("{subscription}", {"one": ["a", "b"], "two": ["a"]}),
        ("{subscription}-{team}", {"one-a": ["a"], "one-b": ["b"], "two-a": ["a"]}),
        ("{owner}", {"no-owner": []}),
    ],
)
def test_what_was_fixed_because_it_is_gone_is_told_in_one_part(path, fixed):
    run = Run(1, "2026-11-17T10:00:00Z", "2026-11-17T10:00:00Z", "1", (), (), 1, 1, {}, {}, 0, 1)
    there = (("one", "a"), ("one", "b"), ("two", "a"))
    whole = make_result(
        [
            make_finding(RATE_LIMIT, ResourceInfo(f"/subscriptions/{where}/x/{team}", "t", "n", tags={"team": team}))
            for where, team in there
        ]
    )
    gone = tuple(
        Fixed(f"{where}{team}", "r", f"/subscriptions/{where}/gone", Severity.LOW, team, "2026-11-01", "gone")
        for where, team in there
    )
    object.__setattr__(whole, "history", History(runs=(run, run), fixed=gone))
    found = {part.path: [item.team for item in part.result.history.fixed] for part in portions(whole, path)}
    assert found == fixed


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_format_draws_a_part(name):
    for part in parts("{team}").values():
        assert render(name, part).strip()


def test_the_json_of_a_part_counts_the_part():
    document = json.loads(render("json", parts("{team}")["vision@contoso.com"]))
    assert document["summary"]["outcomes"]["fail"] == 1
    assert document["gate"]["exitCode"] == 1


@pytest.mark.parametrize(
    ("path", "folder"), [("out/{team}.html", "out/"), ("{team}/x", ""), ("a/b/x-{team}", "a/b/"), ("a/b.html", "a/")]
)
def test_the_folder_that_is_known_beforehand(path, folder):
    assert fixed_folder(path) == folder


@pytest.mark.parametrize(
    ("pattern", "path", "may"),
    [
        ("/o/{team}.html", "/o/search.html", True),
        ("/o/{team}.html", "/o/SEARCH.HTML", True),
        ("/o/{team}.html", "/o/{owner}.html", True),
        ("/o/{team}.html", "/o/a/b.html", False),
        ("/o/{team}.html", "/o/search.json", False),
        ("/o/r.html", "/o/R.html", False),
    ],
)
def test_a_path_that_a_part_could_get(pattern, path, may):
    assert could_become(pattern, path) is may


def test_two_teams_and_owners_that_make_one_path_get_two():
    findings = [
        make_finding(RATE_LIMIT, of("one", {"team": "a", "owner": "b-c"})),
        make_finding(RATE_LIMIT, of("two", {"team": "a-b", "owner": "c"})),
        make_finding(RATE_LIMIT, of("three", {"team": "x", "owner": "y"})),
    ]
    found = parts("./out/{team}-{owner}.csv", findings=findings)
    assert sorted(found)[2] == "./out/x-y.csv"
    assert len(found) == 3
    assert all(len(part.findings) == 1 for part in found.values())


def test_the_name_of_a_file_with_several_placeholders_stays_short_enough_for_a_file_system():
    tags = {"team": "t" * 300, "owner": "o" * 300, "cost-center": "c" * 300}
    (path,) = parts("out/{team}-{owner}-{tag:cost-center}.html", findings=[make_finding(RATE_LIMIT, of("x", tags))])
    assert len(path.removeprefix("out/")) <= 255


def test_a_part_of_a_first_run_claims_no_run_before_it():
    first = Run(1, "2026-11-17T10:00:00Z", "2026-11-17T10:00:00Z", "1", (), (), 1, 1, {}, {}, 0, 1)
    whole = make_result(FINDINGS)
    object.__setattr__(whole, "history", History(runs=(first,), new=frozenset({FINDINGS[0].fingerprint})))
    assert {portion.result.history for portion in portions(whole, "{team}")} == {None}


def test_the_part_of_a_subscription_is_named_by_its_id_and_says_what_it_is_called():
    names = {SUBSCRIPTION: "Contoso AI", OTHER: "Merger"}
    found = parts("out/{subscription}.html", subscriptions=names)
    assert set(found) == {f"out/{SUBSCRIPTION}.html", f"out/{OTHER}.html"}
    part = found[f"out/{OTHER}.html"].scan
    assert part.notes[0].startswith(f"this is the part of subscription {OTHER} (Merger), 1 of 5 findings;")


def test_a_part_names_no_subscription_of_others():
    names = {SUBSCRIPTION: "Contoso AI", OTHER: "Merger"}
    found = parts("out/{team}.html", subscriptions=names)
    assert found["out/search.html"].scan.subscriptions == names
    assert found["out/no-team.html"].scan.subscriptions == {SUBSCRIPTION: "Contoso AI"}
    assert "Merger" not in render("html", found["out/no-team.html"])
