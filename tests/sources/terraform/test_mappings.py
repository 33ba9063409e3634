"""Each azurerm type against the ARM JSON that the provider would send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from scanner.model.values import UNKNOWN
from scanner.sources.terraform.mappings import AI_PREFIXES, MAPPINGS, PASSED_OVER
from tests.factories import GROUP, SUBSCRIPTION

HERE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
ACCOUNT_ID = f"{HERE}/providers/Microsoft.CognitiveServices/accounts/acct"
WORKSPACE_ID = f"{HERE}/providers/Microsoft.MachineLearningServices/workspaces/ws"
TAGS = {"team": "search"}
TOP = {"name": "one", "resource_group_name": GROUP, "location": "swedencentral", "tags": TAGS}
COMPUTE = {"name": "one", "machine_learning_workspace_id": WORKSPACE_ID, "tags": TAGS}
ARM_TOP = {"location": "swedencentral", "tags": TAGS}
NOTIFICATION = {"threshold": 90, "operator": "GreaterThan", "contact_emails": ["a@contoso.com"], "contact_roles": []}
ARM_NOTIFICATION = {
    "enabled": True,
    "operator": "GreaterThan",
    "threshold": 90,
    "thresholdType": "Actual",
    "contactEmails": ["a@contoso.com"],
}
BUDGET = {"name": "one", "amount": 5000, "time_period": [{"start_date": "2026-01-01T00:00:00Z"}]}
ARM_BUDGET = {
    "properties": {
        "category": "Cost",
        "amount": 5000,
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-01-01T00:00:00Z"},
        "notifications": {"0": ARM_NOTIFICATION},
    }
}


class Case(NamedTuple):
    kind: str
    after: dict[str, Any]
    identity: str
    body: dict[str, Any]


CASES = (
    Case(
        "azurerm_cognitive_account",
        {**TOP, "kind": "OpenAI", "sku_name": "S0"},
        f"{HERE}/providers/Microsoft.CognitiveServices/accounts/one",
        {
            **ARM_TOP,
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {
                "disableLocalAuth": False,
                "publicNetworkAccess": "Enabled",
                "restrictOutboundNetworkAccess": False,
            },
        },
    ),
    Case(
        "azurerm_cognitive_account",
        {
            **TOP,
            "kind": "AIServices",
            "sku_name": "S0",
            "custom_subdomain_name": "one",
            "local_auth_enabled": False,
            "public_network_access_enabled": False,
            "outbound_network_access_restricted": True,
            "project_management_enabled": True,
            "dynamic_throttling_enabled": True,
            "fqdns": ["contoso.com"],
            "identity": [{"type": "UserAssigned", "identity_ids": ["/subscriptions/x/id"]}],
            "network_acls": [
                {
                    "default_action": "Deny",
                    "bypass": "AzureServices",
                    "ip_rules": ["10.0.0.1"],
                    "virtual_network_rules": [{"subnet_id": "/sub", "ignore_missing_vnet_service_endpoint": False}],
                }
            ],
            "customer_managed_key": [{"key_vault_key_id": "https://kv/keys/k", "identity_client_id": "c"}],
            "storage": [{"storage_account_id": "/sa", "identity_client_id": ""}],
        },
        f"{HERE}/providers/Microsoft.CognitiveServices/accounts/one",
        {
            **ARM_TOP,
            "kind": "AIServices",
            "sku": {"name": "S0"},
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/subscriptions/x/id": {}}},
            "properties": {
                "customSubDomainName": "one",
                "disableLocalAuth": True,
                "publicNetworkAccess": "Disabled",
                "restrictOutboundNetworkAccess": True,
                "allowProjectManagement": True,
                "dynamicThrottlingEnabled": True,
                "allowedFqdnList": ["contoso.com"],
                "networkAcls": {
                    "defaultAction": "Deny",
                    "bypass": "AzureServices",
                    "ipRules": [{"value": "10.0.0.1"}],
                    "virtualNetworkRules": [{"id": "/sub"}],
                },
                "encryption": {
                    "keySource": "Microsoft.KeyVault",
                    "keyVaultProperties": {"keyVaultUri": "https://kv/keys/k", "identityClientId": "c"},
                },
                "userOwnedStorage": [{"resourceId": "/sa"}],
            },
        },
    ),
    Case(
        "azurerm_ai_services",
        {**TOP, "sku_name": "S0", "network_acls": [{"default_action": "Deny", "ip_rules": []}]},
        f"{HERE}/providers/Microsoft.CognitiveServices/accounts/one",
        {
            **ARM_TOP,
            "kind": "AIServices",
            "sku": {"name": "S0"},
            "properties": {
                "disableLocalAuth": False,
                "publicNetworkAccess": "Enabled",
                "restrictOutboundNetworkAccess": False,
                "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"},
            },
        },
    ),
    Case(
        "azurerm_cognitive_deployment",
        {
            "name": "gpt",
            "cognitive_account_id": ACCOUNT_ID,
            "model": [{"format": "OpenAI", "name": "gpt-4o", "version": ""}],
            "sku": [{"name": "GlobalStandard", "tier": None}],
        },
        f"{ACCOUNT_ID}/deployments/gpt",
        {
            "sku": {"name": "GlobalStandard", "capacity": 1},
            "properties": {
                "model": {"format": "OpenAI", "name": "gpt-4o"},
                "versionUpgradeOption": "OnceNewDefaultVersionAvailable",
            },
        },
    ),
    # azurerm 3.x
    Case(
        "azurerm_cognitive_deployment",
        {
            "name": "gpt",
            "cognitive_account_id": ACCOUNT_ID,
            "model": [{"format": "OpenAI", "name": "gpt-4", "version": "0613"}],
            "scale": [{"type": "Standard", "capacity": 120, "family": None, "size": None, "tier": None}],
            "rai_policy_name": "Microsoft.DefaultV2",
            "version_upgrade_option": "NoAutoUpgrade",
        },
        f"{ACCOUNT_ID}/deployments/gpt",
        {
            "sku": {"name": "Standard", "capacity": 120},
            "properties": {
                "model": {"format": "OpenAI", "name": "gpt-4", "version": "0613"},
                "raiPolicyName": "Microsoft.DefaultV2",
                "versionUpgradeOption": "NoAutoUpgrade",
            },
        },
    ),
    Case(
        "azurerm_cognitive_account_project",
        {
            "name": "one",
            "cognitive_account_id": ACCOUNT_ID,
            "location": "swedencentral",
            "display_name": "One",
            "identity": [{"type": "SystemAssigned", "identity_ids": []}],
            "tags": TAGS,
        },
        f"{ACCOUNT_ID}/projects/one",
        {**ARM_TOP, "identity": {"type": "SystemAssigned"}, "properties": {"displayName": "One"}},
    ),
    Case(
        "azurerm_machine_learning_workspace",
        {**TOP, "managed_network": [{"isolation_mode": "AllowInternetOutbound"}], "high_business_impact": True},
        f"{HERE}/providers/Microsoft.MachineLearningServices/workspaces/one",
        {
            **ARM_TOP,
            "kind": "Default",
            "sku": {"name": "Basic", "tier": "Basic"},
            "properties": {
                "hbiWorkspace": True,
                "managedNetwork": {"isolationMode": "AllowInternetOutbound"},
                "publicNetworkAccess": "Enabled",
                "v1LegacyMode": False,
            },
        },
    ),
    Case(
        "azurerm_machine_learning_workspace",
        {
            **TOP,
            "kind": "FeatureStore",
            "sku_name": "Standard",
            "public_network_access_enabled": False,
            "storage_account_id": "/sa",
            "encryption": [{"key_vault_id": "/kv", "key_id": "https://kv/keys/k", "user_assigned_identity_id": ""}],
            "serverless_compute": [{"subnet_id": "/sub", "public_ip_enabled": False}],
        },
        f"{HERE}/providers/Microsoft.MachineLearningServices/workspaces/one",
        {
            **ARM_TOP,
            "kind": "FeatureStore",
            "sku": {"name": "Standard", "tier": "Standard"},
            "properties": {
                "storageAccount": "/sa",
                "publicNetworkAccess": "Disabled",
                "v1LegacyMode": False,
                "encryption": {
                    "status": "Enabled",
                    "keyVaultProperties": {"keyIdentifier": "https://kv/keys/k", "keyVaultArmId": "/kv"},
                },
                "serverlessComputeSettings": {
                    "serverlessComputeCustomSubnet": "/sub",
                    "serverlessComputeNoPublicIP": True,
                },
            },
        },
    ),
    Case(
        "azurerm_ai_foundry",
        {**TOP, "key_vault_id": "/kv", "storage_account_id": "/sa", "friendly_name": "Hub"},
        f"{HERE}/providers/Microsoft.MachineLearningServices/workspaces/one",
        {
            **ARM_TOP,
            "kind": "Hub",
            "properties": {
                "keyVault": "/kv",
                "storageAccount": "/sa",
                "friendlyName": "Hub",
                "publicNetworkAccess": "Enabled",
            },
        },
    ),
    Case(
        "azurerm_ai_foundry_project",
        {"name": "one", "ai_services_hub_id": WORKSPACE_ID, "location": "swedencentral", "tags": TAGS},
        f"{HERE}/providers/Microsoft.MachineLearningServices/workspaces/one",
        {**ARM_TOP, "kind": "Project", "properties": {"hubResourceId": WORKSPACE_ID}},
    ),
    Case(
        "azurerm_machine_learning_compute_cluster",
        {
            **COMPUTE,
            "location": "swedencentral",
            "vm_size": "Standard_NC6s_v3",
            "vm_priority": "LowPriority",
            "subnet_resource_id": "/sub",
            "ssh": [{"admin_username": "me", "admin_password": "hunter2", "key_value": ""}],
            "scale_settings": [
                {"min_node_count": 0, "max_node_count": 4, "scale_down_nodes_after_idle_duration": "PT15M"}
            ],
        },
        f"{WORKSPACE_ID}/computes/one",
        {
            **ARM_TOP,
            "properties": {
                "computeType": "AmlCompute",
                "computeLocation": "swedencentral",
                "disableLocalAuth": False,
                "properties": {
                    "vmSize": "Standard_NC6s_v3",
                    "vmPriority": "LowPriority",
                    "scaleSettings": {
                        "minNodeCount": 0,
                        "maxNodeCount": 4,
                        "nodeIdleTimeBeforeScaleDown": "PT15M",
                    },
                    "enableNodePublicIp": True,
                    "remoteLoginPortPublicAccess": "Disabled",
                    "subnet": {"id": "/sub"},
                },
            },
        },
    ),
    Case(
        "azurerm_machine_learning_compute_instance",
        {
            **COMPUTE,
            "location": "westeurope",
            "virtual_machine_size": "STANDARD_DS2_V2",
            "authorization_type": "personal",
            "assign_to_user": [{"object_id": "o", "tenant_id": "t"}],
            "local_auth_enabled": False,
            "node_public_ip_enabled": False,
            "ssh": [{"public_key": "ssh-rsa AAAA", "port": 22, "username": ""}],
        },
        f"{WORKSPACE_ID}/computes/one",
        {
            "tags": TAGS,
            "properties": {
                "computeType": "ComputeInstance",
                "disableLocalAuth": True,
                "properties": {
                    "vmSize": "STANDARD_DS2_V2",
                    "computeInstanceAuthorizationType": "personal",
                    "personalComputeInstanceSettings": {"assignedUser": {"objectId": "o", "tenantId": "t"}},
                    "enableNodePublicIp": False,
                    "sshSettings": {"sshPublicAccess": "Enabled"},
                },
            },
        },
    ),
    Case(
        "azurerm_machine_learning_inference_cluster",
        {**COMPUTE, "location": "swedencentral", "kubernetes_cluster_id": "/aks", "ssl": [{"key": "secret"}]},
        f"{WORKSPACE_ID}/computes/one",
        {
            **ARM_TOP,
            "properties": {
                "computeType": "AKS",
                "computeLocation": "swedencentral",
                "resourceId": "/aks",
                "properties": {"clusterPurpose": "FastProd"},
            },
        },
    ),
    Case(
        "azurerm_machine_learning_synapse_spark",
        {**COMPUTE, "location": "swedencentral", "synapse_spark_pool_id": "/pool", "local_auth_enabled": True},
        f"{WORKSPACE_ID}/computes/one",
        {
            **ARM_TOP,
            "properties": {
                "computeType": "SynapseSpark",
                "computeLocation": "swedencentral",
                "resourceId": "/pool",
                "disableLocalAuth": False,
            },
        },
    ),
    Case(
        "azurerm_search_service",
        {**TOP, "sku": "standard", "replica_count": 3, "authentication_failure_mode": "http403"},
        f"{HERE}/providers/Microsoft.Search/searchServices/one",
        {
            **ARM_TOP,
            "sku": {"name": "standard"},
            "properties": {
                "replicaCount": 3,
                "partitionCount": 1,
                "hostingMode": "Default",
                "publicNetworkAccess": "Enabled",
                "disableLocalAuth": False,
                "authOptions": {"aadOrApiKey": {"aadAuthFailureMode": "http403"}},
                "networkRuleSet": {"bypass": "None"},
                "encryptionWithCmk": {"enforcement": "Disabled"},
            },
        },
    ),
    Case(
        "azurerm_search_service",
        {
            **TOP,
            "sku": "basic",
            "partition_count": 2,
            "local_authentication_enabled": False,
            "public_network_access_enabled": False,
            "allowed_ips": ["1.2.3.4"],
            "semantic_search_sku": "free",
            "customer_managed_key_enforcement_enabled": True,
            "network_rule_bypass_option": "AzureServices",
        },
        f"{HERE}/providers/Microsoft.Search/searchServices/one",
        {
            **ARM_TOP,
            "sku": {"name": "basic"},
            "properties": {
                "partitionCount": 2,
                "hostingMode": "Default",
                "publicNetworkAccess": "Disabled",
                "disableLocalAuth": True,
                "networkRuleSet": {"ipRules": [{"value": "1.2.3.4"}], "bypass": "AzureServices"},
                "encryptionWithCmk": {"enforcement": "Enabled"},
                "semanticSearch": "free",
            },
        },
    ),
    Case(
        "azurerm_bot_service_azure_bot",
        {
            **TOP,
            "location": "global",
            "sku": "F0",
            "microsoft_app_id": "app",
            "microsoft_app_type": "SingleTenant",
            "luis_key": "secret",
            "developer_app_insights_api_key": "secret",
        },
        f"{HERE}/providers/Microsoft.BotService/botServices/one",
        {
            "location": "global",
            "tags": TAGS,
            "kind": "azurebot",
            "sku": {"name": "F0"},
            "properties": {
                "displayName": "one",
                "msaAppId": "app",
                "msaAppType": "SingleTenant",
                "publicNetworkAccess": "Enabled",
                "disableLocalAuth": False,
                "isStreamingSupported": False,
            },
        },
    ),
    Case(
        "azurerm_bot_web_app",
        {**TOP, "sku": "S1", "microsoft_app_id": "app", "display_name": "Bot"},
        f"{HERE}/providers/Microsoft.BotService/botServices/one",
        {
            **ARM_TOP,
            "kind": "sdk",
            "sku": {"name": "S1"},
            "properties": {"displayName": "Bot", "msaAppId": "app"},
        },
    ),
    Case(
        "azurerm_bot_channels_registration",
        {**TOP, "sku": "F0", "microsoft_app_id": "app", "public_network_access_enabled": False},
        f"{HERE}/providers/Microsoft.BotService/botServices/one",
        {
            **ARM_TOP,
            "kind": "bot",
            "sku": {"name": "F0"},
            "properties": {"displayName": "one", "msaAppId": "app", "publicNetworkAccess": "Disabled"},
        },
    ),
    Case(
        "azurerm_fabric_capacity",
        {**TOP, "sku": [{"name": "F64", "tier": "Fabric"}], "administration_members": ["a@contoso.com"]},
        f"{HERE}/providers/Microsoft.Fabric/capacities/one",
        {
            **ARM_TOP,
            "sku": {"name": "F64", "tier": "Fabric"},
            "properties": {"administration": {"members": ["a@contoso.com"]}},
        },
    ),
    Case(
        "azurerm_consumption_budget_subscription",
        {**BUDGET, "subscription_id": f"/subscriptions/{SUBSCRIPTION}", "notification": [NOTIFICATION]},
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets/one",
        ARM_BUDGET,
    ),
    # azurerm 3.x takes the bare GUID, too
    Case(
        "azurerm_consumption_budget_subscription",
        {**BUDGET, "subscription_id": SUBSCRIPTION, "notification": [NOTIFICATION]},
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Consumption/budgets/one",
        ARM_BUDGET,
    ),
    Case(
        "azurerm_consumption_budget_resource_group",
        {**BUDGET, "resource_group_id": HERE, "notification": [NOTIFICATION]},
        f"{HERE}/providers/Microsoft.Consumption/budgets/one",
        ARM_BUDGET,
    ),
    Case(
        "azurerm_cost_anomaly_alert",
        {"name": "one", "display_name": "Anomalies", "email_addresses": ["a@contoso.com"], "email_subject": "x"},
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CostManagement/scheduledActions/one",
        {
            "kind": "InsightAlert",
            "properties": {
                "displayName": "Anomalies",
                "status": "Enabled",
                "notification": {"to": ["a@contoso.com"]},
            },
        },
    ),
    Case(
        "azurerm_resource_group",
        {"name": "rg-new", "location": "swedencentral", "tags": TAGS},
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-new",
        ARM_TOP,
    ),
    Case(
        "azurerm_subscription",
        {"subscription_name": "AI", "subscription_id": "11111111-0000-0000-0000-000000000001", "tags": TAGS},
        "/subscriptions/11111111-0000-0000-0000-000000000001",
        {"displayName": "AI", "tags": TAGS},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind.removeprefix("azurerm_"))
def test_a_resource_becomes_what_the_provider_sends(plan, case):
    plan.add(case.kind, "x", case.after)

    found = plan.only()
    assert found.id == case.identity
    rest = {name: value for name, value in found.json.items() if name not in {"id", "name", "type"}}
    assert rest == case.body
    assert found.json["type"] == MAPPINGS[case.kind].arm
    assert found.json["name"] == case.identity.rpartition("/")[2]


def test_every_mapping_has_a_case():
    assert {case.kind for case in CASES} == set(MAPPINGS)


@pytest.mark.parametrize("kind", sorted(MAPPINGS))
def test_of_a_resource_of_which_nothing_is_known_every_leaf_is_unknown(plan, kind):
    plan.add(kind, "x", {}, unknown=True)

    found = plan.only().json
    leaves = set(_leaves({name: value for name, value in found.items() if name not in {"id", "name", "type"}}))
    assert leaves <= {UNKNOWN, *SAID_BY_THE_TYPE}, found


SAID_BY_THE_TYPE = frozenset(
    {"AIServices", "Hub", "Project", "AmlCompute", "ComputeInstance", "AKS", "SynapseSpark", "azurebot", "sdk", "bot"}
    | {"Cost", "InsightAlert", "Enabled"}
)


def _leaves(value: Any) -> Iterator[Any]:
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from _leaves(inner)
        else:
            yield inner


@pytest.mark.parametrize("kind", sorted(MAPPINGS))
def test_nothing_that_is_passed_over_is_mapped(kind):
    assert not kind.startswith(PASSED_OVER)


@pytest.mark.parametrize("beginning", PASSED_OVER)
def test_only_types_of_ai_services_are_passed_over_by_name(beginning):
    assert beginning.startswith(AI_PREFIXES)


def test_what_the_deployment_type_cannot_say_is_said(plan):
    plan.add("azurerm_machine_learning_compute_instance", "x", {**COMPUTE, "virtual_machine_size": "Standard_DS3_v2"})

    paths = [path for path, _ in plan.only().origin.caveats]
    assert "properties.properties.idleTimeBeforeShutdown" in paths


def test_a_network_rule_set_that_is_not_known_is_unknown_as_a_whole(plan):
    after = {**TOP, "kind": "OpenAI", "sku_name": "S0", "network_acls": []}
    plan.add("azurerm_cognitive_account", "x", after, unknown={"id": True, "network_acls": True})

    assert plan.only().json["properties"]["networkAcls"] is UNKNOWN


def test_identities_of_which_one_is_not_known_yet_are_unknown(plan):
    blocks = [{"type": "UserAssigned", "identity_ids": ["/subscriptions/x/id", None]}]
    unknown = {"id": True, "identity": [{"identity_ids": [False, True]}]}
    plan.add("azurerm_cognitive_account", "x", {"name": "x", "identity": blocks}, unknown=unknown)

    assert plan.only().json["identity"] == {"type": "UserAssigned", "userAssignedIdentities": UNKNOWN}
