"""ARM JSON as `az`, REST, Resource Graph and PowerShell print it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.errors import SourceError
from scanner.model.inventory import GapReason, Inventory
from scanner.sources.files import read_inputs
from tests.factories import ACCOUNT, DEPLOYMENT, SUBSCRIPTION, arm_id

BODY = {"id": arm_id(ACCOUNT, "acct"), "name": "acct", "type": ACCOUNT, "kind": "OpenAI", "properties": {}}
OTHER = {**BODY, "id": arm_id(ACCOUNT, "other"), "name": "other"}


@pytest.fixture
def reading(tmp_path):
    """Write a document to a file and read it as an input."""

    def read(document: Any) -> Inventory:
        path = tmp_path / "in.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return read_inputs([str(path)])

    return read


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (BODY, [""]),
        ([BODY, OTHER], ["/0", "/1"]),
        ({"value": [BODY, OTHER]}, ["/value/0", "/value/1"]),
        ({"value": [BODY], "nextLink": None}, ["/value/0"]),
        ({"data": [OTHER], "totalRecords": 1, "count": 1, "resultTruncated": "false"}, ["/data/0"]),
        ([], []),
        ({"value": []}, []),
    ],
)
def test_every_envelope_is_opened(reading, document, pointers):
    inventory = reading(document)
    assert [resource.origin.pointer for resource in inventory.resources] == pointers
    assert not inventory.gaps
    assert inventory.collected_at is None
    assert [source.kind for source in inventory.sources] == ["arm-json"]


def test_resource_graph_rows_keep_their_lower_case_types_and_ids(reading):
    row = {**BODY, "id": BODY["id"].lower(), "type": ACCOUNT.lower()}
    (resource,) = reading({"data": [row]}).resources
    assert (resource.type, resource.id) == (ACCOUNT.lower(), BODY["id"].lower())


def test_powershells_capitals_are_read(reading):
    body = {"ResourceId": BODY["id"], "Id": BODY["id"], "Name": "acct", "ResourceType": ACCOUNT, "Type": ACCOUNT}
    shown = {
        "Kind": "OpenAI",
        "Location": "westeurope",
        "Tags": {"team": "x"},
        "Sku": {"Name": "S0"},
        "Properties": {"A": 1},
    }
    (resource,) = reading([{**body, **shown}]).resources
    assert (resource.id, resource.name, resource.location, resource.tags) == (
        BODY["id"],
        "acct",
        "westeurope",
        {"team": "x"},
    )
    assert resource.json["properties"] == {"A": 1}


def test_type_and_name_are_derived_from_the_id_where_they_are_absent(reading):
    (resource,) = reading({"id": arm_id(DEPLOYMENT, "acct/gpt"), "properties": {}}).resources
    assert (resource.type, resource.name) == (DEPLOYMENT.lower(), "gpt")


@pytest.mark.parametrize(("kind", "name"), [(ACCOUNT, "acct"), (DEPLOYMENT, "acct/gpt")])
def test_a_body_without_an_id_goes_by_type_and_name(reading, kind, name):
    (resource,) = reading({"type": kind, "name": name, "properties": {}}).resources
    assert resource.type == kind.lower()
    assert resource.id.startswith("/providers/Microsoft.CognitiveServices/accounts/acct")


@pytest.mark.parametrize(
    "document",
    [
        [1, 2],
        ["a"],
        [None],
        [[]],
        [{}],
        {"value": [{"id": 5}]},
        {"value": [{"id": "", "name": "x"}]},
        {"value": [{"id": "not-an-arm-id"}]},
        [{"type": DEPLOYMENT, "name": "one-part"}],
        [{"type": "plain", "name": "x"}],
    ],
)
def test_a_list_without_a_single_resource_is_refused(reading, document):
    with pytest.raises(SourceError, match="holds no Azure resource"):
        reading(document)


def test_what_is_no_resource_among_resources_is_a_gap(reading):
    (gap,) = reading([BODY, 5, {"x": 1}, *[None] * 7]).gaps
    assert gap.reason is GapReason.MALFORMED
    assert gap.detail == "9 entries are no resources (no ARM id or type): /1, /2, /3, /4, /5 and 4 more"


@pytest.mark.parametrize(
    "more",
    [
        {"nextLink": "https://x"},
        {"$skipToken": "abc"},
        {"@odata.nextLink": "https://x"},
        {"skipToken": "t"},
        {"resultTruncated": "true"},
        {"resultTruncated": True},
    ],
)
def test_a_list_that_goes_on_elsewhere_is_a_gap(reading, more):
    (gap,) = reading({"value": [BODY], **more}).gaps
    assert gap.reason is GapReason.TRUNCATED
    assert "fetch all pages" in gap.detail


@pytest.mark.parametrize("key", ["totalRecords", "total_records"])
def test_resource_graph_rows_that_are_fewer_than_were_found_are_a_gap(reading, key):
    (gap,) = reading({"data": [BODY], key: 250}).gaps
    assert gap.detail == "Resource Graph found 250 rows and gave 1: fetch all pages"
    assert not reading({"data": [BODY], key: 1}).gaps


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        ({}, "an empty object"),
        ({"a": 1, "b": 2}, "an object with the keys a, b"),
        ({"value": "text"}, "an object with the keys value"),
        ({"request": {}, "response": {"body": BODY}}, "an object with the keys request, response"),
        ("text", "a text"),
        (5, "a single value"),
        (True, "a single value"),
        (None, "null"),
    ],
)
def test_json_of_no_known_kind_is_refused_with_its_shape(reading, document, shape):
    with pytest.raises(SourceError) as raised:
        reading(document)
    assert f"of no kind that azgate reads ({shape})" in str(raised.value)


def test_of_one_resource_in_several_inputs_the_first_wins(tmp_path):
    for name, tags in (("a", {"t": "1"}), ("b", {"t": "2"})):
        body = {**BODY, "id": BODY["id"].upper() if name == "b" else BODY["id"], "tags": tags}
        (tmp_path / f"{name}.json").write_text(json.dumps([body, {**OTHER, "id": OTHER["id"] + name}]))
    inventory = read_inputs([str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    assert len(inventory.resources) == 3
    assert inventory.resources[0].tags == {"t": "1"}
    assert inventory.resources[0].subscription_id == SUBSCRIPTION
    assert inventory.overruled == (BODY["id"],)


def test_what_one_input_says_twice_in_two_ways_is_named(reading):
    again = {**BODY, "id": BODY["id"].upper(), "etag": "x"}
    assert reading([BODY, again]).overruled == ()
    assert reading([BODY, again, {**again, "sku": {"name": "other"}}]).overruled == (BODY["id"],)


def test_everything_wrong_with_all_inputs_is_said_at_once(tmp_path):
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "odd.json").write_text("{}")
    (tmp_path / "good.json").write_text(json.dumps(BODY))
    names = ["bad.json", "good.json", "odd.json", "absent.json"]
    with pytest.raises(SourceError) as raised:
        read_inputs([str(tmp_path / name) for name in names])
    assert [problem.file.rpartition("/")[2] for problem in raised.value.problems] == [
        "bad.json",
        "odd.json",
        "absent.json",
    ]


def test_standard_input_is_read_once():
    with pytest.raises(SourceError, match="can be read only once"):
        read_inputs(["-", "-"])
