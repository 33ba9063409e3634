"""Settings, licences and capacities: `diagnosticSettings`, `purged`, `seatActivity`, `ratio`, `searchUnits`."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model.inventory import Fact, GapReason
from scanner.model.values import UNKNOWN, Truth
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.environment import Environment, Judgement
from tests.factories import (
    ACCOUNT,
    AS_OF,
    compiled,
    compiled_with_problems,
    days_before,
    make_gap,
    make_inventory,
    make_resource,
    truth_of,
)

DELETED = "Microsoft.CognitiveServices/deletedAccounts"
HOME = make_resource(ACCOUNT, "acct")
ANY: dict[str, Any] = {"diagnosticSettings": {}}
REQUESTS = {"diagnosticSettings": {"logCategories": ["RequestResponse"]}}
SEAT = {"seatActivity": {"window": "P30D", "lastActivity": "properties.last", "created": "properties.since"}}


def judge(tree: Any, resource: Any, *others: Any, **surroundings: Any) -> Judgement:
    return compiled(tree).explain(resource, Environment(make_inventory(resource, *others, **surroundings), AS_OF))


def log(**body: Any) -> dict[str, Any]:
    return {"name": "s", "properties": {"logs": [{"enabled": True, **body}]}}


@pytest.mark.parametrize(
    ("settings", "some", "requests"),
    [
        ([log(category="Audit")], True, False),
        ([log(category="requestRESPONSE")], True, True),
        ([log(categoryGroup="allLogs")], True, True),
        ([log(categoryGroup="audit")], True, False),
        ([log(category="Audit", enabled=False)], False, False),
        ([log(category="Audit", enabled="true")], False, False),
        ([log(category="Audit", enabled=False), log(category="RequestResponse")], True, True),
        ([log(category=None, categoryGroup=None)], False, False),
        ([log()], False, False),
        ([], False, False),
        (
            [None, 5, {}, {"properties": None}, {"properties": {"logs": 5}}, {"properties": {"logs": [None]}}],
            False,
            False,
        ),
    ],
)
def test_an_enabled_log_category_is_exported(settings: Any, some: Truth, requests: Truth):
    facts = [Fact("diagnosticSettings", HOME.id.upper(), settings)]

    assert judge(ANY, HOME, facts=facts).truth is some
    assert judge(REQUESTS, HOME, facts=facts).truth is requests


@pytest.mark.parametrize("data", [None, {}, "x", 5])
def test_settings_that_were_not_read_are_unknown(data: Any):
    assert judge(ANY, HOME).message == "its diagnostic settings were not read"
    assert judge(ANY, HOME, facts=[Fact("diagnosticSettings", HOME.id, data)]).truth is None


def test_a_gap_hides_the_settings_that_are_not_there():
    gap = make_gap(HOME.id, "diagnosticSettings", GapReason.TRUNCATED)
    there = Fact("diagnosticSettings", HOME.id, [log(category="Audit")])

    assert judge(ANY, HOME, gaps=[gap]).truth is None
    assert judge(ANY, HOME, facts=[there], gaps=[gap]).truth is True
    assert judge(REQUESTS, HOME, facts=[there], gaps=[gap]).truth is None


@pytest.mark.parametrize(
    ("kind", "truth"),
    [("OpenAI", False), ("aiservices", False), ("SpeechServices", True), (None, None), (UNKNOWN, None), (5, None)],
)
def test_a_deleted_account_of_a_kind_that_serves_models_is_one_too_many(kind: Any, truth: Truth):
    deleted = make_resource(DELETED, "acct", kind=kind, properties={"deletionDate": 5, "scheduledPurgeDate": None})

    assert judge({"purged": {}}, deleted).truth is truth


@pytest.mark.parametrize(
    ("last", "since", "truth"),
    [
        (days_before(30), None, True),
        (days_before(30.01), None, False),
        (days_before(-1), None, True),
        ("2026-10-25", None, True),
        ("2026-10-24", None, False),
        (" ", None, False),
        (None, None, False),
        (None, days_before(10), True),
        (days_before(90), days_before(100), False),
        ("soon", None, None),
        (UNKNOWN, days_before(100), None),
        (UNKNOWN, days_before(1), True),
        (None, 5, None),
        (days_before(1), 5, True),
        ({}, None, None),
    ],
)
def test_a_seat_is_used_or_new(last: Any, since: Any, truth: Truth):
    assert truth_of(SEAT, {"properties": {"last": last, "since": since}}) is truth


def test_a_seat_whose_beginning_is_nobodys_business():
    tree = {"seatActivity": {"window": "P30D", "lastActivity": "properties.last"}}

    assert truth_of(tree, {"properties": {"last": "", "since": days_before(1)}}) is False


@pytest.mark.parametrize(
    ("part", "whole", "truth"),
    [
        (8, 10, True),
        (7.99, 10, False),
        ("8", "10", True),
        (0, 10, False),
        (12, 10, True),
        (0, 0, None),
        (5, -1, None),
        (None, 10, None),
        (8, None, None),
        (UNKNOWN, 10, None),
        (True, 10, None),
        ({}, [], None),
    ],
)
def test_a_share_of_what_there_is(part: Any, whole: Any, truth: Truth):
    body = {"properties": {"part": part, "whole": whole}}
    fields = {"numerator": "properties.part", "denominator": "properties.whole"}

    assert truth_of({"ratio": {**fields, "greaterOrEquals": 0.8}}, body) is truth


def test_a_share_may_have_a_ceiling_instead():
    tree = {"ratio": {"numerator": "properties.a", "denominator": "properties.b", "lessOrEquals": 0}}

    assert truth_of(tree, {"properties": {"a": 0, "b": 5}}) is True
    assert truth_of(tree, {"properties": {"a": 1, "b": 5}}) is False


@pytest.mark.parametrize(
    ("properties", "truth"),
    [
        ({"replicaCount": 2, "partitionCount": 2}, True),
        ({"replicaCount": 5, "partitionCount": 1}, False),
        ({"replicaCount": 3}, True),
        ({}, True),
        (None, True),
        ({"replicaCount": UNKNOWN}, None),
        ({"partitionCount": "many"}, None),
        ({"replicaCount": 12, "partitionCount": 12}, False),
    ],
)
def test_search_units_are_replicas_times_partitions(properties: Any, truth: Truth):
    tree = {"searchUnits": {"maxSearchUnits": 4}}
    body = {"properties": properties}

    assert truth_of(tree, body) is truth
    if truth is not None:
        assert truth_of(ASSERTIONS["searchUnits"].to_azure_policy({"maxSearchUnits": 4}), body) is truth


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({"ratio": {"numerator": "a", "denominator": "b"}}, "exactly one of greaterOrEquals, lessOrEquals"),
        ({"ratio": {"numerator": "", "denominator": "b", "lessOrEquals": 1}}, "'numerator' is empty"),
        ({"ratio": {"numerator": "a[*].b", "denominator": "b", "lessOrEquals": 1}}, "many values"),
        ({"seatActivity": {"window": "P30D"}}, "'lastActivity' is missing"),
        ({"seatActivity": {"window": "P30D", "lastActivity": "tags."}}, "a tag name must follow"),
        ({"searchUnits": {"maxSearchUnits": 0}}, "maxSearchUnits"),
        ({"diagnosticSettings": {"logCategories": "Audit"}}, "must be a list"),
        ({"purged": {"now": True}}, "unknown key 'now'"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(tree: Any, words: str):
    _, problems = compiled_with_problems(tree)

    assert any(words in problem.message for problem in problems.found), problems.found
