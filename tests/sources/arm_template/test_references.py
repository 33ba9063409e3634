"""What a template declares of a resource is what references to it find; what Azure adds is unknown."""

from __future__ import annotations

import pytest

from scanner.model.values import UNKNOWN
from scanner.sources.options import ReadOptions

KIND = "Microsoft.Search/searchServices"


def read_with(templates, expression, options=None, *, symbolic=False):
    target = templates.resource(
        "target",
        location="westeurope",
        tags={"team": "search"},
        sku={"name": "basic"},
        identity={"type": "SystemAssigned"},
        properties={"replicaCount": 2, "nested": {"a": [{"b": 1}]}, "p": "[parameters('p')]"},
    )
    reader = templates.resource("reader", properties={"it": f"[{expression}]"})
    template = templates.make(reader, target, parameters={"p": {"type": "string"}})
    if symbolic:
        loop = templates.resource(
            "[concat('l', copyIndex())]", copy={"name": "loop", "count": 2}, properties={"n": "[copyIndex()]"}
        )
        template["resources"] = {"reader": reader, "symbol": target, "loop": loop}
    inventory = templates.read(template, options or templates.options)
    assert not inventory.gaps
    return inventory.resources[0].json["properties"]["it"]


BOTH = [
    ("reference(resourceId('{kind}', 'target')).replicaCount", 2),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01').REPLICACOUNT", 2),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01', 'Full').location", "westeurope"),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01', 'full').tags", {"team": "search"}),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01', 'full').sku.name", "basic"),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01', 'full').identity.principalId", UNKNOWN),
    ("reference(resourceId('{kind}', 'target'), '2025-05-01', 'full').resourceGroupName", "rg-ai"),
    ("reference(resourceId('{kind}', 'target')).nested.a[0].b", 1),
    ("reference(resourceId('{kind}', 'target')).nested.a[0].added", UNKNOWN),
    ("reference(resourceId('{kind}', 'target')).nested", UNKNOWN),
    ("reference(resourceId('{kind}', 'target')).status", UNKNOWN),
    ("reference(resourceId('{kind}', 'target')).p", UNKNOWN),
    ("reference(resourceId('{kind}', 'elsewhere')).replicaCount", UNKNOWN),
    ("listAdminKeys(resourceId('{kind}', 'target'), '2025-05-01').primaryKey", UNKNOWN),
]
SYMBOLIC = [
    ("reference('symbol').replicaCount", 2),
    ("reference('symbol', '2025-05-01', 'full').location", "westeurope"),
    ("reference('loop[1]').n", 1),
    ("reference(format('loop[{0}]', 0)).n", 0),
    ("map(references('loop'), lambda('l', lambdaVariables('l').n))", [0, 1]),
    ("length(references('loop', '2025-05-01', 'full'))", 2),
    ("references('loop', '2025-05-01', 'full')[1].properties.n", 1),
    ("references('symbols')", UNKNOWN),
    ("resourceInfo('symbol').name", "target"),
    ("last(split(resourceInfo('symbol').id, '/'))", "target"),
    ("resourceInfo('symbol').type", KIND),
    ("resourceInfo('nothing').id", UNKNOWN),
]


@pytest.mark.parametrize("symbolic", [False, True])
@pytest.mark.parametrize(("expression", "expected"), BOTH)
def test_a_reference_by_id_finds_what_is_declared(templates, expression, expected, symbolic):
    assert read_with(templates, expression.replace("{kind}", KIND), symbolic=symbolic) == expected


def test_a_reference_by_name_finds_what_is_declared(templates):
    assert read_with(templates, "reference('target').replicaCount") == 2


@pytest.mark.parametrize(("expression", "expected"), SYMBOLIC)
def test_a_reference_by_symbolic_name_finds_what_is_declared(templates, expression, expected):
    assert read_with(templates, expression, symbolic=True) == expected


def test_a_resource_that_rests_on_itself_finds_nothing_of_itself(templates):
    assert read_with(templates, "reference('reader').it") is UNKNOWN


IDS = [
    ("resourceId('{k}', 'a')", "{g}/providers/{k}/a"),
    ("resourceId('rg', '{k}', 'a')", "/subscriptions/{s}/resourceGroups/rg/providers/{k}/a"),
    ("resourceId('sub', 'rg', '{k}/b', 'a', 'c')", "/subscriptions/sub/resourceGroups/rg/providers/{k}/a/b/c"),
    ("resourceId(subscription().id, 'rg', '{k}', 'a')", "/subscriptions/{s}/resourceGroups/rg/providers/{k}/a"),
    ("resourceId('{k}/', 'a')", "{g}/providers/{k}/a"),
    ("subscriptionResourceId('{k}', 'a')", "/subscriptions/{s}/providers/{k}/a"),
    ("subscriptionResourceId('sub', '{k}', 'a')", "/subscriptions/sub/providers/{k}/a"),
    ("tenantResourceId('{k}', 'a')", "/providers/{k}/a"),
    ("extensionResourceId('/x/y', '{k}', 'a')", "/x/y/providers/{k}/a"),
    (
        "managementGroupResourceId('mg', '{k}', 'a')",
        "/providers/Microsoft.Management/managementGroups/mg/providers/{k}/a",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), IDS)
def test_ids_are_as_azure_makes_them(templates, expression, expected):
    subscription = templates.options.subscription
    wanted = expected.replace("{k}", KIND).replace("{g}", templates.group).replace("{s}", subscription)

    assert templates.value(expression.replace("{k}", KIND)) == wanted


def test_ids_at_the_scope_of_a_subscription_name_no_group(templates):
    template = templates.make(templates.resource("b", "Microsoft.X/y", properties={"a": "[resourceId('M.X/y', 'z')]"}))
    template["$schema"] = template["$schema"].replace("deploymentT", "subscriptionDeploymentT")

    (resource,) = templates.read(template, ReadOptions(subscription="s")).resources

    assert resource.json["properties"]["a"] == "/subscriptions/s/providers/M.X/y/z"
