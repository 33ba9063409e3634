"""What of a plan is judged, what is only looked at, what goes, and what is a gap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.errors import SourceError
from scanner.model.inventory import GapReason
from scanner.model.values import UNKNOWN
from scanner.sources.files import read_inputs
from tests.factories import ACCOUNT, GROUP, SUBSCRIPTION, arm_id

A = "azurerm_cognitive_account"
AFTER = {"name": "one", "resource_group_name": GROUP, "location": "x", "kind": "OpenAI", "sku_name": "S0"}
KNOWN = {**AFTER, "id": arm_id(ACCOUNT, "one")}
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "azure-samples" / "terraform-plans"


def refused(value: Any, tmp_path: Path, name: str = "plan.json") -> str:
    file = tmp_path / name
    file.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    with pytest.raises(SourceError) as caught:
        read_inputs([str(file)])
    return str(caught.value)


@pytest.mark.parametrize("actions", [("create",), ("update",), ("no-op",), ("delete", "create"), ("create", "delete")])
def test_what_is_there_afterwards_is_judged(plan, actions):
    plan.add(A, "this", KNOWN, actions=actions, before=KNOWN, unknown={})

    assert plan.only().id == KNOWN["id"]


def test_what_goes_is_not_judged_and_said_to_go(plan):
    plan.add(A, "this", None, actions=("delete",), before=KNOWN)

    inventory = plan.read()
    assert (inventory.resources, inventory.removed) == ((), (KNOWN["id"],))


def test_what_terraform_only_forgets_goes_on_existing(plan):
    plan.add(A, "this", None, actions=("forget",), before=KNOWN)

    inventory = plan.read()
    assert (inventory.resources, inventory.removed) == ((), ())


def test_a_replacement_under_another_name_takes_the_old_one_away(plan):
    plan.add(A, "this", {**AFTER, "name": "two"}, actions=("delete", "create"), before=KNOWN)

    inventory = plan.read()
    assert [one.name for one in inventory.resources] == ["two"]
    assert inventory.removed == (KNOWN["id"],)


def test_a_replacement_under_the_same_name_takes_nothing_away(plan):
    plan.add(A, "this", AFTER, actions=("delete", "create"), before=KNOWN)

    assert plan.read().removed == ()


def test_what_does_not_change_is_context_when_only_changes_are_asked_for(plan):
    plan.add(A, "this", KNOWN, actions=("no-op",), before=KNOWN)
    plan.add(A, "new", {**AFTER, "name": "two"})

    inventory = plan.read(changed_only=True)
    assert [(one.name, one.origin.judged) for one in inventory.resources] == [("one", False), ("two", True)]


def test_an_origin_says_where_a_resource_stands(plan):
    address = plan.add(A, "this", AFTER, module='module.ai["eu"]', key="a")

    origin = plan.only().origin
    assert address == 'module.ai["eu"].azurerm_cognitive_account.this["a"]'
    assert (origin.source, origin.file, origin.pointer) == ("terraform-plan", "plan.json", "/resource_changes/0")
    assert (origin.address, origin.declared) == (address, True)


def test_a_line_is_that_of_the_change(plan, tmp_path):
    plan.add(A, "this", AFTER)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value, indent=1), "utf-8")

    (found,) = read_inputs([str(file)]).resources
    lines = file.read_text("utf-8").splitlines()
    assert lines[found.origin.line - 1].strip() == "{"
    assert '"address": "azurerm_cognitive_account.this"' in lines[found.origin.line]


def test_a_type_of_an_ai_service_without_a_mapping_is_a_gap_others_are_counted(plan):
    plan.add("azurerm_cognitive_brain", "x", {}, module="module.ai")
    plan.add("azurerm_virtual_network", "x", {})
    plan.add("azurerm_bot_channel_slack", "x", {})
    plan.add("random_id", "x", {})
    plan.add("azurerm_search_index", "x", None, actions=("delete",))
    plan.add(A, "this", AFTER)

    inventory = plan.read()
    (gap,) = inventory.gaps
    assert (gap.scope, gap.what) == ("module.ai.azurerm_cognitive_brain.x", "azurerm_cognitive_brain")
    assert gap.reason == GapReason.UNSUPPORTED
    assert inventory.notes == ("4 of 5 planned resources are of types azgate has no rule for",)


@pytest.mark.parametrize(("key", "value"), [("errored", True), ("complete", False)])
def test_a_plan_that_is_not_whole_is_a_gap(plan, key, value):
    plan.value[key] = value

    assert [(gap.what, gap.reason) for gap in plan.read().gaps] == [("plan", GapReason.TRUNCATED)]


def test_entries_that_are_no_changes_are_one_gap(plan):
    plan.add(A, "this", AFTER)
    plan.value["resource_changes"] += [None, {"change": 3}, {"change": {}, "type": A, "name": "x"}]

    inventory = plan.read()
    assert [gap.reason for gap in inventory.gaps] == [GapReason.MALFORMED]
    assert "/resource_changes/1, /resource_changes/2, /resource_changes/3" in inventory.gaps[0].detail
    assert len(inventory.resources) == 1


def test_sensitive_values_are_nowhere(plan, tmp_path, capsys):
    after = {**AFTER, "tags": {"environment": "dev", "team": "hunter2"}, "custom_subdomain_name": "hunter2"}
    sensitive = {"tags": {"team": True}, "custom_subdomain_name": True, "name": True}
    plan.add(A, "this", {**after, "name": "hunter2"}, sensitive=sensitive)

    found = plan.only()
    assert found.tags == {"environment": "dev", "team": UNKNOWN}
    assert "hunter2" not in str(found.json)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value), "utf-8")
    main(["scan", str(file), "-o", "json=-"])
    assert "hunter2" not in capsys.readouterr().out


def test_unknown_tags_are_unknown_not_absent(plan, tmp_path, capsys):
    plan.add(A, "this", AFTER, unknown={"id": True, "tags": True})
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.value), "utf-8")

    assert main(["scan", str(file), "--rule", "required-tags", "-o", "json=-"]) == 3
    assert json.loads(capsys.readouterr().out)["summary"]["outcomes"]["unknown"] == 1


def test_a_group_that_a_data_source_read_lends_its_tags(plan):
    group = {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}", "name": GROUP, "tags": {"team": "a"}}
    plan.existing("azurerm_resource_group", group)
    plan.existing("azurerm_resource_group", {"id": None})
    plan.existing("azurerm_key_vault", {"id": "/x"})
    plan.add(A, "this", AFTER)

    one, found = plan.read().resources
    assert (found.id, found.tags, found.origin.judged) == (group["id"], {"team": "a"}, False)
    assert one.resource_group == GROUP


def test_an_account_that_a_data_source_read_is_the_parent_of_a_deployment(plan):
    plan.existing(
        A, {"id": KNOWN["id"], "name": "one", "location": "swedencentral", "kind": "OpenAI", "tags": {"a": "b"}}
    )
    plan.add("azurerm_cognitive_deployment", "gpt", {"name": "gpt", "cognitive_account_id": KNOWN["id"]})

    inventory = plan.read()
    parent = inventory.parent(inventory.resources[0])
    assert (parent.location, parent.json["kind"], parent.tags) == ("swedencentral", "OpenAI", {"a": "b"})
    assert "properties" not in parent.json, "what a data source does not have is not taken for a default"


def test_two_resources_with_one_id_are_said(plan):
    plan.add(A, "this", KNOWN, actions=("update",), before=KNOWN)
    plan.add(A, "that", {**KNOWN, "sku_name": "S1"}, actions=("update",), before=KNOWN)

    inventory = plan.read()
    assert (len(inventory.resources), inventory.overruled) == (1, (KNOWN["id"],))


def test_a_state_is_read_as_a_plan_in_which_nothing_changes(plan):
    child = {
        "address": "module.ai",
        "resources": [
            {"address": f"module.ai.{A}.this", "mode": "managed", "type": A, "name": "this", "values": KNOWN},
            {"address": f"module.ai.data.{A}.x", "mode": "data", "type": A, "name": "x", "values": {"id": "/other"}},
        ],
    }
    plan.value = {"format_version": "1.0", "values": {"root_module": {"child_modules": [child]}}}

    found = plan.only()
    assert (found.id, found.origin.address) == (KNOWN["id"], f"module.ai.{A}.this")
    assert found.origin.pointer == "/values/root_module/child_modules/0/resources/0"


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_versions_of_the_format_that_are_known(plan, version):
    plan.value["format_version"] = version
    plan.add(A, "this", AFTER)

    assert plan.only().name == "one"


def test_another_version_of_the_format_is_refused(plan, tmp_path):
    plan.value["format_version"] = "2.0"

    assert "format version 2.0" in refused(plan.value, tmp_path)


def test_a_state_file_is_refused_with_what_to_do(tmp_path):
    value = {"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "x", "resources": [{"type": A}]}

    assert "terraform show -json" in refused(value, tmp_path)


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"PK\x03\x04\x14\x00\x08\x00", "plan.out", "zip archive"),
        (b'resource "azurerm_resource_group" "x" {}', "main.tf", "configuration"),
        (b'{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}', "plan.json", "log"),
    ],
)
def test_what_terraform_writes_beside_its_json_is_refused_with_what_to_do(tmp_path, data, name, what):
    message = refused(data, tmp_path, name)

    assert what in message
    assert "terraform show -json" in message


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples lie beside the repository")
def test_samples_of_plans_are_read(capsys):
    files = sorted(SAMPLES.glob("*.json"))
    assert files
    for file in files:
        assert main(["scan", str(file)]) == 0
        assert "planned resources are of types azgate has no rule for" in capsys.readouterr().out
