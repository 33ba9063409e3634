"""Baselines: what is known, what is fixed, what a scan cannot say, and the baseline for next time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.evaluation.baseline import (
    apply_baseline,
    baseline_notes,
    compare,
    new_baseline,
    updated_baseline,
)
from scanner.evaluation.coverage import Coverage
from scanner.evaluation.waivers import Waivers, apply_waivers
from scanner.expressions.times import parse_timestamp
from scanner.model.baseline import Baseline, BaselineEntry
from scanner.model.exemption import Exemption, parse_day
from scanner.model.inventory import Gap, GapReason, Inventory
from scanner.model.resource import Origin, Resource, type_of_id
from scanner.model.result import Finding, ResourceInfo, RuleInfo
from scanner.model.verdict import PASS, Disposition, Outcome, Severity, Verdict

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000000a"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-search"
CHAT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/chat"
OTHER = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/other"
ELSEWHERE = "/subscriptions/elsewhere/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/x"
RULE = "local-auth"


def make_finding(resource: str = CHAT, outcome: Outcome = Outcome.FAIL, rule: str = RULE, policy: str = "a.yaml"):
    info = RuleInfo(rule, f"Title of {rule}", Severity.HIGH, "operate", "crawl", policy, "", "")
    verdict = PASS if outcome is Outcome.PASS else Verdict(outcome, "It is not as it should be.")
    return Finding(info, ResourceInfo(resource, type_of_id(resource), "x"), verdict, Severity.HIGH)


def make_baseline(*resources: str, rule: str = RULE) -> Baseline:
    entries = tuple(BaselineEntry(rule, resource) for resource in resources)
    return Baseline("2026-01-01T00:00:00Z", entries, "baseline.json")


def make_coverage(
    *resources: str, scopes: tuple[str, ...] = (), gaps: tuple[Gap, ...] = (), evaluated: frozenset[str] | None = None
) -> Coverage:
    read = tuple(Resource({"id": resource}, Origin("arm-json", "in.json")) for resource in resources)
    rules = frozenset({RULE})
    return Coverage(Inventory(read, gaps=gaps, scopes=scopes), rules, rules if evaluated is None else evaluated)


def became(entry: str, findings: list[Finding], coverage: Coverage) -> str:
    found = compare(make_baseline(entry), findings, coverage)
    words = {"known": found.known, "fixed": found.fixed, "undecided": found.undecided, "unseen": found.unseen}
    [word] = [word for word, entries in words.items() if entries]
    return word


def ids(baseline: Baseline) -> list[str]:
    return [entry.resource_id for entry in baseline.by_fingerprint.values()]


def test_a_known_failure_is_baselined_and_a_new_one_stays_new():
    result = apply_baseline([make_finding(), make_finding(OTHER)], make_baseline(CHAT))
    assert [finding.disposition for finding in result] == [Disposition.BASELINED, Disposition.NEW]
    assert [finding.outcome for finding in result] == [Outcome.FAIL, Outcome.FAIL]


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.UNKNOWN, Outcome.ERROR])
def test_only_failures_are_baselined(outcome):
    [finding] = apply_baseline([make_finding(outcome=outcome)], make_baseline(CHAT))
    assert finding.disposition is Disposition.NEW


def test_ids_are_known_in_any_case_rules_are_not_confused():
    baseline = make_baseline(CHAT.upper() + "/")
    result = apply_baseline([make_finding(), make_finding(rule="required-tags")], baseline)
    assert [finding.disposition for finding in result] == [Disposition.BASELINED, Disposition.NEW]


def test_a_baseline_survives_renamed_policy_files_new_titles_and_another_order():
    baseline = new_baseline([make_finding(), make_finding(OTHER)], "2026-01-01T00:00:00Z")
    later = [make_finding(OTHER, policy="renamed/b.yaml"), make_finding(CHAT, policy="renamed/b.yaml")]
    assert {finding.disposition for finding in apply_baseline(later, baseline)} == {Disposition.BASELINED}


def test_an_exemption_wins_over_the_baseline_and_its_failure_is_still_known():
    exemption = Exemption((RULE,), CHAT, "why", "who", "2026-12-31", parse_day("2026-12-31"), file="e.yaml", line=1)
    waivers = Waivers((exemption,), make_baseline(CHAT))
    as_of = parse_timestamp("2026-06-01T00:00:00Z")
    assert as_of is not None
    [finding], notes = apply_waivers([make_finding()], waivers, make_coverage(CHAT), as_of)
    assert finding.disposition is Disposition.EXEMPTED
    assert notes == []


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.FAIL, "known"),
        (Outcome.PASS, "fixed"),
        (Outcome.UNKNOWN, "undecided"),
        (Outcome.ERROR, "undecided"),
        (None, "fixed"),
    ],
)
def test_an_entry_is_fixed_when_its_rule_passes_or_no_longer_applies(outcome, word):
    findings = [make_finding(outcome=outcome)] if outcome else []
    assert became(CHAT, findings, make_coverage(CHAT)) == word


@pytest.mark.parametrize(
    ("entry", "coverage", "word"),
    [
        (CHAT, make_coverage(OTHER), "fixed"),
        (CHAT, make_coverage(scopes=(SUBSCRIPTION,)), "fixed"),
        (CHAT, make_coverage(scopes=(GROUP.upper(),)), "fixed"),
        (ELSEWHERE, make_coverage(OTHER), "unseen"),
        (ELSEWHERE, make_coverage(OTHER, scopes=(SUBSCRIPTION,)), "unseen"),
        (CHAT, make_coverage(scopes=(f"{SUBSCRIPTION}/resourceGroups/rg",)), "unseen"),
        (CHAT, make_coverage(), "unseen"),
        (CHAT, make_coverage(OTHER, evaluated=frozenset()), "unseen"),
        (CHAT, make_coverage(CHAT, evaluated=frozenset()), "unseen"),
    ],
)
def test_a_resource_that_is_gone_is_fixed_only_where_the_scan_would_have_seen_it(entry, coverage, word):
    assert became(entry, [], coverage) == word


@pytest.mark.parametrize(
    ("scope", "what", "word"),
    [
        (SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", "unseen"),
        ("/subscriptions", "microsoft.cognitiveservices/accounts", "unseen"),
        (GROUP, "Microsoft.CognitiveServices/accounts/deployments", "unseen"),
        (SUBSCRIPTION, "Microsoft.Resources/subscriptions/resourceGroups", "unseen"),
        ("/resourceGroups/rg", "Microsoft.Resources/subscriptions/resourceGroups", "unseen"),
        ("in.json", "resources", "unseen"),
        (SUBSCRIPTION, "Microsoft.Search/searchServices", "fixed"),
        (OTHER, "metrics", "fixed"),
        ("/subscriptions/elsewhere", "Microsoft.CognitiveServices/accounts", "fixed"),
    ],
)
def test_what_a_gap_may_hide_is_never_called_fixed(scope, what, word):
    coverage = make_coverage(OTHER, gaps=(Gap(scope, what, GapReason.FORBIDDEN),))
    assert became(CHAT, [], coverage) == word


def test_a_resource_that_was_read_is_not_hidden_by_a_gap():
    coverage = make_coverage(CHAT, gaps=(Gap(SUBSCRIPTION, "Microsoft.CognitiveServices/accounts", GapReason.TIMEOUT),))
    assert became(CHAT, [], coverage) == "fixed"


def test_what_is_looked_at_but_not_judged_is_never_called_fixed():
    untouched = Resource({"id": CHAT}, Origin("what-if", "in.json", judged=False))
    touched = Resource({"id": OTHER}, Origin("what-if", "in.json"))
    coverage = Coverage(Inventory((touched, untouched)), frozenset({RULE}), frozenset({RULE}))
    assert became(CHAT, [], coverage) == "unseen"
    assert became(OTHER, [], coverage) == "fixed"


def test_fixed_entries_are_listed_and_the_count_is_never_cut():
    gone = [f"{GROUP}/providers/Microsoft.X/things/{n:03}" for n in range(60)]
    baseline = make_baseline(*gone, CHAT, ELSEWHERE, OTHER)
    findings = [make_finding(), make_finding(OTHER, Outcome.UNKNOWN)]
    notes = baseline_notes(baseline, compare(baseline, findings, make_coverage(CHAT, OTHER)))
    assert notes[0].startswith("baseline.json: 60 of 63 known failures are fixed")
    assert notes[1] == f"fixed: {RULE} on {gone[0]}"
    assert notes[51] == "fixed: 10 more of baseline.json"
    assert notes[52].startswith("baseline.json: 1 of 63 known failures are unknown or an error now")
    assert notes[53].startswith("baseline.json: 1 of 63 known failures are not seen in this scan")
    assert len(notes) == 54


def test_a_baseline_that_still_holds_has_nothing_to_say():
    baseline = make_baseline(CHAT)
    assert baseline_notes(baseline, compare(baseline, [make_finding()], make_coverage(CHAT))) == []


def test_a_new_baseline_holds_failures_that_are_not_exempted_once_each_and_sorted():
    exempted = make_finding(f"{GROUP}/providers/Microsoft.X/things/exempted")
    exempted = Finding(exempted.rule, exempted.resource, exempted.verdict, Severity.HIGH, Disposition.EXEMPTED)
    [known] = apply_baseline([make_finding()], make_baseline(CHAT))
    others = [make_finding(f"{CHAT}-{outcome}", outcome) for outcome in Outcome if outcome is not Outcome.FAIL]
    baseline = new_baseline(
        [make_finding(OTHER), exempted, known, *others, make_finding(OTHER)], "2026-01-02T00:00:00Z"
    )
    assert ids(baseline) == [CHAT, OTHER]
    assert baseline.created_at == "2026-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("merge", "prune", "expected"),
    [
        (True, False, [CHAT, f"{CHAT}-gone", f"{CHAT}-new", ELSEWHERE]),
        (False, True, [CHAT, ELSEWHERE]),
        (True, True, [CHAT, f"{CHAT}-new", ELSEWHERE]),
    ],
)
def test_merge_adds_prune_drops_what_is_fixed_and_neither_touches_what_was_not_seen(merge, prune, expected):
    old = make_baseline(ELSEWHERE, CHAT, f"{CHAT}-gone")
    findings = [make_finding(), make_finding(f"{CHAT}-new")]
    coverage = make_coverage(CHAT, f"{CHAT}-new")
    updated = updated_baseline(old, findings, coverage, "2026-02-01T00:00:00Z", merge=merge, prune=prune)
    assert ids(updated) == expected
    assert updated.created_at == "2026-02-01T00:00:00Z"


def test_prune_keeps_a_failure_that_is_exempted_or_undecided_now():
    old = make_baseline(CHAT, OTHER)
    exempted = make_finding()
    exempted = Finding(exempted.rule, exempted.resource, exempted.verdict, Severity.HIGH, Disposition.EXEMPTED)
    findings = [exempted, make_finding(OTHER, Outcome.UNKNOWN)]
    updated = updated_baseline(old, findings, make_coverage(CHAT, OTHER), "x", merge=False, prune=True)
    assert ids(updated) == [CHAT, OTHER]


RESOURCES = st.sampled_from([CHAT, OTHER, ELSEWHERE, f"{CHAT}-2", CHAT.upper()])
FINDINGS = st.lists(st.builds(make_finding, RESOURCES, st.sampled_from(list(Outcome))), max_size=8)


@given(FINDINGS, st.lists(RESOURCES, max_size=5), st.lists(RESOURCES, max_size=3))
def test_every_entry_has_one_fate_and_merging_never_forgets_a_failure(findings, entries, read):
    baseline, coverage = make_baseline(*entries), make_coverage(*read)
    found = compare(baseline, findings, coverage)
    total = len(found.known) + len(found.fixed) + len(found.undecided) + len(found.unseen)
    assert total == len(baseline.by_fingerprint)
    both = updated_baseline(baseline, findings, coverage, "x", merge=True, prune=True)
    known = apply_baseline(findings, both)
    assert all(f.disposition is Disposition.BASELINED for f in known if f.outcome is Outcome.FAIL)
