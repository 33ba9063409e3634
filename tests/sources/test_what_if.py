"""What-if results: what a deployment would leave behind is judged, what it would not touch is only looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.errors import SourceError
from scanner.model.inventory import GapReason, Inventory
from scanner.model.values import UNKNOWN
from scanner.sources.files import read_inputs
from scanner.sources.options import ReadOptions
from scanner.sources.what_if import known_later
from tests.factories import (
    ACCOUNT,
    COMPUTE,
    DEPLOYMENT,
    GROUP,
    SUBSCRIPTION,
    arm_id,
    make_inventory,
    make_resource,
)

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "azure-samples" / "what-if"
GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
DEPLOYED = arm_id(DEPLOYMENT, "acct/chat")


def change(kind: str, identity: str = DEPLOYED, after: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Make one change as the REST API gives it; `after` is the body without id and name."""
    body = None if after is None else {"id": identity, "name": identity.rpartition("/")[2], **after}
    return {"resourceId": identity, "changeType": kind, "after": body, **more}


def deployment(capacity: Any = 10, **more: Any) -> dict[str, Any]:
    sku = {"name": "Standard", "capacity": capacity}
    model = {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}
    return {"type": DEPLOYMENT, "apiVersion": "2025-06-01", "sku": sku, "properties": {"model": model}, **more}


def result(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "Succeeded", "changes": list(changes), **more}


@pytest.fixture
def reading(tmp_path):
    """Write a document to a file and read it as an input."""

    def read(document: Any, **options: Any) -> Inventory:
        path = tmp_path / "what-if.json"
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        return read_inputs([str(path)], options=ReadOptions(**options))

    return read


@pytest.mark.parametrize("kind", ["Create", "Modify", "Deploy", "NoChange", "modify"])
def test_what_is_there_afterwards_is_judged(reading, kind):
    inventory = reading(result(change(kind, after=deployment(), symbolicName="chat")))
    (resource,) = inventory.scanned
    assert (resource.type, resource.id, resource.json["sku"]["capacity"]) == (DEPLOYMENT.lower(), DEPLOYED, 10)
    origin = resource.origin
    assert (origin.source, origin.pointer, origin.declared, origin.address) == (
        "what-if",
        "/changes/0/after",
        True,
        "chat",
    )
    assert origin.line is not None
    assert '"id"' in Path(origin.file).read_text(encoding="utf-8").splitlines()[origin.line]
    assert [source.kind for source in inventory.sources] == ["what-if"]
    assert not inventory.gaps


def test_the_shape_of_the_rest_api_is_read_like_that_of_the_cli(reading):
    changes = [change("Create", after=deployment())]
    rest = reading({"status": "Succeeded", "properties": {"correlationId": "1", "changes": changes}})
    assert [one.origin.pointer for one in rest.scanned] == ["/properties/changes/0/after"]
    assert [one.json for one in rest.scanned] == [one.json for one in reading(result(*changes)).scanned]


def test_changes_without_a_status_are_recognised(reading):
    assert len(reading({"changes": [change("Create", after=deployment())]}).scanned) == 1


def test_a_deployment_that_changes_nothing_is_an_empty_inventory(reading):
    inventory = reading(result())
    assert (inventory.resources, inventory.gaps) == ((), ())


def test_what_stays_as_it_is_is_context_where_only_changes_are_asked_for(reading):
    other = arm_id(DEPLOYMENT, "acct/other")
    document = result(change("NoChange", after=deployment()), change("Modify", other, deployment()))
    assert len(reading(document).scanned) == 2
    inventory = reading(document, changed_only=True)
    assert [one.id for one in inventory.scanned] == [other]
    assert len(inventory.resources) == 2


def test_no_change_that_shows_only_what_was_there_before_is_judged_by_that(reading):
    body = {"id": DEPLOYED, **deployment()}
    (resource,) = reading(result(change("NoChange", before=body))).scanned
    assert (resource.origin.pointer, resource.json["sku"]["capacity"]) == ("/changes/0/before", 10)


def test_deltas_that_delete_defaults_are_noise(reading):
    noise = [{"path": "properties.raiPolicyName", "propertyChangeType": "Delete", "before": "Microsoft.Default"}]
    (resource,) = reading(result(change("Modify", after=deployment(), delta=noise))).scanned
    assert "raiPolicyName" not in resource.json["properties"]
    assert "delta" not in resource.json


def test_what_the_template_leaves_out_has_the_providers_default(tmp_path, capsys):
    scale = {"maxNodeCount": 4}
    inner = {"vmSize": "STANDARD_DS3_V2", "scaleSettings": scale}
    cluster = {"type": COMPUTE, "properties": {"computeType": "AmlCompute", "properties": inner}}
    path = tmp_path / "w.json"
    outcomes = {}
    for nodes in (None, 1):
        scale.update({} if nodes is None else {"minNodeCount": nodes})
        path.write_text(json.dumps(result(change("Create", arm_id(COMPUTE, "ws/cpu"), cluster))), encoding="utf-8")
        main(["scan", str(path), "--rule", "ml-cluster-scale-to-zero", "-o", "json=-"])
        (finding,) = json.loads(capsys.readouterr().out)["findings"]
        outcomes[nodes] = finding["outcome"]
    assert outcomes == {None: "pass", 1: "fail"}


def test_what_is_not_in_the_template_is_looked_at_only(reading):
    summary = {"id": GROUP_ID, "name": GROUP, "type": "Microsoft.Resources/resourceGroups", "tags": {"team": "a"}}
    account = {"id": arm_id(ACCOUNT, "acct"), "name": "acct", "type": ACCOUNT, "location": "westus"}
    inventory = reading(
        result(
            change("Ignore", GROUP_ID, before=summary),
            change("Ignore", account["id"], account),
            change("Create", after=deployment()),
        )
    )
    assert [one.id for one in inventory.scanned] == [DEPLOYED]
    group, parent, _ = inventory.resources
    assert (group.tags, group.origin.judged, group.origin.declared) == ({"team": "a"}, False, False)
    assert (parent.location, parent.json["tags"], parent.json["properties"]) == ("westus", UNKNOWN, UNKNOWN)


def test_the_summary_of_an_ignored_resource_does_not_hide_what_the_context_knows(reading):
    known = make_inventory(make_resource(ACCOUNT, "acct", tags={"team": "a"}))
    ignored = change("Ignore", arm_id(ACCOUNT, "ACCT"), {"type": ACCOUNT})
    assert not reading(result(ignored), context=known).resources
    assert len(reading(result(ignored)).resources) == 1


def test_what_the_deployment_deletes_is_named(reading):
    inventory = reading(result(change("Delete", before={"id": DEPLOYED, **deployment()})))
    assert (inventory.removed, inventory.resources) == ((DEPLOYED,), ())


def test_what_cannot_be_evaluated_is_a_gap_and_unknown_and_never_a_pass(tmp_path, capsys):
    path = tmp_path / "w.json"
    unsupported = change("Unsupported", unsupportedReason="The name\ndepends on password=hunter2hunter2 of another.")
    path.write_text(json.dumps(result(unsupported)), encoding="utf-8")
    code = main(["scan", str(path), "--rule", "openai-deployment-rate-limit", "-o", "json=-"])
    out = capsys.readouterr().out
    document = json.loads(out)
    assert code == 3
    assert [finding["outcome"] for finding in document["findings"]] == ["unknown"]
    (gap,) = document["gaps"]
    assert (gap["scope"], gap["what"], gap["reason"]) == (DEPLOYED, DEPLOYMENT, "unsupported")
    assert gap["detail"].startswith("The name depends on")
    assert "hunter2" not in out


def test_what_cannot_be_evaluated_and_has_no_shipped_rule_is_counted(reading):
    role = f"{GROUP_ID}/providers/Microsoft.Authorization/roleAssignments/0cb07228"
    inventory = reading(result(change("Unsupported", role, unsupportedReason="No name yet.")))
    assert not inventory.gaps
    assert any("1 Microsoft.Authorization/roleAssignments" in note for note in inventory.notes)
    (resource,) = inventory.scanned
    assert resource.json["properties"] is UNKNOWN


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ({"resourceId": "[resourceId('Microsoft.Search/searchServices', reference('a').b)]"}, "resources"),
        ({"resourceId": "[format('{0}', reference('a').b)]", "resourceType": DEPLOYMENT}, DEPLOYMENT),
        ({"resourceId": None, "symbolicName": "chat"}, "resources"),
        ({}, "resources"),
    ],
)
def test_a_change_whose_id_is_not_known_yet_is_a_gap(reading, entry, what):
    inventory = reading(result({"changeType": "Unsupported", "unsupportedReason": "Not yet.", **entry}))
    (gap,) = inventory.gaps
    assert (gap.what, gap.reason) == (what, GapReason.UNSUPPORTED)
    assert "Not yet." in gap.detail


def test_a_nested_deployment_that_was_not_expanded_is_a_gap(reading):
    nested = f"{GROUP_ID}/providers/Microsoft.Resources/deployments/inner"
    assert len(reading(result(change("Unsupported", nested, unsupportedReason="Too deep."))).gaps) == 1


def test_a_change_of_an_unknown_kind_is_not_judged_by_guesswork(reading):
    inventory = reading(result(change("Adopt", after=deployment())))
    assert [gap.detail for gap in inventory.gaps] == ["its change type is 'Adopt'"]
    assert inventory.scanned[0].json["sku"] is UNKNOWN


@pytest.mark.parametrize("kind", ["Deploy", "Create"])
def test_ids_without_contents_are_gaps_that_say_how_to_get_the_contents(reading, kind):
    inventory = reading(result({"resourceId": DEPLOYED, "changeType": kind}))
    (gap,) = inventory.gaps
    assert "FullResourcePayloads" in gap.detail
    assert inventory.scanned[0].json["properties"] is UNKNOWN


def test_resources_of_extensions_are_counted_and_nothing_else(reading):
    entry = {"changeType": "Create", "extension": {"name": "MicrosoftGraph"}, "identifiers": {"uniqueName": "app"}}
    inventory = reading(result(entry))
    assert (inventory.resources, inventory.gaps) == ((), ())
    assert any(note.startswith("1 changes are of extensions") for note in inventory.notes)


@pytest.mark.parametrize("entry", [None, 1, "x", []])
def test_an_entry_that_is_no_change_is_a_gap(reading, entry):
    inventory = reading({"status": "Succeeded", "changes": [entry]})
    assert [gap.reason for gap in inventory.gaps] == [GapReason.MALFORMED]


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("[reference('x').outputs.name.value]", True),
        ("[concat('a', listKeys(resourceId('b', 'c'), '2023-05-01').key1)]", True),
        ("[ns.function()]", True),
        ("[parameters('x')[0]]", True),
        ("[a, b]", False),
        ("[preview] an account", False),
        ("[1]", False),
        ("[[escaped()]", False),
        ("reference('x')", False),
        ("[draft] (old)", False),
    ],
)
def test_expressions_that_only_the_deployment_can_answer_are_unknown(text, later):
    assert (known_later(text) is UNKNOWN) is later
    assert known_later({"a": [text, 1]}) == {"a": [UNKNOWN if later else text, 1]}


def test_an_object_with_a_name_that_is_not_known_yet_is_unknown():
    assert known_later({"tags": {"[reference('x').name]": "y"}, "a": 1}) == {"tags": UNKNOWN, "a": 1}


def test_only_the_value_that_is_not_known_yet_is_unknown(reading):
    (resource,) = reading(result(change("Create", after=deployment("[reference('plan').capacity]")))).scanned
    assert resource.json["sku"] == {"name": "Standard", "capacity": UNKNOWN}


def test_a_secret_in_the_payload_is_not_kept(reading):
    body = deployment(properties={"adminPassword": "hunter2hunter2", "command": "run --token abcdef0123456789"})
    before = {"id": arm_id(ACCOUNT, "x"), "properties": {"accountKey": "hunter2hunter2"}}
    inventory = reading(result(change("Create", after=body), change("Ignore", before["id"], before=before)))
    shown = "".join(str(one.json) for one in inventory.resources)
    assert "hunter2" not in shown
    assert "abcdef0123456789" not in shown


def test_ids_match_in_any_case(reading):
    document = result(change("Modify", DEPLOYED.upper(), {**deployment(), "id": DEPLOYED}))
    assert DEPLOYED.lower() in reading(document).by_key


def test_a_potential_change_is_judged_as_if_it_came_and_removes_nothing(reading):
    other = arm_id(DEPLOYMENT, "acct/other")
    potential = [change("Create", after=deployment()), change("Delete", other, before={"id": other})]
    inventory = reading(result(potentialChanges=potential))
    (resource,) = inventory.scanned
    assert resource.origin.pointer == "/potentialChanges/0/after"
    assert not inventory.removed
    assert any("potential" in note for note in inventory.notes)


def test_what_a_certain_and_a_potential_change_disagree_on_is_unknown(reading):
    later = [change("Modify", after=deployment(999, tags={"a": "b"}))]
    (resource,) = reading(result(change("Modify", after=deployment()), potentialChanges=later)).scanned
    assert resource.json["sku"] == {"name": "Standard", "capacity": UNKNOWN}
    assert resource.json["tags"] is UNKNOWN
    assert resource.origin.pointer == "/changes/0/after"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            {
                "status": "Failed",
                "error": {
                    "code": "MultipleErrorsOccurred",
                    "message": "Two errors.",
                    "details": [{"code": "InsufficientQuota", "message": "Not enough\nquota"}],
                },
            },
            "MultipleErrorsOccurred: Two errors.; InsufficientQuota: Not enough quota",
        ),
        ({"status": "Failed", "properties": None, "error": {"error": {"code": "A", "message": "B"}}}, "A: B"),
        ({"status": "Running", "properties": {"correlationId": "x"}}, "'Running' (no error is given)"),
        ({"status": "Failed", "changes": []}, "'Failed'"),
    ],
)
def test_a_what_if_without_changes_says_why(reading, document, words):
    with pytest.raises(SourceError) as caught:
        reading(document)
    assert words in str(caught.value)


def test_changes_of_a_what_if_that_failed_are_judged_and_not_taken_for_all(reading):
    document = {**result(change("Create", after=deployment())), "status": "Failed", "error": {"code": "A"}}
    inventory = reading(document)
    assert len(inventory.scanned) == 1
    assert [(gap.reason, "(A)" in gap.detail) for gap in inventory.gaps] == [(GapReason.TRUNCATED, True)]


NESTED = f"{GROUP_ID}/providers/Microsoft.Resources/deployments/inner"
SKIPPED = {
    "level": "Warning",
    "code": "NestedDeploymentSkippedFromInternalExpansion",
    "message": "Skipped.",
    "target": NESTED,
}


def test_a_nested_deployment_whose_resources_were_skipped_is_a_gap(reading):
    (gap,) = reading(result(diagnostics=[SKIPPED])).gaps
    assert (gap.scope, gap.what) == (NESTED, "Microsoft.Resources/deployments")
    assert gap.detail == "NestedDeploymentSkippedFromInternalExpansion: Skipped."


def test_a_warning_about_a_deployment_whose_resources_are_there_is_none(reading):
    there = change("Create", after=deployment(), deploymentId=NESTED.upper())
    assert not reading(result(there, diagnostics=[SKIPPED])).gaps


@pytest.mark.parametrize(("level", "gaps"), [("Error", 1), ("Warning", 0), ("Info", 0)])
def test_other_diagnostics_are_gaps_where_they_are_errors(reading, level, gaps):
    entry = {"level": level, "code": "Anything", "message": "Something.", "target": None}
    assert len(reading(result(diagnostics=[entry, "nothing"])).gaps) == gaps


@pytest.mark.parametrize(
    "document",
    [
        {"id": DEPLOYED, "status": "x", "changes": []},
        {"changes": [{"path": "a"}]},
        {"changes": []},
        {"status": "Succeeded"},
        {"properties": {"changes": []}},
    ],
)
def test_other_documents_are_not_taken_for_a_what_if(reading, document):
    try:
        kinds = [source.kind for source in reading(document).sources]
    except SourceError:
        kinds = []
    assert "what-if" not in kinds


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no azure-samples beside the checkout")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_a_real_what_if_is_read_in_both_shapes(reading, path):
    body = json.loads(path.read_text(encoding="utf-8"))["response"]["body"]
    changes = body["properties"]["changes"]
    rest = reading(body)
    cli = reading({"status": body["status"], **body["properties"]})
    assert [one.json for one in rest.resources] == [one.json for one in cli.resources]
    judged = {entry["resourceId"].lower() for entry in changes if entry["changeType"] != "Ignore"}
    assert {one.key for one in rest.resources if one.origin.judged} == judged
    assert {one.key for one in rest.resources} == {entry["resourceId"].lower() for entry in changes}
    assert not rest.gaps
