"""Exemptions: which findings they answer for, until when, and what is announced."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluation.coverage import Coverage
from scanner.evaluation.exemptions import apply_exemptions
from scanner.evaluation.tag_exemptions import TAG, ignored_tags, tag_exemptions
from scanner.evaluation.waivers import Waivers, apply_waivers
from scanner.model.baseline import Baseline, BaselineEntry
from scanner.model.exemption import Exemption, parse_day
from scanner.model.inventory import Inventory
from scanner.model.resource import Origin, Resource, type_of_id
from scanner.model.result import Finding, ResourceInfo, RuleInfo
from scanner.model.values import UNKNOWN
from scanner.model.verdict import PASS, Disposition, Outcome, Severity, Verdict

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-Search"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/chat"
DEPLOYMENT = f"{ACCOUNT}/deployments/gpt"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def make_finding(rule: str = "rate-limit", resource: str = DEPLOYMENT, outcome: Outcome = Outcome.FAIL) -> Finding:
    info = RuleInfo(rule, f"Title of {rule}", Severity.HIGH, "operate", "crawl", "policy.yaml", "", "")
    verdict = PASS if outcome is Outcome.PASS else Verdict(outcome, "It is not as it should be.")
    return Finding(info, ResourceInfo(resource, type_of_id(resource), "x"), verdict, Severity.HIGH)


def make_exemption(**changes: Any) -> Exemption:
    expires = changes.pop("expires", "2026-12-31")
    given = {
        "rules": ("rate-limit",),
        "scope": DEPLOYMENT,
        "reason": "Load test until the launch.",
        "owner": "search-team@contoso.com",
        "expires": expires,
        "until": parse_day(expires),
        "fault": "" if parse_day(expires) else f"expires is {expires!r}",
        "file": "exemptions.yaml",
        "line": 1,
    }
    return Exemption(**{**given, **changes})


def make_inventory(*resources: dict[str, Any], scopes: tuple[str, ...] = ()) -> Inventory:
    return Inventory(tuple(Resource(item, Origin("arm-json", "in.json")) for item in resources), scopes=scopes)


def make_coverage(
    inventory: Inventory | None = None, loaded: set[str] | None = None, evaluated: set[str] | None = None
) -> Coverage:
    known = loaded if loaded is not None else {"rate-limit", "required-tags"}
    return Coverage(inventory or Inventory(), frozenset(known), frozenset(known if evaluated is None else evaluated))


def run(
    findings: list[Finding], *exemptions: Exemption, coverage: Coverage | None = None, as_of: datetime = NOON
) -> tuple[list[Finding], list[str]]:
    return apply_exemptions(findings, exemptions, coverage or make_coverage(), as_of)


def dispositions(findings: list[Finding]) -> list[str]:
    return [finding.disposition.value for finding in findings]


def test_a_finding_in_scope_is_exempted_and_says_by_whom_why_and_until_when():
    [finding], notes = run([make_finding()], make_exemption())
    assert finding.disposition is Disposition.EXEMPTED
    assert finding.outcome is Outcome.FAIL
    assert finding.exemption is not None
    assert finding.exemption.owner == "search-team@contoso.com"
    assert finding.exemption.reason == "Load test until the launch."
    assert finding.exemption.expires == "2026-12-31"
    assert finding.exemption.scope == DEPLOYMENT
    assert notes == []


@pytest.mark.parametrize(
    ("as_of", "exempted"),
    [
        ("2026-12-30T23:59:59+00:00", True),
        ("2026-12-31T00:00:00+00:00", True),
        ("2026-12-31T23:59:59.999999+00:00", True),
        ("2027-01-01T00:00:00+00:00", False),
        # The day is a day in UTC, whatever the offset the clock is written with.
        ("2027-01-01T01:30:00+02:00", True),
        ("2027-01-01T02:00:00+02:00", False),
        ("2026-12-31T19:00:00-05:00", False),
        ("2026-12-31T18:59:59-05:00", True),
    ],
)
def test_the_last_day_is_inside_in_utc(as_of, exempted):
    [finding], notes = run([make_finding()], make_exemption(), as_of=datetime.fromisoformat(as_of))
    assert (finding.disposition is Disposition.EXEMPTED) is exempted
    assert bool(notes) is not exempted


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "2026-1-5", "20261231", "2026-W53-4", "2026-365",
     "2026-12-31T00:00:00Z", "31.12.2026", "soon", "never", "", "None", "2026-12-31x",
     "\u0662\u0660\u0662\u0666-12-31"],
)  # fmt: skip
def test_what_is_no_calendar_date_is_none_and_never_exempts(text):
    assert parse_day(text) is None
    [finding], notes = run([make_finding()], make_exemption(expires=text))
    assert finding.disposition is Disposition.NEW
    assert len(notes) == 1
    assert "exemptions.yaml:1" in notes[0]
    assert "never exempts" in notes[0]


@pytest.mark.parametrize("text", ["2028-02-29", "9999-12-31", "2026-06-01"])
def test_any_real_day_is_a_date(text):
    assert parse_day(text) is not None
    [finding], _ = run([make_finding()], make_exemption(expires=text))
    assert finding.disposition is Disposition.EXEMPTED


def test_a_fault_never_exempts_even_beside_a_good_date():
    [finding], notes = run([make_finding()], make_exemption(fault="it gives no reason"))
    assert finding.disposition is Disposition.NEW
    assert "it gives no reason" in notes[0]


@pytest.mark.parametrize(
    ("scope", "matches"),
    [
        (DEPLOYMENT, True),
        (DEPLOYMENT.upper(), True),
        (DEPLOYMENT.lower() + "/", True),
        (DEPLOYMENT.lstrip("/"), True),
        (ACCOUNT, False),
        (GROUP, False),
        (f"{ACCOUNT}/*", True),
        (f"{GROUP}/*", True),
        (f"{GROUP.upper()}/*", True),
        (f"{GROUP}*", True),
        ("*/deployments/gpt", True),
        ("*", True),
        ("**", True),
        (f"{ACCOUNT}/deployments/g?t", True),
        (f"{ACCOUNT}/deployments/g?", False),
        (f"{ACCOUNT}/deployments/[g]pt", False),
        (f"{ACCOUNT}/deployments/[g]*", False),
        (f"{DEPLOYMENT}-2", False),
        (f"{DEPLOYMENT}/*", False),
        ("/", False),
    ],
)
def test_a_scope_is_one_id_or_a_glob_over_ids_in_any_case(scope, matches):
    [finding], notes = run([make_finding()], make_exemption(scope=scope))
    assert (finding.disposition is Disposition.EXEMPTED) is matches
    assert bool(notes) is not matches


@pytest.mark.parametrize(
    "scope", ['azurerm_cognitive_deployment.gpt["a*b"]', 'azurerm_cognitive_deployment.gpt["a?b"]']
)
def test_brackets_of_an_id_are_brackets_also_beside_a_glob(scope):
    [finding], _ = run([make_finding(resource='azurerm_cognitive_deployment.gpt["a-b"]')], make_exemption(scope=scope))
    assert finding.disposition is Disposition.EXEMPTED


@pytest.mark.parametrize(
    ("rules", "exempted"),
    [
        (("rate-limit",), True),
        (("RATE-Limit",), True),
        (("rate-*",), True),
        (("*",), True),
        (("required-tags",), False),
        (("required-tags", "rate-limit"), True),
        (("rate",), False),
    ],
)
def test_rules_are_ids_or_globs_in_any_case(rules, exempted):
    [finding], _ = run([make_finding()], make_exemption(rules=rules))
    assert (finding.disposition is Disposition.EXEMPTED) is exempted


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR])
def test_failures_unknowns_and_errors_can_be_exempted(outcome):
    [finding], _ = run([make_finding(outcome=outcome)], make_exemption())
    assert finding.disposition is Disposition.EXEMPTED
    assert finding.outcome is outcome


def test_a_pass_stays_new_and_an_exemption_that_only_meets_passes_matches_nothing():
    [finding], notes = run([make_finding(outcome=Outcome.PASS)], make_exemption())
    assert finding.disposition is Disposition.NEW
    assert finding.exemption is None
    assert notes == [
        (
            f"exemptions.yaml:1: the exemption of rate-limit for {DEPLOYMENT} matches no finding:"
            " remove it, or correct its rules or its scope"
        )
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_exemptions_the_one_that_expires_last_is_shown(turned):
    pair = [
        make_exemption(expires="2026-07-01", owner="early", line=1),
        make_exemption(expires="2026-08-01", owner="late", scope=f"{GROUP}/*", line=2),
    ]
    [finding], notes = run([make_finding()], *(reversed(pair) if turned else pair))
    assert finding.exemption is not None
    assert finding.exemption.owner == "late"
    assert notes == []


@pytest.mark.parametrize(
    "scopes", [(DEPLOYMENT, f"{GROUP}/*"), (f"{GROUP}/*", DEPLOYMENT), ("*", f"{GROUP}/*"), (DEPLOYMENT, DEPLOYMENT)]
)
def test_of_two_that_expire_on_one_day_one_is_shown_always(scopes):
    pair = [make_exemption(owner=f"owner-{n}", scope=scope, line=n) for n, scope in enumerate(scopes, 1)]
    [finding], notes = run([make_finding()], *pair)
    assert finding.exemption is not None
    assert finding.exemption.owner == "owner-1"
    assert notes == []


def test_an_expired_exemption_does_not_hide_one_that_is_in_force():
    [finding], notes = run([make_finding()], make_exemption(expires="2026-05-31"), make_exemption(line=7))
    assert finding.disposition is Disposition.EXEMPTED
    assert notes == [
        (
            f"exemptions.yaml:1: the exemption of rate-limit for {DEPLOYMENT} expired: its last day was 2026-05-31;"
            " it is about 1 finding"
        )
    ]


def test_a_scope_that_is_a_container_is_told_how_to_reach_what_is_in_it():
    _, notes = run([make_finding()], make_exemption(scope=GROUP))
    assert len(notes) == 1
    assert f"what is in it would be {GROUP}/*" in notes[0]


def test_a_rule_that_no_policy_has_is_announced_with_a_suggestion():
    _, notes = run([make_finding()], make_exemption(rules=("rate-limti",)))
    assert notes == [
        (
            f"exemptions.yaml:1: the exemption of rate-limti for {DEPLOYMENT} names the rule rate-limti, which no"
            " loaded policy has: it was not checked (did you mean 'rate-limit'?)"
        )
    ]


def test_an_unknown_rule_is_announced_also_where_another_of_the_exemption_matches():
    [finding], notes = run([make_finding()], make_exemption(rules=("rate-limit", "xyz-*")))
    assert finding.disposition is Disposition.EXEMPTED
    assert len(notes) == 1
    assert "names the rule xyz-*" in notes[0]


def test_an_exemption_whose_rule_took_no_part_is_not_complained_about():
    coverage = make_coverage(evaluated={"rate-limit"})
    _, notes = run([make_finding()], make_exemption(rules=("required-tags",)), coverage=coverage)
    assert notes == []


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/gone", True),
        (f"{GROUP}/*/gone", True),
        ("*/gone", True),
        ("/subscriptions/0000*/gone", True),
        ("/subscriptions/other/resourceGroups/rg/providers/Microsoft.X/a/n", False),
        ("/subscriptions/other/*", False),
        (f"{GROUP}-2/*", False),
    ],
)
def test_a_scope_outside_of_what_was_scanned_is_only_counted(scope, inside):
    coverage = make_coverage(make_inventory(scopes=(GROUP,)))
    _, notes = run([], make_exemption(scope=scope, line=3), coverage=coverage)
    assert len(notes) == 1
    assert ("matches no finding" in notes[0]) is inside
    if not inside:
        assert notes[0] == ("1 exemption was not checked: its scope lies outside what was scanned (exemptions.yaml:3)")


def test_many_exemptions_that_match_nothing_are_all_named_but_not_all_explained():
    idle = [make_exemption(scope=f"{GROUP}/providers/Microsoft.X/things/{n}", line=n) for n in range(1, 31)]
    _, notes = run([make_finding()], *idle)
    assert len(notes) == 21
    assert notes[-1].startswith("10 more exemptions match no finding: exemptions.yaml:21, ")
    assert notes[-1].endswith("exemptions.yaml:30")


def tagged(value: Any, name: str = TAG, **more: Any) -> dict[str, Any]:
    return {"id": DEPLOYMENT, "type": "Microsoft.CognitiveServices/accounts/deployments", "tags": {name: value}, **more}


@pytest.mark.parametrize("name", [TAG, "Azgate-Exempt", "AZGATE-EXEMPT"])
def test_a_tag_exempts_the_resource_that_bears_it(name):
    inventory = make_inventory(tagged("rate-limit; until=2026-12-31; Load test; until launch", name))
    exemptions = tag_exemptions(inventory)
    findings = [make_finding(), make_finding(resource=f"{DEPLOYMENT}/x")]
    result, notes = run(findings, *exemptions, coverage=make_coverage(inventory))
    assert dispositions(result) == ["exempted", "new"]
    assert result[0].exemption is not None
    assert result[0].exemption.reason == "Load test; until launch"
    assert result[0].exemption.owner == "resource tag"
    assert result[0].exemption.expires == "2026-12-31"
    assert notes == ["1 finding is exempted by resource tags"]


def test_a_tag_holds_several_exemptions_and_its_rule_may_be_a_glob():
    value = "rate-*; UNTIL = 2026-12-31 ; a | required-tags; until=2026-11-30; b |"
    inventory = make_inventory(tagged(value))
    findings = [make_finding(), make_finding("required-tags")]
    result, _ = run(findings, *tag_exemptions(inventory), coverage=make_coverage(inventory))
    waivers = [finding.exemption for finding in result]
    assert [(w.reason, w.expires) for w in waivers if w] == [("a", "2026-12-31"), ("b", "2026-11-30")]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("rate-limit; until=2026-02-30; reason", "'2026-02-30' is no date"),
        ("rate-limit; until=; reason", "'' is no date"),
        ("rate-limit; until=soon; reason", "'soon' is no date"),
        ("rate-limit; reason", "it has no date"),
        ("rate-limit; until=2026-12-31; until=2027-12-31; reason", "more than one date"),
        ("rate-limit; until=2026-12-31", "gives no reason"),
        ("rate-limit; until=2026-12-31; ; ", "gives no reason"),
        ("; until=2026-12-31; reason", "names no rule"),
        ("until=2026-12-31; reason", "names no rule"),
        ("", "names no rule"),
        (True, "it has no date"),
        (None, "names no rule"),
        (UNKNOWN, "known only after deployment"),
    ],
)
def test_a_malformed_tag_never_exempts_and_is_announced(value, why):
    inventory = make_inventory(tagged(value))
    findings = [make_finding(), make_finding("until=2026-12-31"), make_finding("")]
    result, notes = run(findings, *tag_exemptions(inventory), coverage=make_coverage(inventory))
    assert dispositions(result) == ["new", "new", "new"]
    assert len(notes) == 1
    assert f"the tag {TAG} of {DEPLOYMENT}" in notes[0]
    assert "never exempts" in notes[0]
    assert why in notes[0]


def test_an_expired_tag_and_one_of_an_unknown_rule_are_announced():
    inventory = make_inventory(tagged("rate-limit; until=2026-05-31; a | rate-limti; until=2026-12-31; b"))
    [finding], notes = run([make_finding()], *tag_exemptions(inventory), coverage=make_coverage(inventory))
    assert finding.disposition is Disposition.NEW
    assert len(notes) == 2
    assert "expired: its last day was 2026-05-31" in notes[0]
    assert "names the rule rate-limti" in notes[1]


@pytest.mark.parametrize(
    ("tags", "parent", "owner"),
    [
        ({"Owner": "ann"}, {"owner": "bob"}, "ann"),
        ({}, {"owner": "bob", "team": "crew"}, "bob"),
        ({"team": "crew"}, {"owner": "bob"}, "bob"),
        ({"Team": "crew"}, {}, "crew"),
        ({"owner": "  "}, {}, "resource tag"),
    ],
)
def test_the_owner_of_a_tag_exemption_is_the_effective_owner_else_the_team(tags, parent, owner):
    resource = tagged("rate-limit; until=2026-12-31; a")
    account = {"id": ACCOUNT, "type": "Microsoft.CognitiveServices/accounts", "tags": parent}
    inventory = make_inventory({**resource, "tags": {**resource["tags"], **tags}}, account)
    assert [exemption.owner for exemption in tag_exemptions(inventory)] == [owner]


def test_a_tag_of_the_parent_or_the_group_exempts_nothing_below():
    value = {TAG: "rate-limit; until=2026-12-31; a"}
    inventory = make_inventory(
        {"id": ACCOUNT, "type": "Microsoft.CognitiveServices/accounts", "tags": value},
        {"id": GROUP, "type": "Microsoft.Resources/subscriptions/resourceGroups", "tags": value},
    )
    [finding], notes = run([make_finding()], *tag_exemptions(inventory), coverage=make_coverage(inventory))
    assert finding.disposition is Disposition.NEW
    assert len(notes) == 2
    assert all("counts for this one resource, not for what is in it" in note for note in notes)


def test_a_tag_with_a_star_in_its_resource_id_is_no_glob():
    star = f"{ACCOUNT}/deployments/*"
    inventory = make_inventory({**tagged("rate-limit; until=2026-12-31; a"), "id": star})
    [finding], _ = run([make_finding()], *tag_exemptions(inventory), coverage=make_coverage(inventory))
    assert finding.disposition is Disposition.NEW


def test_ignored_tags_are_announced_once_with_the_resources_that_fail():
    failing = [
        Finding(
            make_finding().rule,
            ResourceInfo(f"{DEPLOYMENT}-{n}", "t", "x", tags={"AzGate-Exempt": "rate-limit"}),
            Verdict(Outcome.FAIL, "no"),
            Severity.HIGH,
        )
        for n in range(7)
    ]
    [note] = ignored_tags([*failing, *failing])
    assert note.startswith(f"7 resources with failures bear the tag {TAG}, which counts only with")
    assert note.endswith(" and 2 more")
    passing = Finding(failing[0].rule, failing[0].resource, PASS, Severity.HIGH)
    assert ignored_tags([make_finding(), passing]) == []


RULES = st.sampled_from(["rate-limit", "required-tags", "RATE-*", "*", "?", "[a", "none"])
SCOPES = st.sampled_from([DEPLOYMENT, ACCOUNT.upper(), f"{GROUP}/*", "*", "?*[", "/", "*/gpt*"])
EXEMPTIONS = st.builds(
    make_exemption,
    rules=st.lists(RULES, min_size=1, max_size=3).map(tuple),
    scope=st.one_of(SCOPES, st.text(min_size=1, max_size=20)),
    expires=st.one_of(st.dates().map(str), st.text(max_size=12)),
)
FINDINGS = st.lists(
    st.builds(
        make_finding,
        st.sampled_from(["rate-limit", "required-tags"]),
        st.sampled_from([DEPLOYMENT, ACCOUNT, GROUP, f"{DEPLOYMENT}-2"]),
        st.sampled_from(list(Outcome)),
    ),
    max_size=12,
)


@given(FINDINGS, st.lists(EXEMPTIONS, max_size=6), st.datetimes(min_value=datetime(1970, 1, 2)), st.booleans())  # noqa: DTZ001
def test_no_waiver_changes_an_outcome_or_the_number_of_findings(findings, exemptions, as_of, tags):
    entries = tuple(BaselineEntry(f.rule.id, f.resource.id) for f in findings[::2])
    waivers = Waivers(tuple(exemptions), Baseline("2026-01-01T00:00:00Z", entries), tags)
    inventory = make_inventory(tagged("*; until=9999-12-31; everything"))
    result, _ = apply_waivers(findings, waivers, make_coverage(inventory), as_of.replace(tzinfo=UTC))
    assert [(f.fingerprint, f.outcome, f.verdict, f.severity) for f in result] == [
        (f.fingerprint, f.outcome, f.verdict, f.severity) for f in findings
    ]
    assert Counter(f.outcome for f in result) == Counter(f.outcome for f in findings)
    for finding in result:
        assert (finding.exemption is not None) is (finding.disposition is Disposition.EXEMPTED)
        if finding.outcome is Outcome.PASS:
            assert finding.disposition is Disposition.NEW
        if finding.disposition is Disposition.BASELINED:
            assert finding.outcome is Outcome.FAIL
        if finding.exemption:
            assert finding.exemption.expires >= as_of.date().isoformat()
