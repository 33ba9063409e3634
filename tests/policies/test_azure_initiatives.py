"""Initiatives: definitions by reference, the parameters they are given, and those that are not there."""

from __future__ import annotations

import pytest

from scanner.evaluation.evaluate import evaluate
from scanner.model.verdict import Severity
from scanner.policies.loader import load_policies
from tests.factories import ACCOUNT, AS_OF, make_inventory, make_resource
from tests.policies.azure import (
    IS_ACCOUNT,
    definition,
    initiative,
    load,
    member,
    not_evaluated,
    outcomes,
    parameter,
    problems,
)

TAGGED = definition(
    "tagged",
    test={"allOf": [IS_ACCOUNT, {"field": "[concat('tags[', parameters('tag'), ']')]", "exists": False}]},
    effect="[parameters('effect')]",
    parameters={
        "tag": parameter(),
        "effect": parameter(defaultValue="Audit", allowedValues=["Audit", "Deny", "Disabled"]),
        "subnet": parameter(),
    },
)
ACCOUNTS = make_inventory(
    make_resource(ACCOUNT, "a", tags={"team": "x"}), make_resource(ACCOUNT, "b", tags={"cost": "1"})
)


def test_a_member_takes_part_through_the_initiative_and_not_on_its_own(tmp_path):
    files = load(tmp_path, initiative(member("tagged", tag="team")), TAGGED, definition("alone"))
    assert [file.name for file in files] == ["Initiative baseline", "Display name of alone"]
    assert outcomes(files[:1], ACCOUNTS) == {("tagged", "a"): "pass", ("tagged", "b"): "fail"}


def test_an_initiative_passes_its_own_parameters_on(tmp_path):
    own = {"which": parameter(defaultValue="cost"), "act": parameter(defaultValue="Deny")}
    document = initiative(member("tagged", tag="[parameters('which')]", Effect="[parameters('act')]"), parameters=own)
    files = load(tmp_path, TAGGED, document)
    assert outcomes(files, ACCOUNTS) == {("tagged", "a"): "fail", ("tagged", "b"): "pass"}
    assert files[0].rules[0].severity is Severity.HIGH
    assert files[0].parameters == {"which": "cost", "act": "Deny"}


def test_an_override_reaches_the_initiatives_parameter(tmp_path):
    document = initiative(
        member("tagged", tag="[parameters('which')]"), parameters={"which": parameter(defaultValue="x")}
    )
    assert outcomes(load(tmp_path, TAGGED, document, which="team"), ACCOUNTS)[("tagged", "a")] == "pass"


def test_an_override_reaches_a_members_parameter_that_the_initiative_leaves_alone(tmp_path):
    files = load(tmp_path, TAGGED, initiative(member("tagged", tag="team")), effect="Deny", tag="cost")
    assert files[0].rules[0].severity is Severity.HIGH
    assert outcomes(files, ACCOUNTS)[("tagged", "a")] == "pass"  # what the initiative says itself stays


def test_values_may_be_computed_and_may_rest_on_the_resource(tmp_path):
    document = initiative(
        member("tagged", tag="[concat(parameters('start'), 'am')]"), parameters={"start": parameter(defaultValue="te")}
    )
    assert outcomes(load(tmp_path, TAGGED, document), ACCOUNTS)[("tagged", "a")] == "pass"

    dynamic = definition(
        "dynamic",
        test={"allOf": [IS_ACCOUNT, {"field": "name", "equals": "[parameters('wanted')]"}]},
        parameters={"wanted": parameter()},
    )
    (tmp_path / "0.json").unlink()
    document = initiative(member("dynamic", wanted="[if(equals(field('name'), 'a'), 'a', 'x')]"))
    assert outcomes(load(tmp_path, dynamic, document), ACCOUNTS) == {("dynamic", "a"): "fail", ("dynamic", "b"): "pass"}


def test_a_parameter_without_a_value_is_passed_on_and_an_error_only_where_it_is_used(tmp_path):
    own = {"net": parameter(), "which": parameter()}
    document = initiative(member("tagged", tag="team", subnet="[parameters('net')]"), parameters=own)
    assert outcomes(load(tmp_path, TAGGED, document), ACCOUNTS)[("tagged", "a")] == "pass"
    document = initiative(member("tagged", tag="[ parameters( 'WHICH' ) ]"), parameters=own)
    assert "the parameter 'tag' has no default" in problems(tmp_path, TAGGED, document)[0]
    document = initiative(member("tagged", tag="[concat(parameters('which'), '')]"), parameters=own)
    assert "the parameter 'which' has no default" in problems(tmp_path, TAGGED, document)[0]


def test_a_definition_that_is_not_there_is_told_and_not_passed_over(tmp_path):
    files = load(tmp_path, initiative(member("lost", "the-reference"), member("tagged", tag="team")), TAGGED)
    assert {rule.info.id for rule in files[0].rules} == {"lost", "tagged"}
    assert not_evaluated(files, ACCOUNTS) == {
        "lost": "its definition lost (reference the-reference) is not among the policy files"
    }
    assert {rule_id for rule_id, _ in outcomes(files, ACCOUNTS)} == {"tagged"}


def test_one_definition_twice_makes_two_rules_named_by_reference(tmp_path):
    document = initiative(
        member("tagged", "by team", tag="team"),
        member("Tagged", "by-cost", tag="cost"),
        member("lost", "x"),
        member("lost", "y"),
    )
    files = load(tmp_path, document, TAGGED)
    assert outcomes(files, ACCOUNTS) == {
        ("tagged.by-team", "a"): "pass",
        ("tagged.by-team", "b"): "fail",
        ("tagged.by-cost", "a"): "fail",
        ("tagged.by-cost", "b"): "pass",
    }
    assert set(not_evaluated(files, ACCOUNTS)) == {"lost.x", "lost.y"}


def test_two_initiatives_may_share_a_definition(tmp_path):
    files = load(
        tmp_path,
        initiative(member("tagged", "r", tag="team"), name="first"),
        initiative(member("tagged", "r", tag="cost"), member("tagged", tag="x"), name="second"),
        initiative(member("tagged", "r", tag="y"), name="second"),
        TAGGED,
    )
    assert [[rule.info.id for rule in file.rules] for file in files] == [
        ["first.tagged.r"],
        ["second.tagged.r", "tagged.1"],
        ["second.tagged.r.2"],
    ]


def test_members_without_a_reference_are_numbered(tmp_path):
    files = load(tmp_path, initiative(member("tagged", tag="team"), member("tagged", tag="cost")), TAGGED)
    assert [rule.info.id for rule in files[0].rules] == ["tagged.0", "tagged.1"]


def test_a_disabled_member_is_not_evaluated(tmp_path):
    files = load(tmp_path, initiative(member("tagged", tag="team", effect="Disabled")), TAGGED)
    assert not_evaluated(files, ACCOUNTS) == {"tagged": "its effect is disabled"}


def test_an_initiative_is_read_without_its_envelope_and_from_a_list(tmp_path):
    bare = initiative(member("tagged", tag="team"))["properties"]
    assert [rule.info.id for rule in load(tmp_path, [bare, TAGGED])[0].rules] == ["tagged"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (initiative(member("tagged", tag="x", tga="y")), "the definition has no parameter 'tga' (did you mean 'tag'?)"),
        (initiative(member("tagged", tag=5)), "the parameter 'tag' must be a text, not 5"),
        (initiative(member("tagged", tag="x", effect="Denny")), "the parameter 'effect' is 'Denny'; allowed are"),
        (initiative(member("tagged")), "the parameter 'tag' has no default"),
        (initiative(member("tagged", tag="[parameters('none')]")), "unknown parameter 'none'"),
        (initiative({}), "a member of an initiative needs a policyDefinitionId"),
        (initiative({"policyDefinitionId": 5}), "a member of an initiative needs a policyDefinitionId"),
        (initiative(member("tagged", tag="x"), parameters={"p": {"type": "Nothing"}}), "'type' is 'nothing'"),
    ],
)
def test_what_is_wrong_in_an_initiative_is_told_with_its_place(tmp_path, document, message):
    found = problems(tmp_path, TAGGED, document)
    assert message in found[0]
    assert found[0].split(":")[1].isdigit()


def test_a_broken_definition_inside_an_initiative_is_refused_and_no_crash(tmp_path):
    broken = definition("broken", parameters={"p": {"type": "Nothing"}, "q": {"type": "Integer", "defaultValue": "x"}})
    found = problems(tmp_path, broken, initiative(member("broken", p="x")))
    assert any("'type' is 'nothing'" in each for each in found)
    assert any("the default of 'q' must be a whole number" in each for each in found)


def test_all_references_of_an_initiative_stand_in_the_findings(tmp_path):
    files = load(tmp_path, initiative(member("tagged", "a", tag="x"), member("tagged", "b", tag="y")), TAGGED)
    findings, _ = evaluate(ACCOUNTS, files[0].rules, AS_OF)
    assert {finding.rule.policy.rpartition("/")[2] for finding in findings} == {"1.json"}
    assert len(findings) == 4


def test_an_initiative_whose_parameters_nobody_gave_yet_can_be_checked(tmp_path):
    document = initiative(
        member("tagged", tag="[parameters('tagName')]", effect="[parameters('effect')]"),
        parameters={"tagName": parameter(), "effect": parameter()},
    )
    assert any("no default" in problem for problem in problems(tmp_path, document, TAGGED))

    (file,) = load_policies([str(tmp_path)], stand_ins=True)

    assert [rule.info.id for rule in file.rules] == ["tagged"]
    assert file.parameters == {}
