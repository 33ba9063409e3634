"""Where the values of parameters come from, and what keeps secrets out of resources."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scanner.errors import SourceError
from scanner.model.values import UNKNOWN

ENVELOPE = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
DECLARED = {
    "text": {"type": "string", "defaultValue": "default"},
    "count": {"type": "int", "defaultValue": 1},
    "flag": {"type": "bool", "defaultValue": False},
    "list": {"type": "array", "defaultValue": []},
    "object": {"type": "object", "defaultValue": {}},
}
ALL = {name: f"[parameters('{name}')]" for name in DECLARED}


@pytest.fixture
def given(templates, tmp_path):
    """Read a template with parameters, and give what they are worth."""

    def run(*said: str, files: dict | None = None, parameters=DECLARED, properties=ALL):
        for name, content in (files or {}).items():
            (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        options = replace(templates.options, template_parameters=tuple(part.format(d=tmp_path) for part in said))
        resource = templates.resource(properties=properties)
        return templates.read(templates.make(resource, parameters=parameters), options)

    return run


def properties_of(inventory):
    return inventory.resources[0].json["properties"]


def test_a_default_counts_where_nobody_says_otherwise(given):
    assert properties_of(given()) == {"text": "default", "count": 1, "flag": False, "list": [], "object": {}}


@pytest.mark.parametrize("sign", ["", "@"])
@pytest.mark.parametrize("envelope", [True, False])
def test_a_parameter_file_is_read_with_and_without_its_envelope(given, sign, envelope):
    values = {"text": {"value": "file"}, "COUNT": {"value": 5}}
    content = {"$schema": ENVELOPE, "contentVersion": "1.0.0.0", "parameters": values} if envelope else values

    found = properties_of(given(f"{sign}{{d}}/p.json", files={"p.json": content}))

    assert (found["text"], found["count"]) == ("file", 5)


def test_a_parameter_file_may_have_comments(given):
    content = '{"parameters": {/* why */ "text": {"value": "file"},}} // end'

    assert properties_of(given("{d}/p.jsonc", files={"p.jsonc": content}))["text"] == "file"


def test_values_on_the_command_line_are_read_by_their_type(given):
    found = given("text=5", "count=7", "flag=True", 'list=["a"]', "OBJECT=@{d}/o.json", files={"o.json": {"a": [1]}})

    assert properties_of(found) == {"text": "5", "count": 7, "flag": True, "list": ["a"], "object": {"a": [1]}}


def test_a_text_is_taken_from_a_file_as_it_is(given):
    assert properties_of(given("text=@{d}/t.txt", files={"t.txt": '{"a": 1}'}))["text"] == '{"a": 1}'


def test_the_last_of_several_values_wins(given):
    files = {"p.json": {"text": {"value": "file"}}}

    assert properties_of(given("text=line", "{d}/p.json", files=files))["text"] == "file"
    assert properties_of(given("{d}/p.json", "text=line", files=files))["text"] == "line"


@pytest.mark.parametrize(
    ("said", "content", "message"),
    [
        ("count=many", None, "the value of 'count' is no int"),
        ("{d}/p.json", {"count": {"value": "5"}}, "the parameter 'count' is no int"),
        ("{d}/p.json", {"flag": {"value": 1}}, "the parameter 'flag' is no bool"),
        ("{d}/p.json", {"count": {"value": True}}, "the parameter 'count' is no int"),
        ("{d}/p.json", {"text": "bare"}, "the parameter 'text' has no `value`"),
        ("{d}/p.json", [1], "is no parameter file"),
        ("{d}/absent.json", None, "there is no such file"),
        ("object=@{d}/absent.json", None, "there is no such file"),
    ],
)
def test_a_wrong_value_is_the_users_to_mend(given, said, content, message):
    with pytest.raises(SourceError, match=message):
        given(said, files={"p.json": content} if content is not None else {})


def test_a_name_that_the_template_does_not_declare_is_told(given):
    (note,) = given("txet=x").notes

    assert note == "-: 1 parameter was given that the template does not declare: txet"


def test_a_parameter_without_a_value_is_unknown_and_told(given):
    inventory = given(parameters={"needed": {"type": "string"}}, properties={"a": "[parameters('needed')]", "b": 1})

    assert properties_of(inventory) == {"a": UNKNOWN, "b": 1}
    assert inventory.notes == (
        "-: 1 parameter has no value, and what rests on it is unknown until --template-parameters gives one: needed",
    )


def test_a_nullable_parameter_without_a_value_is_null(given):
    parameters = {"maybe": {"$ref": "#/definitions/m", "nullable": True}}

    inventory = given(parameters=parameters, properties={"a": "[coalesce(parameters('maybe'), 'none')]"})

    assert properties_of(inventory) == {"a": "none"}
    assert not inventory.notes


def test_a_value_in_a_key_vault_is_unknown(given):
    vault = {"reference": {"keyVault": {"id": "/subscriptions/s/x"}, "secretName": "n"}}

    assert properties_of(given("{d}/p.json", files={"p.json": {"text": vault}}))["text"] is UNKNOWN


@pytest.mark.parametrize("kind", ["securestring", "secureString", "secureObject"])
def test_a_secret_never_gets_into_a_resource(templates, given, kind):
    value = {"a": "hunter2"} if kind == "secureObject" else "hunter2"
    parameters = {"secret": {"type": kind}, "default": {"type": kind, "defaultValue": value}}
    properties = {
        "one": "[parameters('secret')]",
        "two": "[parameters('default')]",
        "three": "[concat('x', string(parameters('secret')))]",
        "four": 4,
    }
    files = {"p.json": {"secret": {"value": value}}}

    inventory = given("{d}/p.json", files=files, parameters=parameters, properties=properties)

    assert [*properties_of(inventory).values()] == [UNKNOWN, UNKNOWN, UNKNOWN, 4]
    assert "hunter2" not in repr([inventory.gaps, inventory.notes, inventory.resources[0].json])


def test_an_empty_secret_hides_nothing(given):
    parameters = {"sas": {"type": "securestring", "defaultValue": ""}}

    assert properties_of(given(parameters=parameters, properties={"a": "[empty(parameters('sas'))]"})) == {"a": True}


def test_a_secret_inside_a_type_is_unknown_and_the_rest_is_not(templates):
    resource = templates.resource(properties="[parameters('login')]")
    inventory = templates.read(
        templates.make(
            resource,
            definitions={
                "login": {
                    "type": "object",
                    "properties": {
                        "user": {"type": "string"},
                        "password": {"type": "securestring"},
                        "keys": {"type": "array", "items": {"$ref": "#/definitions/key"}},
                        "kind": {
                            "type": "object",
                            "discriminator": {"propertyName": "t", "mapping": {"k": {"$ref": "#/definitions/kind"}}},
                        },
                    },
                    "additionalProperties": {"type": "secureString"},
                },
                "key": {"type": "securestring"},
                "kind": {"type": "object", "properties": {"s": {"type": "securestring"}}},
            },
            parameters={
                "login": {
                    "$ref": "#/definitions/login",
                    "defaultValue": {
                        "user": "u",
                        "password": "hunter2",
                        "keys": ["hunter2"],
                        "kind": {"t": "k", "s": "hunter2"},
                        "other": "hunter2",
                    },
                }
            },
        )
    )

    assert properties_of(inventory) == {
        "user": "u",
        "password": UNKNOWN,
        "keys": [UNKNOWN],
        "kind": {"t": "k", "s": UNKNOWN},
        "other": UNKNOWN,
    }


def test_a_default_may_rest_on_other_parameters_but_not_on_itself(templates):
    parameters = {
        "a": {"type": "string", "defaultValue": "[concat(parameters('b'), 'a')]"},
        "b": {"type": "string", "defaultValue": "b"},
        "c": {"type": "string", "defaultValue": "[parameters('c')]"},
    }

    assert templates.value("parameters('A')", parameters=parameters) == "ba"
    assert "the parameter 'c' rests on itself" in templates.complaint("parameters('c')", parameters=parameters)


CONSTRAINED = {
    "text": {"type": "string", "defaultValue": "one", "allowedValues": ["one", "two"], "minLength": 3, "maxLength": 3},
    "count": {"type": "int", "defaultValue": 1, "minValue": 1, "maxValue": 10},
    "flag": {"type": "bool", "defaultValue": True},
    "list": {"type": "array", "defaultValue": [], "allowedValues": ["a", "b"], "maxLength": 2},
    "object": {"type": "object", "defaultValue": {}},
}
REFUSED = [
    ("text", "three", "is none of one, two"),
    ("count", 0, "is less than 1"),
    ("count", 11, "is more than 10"),
    ("list", ["a", "c"], "is none of a, b"),
    ("list", ["a", "a", "b"], "is longer than 2"),
    ("object", [], "is no object"),
]


@pytest.mark.parametrize(("name", "value", "why"), REFUSED)
def test_a_value_that_azure_would_refuse_is_refused(given, name, value, why):
    with pytest.raises(SourceError, match=f"the parameter '{name}' {why}"):
        given("{d}/p.json", files={"p.json": {name: {"value": value}}}, parameters=CONSTRAINED)


@pytest.mark.parametrize(("name", "value"), [("text", "TWO"), ("count", 10), ("list", ["b"]), ("list", ["a", "B"])])
def test_a_value_that_the_template_allows_counts(given, name, value):
    found = given("{d}/p.json", files={"p.json": {name: {"value": value}}}, parameters=CONSTRAINED)

    assert properties_of(found)[name] == value
    assert not found.gaps


@pytest.mark.parametrize(("name", "value", "why"), REFUSED)
def test_a_value_inside_the_template_that_azure_would_refuse_is_a_gap_and_judged(templates, name, value, why):
    inner = templates.make(templates.resource(properties=ALL), parameters=CONSTRAINED)
    passed = templates.nested(inner, properties={"parameters": {name: {"value": value}}})
    wrong = {**CONSTRAINED, name: {**CONSTRAINED[name], "defaultValue": value}}

    for template in (templates.make(passed), templates.make(templates.resource(properties=ALL), parameters=wrong)):
        inventory = templates.read(template)
        (gap,) = inventory.gaps
        assert gap.detail.endswith(f"/parameters/{name}: its value {why}")
        assert properties_of(inventory)[name] == value


def test_what_is_unknown_is_refused_by_nobody(templates):
    unknown = {name: {"value": "[reference('none').x]"} for name in CONSTRAINED}
    unknown["list"] = {"value": ["[newGuid()]", "a"]}
    inner = templates.make(templates.resource(properties=ALL), parameters=CONSTRAINED)
    inventory = templates.read(templates.make(templates.nested(inner, properties={"parameters": unknown})))

    assert not inventory.gaps
    assert properties_of(inventory) == {**dict.fromkeys(CONSTRAINED, UNKNOWN), "list": [UNKNOWN, "a"]}


def test_a_secret_is_one_whatever_the_case_of_the_keys_that_say_so(given):
    parameters = {"secret": {"Type": "securestring", "defaultValue": "hunter2"}}

    assert properties_of(given(parameters=parameters, properties={"a": "[parameters('secret')]"})) == {"a": UNKNOWN}


def test_what_lies_too_deep_in_a_type_to_tell_is_taken_for_a_secret(templates):
    value = {"secret": "hunter2"}
    for _ in range(30):
        value = {"inner": value}
    link = {"$ref": "#/definitions/link"}
    properties = {"inner": link, "secret": {"type": "securestring"}}
    inventory = templates.read(
        templates.make(
            templates.resource(properties={"it": f"[parameters('chain'){'.inner' * 30}.secret]"}),
            definitions={"link": {"type": "object", "properties": properties}},
            parameters={"chain": {**link, "defaultValue": value}},
        )
    )

    assert properties_of(inventory) == {"it": UNKNOWN}


def test_the_values_that_a_secret_may_have_are_not_told(given):
    secret = {"type": "securestring", "allowedValues": ["hunter2"], "defaultValue": "other"}

    (gap,) = given(parameters={"secret": secret}, properties={"a": "[parameters('secret')]"}).gaps

    assert gap.detail == "/parameters/secret: its value is none of those that are allowed"
