"""Metrics: by batch, by resource, once per question, and never a silent hole."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from scanner.model.needs import FactNeed, MetricQuery
from scanner.sources.azure.facts.metric_answers import TOP
from tests.sources.azure.fakes import (
    ACCOUNT,
    ACCOUNTS,
    ARM,
    DEPLOYMENT_TYPE,
    GROUP,
    SUBSCRIPTION,
    about_deployments,
    account,
    deployment,
    gaps_of,
    needs,
    subscription,
)

NAME = "AzureOpenAIRequests"
QUERY = MetricQuery(NAME, "total", "PT1H", timedelta(days=7), "parent", "ModelDeploymentName")
REQUESTS = about_deployments("metrics", metric=QUERY)
BATCH = f"https://eastus2.metrics.monitor.azure.com{SUBSCRIPTION}/metrics:getBatch"
BY_RESOURCE = f"{ACCOUNT}/providers/Microsoft.Insights/metrics"
GAP = (ACCOUNT, f"metrics/{NAME}")


def series(name="gpt4o"):
    names = [{"name": {"value": "modeldeploymentname"}, "value": name}]
    return {"metadatavalues": names, "data": [{"timeStamp": "2026-11-20T00:00:00Z", "total": 5.0}]}


def metric(*found, name=NAME, **more):
    return {"name": {"value": name}, "unit": "Count", "errorCode": "Success", "timeseries": list(found), **more}


def batch_answer(arm, *entries):
    values = [{"resourceid": owner.lower(), "value": values} for owner, values in entries]
    arm.answer(BATCH, {"values": values}, method="POST")


def metrics_calls(arm):
    return [call for call in arm.calls if "metrics" in call.path]


def only_fact(inventory):
    (fact,) = inventory.facts
    assert fact.kind == "metrics"
    return fact


def many_accounts(arm, count):
    """Accounts with a deployment each; give their ids."""
    parents = [f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/A{number:03}" for number in range(count)]
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, *(account(one) for one in parents))
    for one in parents:
        arm.lists(f"{one}/deployments", deployment("gpt4o", one))
    return parents


def test_the_batch_endpoint_of_the_region_is_asked_with_its_own_token(arm):
    arm.serve_chat()
    answer = metric(series(), newField=True)
    batch_answer(arm, (ACCOUNT, [answer]))
    inventory = arm.collect(needs(DEPLOYMENT_TYPE, facts=(REQUESTS,)))
    (call,) = metrics_calls(arm)
    assert call.query == {
        "api-version": "2024-02-01",
        "starttime": "2026-11-17T12:00:00Z",
        "endtime": "2026-11-24T12:00:00Z",
        "interval": "PT1H",
        "metricnamespace": "Microsoft.CognitiveServices/accounts",
        "metricnames": NAME,
        "aggregation": "total",
        "filter": "ModelDeploymentName eq '*'",
        "top": str(TOP),
    }
    assert json.loads(call.body) == {"resourceids": [ACCOUNT.lower()]}
    assert call.headers["Authorization"] == "Bearer token-for-https://metrics.monitor.azure.com/.default"
    fact = only_fact(inventory)
    assert fact.scope == ACCOUNT
    assert fact.data == [
        {
            "query": {
                "metric": NAME,
                "aggregation": "total",
                "interval": "PT1H",
                "start": "2026-11-17T12:00:00Z",
                "end": "2026-11-24T12:00:00Z",
                "dimension": "ModelDeploymentName",
            },
            "value": answer,
        }
    ]
    assert not inventory.gaps


def test_a_query_split_further_filters_by_every_dimension_and_is_a_question_of_its_own(arm):
    arm.serve_chat()
    batch_answer(arm, (ACCOUNT, [metric(series())]))
    by_status = about_deployments("metrics", metric=replace(QUERY, also=("StatusCode",)))

    inventory = arm.collect(needs(DEPLOYMENT_TYPE, facts=(REQUESTS, by_status)))

    assert [call.query["filter"] for call in metrics_calls(arm)] == [
        "ModelDeploymentName eq '*'",
        "ModelDeploymentName eq '*' and StatusCode eq '*'",
    ]
    plain, split = (entry["query"] for entry in only_fact(inventory).data)
    assert "also" not in plain
    assert split["also"] == ["StatusCode"]


def test_a_metrics_endpoint_replaces_the_regions_own(arm):
    arm.serve_chat()
    arm.environ = {"AZGATE_METRICS_ENDPOINT": "https://metrics.example"}
    owner = [{"resourceid": ACCOUNT.lower(), "value": [metric()]}]
    arm.answer(f"https://metrics.example{SUBSCRIPTION}/metrics:getBatch", {"values": owner}, method="POST")
    assert only_fact(arm.collect(needs(facts=(REQUESTS,)))).scope == ACCOUNT


def test_a_private_arm_without_a_metrics_endpoint_is_asked_by_resource(arm):
    arm.serve_chat()
    arm.environ = {"AZGATE_ARM_ENDPOINT": ARM}
    arm.answer(BY_RESOURCE, {"value": [metric(series())]})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    (call,) = metrics_calls(arm)
    assert call.query == {
        "api-version": "2024-02-01",
        "timespan": "2026-11-17T12:00:00Z/2026-11-24T12:00:00Z",
        "interval": "PT1H",
        "metricnamespace": "Microsoft.CognitiveServices/accounts",
        "metricnames": NAME,
        "aggregation": "total",
        "$filter": "ModelDeploymentName eq '*'",
        "top": str(TOP),
    }
    assert call.headers["Authorization"] == "Bearer token-for-https://management.azure.com/.default"
    assert only_fact(inventory).data[0]["value"] == metric(series())
    assert arm.credential.scopes == ["https://management.azure.com/.default"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"json": {"error": {"code": "Forbidden", "message": "no"}}, "status": 403},
        {"json": {"error": {"code": "BadRequest", "message": "no"}}, "status": 400},
        {"json": {}, "status": 429},
        {"json": {}, "status": 500},
        {"body": requests.exceptions.ConnectionError("Name or service not known")},
        {"body": requests.exceptions.ReadTimeout("Read timed out.")},
        {"body": b"<html>"},
        {"json": {"values": "x"}},
        {"json": {"values": [None, {}, {"resourceid": 5}, {"resourceid": ACCOUNT}]}},
        {"json": []},
    ],
)
def test_whatever_is_wrong_with_the_batch_the_resource_is_asked_itself(arm, trouble):
    arm.serve_chat()
    arm.answer(BATCH, method="POST", **trouble)
    arm.answer(BY_RESOURCE, {"value": [metric(series())]})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert only_fact(inventory).data[0]["value"] == metric(series())
    assert not inventory.gaps


def test_a_token_for_the_batch_endpoint_that_is_refused_costs_nothing_but_the_batch(arm):
    from azure.core.exceptions import ClientAuthenticationError

    class OneAudience(type(arm.credential)):
        def get_token(self, *scopes, **options):
            if "metrics" in scopes[0]:
                self.scopes.extend(scopes)
                raise ClientAuthenticationError(message="AADSTS700024: Client assertion is not within its valid time.")
            return super().get_token(*scopes, **options)

    arm.credential = OneAudience()
    arm.serve_chat()
    arm.answer(BY_RESOURCE, {"value": [metric(series())]})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert only_fact(inventory).scope == ACCOUNT
    assert not inventory.gaps
    assert len(arm.credential.scopes) == 2


def test_resources_that_a_batch_leaves_out_are_asked_themselves(arm):
    first, second, third = many_accounts(arm, 3)
    batch_answer(arm, (first, [metric(series())]), (third, [metric()]))
    arm.answer(f"{second}/providers/Microsoft.Insights/metrics", {"value": [metric(series("x"))]})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert [fact.scope for fact in inventory.facts] == [first, second, third]
    assert [call.method for call in metrics_calls(arm)] == ["POST", "GET"]
    assert not inventory.gaps


def test_a_batch_call_takes_fifty_resources(arm):
    owners = many_accounts(arm, 120)
    for start in (0, 50, 100):
        batch_answer(arm, *((one, [metric()]) for one in owners[start : start + 50]))
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert [len(json.loads(call.body)["resourceids"]) for call in metrics_calls(arm)] == [50, 50, 20]
    assert [fact.scope for fact in inventory.facts] == owners


def test_one_endpoint_that_cannot_be_reached_is_not_tried_again_and_again(arm):
    owners = many_accounts(arm, 60)
    arm.error(BATCH, 403, "AuthorizationFailed", method="POST")
    for one in owners:
        arm.answer(f"{one}/providers/Microsoft.Insights/metrics", {"value": [metric()]})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert len(inventory.facts) == 60
    assert [call.method for call in metrics_calls(arm)].count("POST") == 1


def test_regions_have_their_own_batches(arm):
    west = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/west"
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(ACCOUNTS, account(), account(west, location="westus"))
    arm.lists(f"{ACCOUNT}/deployments", deployment("a"))
    arm.lists(f"{west}/deployments", deployment("a", west))
    batch_answer(arm, (ACCOUNT, [metric()]))
    answer = {"values": [{"resourceid": west, "value": [metric()]}]}
    arm.answer(BATCH.replace("eastus2", "westus"), answer, method="POST")
    assert {fact.scope for fact in arm.collect(needs(facts=(REQUESTS,))).facts} == {ACCOUNT, west}


def test_a_question_is_asked_once_however_many_rules_and_deployments_ask_it(arm):
    arm.serve_chat()
    arm.mock.remove("GET", f"{ARM}{ACCOUNT}/deployments")
    arm.lists(f"{ACCOUNT}/deployments", deployment("a"), deployment("b"))
    batch_answer(arm, (ACCOUNT, [metric()]))
    shorter = replace(QUERY, window=timedelta(hours=1), metric=NAME.upper())
    longer = replace(QUERY, window=timedelta(days=30))
    facts = tuple(about_deployments("metrics", metric=query) for query in (QUERY, shorter, longer, QUERY))
    inventory = arm.collect(needs(facts=facts))
    (entry,) = only_fact(inventory).data
    assert entry["query"]["start"] == "2026-10-25T12:00:00Z"
    assert len(metrics_calls(arm)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"aggregation": "average"},
        {"interval": "P1D"},
        {"dimension": ""},
        {"also": ("StatusCode",)},
        {"metric": "GeneratedTokens", "window": timedelta(days=8)},
    ],
)
def test_questions_that_differ_are_asked_apart_and_kept_in_one_fact(arm, change):
    arm.serve_chat()
    other = replace(QUERY, **change)
    batch_answer(arm, (ACCOUNT, [metric(), metric(name="GeneratedTokens")]))
    facts = (REQUESTS, about_deployments("metrics", metric=other))
    inventory = arm.collect(needs(facts=facts))
    assert len(metrics_calls(arm)) == 2
    assert len(only_fact(inventory).data) == 2


def test_metrics_that_differ_in_their_name_alone_share_a_call(arm):
    arm.serve_chat()
    batch_answer(arm, (ACCOUNT, [metric(series("x"), name="generatedtokens"), metric(series())]))
    facts = (REQUESTS, about_deployments("metrics", metric=replace(QUERY, metric="GeneratedTokens")))
    inventory = arm.collect(needs(facts=facts))
    (call,) = metrics_calls(arm)
    assert call.query["metricnames"] == f"{NAME},GeneratedTokens"
    found = {entry["query"]["metric"]: entry["value"]["timeseries"] for entry in only_fact(inventory).data}
    assert found == {NAME: [series()], "GeneratedTokens": [series("x")]}
    assert not inventory.gaps


def test_a_call_takes_twenty_metrics(arm):
    arm.serve_chat()
    arm.environ = {"AZGATE_ARM_ENDPOINT": ARM}
    names = [f"Metric{number}" for number in range(21)]
    arm.answer(BY_RESOURCE, {"value": [metric(name=name) for name in names]})
    facts = tuple(about_deployments("metrics", metric=replace(QUERY, metric=name)) for name in names)
    inventory = arm.collect(needs(facts=facts))
    assert sorted(len(call.query["metricnames"].split(",")) for call in metrics_calls(arm)) == [1, 20]
    assert len(only_fact(inventory).data) == 21


def test_resources_of_which_the_same_is_asked_share_a_call(arm):
    first, second, third = many_accounts(arm, 3)
    both = [metric(), metric(name="GeneratedTokens")]
    for _ in range(2):
        batch_answer(arm, (first, both), (second, both), (third, both))
    tokens = about_deployments(
        "metrics", lambda resource, _: third not in resource.id, metric=replace(QUERY, metric="GeneratedTokens")
    )
    inventory = arm.collect(needs(facts=(REQUESTS, tokens)))
    asked = {call.query["metricnames"]: json.loads(call.body)["resourceids"] for call in metrics_calls(arm)}
    assert asked == {
        f"{NAME},GeneratedTokens": [first.lower(), second.lower()],
        NAME: [third.lower()],
    }
    assert [len(fact.data) for fact in inventory.facts] == [2, 2, 1]


@pytest.mark.parametrize("way", ["batch", "resource"])
def test_one_metric_azure_does_not_take_does_not_cost_the_others(arm, way):
    arm.serve_chat()
    place = BATCH if way == "batch" else ARM + BY_RESOURCE
    arm.environ = {} if way == "batch" else {"AZGATE_ARM_ENDPOINT": ARM}

    def answer(request):
        if "Broken" in request.url:
            return 400, {}, json.dumps({"error": {"code": "BadRequest", "message": "no metric Broken"}})
        values = [metric(series())]
        body = {"values": [{"resourceid": ACCOUNT, "value": values}]} if way == "batch" else {"value": values}
        return 200, {}, json.dumps(body)

    arm.mock.add_callback("POST" if way == "batch" else "GET", place, answer, content_type="application/json")
    if way == "batch":
        arm.error(BY_RESOURCE, 400, "BadRequest")
    facts = (REQUESTS, about_deployments("metrics", metric=replace(QUERY, metric="Broken")))
    inventory = arm.collect(needs(facts=facts))
    assert [entry["query"]["metric"] for entry in only_fact(inventory).data] == [NAME]
    assert gaps_of(inventory) == {(ACCOUNT, "metrics/Broken", "unsupported")}


def test_several_dimensions_are_joined_in_the_filter(arm):
    arm.serve_chat()
    batch_answer(arm, (ACCOUNT, [metric(series())]))
    query = replace(QUERY, also=("StatusCode",))
    inventory = arm.collect(needs(facts=(about_deployments("metrics", metric=query),)))
    (call,) = metrics_calls(arm)
    assert call.query["filter"] == "ModelDeploymentName eq '*' and StatusCode eq '*'"
    assert call.query["top"] == str(TOP)
    assert only_fact(inventory).data[0]["query"]["also"] == ["StatusCode"]


def in_pieces(arm, query, answers, way):
    """Answer each piece of a window in turn; give the fact's only entry and the spans that were asked for."""
    arm.serve_chat()
    for answer in answers:
        if way == "batch":
            batch_answer(arm, (ACCOUNT, [answer]))
        else:
            arm.answer(BY_RESOURCE, {"value": [answer]})
    arm.environ = {} if way == "batch" else {"AZGATE_ARM_ENDPOINT": ARM}
    inventory = arm.collect(needs(facts=(about_deployments("metrics", metric=query),)))
    assert not inventory.gaps
    (entry,) = only_fact(inventory).data
    queries = [call.query for call in metrics_calls(arm)]
    return entry, [one.get("timespan") or f"{one['starttime']}/{one['endtime']}" for one in queries]


def points(name, *values, key="total", day=1):
    names = [{"name": {"value": "modeldeploymentname"}, "value": name}]
    data = [{"timeStamp": f"2026-10-{day + index:02}T00:00:00Z", key: value} for index, value in enumerate(values)]
    return {"metadatavalues": names, "data": data}


@pytest.mark.parametrize("way", ["batch", "resource"])
def test_a_long_window_is_asked_in_pieces_that_meet_at_midnight(arm, way):
    query = replace(QUERY, interval="P1D", window=timedelta(days=70))
    answers = [metric(points("a", 1, 2)), metric(points("b", 3)), metric(points("a", None, 4, day=20))]
    entry, spans = in_pieces(arm, query, answers, way)
    assert spans == [
        "2026-09-15T12:00:00Z/2026-09-26T00:00:00Z",
        "2026-09-26T00:00:00Z/2026-10-26T00:00:00Z",
        "2026-10-26T00:00:00Z/2026-11-24T12:00:00Z",
    ]
    assert (entry["query"]["start"], entry["query"]["end"]) == ("2026-09-15T12:00:00Z", "2026-11-24T12:00:00Z")
    joined = points("a", 1, 2)
    joined["data"] += points("a", None, 4, day=20)["data"]
    assert entry["value"]["timeseries"] == [joined, points("b", 3)]


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("total", 7), ("count", 7), ("maximum", 4), ("minimum", 3), ("average", 3)]
)
def test_one_number_for_a_long_window_is_put_together(arm, aggregation, expected):
    query = replace(QUERY, interval="FULL", window=timedelta(days=40), aggregation=aggregation)
    answers = [metric(points("a", value, key=aggregation)) for value in (3, 4)]
    answers = answers[:1] if aggregation == "average" else answers
    entry, spans = in_pieces(arm, query, answers, "batch")
    assert entry["value"]["timeseries"] == [points("a", expected, key=aggregation)]
    assert len(spans) == len(answers)


def test_a_piece_that_is_missing_is_missed_in_the_whole(arm):
    arm.serve_chat()
    arm.environ = {"AZGATE_ARM_ENDPOINT": ARM}
    arm.answer(BY_RESOURCE, {"value": [metric(series())]})
    arm.answer(BY_RESOURCE, {"value": [metric(errorCode="Broken")]})
    query = replace(QUERY, window=timedelta(days=60))
    inventory = arm.collect(needs(facts=(about_deployments("metrics", metric=query),)))
    assert gaps_of(inventory) == {(*GAP, "serverError")}
    assert not inventory.facts


def test_thirty_days_are_one_piece(arm):
    query = replace(QUERY, window=timedelta(days=30))
    _, spans = in_pieces(arm, query, [metric(series())], "batch")
    assert spans == ["2026-10-25T12:00:00Z/2026-11-24T12:00:00Z"]


def test_windows_of_one_number_are_not_merged(arm):
    arm.serve_chat()
    batch_answer(arm, (ACCOUNT, [metric()]))
    queries = [replace(QUERY, interval="FULL", window=timedelta(days=days)) for days in (7, 30, 7)]
    inventory = arm.collect(needs(facts=tuple(about_deployments("metrics", metric=query) for query in queries)))
    starts = [entry["query"]["start"] for entry in only_fact(inventory).data]
    assert starts == ["2026-11-17T12:00:00Z", "2026-10-25T12:00:00Z"]


def test_a_metric_of_the_resource_itself_without_dimension_has_no_filter(arm):
    workspaces = f"{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces"
    workspace = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/ml"
    arm.lists("/subscriptions", subscription())
    arm.lists(f"{SUBSCRIPTION}/resourcegroups")
    arm.lists(workspaces, {"id": workspace, "location": "eastus2"})
    answer = {"values": [{"resourceid": workspace, "value": [metric(name="Active Nodes")]}]}
    arm.answer(BATCH, answer, method="POST")
    query = MetricQuery("Active Nodes", "average", "FULL", timedelta(days=1))
    need = FactNeed("metrics", frozenset({"microsoft.machinelearningservices/workspaces"}), lambda *_: True, query)
    inventory = arm.collect(needs(facts=(need,)))
    (call,) = metrics_calls(arm)
    assert "filter" not in call.query
    assert "top" not in call.query
    assert call.query["metricnames"] == "Active Nodes"
    assert call.query["metricnamespace"] == "Microsoft.MachineLearningServices/workspaces"
    assert only_fact(inventory).scope == workspace


def test_resources_no_rule_asks_about_are_not_asked_for(arm):
    arm.serve_chat()
    inventory = arm.collect(needs(facts=(replace(REQUESTS, applies=lambda *_: False),)))
    assert (metrics_calls(arm), inventory.facts, inventory.gaps) == ([], (), ())


def test_a_need_without_a_query_and_a_resource_without_its_parent_ask_nothing(arm):
    arm.serve_chat()
    arm.mock.remove("GET", f"{ARM}{ACCOUNT}/deployments")
    arm.lists(f"{ACCOUNT}/deployments", deployment("stray", f"{ACCOUNT}-of-another"))
    quota = about_deployments("quotaUsages")
    inventory = arm.collect(needs(facts=(about_deployments("metrics"), REQUESTS, quota)))
    assert (metrics_calls(arm), inventory.facts) == ([], ())


def test_as_many_series_as_can_be_had_are_a_gap_and_a_fact(arm):
    arm.serve_chat()
    batch_answer(arm, (ACCOUNT, [metric(*(series(str(number)) for number in range(TOP)))]))
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert gaps_of(inventory) == {(*GAP, "truncated")}
    assert len(only_fact(inventory).data[0]["value"]["timeseries"]) == TOP
    assert inventory.gap(f"metrics/{NAME}", ACCOUNT) is not None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([metric(errorCode="InternalError", errorMessage="It broke.")], "serverError"),
        ([metric(name="Other")], "malformed"),
        ([], "malformed"),
        ([None, "x", {"name": "flat"}], "malformed"),
        ([metric(timeseries=None)], "malformed"),
    ],
)
@pytest.mark.parametrize("way", ["batch", "resource"])
def test_an_answer_that_cannot_be_relied_on_is_a_gap(arm, values, reason, way):
    arm.serve_chat()
    if way == "batch":
        batch_answer(arm, (ACCOUNT, values))
    else:
        arm.environ = {"AZGATE_ARM_ENDPOINT": ARM}
        arm.answer(BY_RESOURCE, {"value": values})
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert gaps_of(inventory) == {(*GAP, reason)}
    assert not inventory.facts


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ({"json": {"error": {"code": "AuthorizationFailed", "message": "no"}}, "status": 403}, "forbidden"),
        ({"json": {}}, "malformed"),
        ({"json": []}, "malformed"),
        ({"json": {"value": {}}}, "malformed"),
        ({"json": {}, "status": 429, "headers": {"Retry-After": "61"}}, "throttled"),
    ],
)
def test_when_the_resource_does_not_answer_either_there_is_a_gap(arm, trouble, reason):
    arm.serve_chat()
    arm.error(BATCH, 403, "AuthorizationFailed", method="POST")
    arm.answer(BY_RESOURCE, **trouble)
    inventory = arm.collect(needs(facts=(REQUESTS,)))
    assert gaps_of(inventory) == {(*GAP, reason)}
    assert not inventory.facts


def test_one_failing_question_leaves_the_others(arm):
    arm.serve_chat()
    other = replace(QUERY, metric="GeneratedTokens")
    batch_answer(arm, (ACCOUNT, [metric(errorCode="Broken"), metric(series(), name="GeneratedTokens")]))
    inventory = arm.collect(needs(facts=(REQUESTS, about_deployments("metrics", metric=other))))
    assert [entry["query"]["metric"] for entry in only_fact(inventory).data] == ["GeneratedTokens"]
    assert gaps_of(inventory) == {(*GAP, "serverError")}
