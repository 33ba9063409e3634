"""Deployments in a template: inner and outer scope, other groups and subscriptions, linked files, outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.model.inventory import GapReason
from scanner.model.values import UNKNOWN
from scanner.sources.files import read_inputs
from scanner.sources.options import ReadOptions

PARAMETER = {"name": {"type": "string", "defaultValue": "from-inner"}}


def test_an_inner_template_has_its_own_parameters(templates):
    inner = templates.make(templates.resource("[parameters('name')]"), parameters=PARAMETER)
    inventory = templates.read(
        templates.make(
            templates.nested(inner, "one", properties={"parameters": {"name": {"value": "[parameters('name')]"}}}),
            templates.nested(inner, "two"),
            templates.nested(inner, "three", properties={"parameters": {"name": {"value": None}}}),
            parameters={"name": {"type": "string", "defaultValue": "from-outer"}},
        )
    )

    assert [resource.name for resource in inventory.resources] == ["from-outer", "from-inner"]
    assert inventory.resources[0].origin.pointer == "/resources/0/properties/template/resources/0"


@pytest.mark.parametrize("scope", ["outer", "Outer", None])
def test_an_outer_template_is_evaluated_with_its_parents_values(templates, scope):
    inner = templates.make(templates.resource("[concat(parameters('name'), copyIndex())]"), parameters=PARAMETER)
    nested = templates.nested(inner, "[concat('d', copyIndex())]", copy={"name": "l", "count": 2})
    if scope is None:
        del nested["properties"]["expressionEvaluationOptions"]
    else:
        nested["properties"]["expressionEvaluationOptions"] = {"scope": scope}

    inventory = templates.read(
        templates.make(nested, parameters={"name": {"type": "string", "defaultValue": "from-outer"}})
    )

    assert [resource.name for resource in inventory.resources] == ["from-outer0", "from-outer1"]


def test_a_deployment_may_go_elsewhere(templates):
    shown = templates.make(templates.resource("[concat('x-', resourceGroup().name)]"))
    other = "99999999-2222-3333-4444-555555555555"
    inventory = templates.read(
        templates.make(
            templates.nested(shown, "a", resourceGroup="rg-b"),
            templates.nested(shown, "b", resourceGroup="rg-b", subscriptionId=other),
            templates.nested(shown, "c", scope="outer", resourceGroup="rg-c"),
            templates.nested(templates.make(templates.resource("s")), "d", subscriptionId=other, location="westus"),
            templates.nested(
                templates.make(templates.resource("s")),
                "e",
                scope="inner",
                scope_=1,
            ),
        )
    )

    service = "providers/Microsoft.Search/searchServices"
    here = templates.options.subscription
    assert [resource.id for resource in inventory.resources] == [
        f"/subscriptions/{here}/resourceGroups/rg-b/{service}/x-rg-b",
        f"/subscriptions/{other}/resourceGroups/rg-b/{service}/x-rg-b",
        f"/subscriptions/{here}/resourceGroups/rg-c/{service}/x-rg-ai",
        f"/subscriptions/{other}/{service}/s",
        f"/subscriptions/{here}/resourceGroups/rg-ai/{service}/s",
    ]


@pytest.mark.parametrize(
    ("scope", "prefix"),
    [
        ("/", ""),
        ("Microsoft.Management/managementGroups/mg", "/providers/Microsoft.Management/managementGroups/mg"),
        ("/subscriptions/s/resourceGroups/g", "/subscriptions/s/resourceGroups/g"),
    ],
)
def test_the_scope_of_a_deployment_may_be_any(templates, scope, prefix):
    nested = templates.nested(templates.make(templates.resource("s")))
    nested["scope"] = scope

    (resource,) = templates.read(templates.make(nested)).resources

    assert resource.id == f"{prefix}/providers/Microsoft.Search/searchServices/s"


def outputs(templates, reference):
    inner = templates.make(
        templates.resource("i", properties={"hostingMode": "default"}),
        parameters={"p": {"type": "string"}},
        outputs={
            "plain": {"type": "string", "value": "[concat(parameters('p'), '!')]"},
            "object": {"type": "object", "value": {"a": 1, "b": "[resourceGroup().location]"}},
            "list": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}},
            "secret": {"type": "securestring", "value": "hunter2"},
            "id": {"type": "string", "value": "[resourceId('Microsoft.Search/searchServices', 'i')]"},
            "mode": {"type": "string", "value": "[reference('i').hostingMode]"},
        },
    )
    nested = templates.nested(inner, "inner", properties={"parameters": {"p": {"value": "hello"}}})
    reader = templates.resource("reader", properties={"it": f"[{reference}]"})
    inventory = templates.read(templates.make(reader, nested))
    assert not inventory.gaps
    return inventory.resources[0].json["properties"]["it"]


OUTPUTS = [
    ("reference('inner').outputs.plain.value", "hello!"),
    ("reference('inner').outputs['plain'].value", "hello!"),
    ("reference(resourceId('Microsoft.Resources/deployments', 'inner'), '2022-09-01').outputs.plain.value", "hello!"),
    ("reference('inner', '2022-09-01', 'Full').properties.outputs.plain.value", "hello!"),
    ("reference('inner').outputs.object.value", {"a": 1, "b": UNKNOWN}),
    ("reference('inner').outputs.object.value.a", 1),
    ("reference('inner').outputs.list.value", [0, 1]),
    ("reference('inner').outputs.secret.value", UNKNOWN),
    ("reference('inner').outputs.mode.value", "default"),
    ("last(split(reference('inner').outputs.id.value, '/'))", "i"),
    ("reference('inner').outputs.absent.value", UNKNOWN),
    ("reference('other').outputs.plain.value", UNKNOWN),
    ("reference('inner').provisioningState", UNKNOWN),
]


@pytest.mark.parametrize(("reference", "expected"), OUTPUTS)
def test_outputs_are_computed(templates, reference, expected):
    assert outputs(templates, reference) == expected


def test_a_module_takes_what_an_expression_or_a_loop_makes_of_a_parameter(templates):
    inner = templates.make(
        templates.resource(
            "i", properties={"a": "[parameters('a')]", "b": "[parameters('b')]", "c": "[parameters('c')]"}
        ),
        parameters={"a": {"type": "array"}, "b": {"type": "string"}, "c": {"type": "string"}},
    )
    parameters = {
        "a": {"copy": [{"name": "value", "count": 2, "input": "[copyIndex('value')]"}]},
        "b": "[if(true(), createObject('value', 'x'), createObject())]",
        "c": {"reference": {"keyVault": {"id": "x"}, "secretName": "s"}},
    }

    (resource,) = templates.read(
        templates.make(templates.nested(inner, properties={"parameters": parameters}))
    ).resources

    assert resource.json["properties"] == {"a": [0, 1], "b": "x", "c": UNKNOWN}


def test_a_template_that_an_expression_makes_is_read_in_its_own_scope(templates):
    inner = templates.make(templates.resource("[[parameters('name')]"), parameters=PARAMETER)
    nested = templates.nested({}, scope="outer", properties={"template": "[variables('file')]"})

    (resource,) = templates.read(templates.make(nested, variables={"file": inner})).resources

    assert resource.name == "from-inner"
    assert resource.origin.pointer == "/resources/0"


@pytest.fixture
def folder(templates, tmp_path):
    """A folder with templates, and what is read of the main one."""

    def read(link, options=templates.options, **files):
        (tmp_path / "main").mkdir()
        nested = {"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d", "properties": link}
        main = templates.make(
            nested,
            parameters={"_artifactsLocation": {"type": "string", "defaultValue": "https://raw.example.com/main/"}},
        )
        contents = {"main/main.json": main, **files}
        for name, content in contents.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(json.dumps(content, indent=1), "utf-8")
        return read_inputs([str(tmp_path / "main" / "main.json")], options=options)

    return read


LINKS = [
    {"relativePath": "linked/part.json"},
    {"relativePath": "[concat('linked', '/part.json')]"},
    {"uri": "linked/part.json"},
    {"uri": "[uri(deployment().properties.templateLink.uri, 'linked/part.json')]"},
    {"uri": "[uri(parameters('_artifactsLocation'), 'linked/part.json')]"},
]


@pytest.mark.parametrize("link", LINKS)
def test_a_linked_file_beside_the_template_is_read(templates, folder, link):
    part = templates.make(templates.resource("[parameters('name')]"), parameters=PARAMETER)

    inventory = folder({"templateLink": link}, **{"main/linked/part.json": part})

    (resource,) = inventory.resources
    assert not inventory.gaps
    assert resource.name == "from-inner"
    origin = resource.origin
    assert Path(origin.file).name == "part.json"
    assert (origin.pointer, origin.line) == ("/resources/0", 5)


def test_a_linked_parameter_file_is_read(templates, folder):
    part = templates.make(templates.resource("[parameters('name')]"), parameters=PARAMETER)
    link = {"templateLink": {"relativePath": "part.json"}, "parametersLink": {"uri": "values.json"}}

    inventory = folder(link, **{"main/part.json": part, "main/values.json": {"name": {"value": "linked"}}})

    assert [resource.name for resource in inventory.resources] == ["linked"]


ELSEWHERE = [
    ({"relativePath": "../secret.json"}, "../secret.json lies outside the folder of the template"),
    ({"relativePath": "/etc/hostname"}, "lies outside the folder of the template"),
    ({"uri": "../secret.json"}, "lies outside the folder of the template"),
    ({"relativePath": "absent.json"}, "there is no file absent.json"),
    ({"uri": "https://user:pw@example.com/a/b.json?sig=secret"}, "it lies at https://example.com/a/b.json, and azgate"),
    ({"uri": "ftp://user:pw@example.com/b.json"}, "it lies at ftp://example.com/b.json, and azgate"),
    ({"uri": "http://[x/b.json"}, "it lies at http://[x/b.json, and azgate"),
    ({"relativePath": "absent.json?sv=1&sig=secret"}, "there is no file absent.json"),
    ({"uri": "absent.json?sv=1&sig=secret"}, "there is no file absent.json"),
    ({"id": "/subscriptions/s/providers/Microsoft.Resources/templateSpecs/t/versions/1"}, "template spec"),
    ({"uri": "[resourceGroup().tags.where]"}, "its address is known only after deployment"),
    ({}, "it has no address"),
]


@pytest.mark.parametrize(("link", "message"), ELSEWHERE)
def test_what_lies_elsewhere_is_a_gap(folder, link, message):
    inventory = folder({"templateLink": link}, **{"secret.json": {"resources": []}})

    assert not inventory.resources
    (gap,) = inventory.gaps
    assert gap.reason is GapReason.UNSUPPORTED
    assert message in gap.detail
    assert "sig=" not in gap.detail
    assert "pw" not in gap.detail


def test_a_link_out_of_the_folder_by_another_name_is_refused(templates, folder, tmp_path):
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "main").rename(tmp_path / "held")
    inventory = folder({"templateLink": {"relativePath": "link.json"}}, **{"secret.json": templates.make()})
    assert inventory.gaps

    (tmp_path / "main" / "link.json").symlink_to(tmp_path / "secret.json")
    inventory = read_inputs([str(tmp_path / "main" / "main.json")])

    assert "lies outside the folder of the template" in inventory.gaps[0].detail


def test_a_template_that_links_itself_ends(folder, templates):
    inventory = folder({"templateLink": {"relativePath": "main.json"}})

    assert "more than 20 deep" in inventory.gaps[0].detail


def test_a_template_from_standard_input_links_nothing(templates):
    nested = templates.nested({}, properties={"templateLink": {"relativePath": "part.json"}})

    (gap,) = templates.read(templates.make(nested), ReadOptions()).gaps

    assert "beside a file that is not there" in gap.detail


SUBSCRIPTION_SCHEMA = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"


@pytest.mark.parametrize(("condition", "known"), [("[true()]", True), ("[parameters('c')]", False)])
def test_a_group_that_the_template_makes_says_where_it_lies_and_its_tags(templates, condition, known):
    group = templates.resource(
        "rg-new",
        "Microsoft.Resources/resourceGroups",
        location="westeurope",
        tags={"team": "ml", "made": "[resourceGroup().tags]"},
        condition=condition,
    )
    service = templates.resource("s", location="[resourceGroup().location]", tags="[resourceGroup().tags]")
    deployment = templates.nested(templates.make(service), resourceGroup="rg-NEW")
    template = templates.make(deployment, group, parameters={"c": {"type": "bool"}})
    template["$schema"] = SUBSCRIPTION_SCHEMA

    found = {resource.name: resource.json for resource in templates.read(template).resources}

    expected = ("westeurope", {"team": "ml", "made": UNKNOWN}) if known else (UNKNOWN, UNKNOWN)
    assert (found["s"]["location"], found["s"]["tags"]) == expected
