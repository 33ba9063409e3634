"""`azgate scan CHANGE --context FILE`, and what is said of inputs."""

from __future__ import annotations

import json

import pytest

from scanner.sources.snapshot import write
from tests.cli.conftest import account, deployment
from tests.factories import SUBSCRIPTION, make_group, make_inventory, make_resource, make_subscription

RULES = ("--rule", "required-tags", "--rule", "openai-deployment-rate-limit")


@pytest.fixture
def snapshot(tmp_path):
    body = {key: value for key, value in account().items() if key not in {"id", "name", "type"}}
    resources = [make_subscription(), make_group(), make_resource(account()["type"], "acct", **body)]
    path = tmp_path / "inventory.json"
    path.write_text(write(make_inventory(*resources)), encoding="utf-8")
    return str(path)


def test_a_change_is_judged_against_what_exists(azgate, document, snapshot):
    change = document([deployment(500)], "change.json")
    run = azgate("scan", change, "--context", snapshot, *RULES, "-o", "json=-")
    assert run.code == 1
    assert {(one["ruleId"], one["outcome"], one["resource"]["name"]) for one in run.result["findings"]} == {
        ("required-tags", "pass", "gpt"),
        ("openai-deployment-rate-limit", "fail", "gpt"),
    }
    assert run.result["summary"]["resources"] == 1
    assert run.result["scan"]["sources"] == [f"arm-json:{change}", f"context:snapshot:{snapshot}"]
    assert azgate("scan", change, *RULES).code == 1
    assert azgate("scan", change, "--rule", "required-tags").code == 3
    assert azgate("scan", change, "--context", snapshot, "--rule", "required-tags").code == 0


def test_every_finding_has_its_line(azgate, tmp_path):
    path = tmp_path / "in.json"
    path.write_text(json.dumps([account(), deployment(500)], indent=2), encoding="utf-8")
    run = azgate("scan", str(path), *RULES, "-o", "json=-")
    (failed,) = (one for one in run.result["findings"] if one["outcome"] == "fail")
    line = path.read_text(encoding="utf-8").split("\n")[failed["resource"]["origin"]["line"] - 1]
    assert line == "  {"
    assert failed["resource"]["origin"] == {"file": str(path), "line": 14, "pointer": "/1"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--context", "x.json"], "--context: only for files"),
        (["--changed-only"], "--changed-only: only for files"),
        (["IN", "--template-parameters", "a=1"], "none of the inputs is a template"),
        (["IN", "--subscription", "s"], "leave INPUT away), a template or a plan"),
        (["IN", "--subscription", "s", "--subscription", "t"], "the one that it is deployed to"),
        (["IN", "--management-group", "m"], "--management-group: only for a live scan"),
        (["-", "--context", "-"], "standard input ('-') can be read only once"),
        (["IN", "--context", "nowhere.json"], "nowhere.json: there is no such file"),
        (["IN", "--context", "live", "--context", "nowhere.json"], "stands alone"),
    ],
)
def test_options_that_do_not_go_together_are_said(azgate, document, arguments, words):
    file = document([account()])
    run = azgate("scan", *(file if word == "IN" else word for word in arguments))
    assert run.code == 2
    assert words in run.err


def test_the_context_names_the_subscription_of_a_change(azgate, document):
    named = {"id": f"/subscriptions/{SUBSCRIPTION}", "displayName": "Contoso AI"}
    change, existing = document([deployment()], "change.json"), document([named, account()], "existing.json")
    assert "subscriptions" not in azgate("scan", change, "-o", "json=-").result["scan"]
    found = azgate("scan", change, "--context", existing, "-o", "json=-").result["scan"]
    assert found["subscriptions"] == {SUBSCRIPTION: "Contoso AI"}
