"""Throttling and outages are waited for, but not for ever."""

import pytest
import requests

from scanner.errors import SourceError
from scanner.sources.azure.retries import GIVE_UPS, HASTY_READ_TIMEOUT, SHORTEST_WAIT, THROTTLED_ATTEMPTS, Patience
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    ARM,
    DEPLOYMENT_TYPE,
    GROUP,
    SUBSCRIPTION,
    account,
    gaps_of,
    needs,
    subscription,
)

ACCOUNT_TYPE = "microsoft.cognitiveservices/accounts"
ACCOUNTS_GAP = (SUBSCRIPTION, "Microsoft.CognitiveServices/accounts")


@pytest.fixture
def quiet_arm(arm):
    """One subscription without groups; the accounts are the test's."""
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    return arm


def accounts_calls(arm):
    return len([call for call in arm.calls if call.path == ACCOUNTS])


def test_throttling_that_ends_is_no_gap(quiet_arm):
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers={"Retry-After": "7"})
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers={"Retry-After": "3"})
    quiet_arm.lists(ACCOUNTS, account())
    inventory = quiet_arm.collect(needs(ACCOUNT_TYPE))
    assert [one.name for one in inventory.scanned] == ["chat"]
    assert inventory.gaps == ()
    assert [7 <= quiet_arm.slept[0] <= 7.7, 3 <= quiet_arm.slept[1] <= 3.3, len(quiet_arm.slept)] == [True, True, 2]


def test_permanent_throttling_is_a_gap_after_six_attempts(quiet_arm):
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers={"Retry-After": "20"})
    inventory = quiet_arm.collect(needs(ACCOUNT_TYPE))
    assert gaps_of(inventory) == {(*ACCOUNTS_GAP, "throttled")}
    assert accounts_calls(quiet_arm) == 1 + THROTTLED_ATTEMPTS
    assert len(quiet_arm.slept) == THROTTLED_ATTEMPTS
    assert all(20 <= seconds <= 22 for seconds in quiet_arm.slept)


def test_throttling_without_a_word_on_how_long_is_waited_for_longer_each_time(quiet_arm):
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests")
    assert gaps_of(quiet_arm.collect(needs(ACCOUNT_TYPE))) == {(*ACCOUNTS_GAP, "throttled")}
    assert len(quiet_arm.slept) == THROTTLED_ATTEMPTS
    assert all(2**n <= seconds <= 1.1 * 2**n for n, seconds in enumerate(quiet_arm.slept))


def test_a_throttled_answer_that_asks_for_no_wait_gets_a_short_one(quiet_arm):
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers={"Retry-After": "0"})
    quiet_arm.lists(ACCOUNTS, account())
    assert quiet_arm.collect(needs(ACCOUNT_TYPE)).gaps == ()
    assert SHORTEST_WAIT <= quiet_arm.slept[0] <= 1.1 * SHORTEST_WAIT


def test_cost_managements_own_headers_say_how_long_to_wait(quiet_arm):
    headers = {
        "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after": "4",
        "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "12",
    }
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers=headers)
    quiet_arm.lists(ACCOUNTS, account())
    assert quiet_arm.collect(needs(ACCOUNT_TYPE)).gaps == ()
    assert 12 <= quiet_arm.slept[0] <= 13.2


@pytest.mark.parametrize("headers", [{"Retry-After": "3600"}, {"x-ms-retry-after-ms": "61000"}, {"Retry-After": "inf"}])
def test_a_wait_that_is_too_long_is_not_waited(quiet_arm, headers):
    quiet_arm.error(ACCOUNTS, 429, "TooManyRequests", headers=headers)
    assert gaps_of(quiet_arm.collect(needs(ACCOUNT_TYPE))) == {(*ACCOUNTS_GAP, "throttled")}
    assert (accounts_calls(quiet_arm), quiet_arm.slept) == (1, [])


@pytest.mark.parametrize("value", ["soon", "nan", "-5", "Mon, 32 Foo 2026 99:99:99 GMT", "\u0661"])
def test_a_wait_that_cannot_be_read_is_azure_cores_backoff(quiet_arm, value):
    quiet_arm.error(ACCOUNTS, 503, "Busy", headers={"Retry-After": value})
    assert gaps_of(quiet_arm.collect(needs(ACCOUNT_TYPE))) == {(*ACCOUNTS_GAP, "serverError")}
    assert accounts_calls(quiet_arm) == 4
    assert sum(quiet_arm.slept) < 10


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_repeated_and_then_a_gap(quiet_arm, status):
    quiet_arm.error(ACCOUNTS, status, "InternalServerError", "It broke.")
    inventory = quiet_arm.collect(needs(ACCOUNT_TYPE))
    assert gaps_of(inventory) == {(*ACCOUNTS_GAP, "serverError")}
    assert inventory.gaps[0].detail == "InternalServerError: It broke."
    assert accounts_calls(quiet_arm) == 4


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "notFound"), (400, "unsupported")])
def test_a_refusal_is_not_repeated_even_with_retry_after(quiet_arm, status, reason):
    quiet_arm.error(ACCOUNTS, status, "No", headers={"Retry-After": "5"})
    assert gaps_of(quiet_arm.collect(needs(ACCOUNT_TYPE))) == {(*ACCOUNTS_GAP, reason)}
    assert (accounts_calls(quiet_arm), quiet_arm.slept) == (1, [])


def test_a_broken_connection_is_repeated_and_then_a_gap(quiet_arm):
    quiet_arm.answer(ACCOUNTS, body=requests.exceptions.ConnectionError("[Errno 111] Connection refused"))
    inventory = quiet_arm.collect(needs(ACCOUNT_TYPE))
    assert gaps_of(inventory) == {(*ACCOUNTS_GAP, "unreachable")}
    assert inventory.gaps[0].detail == "no connection: [Errno 111] Connection refused"
    assert accounts_calls(quiet_arm) == 4


def test_a_silent_server_is_asked_twice_and_then_a_gap(quiet_arm):
    quiet_arm.answer(ACCOUNTS, body=requests.exceptions.ReadTimeout("Read timed out. (read timeout=60)"))
    assert gaps_of(quiet_arm.collect(needs(ACCOUNT_TYPE))) == {(*ACCOUNTS_GAP, "timeout")}
    assert accounts_calls(quiet_arm) == 2


def throttled_accounts(arm, count):
    parents = [f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/a{number:03}" for number in range(count)]
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, *(account(one) for one in parents))
    for one in parents:
        arm.error(f"{one}/deployments", 429, "TooManyRequests", headers={"Retry-After": "30"})
    return parents


def test_a_subscription_that_stays_throttled_costs_no_more_than_the_patience(arm):
    throttled_accounts(arm, 100)
    inventory = arm.collect(needs(DEPLOYMENT_TYPE), max_wait=100)
    assert {gap.reason for gap in inventory.gaps} == {"throttled"}
    assert len(inventory.gaps) == 100
    assert len([call for call in arm.calls if call.path.endswith("/deployments")]) < 100 * (1 + THROTTLED_ATTEMPTS)


def test_patience_is_kept_per_host_subscription_and_kind_of_call():
    patience = Patience()
    kind = patience.kind(f"{ARM}{ACCOUNT}/deployments?api-version=1")
    assert kind == ("management.azure.com", SUBSCRIPTION.rpartition("/")[2], "deployments")
    for _ in range(GIVE_UPS):
        assert not patience.is_over(kind)
        patience.note(kind, answered=False)
    assert patience.is_over(kind)
    assert not patience.is_over(patience.kind(f"{ARM}/subscriptions/other/x/deployments"))
    assert not patience.is_over(patience.kind(f"{ARM}{ACCOUNT}/raiPolicies"))
    patience.note(kind, answered=True)
    assert not patience.is_over(kind)


def test_time_outs_are_shorter_once_patience_is_over(arm):
    timeouts = []
    parents = [f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/a{number}" for number in range(GIVE_UPS + 1)]
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, *(account(one) for one in parents))

    def silent(request):
        timeouts.append(request.req_kwargs["timeout"])
        raise requests.exceptions.ReadTimeout("Read timed out.")

    for one in parents:
        arm.mock.add_callback("GET", f"{ARM}{one}/deployments", silent)
    arm.collect(needs(DEPLOYMENT_TYPE), concurrency=1)
    assert timeouts == [(10, 60)] * 2 * GIVE_UPS + [(10, HASTY_READ_TIMEOUT)]


def test_an_unreachable_azure_ends_the_scan_with_a_hint(arm):
    arm.answer("/subscriptions", body=requests.exceptions.ConnectionError("[Errno 111] Connection refused"))
    with pytest.raises(
        SourceError, match=r"cannot be listed: no connection: \[Errno 111\] Connection refused"
    ) as caught:
        arm.collect(needs(ACCOUNT_TYPE))
    assert "AZGATE_ARM_ENDPOINT" in caught.value.problems[0].hint
