"""Azure's own definitions over recorded resources: what each says, by hand, and why some are not evaluated.

The files are not part of the repository; without them these tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Resource
from scanner.policies.loader import load_policies
from scanner.sources import arm_json
from scanner.sources.options import ReadOptions
from tests.factories import AS_OF, json_document

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "azure-samples"
DEFINITIONS = SAMPLES / "policy-definitions"
pytestmark = pytest.mark.skipif(not DEFINITIONS.is_dir(), reason="the sample definitions are not on this machine")

ACCOUNT, SEARCH = "Microsoft.CognitiveServices/accounts", "Microsoft.Search/searchServices"
BOT, WORKSPACE = "Microsoft.BotService/botServices", "Microsoft.MachineLearningServices/workspaces"
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"

Violated = Callable[[Resource], bool]


class Judged(NamedTuple):
    """What a definition says: how many resources pass and fail, and, read off the JSON, which ones fail.

    `reason` is why it is not evaluated, at all or in the recordings that hold nothing of what it asks for.
    """

    passed: int = 0
    failed: int = 0
    violated: Violated = lambda _: False
    reason: str = ""


def prop(resource: Resource, *keys: str) -> Any:
    """Follow keys down from `properties`, in any case; None where there is nothing."""
    return below(resource.json, "properties", *keys)


def below(value: Any, *keys: str) -> Any:
    for key in keys:
        value = (
            {name.lower(): inner for name, inner in value.items()}.get(key.lower()) if isinstance(value, dict) else None
        )
    return value


def word(value: Any) -> str:
    return str(value).lower()


def approved(resource: Resource) -> bool:
    connections = prop(resource, "privateEndpointConnections") or []
    states = [word(below(each, "properties", "privateLinkServiceConnectionState", "status")) for each in connections]
    return "approved" in states


def is_a(resource: Resource, kind: str) -> bool:
    return resource.type == kind.lower()


def open_to_networks(resource: Resource) -> bool:
    if word(prop(resource, "publicNetworkAccess")) == "disabled":
        return False
    if is_a(resource, ACCOUNT):
        return word(prop(resource, "networkAcls", "defaultAction")) != "deny"
    return not prop(resource, "networkRuleSet", "ipRules")


def is_public(resource: Resource) -> bool:
    return word(prop(resource, "publicNetworkAccess")) != "disabled"


def uses_keys(resource: Resource) -> bool:
    return prop(resource, "disableLocalAuth") is not True


def lacks_storage(resource: Resource) -> bool:
    names = [word(below(each, "name")) for each in prop(resource, "capabilities") or []]
    return "customermanagedstorage" in names and not prop(resource, "userOwnedStorage")


def is_instance(resource: Resource) -> bool:
    return prop(resource, "computeType") == "ComputeInstance"


DATA_PLANE = "its mode {} is judged inside the service (data plane), which no resource shows"
NO_RELATED = "it asks for related resources of type {}, of which the inventory holds none"
COGNITIVE_DATA = DATA_PLANE.format("Microsoft.CognitiveServices.Data")
DNS_GROUPS = NO_RELATED.format("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")

# 47 accounts, 26 search services, 14 workspaces and 10 computes; 14 bots, and 10 examples of channels whose id ends at
# "botServices", which by their id are bots too.
TABLE = {
    # No diagnostic setting was recorded, so whether there is one nobody knows.
    "Azure-Ai-Services--DiagnosticLogs_Audit": Judged(
        reason=NO_RELATED.format("Microsoft.Insights/diagnosticSettings")
    ),
    # One account sets disableLocalAuth to true; searches say false or nothing.
    "Azure-Ai-Services--DisableLocalAuth_Audit": Judged(1, 72, uses_keys),
    # One account has an approved connection, no search has any: less than 1 everywhere else.
    "Azure-Ai-Services--EnablePrivateEndpoints_Audit": Judged(1, 72, lambda r: not approved(r)),
    # Accounts: 2 with default action Deny. Searches: 4 disabled in either spelling, 3 with rules; an empty list of
    # rules has no member that has a value, so "exists: false" holds for all of them.
    "Azure-Ai-Services--NetworkAcls_Audit": Judged(9, 64, open_to_networks),
    "Azure-Government-Bot-Service--DisableLocalAuth_Audit": Judged(0, 24, uses_keys),
    # 5 workspaces say Disabled, 4 Enabled, 5 nothing; the effect Modify is judged, its operations are not.
    "Azure-Government-Machine-Learning--Workspace_PublicNetworkAccessDisabled_Modify": Judged(5, 9, is_public),
    "Bot-Service--DisableLocalAuth_Audit": Judged(0, 24, uses_keys),
    "Bot-Service--PrivateEndpoint_Audit": Judged(0, 24, lambda r: not approved(r)),
    "Bot-Service--PrivateEndpoint_DINE": Judged(reason=NO_RELATED.format(f"{BOT}/privateEndpointConnections")),
    "Cognitive-Services--AllowControlModeForDeployment_Audit": Judged(reason=COGNITIVE_DATA),
    "Cognitive-Services--AllowDeploymentCompletionControl_Audit": Judged(reason=COGNITIVE_DATA),
    "Cognitive-Services--AllowDeploymentPromptControl_Audit": Judged(reason=COGNITIVE_DATA),
    # Deprecated: the default of its effect is Disabled.
    "Cognitive-Services--BYOX_Audit": Judged(reason="its effect is disabled"),
    # It is about 33 of the accounts: AIServices, LUIS, LUIS.Authoring and QnAMaker.v2 (14) are excluded kinds, and the
    # kind says what it is about. Nobody's key source is Microsoft.KeyVault.
    "Cognitive-Services--CustomerManagedKey_Audit": Judged(0, 33, lambda _: True),
    "Cognitive-Services--DisablePublicNetworkAccess_Audit": Judged(reason="its effect is disabled"),
    "Cognitive-Services--DisablePublicNetworkAccess_Modify": Judged(1, 46, is_public),
    "Cognitive-Services--EnablePrivateEndpoints_Audit": Judged(1, 46, lambda r: not approved(r)),
    # One recording lists connections, one of them approved, beside three versions of their account.
    "Cognitive-Services--EnablePrivateEndpoints_DINE": Judged(
        3, 0, reason=NO_RELATED.format(f"{ACCOUNT}/privateEndpointConnections")
    ),
    # 17 accounts have a system-assigned identity, 30 have none.
    "Cognitive-Services--ManagedIdentity_Audit": Judged(
        17, 30, lambda r: word(below(r.json, "identity", "type")) == "none"
    ),
    # It is about private endpoints, of which none was recorded.
    "Cognitive-Services--PrivateDnsZones_DINE": Judged(reason=DNS_GROUPS),
    # 14 accounts have the capability CustomerManagedStorage; one of them has storage of its own.
    "Cognitive-Services--UserOwnedStorage_Audit": Judged(34, 13, lacks_storage),
    "Machine-Learning--AllowedPythonPackageChannels_EnforceSetting": Judged(
        reason=DATA_PLANE.format("Microsoft.MachineLearningServices.Data")
    ),
    # The one compute instance has the latest image; clusters and Kubernetes are no instances.
    "Machine-Learning--ComputeInstanceUpdates_Audit": Judged(10, 0),
    # The one compute instance has no idle shutdown.
    "Machine-Learning--IdleShutdown_Audit": Judged(
        9, 1, lambda r: is_instance(r) and not prop(r, "properties", "idleTimeBeforeShutdown")
    ),
    # Its effect has no default either, but nobody asks for it.
    "Machine-Learning--OnlyDeployAllowedRegistryModels_Deny": Judged(
        reason=DATA_PLANE.format("Microsoft.MachineLearningServices.v2.Data")
    ),
    # v1LegacyMode is false or not there; "true" as a text would be the same as true.
    "Machine-Learning--Workspace_EnableV1LegacyMode_Audit": Judged(0, 14, lambda _: True),
    "Machine-Learning--Workspace_PrivateEndpoint_Audit": Judged(2, 12, lambda r: not approved(r)),
    "Machine-Learning--Workspace_PrivateEndpoint_Audit_V2": Judged(2, 12, lambda r: not approved(r)),
    "Machine-Learning--Workspace_PrivateEndpoint_DINE": Judged(
        reason=NO_RELATED.format(f"{WORKSPACE}/privateEndpointConnections")
    ),
    "Machine-Learning--Workspace_PublicNetworkAccessDisabled_Audit": Judged(5, 9, is_public),
    "Machine-Learning--Workspace_PublicNetworkAccessDisabled_Modify": Judged(5, 9, is_public),
    "Search--PrivateDNSZone_DINE": Judged(reason=DNS_GROUPS),
    "Search--PrivateEndpoints_Audit": Judged(0, 26, lambda r: not approved(r)),
    "Search--PrivateEndpoints_DINE": Judged(reason=NO_RELATED.format(f"{SEARCH}/privateEndpointConnections")),
    # Two services are free.
    "Search--RequirePrivateLinkSupportedResource_Deny": Judged(
        24, 2, lambda r: word(below(r.json, "sku", "name")) == "free"
    ),
    "Search--RequirePublicNetworkAccessDisabled_Deny": Judged(4, 22, is_public),
}


@cache
def recordings() -> tuple[Inventory, ...]:
    """Give an inventory for each recording: all answers of one test, every version of a resource in it."""
    folders = [path for path in SAMPLES.iterdir() if path.name.startswith(("openai-", "ml-", "copilot-arm"))]
    files = [file for folder in sorted(folders) for file in sorted(folder.glob("*.json"))]
    found: dict[str, list[Resource]] = {}
    for file in [*files, *sorted((SAMPLES / "psrule-verdicts").glob("*.input--*.json"))]:
        document = json.loads(file.read_text("utf-8-sig"))
        body = document["response"]["body"] if isinstance(document, dict) and "response" in document else document
        items = body if isinstance(body, list) else (body or {}).get("value", [body]) if isinstance(body, dict) else []
        for item in items if isinstance(items, list) else []:
            if arm_json.recognises(item) and not isinstance(item, list):
                recording = re.sub(r"--\d\d-.*", "", str(file.relative_to(SAMPLES)))
                found.setdefault(recording, []).extend(
                    arm_json.read(json_document(item, file.name), ReadOptions()).resources
                )
    source = SourceInfo(arm_json.NAME, "samples")
    return tuple(Inventory(resources=tuple(resources), sources=(source,)) for resources in found.values())


def test_every_definition_stands_in_the_table():
    names = {path.stem.removeprefix("policy--") for path in DEFINITIONS.glob("*.json")}
    assert names == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_definition_says_what_reading_it_says(name: str):
    expected = TABLE[name]
    rules = [rule for file in load_policies([str(DEFINITIONS / f"policy--{name}.json")]) for rule in file.rules]
    assert len(rules) == 1
    outcomes: Counter[str] = Counter()
    reasons: set[str] = set()
    for inventory in recordings():
        findings, skipped = evaluate(inventory, rules, AS_OF)
        reasons |= {each.reason for each in skipped}
        for finding in findings:
            outcome = finding.verdict.outcome.value
            outcomes[outcome] += 1
            versions = [r for r in inventory.resources if r.id == finding.resource.id]
            assert outcome in {"fail" if expected.violated(version) else "pass" for version in versions}
    assert outcomes == Counter({"pass": expected.passed, "fail": expected.failed})
    assert reasons == ({expected.reason} if expected.reason else set())


def test_all_of_them_load_together_and_none_is_passed_over():
    files = load_policies([str(DEFINITIONS)])
    rules = [rule for file in files for rule in file.rules]
    ids = [rule.info.id for rule in rules]
    assert len(ids) == len(set(ids)) == len(TABLE)
    # The clouds' libraries hold the same definition twice.
    assert [rule_id for rule_id in ids if rule_id.endswith(".2")] == [
        "ffea632e-4e3a-4424-bf78-10e179bb2e1a.2",
        "a10ee784-7409-4941-b091-663697637c0f.2",
    ]
    everything = Inventory(
        resources=tuple(resource for inventory in recordings() for resource in inventory.resources),
        sources=(SourceInfo(arm_json.NAME, "samples"),),
    )
    findings, skipped = evaluate(everything, rules, AS_OF)
    spoken = {finding.rule.id for finding in findings} | {each.rule_id for each in skipped}
    assert spoken == set(ids)
    assert {finding.verdict.outcome.value for finding in findings} == {"pass", "fail"}
