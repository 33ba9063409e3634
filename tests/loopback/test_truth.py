"""A scan finds the truth: every planted violation, what cannot be known, and nothing else."""

import os
from collections import Counter

import pytest

from scanner.model.verdict import Outcome
from scanner.policies.parameters import overrides_from_flags
from scanner.scan import PolicyOptions, ScanOptions, collect, scan
from scanner.sources.azure import AzureOptions
from scanner.sources.snapshot import chunks
from tests.loopback.estate import AS_OF
from tests.loopback.generate import PARAMETERS, generate
from tests.loopback.injure import hide, injure
from tests.loopback.plant_others import ENTERPRISE, ORGS
from tests.loopback.server import FakeAzure

SEEDS = (1, 2, 3)
POLICY = PolicyOptions(flags=tuple(overrides_from_flags(PARAMETERS)))


@pytest.fixture
def live(monkeypatch):
    """Give the options of a scan of everything there is, in a process whose environment describes a fake Azure."""

    def options(azure):
        for name in [name for name in os.environ if name.startswith(("AZURE_", "AZGATE_", "GITHUB_"))]:
            monkeypatch.delenv(name)
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**azure.environ(), "GITHUB_TOKEN": azure.tenant.github_token}.items():
            monkeypatch.setenv(name, value)
        return AzureOptions(environ=os.environ, graph=True, github_organizations=ORGS, github_enterprises=(ENTERPRISE,))

    return options


def found(result):
    """What failed and what is unknown, as the truth writes it."""
    wanted = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR}
    return {
        (one.rule.id, one.resource.id.lower()): str(one.outcome) for one in result.findings if one.outcome in wanted
    }


def assert_true(result, truth):
    seen = found(result)
    assert {key: seen[key] for key in seen.keys() - truth.keys()} == {}, "found, and not so"
    assert {key: truth[key] for key in truth.keys() - seen.keys()} == {}, "so, and not found"
    assert seen == truth


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scan_finds_exactly_what_was_planted(seed, live):
    estate = generate(seed)
    with FakeAzure(estate.tenant) as azure:
        result = scan(ScanOptions(policy=POLICY, live=live(azure), as_of=AS_OF))
        assert azure.writes == []
        assert azure.unauthorized == []
        assert [one for one, count in Counter(one.key for one in azure.requests).items() if count > 1] == []
    assert result.gaps == ()
    assert result.scan.not_evaluated == ()
    assert_true(result, estate.truth)
    assert len(result.findings) > 1000
    assert result.resources > 250


def test_the_seeds_together_plant_a_violation_of_every_rule_and_let_each_pass(live):
    planted = {rule for seed in SEEDS for (rule, _), outcome in generate(seed).truth.items() if outcome == "fail"}
    estate = generate(SEEDS[0])
    with FakeAzure(estate.tenant) as azure:
        result = scan(ScanOptions(policy=POLICY, live=live(azure), as_of=AS_OF))
    rules = {rule.id for rule in result.rules}
    assert rules - planted == set()
    passing = {one.rule.id for one in result.findings if one.outcome is Outcome.PASS}
    assert rules - passing == set()


def test_the_same_seed_gives_the_same_tenant():
    assert generate(5).tenant.resources == generate(5).tenant.resources
    assert generate(5).truth != generate(6).truth


def collected(options, tmp_path):
    inventory = collect(POLICY, options, AS_OF)
    path = tmp_path / "snapshot.json"
    path.write_text("".join(chunks(inventory)), "utf-8")
    return str(path)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_cannot_be_read_is_a_gap_and_nothing_else_changes(seed, live, tmp_path):
    estate = generate(seed)
    expected = injure(estate)
    with FakeAzure(estate.tenant) as azure:
        options = live(azure)
        result = scan(ScanOptions(policy=POLICY, live=options, as_of=AS_OF))
        assert azure.writes == []
        path = collected(options, tmp_path)
    gaps = [(gap.scope.lower(), gap.what, gap.reason.value) for gap in result.gaps]
    assert len(gaps) == len(set(gaps))
    assert set(gaps) == {(scope.lower(), what, reason) for scope, what, reason in expected}
    assert_true(result, estate.truth)
    assert_same(scan(ScanOptions(policy=POLICY, inputs=(path,))), result)


@pytest.mark.parametrize("way", ["graph forbidden", "graph empty", "no batch", "passing faults"])
def test_trouble_that_another_way_leads_around_changes_nothing(way, live):
    estate = generate(SEEDS[1])
    hide(estate.tenant, way)
    with FakeAzure(estate.tenant, page_size=3) as azure:
        result = scan(ScanOptions(policy=POLICY, live=live(azure), as_of=AS_OF))
    assert result.gaps == ()
    assert_true(result, estate.truth)


def assert_same(later, now):
    def described(result):
        return [(one.fingerprint, one.outcome, one.message, one.evidence) for one in result.findings]

    assert described(later) == described(now)
    assert later.gaps == now.gaps
    assert later.scan.not_evaluated == now.scan.not_evaluated


def test_a_snapshot_is_scanned_to_the_same_findings(live, tmp_path):
    estate = generate(SEEDS[0])
    with FakeAzure(estate.tenant) as azure:
        options = live(azure)
        now = scan(ScanOptions(policy=POLICY, live=options, as_of=AS_OF))
        path = collected(options, tmp_path)
    later = scan(ScanOptions(policy=POLICY, inputs=(path,)))
    assert_true(later, estate.truth)
    assert_same(later, now)
