"""Which resources a template makes: loops, conditions, children, symbolic names, scopes, and what is wrong."""

from __future__ import annotations

import pytest

from scanner.model.inventory import GapReason, Inventory
from scanner.model.resource import Origin, Resource
from scanner.model.values import UNKNOWN
from scanner.sources.options import ReadOptions

ACCOUNT = "Microsoft.CognitiveServices/accounts"
DEPLOYMENT = f"{ACCOUNT}/deployments"
UNKNOWN_COUNT = {"parameters": {"names": {"type": "array"}}}


def ids(inventory: Inventory) -> list[str]:
    return [resource.id.rpartition("/providers/")[2] for resource in inventory.resources]


def test_a_resource_is_as_azure_would_show_it(templates):
    raw = templates.resource(
        "[concat('ai', '-prod')]",
        ACCOUNT,
        location="[variables('where')]",
        kind="OpenAI",
        sku={"name": "S0"},
        tags={"team": "[toUpper('search')]", "literal": "[[not an expression]"},
        properties={"disableLocalAuth": "[true()]", "none": "[json('null')]"},
        dependsOn=["[resourceId('Microsoft.X/y', 'z')]"],
        comments="why",
        metadata={"a": 1},
    )

    (resource,) = templates.read(templates.make(raw, variables={"where": "westeurope"})).resources

    assert resource.json == {
        "id": f"{templates.group}/providers/{ACCOUNT}/ai-prod",
        "type": ACCOUNT,
        "name": "ai-prod",
        "location": "westeurope",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "tags": {"team": "SEARCH", "literal": "[not an expression]"},
        "properties": {"disableLocalAuth": True, "none": None},
    }
    assert resource.origin == Origin("arm-template", "-", "/resources/0", declared=True)


def test_keys_are_taken_in_any_case(templates):
    raw = {"Type": ACCOUNT, "apiversion": "1", "Name": "a", "Properties": {"x": 1}, "Condition": True, "Tags": {}}
    template = {"$schema": templates.schema, "contentversion": "1", "Resources": [raw]}

    (resource,) = templates.read(template).resources

    assert (resource.json["properties"], resource.tags) == ({"x": 1}, {})


@pytest.mark.parametrize(
    ("children", "name"),
    [
        ([{"type": "deployments", "name": "gpt"}], "inside, short"),
        ([{"type": DEPLOYMENT, "name": "a/gpt"}], "inside, in full"),
        ([{"type": "deployments", "name": "[concat('g', 'pt')]", "resources": []}], "inside, computed"),
    ],
)
def test_a_child_stands_inside_its_parent(templates, children, name):
    inventory = templates.read(templates.make(templates.resource("a", ACCOUNT, resources=children)))

    assert ids(inventory) == [f"{ACCOUNT}/a", f"{ACCOUNT}/a/deployments/gpt"], name
    assert inventory.resources[1].origin.pointer == "/resources/0/resources/0"
    assert inventory.resources[1].type == DEPLOYMENT.lower()


def test_a_child_stands_beside_its_parent_or_extends_it(templates):
    inventory = templates.read(
        templates.make(
            templates.resource("a/gpt", DEPLOYMENT),
            templates.resource("a/Microsoft.Insights/d", f"{ACCOUNT}/providers/diagnosticSettings"),
            templates.resource("d", "Microsoft.Insights/diagnosticSettings", scope=f"{ACCOUNT}/a"),
            templates.resource("e", "Microsoft.Insights/diagnosticSettings", scope=f"[resourceId('{ACCOUNT}', 'a')]"),
            templates.resource("a", ACCOUNT, resources=[{"type": "Microsoft.Authorization/locks", "name": "l"}]),
        )
    )

    below = f"{templates.group}/providers/{ACCOUNT}/a"
    assert [resource.id for resource in inventory.resources] == [
        f"{below}/deployments/gpt",
        f"{below}/providers/Microsoft.Insights/diagnosticSettings/d",
        f"{below}/providers/Microsoft.Insights/diagnosticSettings/e",
        below,
        f"{below}/providers/Microsoft.Authorization/locks/l",
    ]
    assert inventory.resources[1].type == "microsoft.insights/diagnosticsettings"


def test_a_loop_makes_one_resource_a_turn(templates):
    raw = templates.resource(
        "[concat('a', copyIndex(), '-', copyIndex('loop', 10), '-', copyIndex(1))]",
        properties={"copy": [{"name": "list", "count": 2, "input": "[add(copyIndex('list'), mul(copyIndex(), 10))]"}]},
        copy={"name": "loop", "count": "[length(variables('names'))]", "mode": "serial"},
        resources=[{"type": "child", "name": "[concat('c', copyIndex())]"}],
    )

    inventory = templates.read(templates.make(raw, variables={"names": ["x", "y"]}))

    kind = "Microsoft.Search/searchServices"
    names = ["a0-10-1", "a0-10-1/child/c0", "a1-11-2", "a1-11-2/child/c1"]
    assert ids(inventory) == [f"{kind}/{name}" for name in names]
    assert inventory.resources[2].json["properties"] == {"list": [10, 11]}
    assert {resource.origin.pointer for resource in inventory.resources[::2]} == {"/resources/0"}


def test_a_loop_in_variables_makes_a_list_and_copy_may_be_a_property(templates):
    variables = {
        "copy": [{"name": "names", "count": 2, "input": "[concat('n', copyIndex('names', 1))]"}],
        "object": {"copy": [{"name": "inner", "count": 1, "input": {"at": "[copyIndex('inner')]"}}], "beside": 1},
        "harmless": {"copy": "that"},
    }

    expected = {"names": ["n1", "n2"], "object": {"inner": [{"at": 0}], "beside": 1}, "harmless": {"copy": "that"}}
    for name, wanted in expected.items():
        assert templates.value(f"variables('{name}')", variables=variables) == wanted


def test_a_loop_of_unknown_length_is_a_gap_where_a_rule_may_be_about_it(templates):
    loop = {"name": "l", "count": "[length(parameters('names'))]"}
    inventory = templates.read(
        templates.make(
            templates.resource("[parameters('names')[copyIndex()]]", ACCOUNT, copy=loop),
            templates.resource("[parameters('names')[copyIndex()]]", "Microsoft.Web/sites", copy=loop),
            templates.resource("x", properties={"copy": [{**loop, "name": "list", "input": 1}], "known": 1}),
            **UNKNOWN_COUNT,
        )
    )

    (gap,) = inventory.gaps
    assert (gap.what, gap.reason) == (ACCOUNT, GapReason.UNSUPPORTED)
    assert "give --template-parameters" in gap.detail
    assert "left out whose number is unknown, of types that no rule is about: Microsoft.Web/sites" in inventory.notes[1]
    assert inventory.resources[0].json["properties"] == {"list": UNKNOWN, "known": 1}


@pytest.mark.parametrize("count", [-1, 801, 10**9, "many", "[createArray()]", True, None])
def test_an_impossible_count_is_a_gap(templates, count):
    inventory = templates.read(templates.make(templates.resource("x", copy={"name": "l", "count": count})))

    assert not inventory.resources
    assert [gap.reason for gap in inventory.gaps] == [GapReason.MALFORMED]
    assert inventory.gaps[0].detail.startswith("/resources/0/copy/count: ")


def test_a_condition_decides_whether_a_resource_is_there(templates):
    inventory = templates.read(
        templates.make(
            templates.resource("yes", condition=True),
            templates.resource("no", condition="[equals('a', 'b')]"),
            templates.resource("perhaps", condition="[empty(parameters('names'))]"),
            templates.resource("wrong", condition="[add('a', 1)]"),
            **UNKNOWN_COUNT,
        )
    )

    assert [resource.name for resource in inventory.resources] == ["yes", "perhaps"]
    assert "1 resource is judged although only the deployment knows whether its condition holds" in inventory.notes[1]
    assert [gap.detail.partition(":")[0] for gap in inventory.gaps] == ["/resources/3"]


def test_the_condition_of_a_parent_is_not_that_of_its_children(templates):
    children = [{"type": "child", "name": "c"}, {"type": "child", "name": "d", "condition": False}]

    inventory = templates.read(templates.make(templates.resource("no", condition=False, resources=children)))

    assert [resource.id.partition("/searchServices/")[2] for resource in inventory.resources] == ["no/child/c"]


def test_symbolic_names_are_addresses(templates):
    template = {
        **templates.make(),
        "languageVersion": "2.0",
        "resources": {
            "account": templates.resource("a", ACCOUNT),
            "account::model": templates.resource("a/gpt", DEPLOYMENT),
            "loop": templates.resource("[concat('l', copyIndex())]", copy={"name": "loop", "count": 2}),
        },
    }

    inventory = templates.read(template)

    assert [resource.origin.address for resource in inventory.resources] == [
        "account",
        "account::model",
        "loop",
        "loop",
    ]
    assert inventory.resources[1].origin.pointer == "/resources/account::model"


def existing_and(templates, **others):
    existing = {"existing": True, "type": ACCOUNT, "apiVersion": "1", "name": "a"}
    return {**templates.make(), "languageVersion": "2.0", "resources": {"known": existing, **others}}


def test_what_only_exists_is_context(templates):
    child = templates.resource("a/gpt", DEPLOYMENT)

    inventory = templates.read(existing_and(templates, child=child))

    deployment, account = inventory.resources
    assert (deployment.origin.judged, account.origin.judged) == (True, False)
    assert account.json["properties"] is account.json["tags"] is UNKNOWN
    assert inventory.parent(deployment) is account


@pytest.mark.parametrize(
    ("where", "prefix"),
    [
        ({"resourceGroup": "rg-b"}, "/subscriptions/{s}/resourceGroups/rg-b"),
        ({"subscriptionId": "t", "resourceGroup": "rg-b"}, "/subscriptions/t/resourceGroups/rg-b"),
        ({"scope": "/subscriptions/t/resourceGroups/[x]"}, "/subscriptions/t/resourceGroups/[x]"),
    ],
)
def test_what_exists_may_be_elsewhere(templates, where, prefix):
    template = existing_and(templates)
    template["resources"]["known"].update(where)

    (account,) = templates.read(template).resources

    assert account.id == f"{prefix}/providers/{ACCOUNT}/a".replace("{s}", templates.options.subscription)


def test_what_exists_and_is_declared_too_is_declared(templates):
    inventory = templates.read(existing_and(templates, real=templates.resource("a", ACCOUNT, kind="OpenAI")))

    (account,) = inventory.resources
    assert account.origin.judged
    assert account.json["kind"] == "OpenAI"


def test_what_the_context_knows_better_is_left_to_it(templates):
    identity = f"{templates.group}/providers/{ACCOUNT}/a"
    known = {"id": identity.upper(), "name": "a", "type": ACCOUNT, "properties": {"endpoint": "https://a"}}
    options = ReadOptions(
        subscription=templates.options.subscription,
        resource_group="rg-ai",
        context=Inventory((Resource(known, Origin("azure")),)),
    )
    other = templates.resource("b", properties={"a": "[reference('known').endpoint]"})

    (read,) = templates.read(existing_and(templates, other=other), options).resources

    assert read.json["properties"] == {"a": "https://a"}


def test_what_is_wrong_with_one_that_exists_is_nobodys_concern(templates):
    template = existing_and(templates)
    template["resources"]["known"]["name"] = "[split(null(), '/')[0]]"

    assert not templates.read(template).gaps


@pytest.mark.parametrize(
    ("schema", "prefix"),
    [
        ("deploymentTemplate.json#", "/subscriptions/{s}/resourceGroups/rg-ai"),
        ("subscriptionDeploymentTemplate.json#", "/subscriptions/{s}"),
        (
            "managementGroupDeploymentTemplate.json#",
            "/providers/Microsoft.Management/managementGroups/unnamed-management-group",
        ),
        ("tenantDeploymentTemplate.json", ""),
    ],
)
def test_the_schema_says_where_resources_go(templates, schema, prefix):
    template = templates.make(templates.resource("b", "Microsoft.Consumption/budgets"))
    template["$schema"] = f"https://schema.management.azure.com/schemas/2019-08-01/{schema}"

    (resource,) = templates.read(template).resources

    expected = prefix.format(s=templates.options.subscription)
    assert resource.id == f"{expected}/providers/Microsoft.Consumption/budgets/b"


def test_a_resource_group_is_a_container(templates):
    template = templates.make(
        templates.resource("rg-new", "Microsoft.Resources/resourceGroups", location="westus", tags={"team": "x"})
    )
    template["$schema"] = template["$schema"].replace("deploymentT", "subscriptionDeploymentT")

    inventory = templates.read(template)

    (group,) = inventory.resources
    assert group.id == f"/subscriptions/{templates.options.subscription}/resourceGroups/rg-new"
    assert not inventory.scanned


def test_what_is_not_of_azure_resource_manager_is_told(templates):
    other = {"import": "kubernetes", "type": "core/Service@v1", "properties": {}}

    inventory = templates.read(templates.make(other))

    assert not inventory.gaps
    assert inventory.notes == (
        "-: 1 kind of resource is left out that is not Azure Resource Manager's: core/Service@v1",
    )


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (5, "a number stands where a resource should be"),
        ({"type": "x", "name": "a"}, "the resource has no type such as Microsoft.X/y"),
        ({"name": "a"}, "the resource has no type"),
        ({"type": ACCOUNT}, "null stands where a text should be"),
        ({"type": ACCOUNT, "name": 5}, "a number stands where a text should be"),
        ({"type": DEPLOYMENT, "name": "gpt"}, "has 2 segments after its provider, and the name 1"),
        ({"type": ACCOUNT, "name": "[nosuch()]"}, "there is no function 'nosuch'"),
        ({"type": ACCOUNT, "name": "[concat('a'"}, None),
    ],
)
def test_a_wrong_resource_is_a_gap_and_the_others_are_read(templates, raw, message):
    inventory = templates.read(templates.make(raw, templates.resource("fine")))

    assert inventory.resources[-1].name == "fine"
    if message is not None:
        assert [gap.reason for gap in inventory.gaps] == [GapReason.MALFORMED]
        assert message in inventory.gaps[0].detail


def test_what_is_wrong_in_a_leaf_makes_that_leaf_unknown(templates):
    raw = templates.resource(tags={"a": "[variables('x')]", "b": "fine"}, properties="[variables('y')]")
    inventory = templates.read(templates.make(raw, variables={"x": "[variables('x')]", "y": {"z": "[add(1, 'a')]"}}))

    (resource,) = inventory.resources
    assert resource.json["tags"] == {"a": UNKNOWN, "b": "fine"}
    assert resource.json["properties"] == {"z": UNKNOWN}
    assert {(gap.scope, gap.detail.partition(":")[0]) for gap in inventory.gaps} == {
        ("-", "/variables/x"),
        ("-", "/variables/y/z"),
    }


def test_functions_of_the_users_own_are_called(templates):
    functions = [
        {
            "namespace": "contoso",
            "members": {
                "name": {
                    "parameters": [{"name": "prefix", "type": "string"}, {"name": "n", "type": "int"}],
                    "output": {"type": "object", "value": {"full": "[contoso.join(parameters('prefix'), '-x')]"}},
                },
                "join": {
                    "parameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(parameters('a'), parameters('b'))]"},
                },
            },
        }
    ]

    assert templates.value("Contoso.NAME('ai', 1).full", functions=functions) == "ai-x"
    assert templates.value("contoso.name(subscription().displayName, 1)", functions=functions) == {"full": UNKNOWN}
    assert "has no parameter" in templates.complaint(
        "n.f()", functions=[{"namespace": "n", "members": {"f": {"output": {"value": "[parameters('x')]"}}}}]
    )
    assert "'contoso.join' takes 2 arguments, not 3" in templates.complaint(
        "contoso.join('a', 'b', 'c')", functions=functions
    )


@pytest.mark.parametrize(
    ("condition", "gaps"),
    [(False, 0), ("[empty('x')]", 0), (True, 1), ("[equals(copyIndex(), 7)]", 1), ("[parameters('c')]", 1)],
)
def test_a_loop_of_unknown_length_is_no_gap_where_its_condition_is_false_for_every_turn(templates, condition, gaps):
    loop = {"name": "l", "count": "[parameters('n')]"}
    resource = templates.resource("[concat('s', copyIndex())]", copy=loop, condition=condition)
    parameters = {"n": {"type": "int"}, "c": {"type": "bool"}}

    inventory = templates.read(templates.make(resource, parameters=parameters))

    assert (len(inventory.resources), len(inventory.gaps)) == (0, gaps)


def test_what_bicep_says_of_how_to_deploy_a_resource_is_no_part_of_it(templates):
    resource = templates.resource("s", **{"@options": {"onlyIfNotExists": True}})

    (found,) = templates.read(templates.make(resource)).resources

    assert found.json.keys() == {"id", "type", "name"}


@pytest.mark.parametrize("kind", ["Microsoft.Resources/tags", "Microsoft.Consumption/budgets"])
def test_tags_and_budgets_whose_number_is_unknown_are_a_gap(templates, kind):
    loop = templates.resource("[concat('x', copyIndex())]", kind, copy={"name": "l", "count": "[parameters('n')]"})

    (gap,) = templates.read(templates.make(loop, parameters={"n": {"type": "int"}})).gaps

    assert (gap.what, gap.reason) == (kind, GapReason.UNSUPPORTED)
