"""Verdicts of Checkov and PSRule on their own samples, as far as a built-in rule asks the same question.

The rule is about accounts that serve models. The samples' accounts are of other kinds, on which azgate says nothing; so
the kind is changed, and nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "azure-samples"
CHECKOV, PSRULE = SAMPLES / "checkov-verdicts", SAMPLES / "psrule-verdicts"
RULES = {"CKV_AZURE_236": "openai-local-auth", "Azure.AI.DisableLocalAuth": "openai-local-auth"}
NO_RULE = {
    "CKV_AZURE_243": "a private endpoint of a workspace: network exposure is no rule of the pack",
    "CKV_AZURE_134": "public network access of an account: network exposure is no rule of the pack",
    "CKV2_AZURE_49": "public network access of a workspace: network exposure is no rule of the pack",
    "Azure.AI.PublicAccess": "network exposure is no rule of the pack",
    "Azure.AI.PrivateEndpoints": "network exposure is no rule of the pack",
    "Azure.AI.ManagedIdentity": "identity is no rule of the pack",
    "Azure.Search.SKU": "a least size for performance; the pack has a largest one for what is not production",
    "Azure.Search.QuerySLA": "availability is no rule of the pack",
    "Azure.Search.IndexSLA": "availability is no rule of the pack",
    "Azure.Search.ManagedIdentity": "identity is no rule of the pack",
}

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples lie beside the repository")


def read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def outcomes(tmp_path: Path, capsys: Any, documents: list[Any], rule: str) -> dict[str, set[str]]:
    """Give the names of the resources by outcome."""
    files = []
    for index, document in enumerate(documents):
        file = tmp_path / f"{index}.json"
        file.write_text(json.dumps(document), "utf-8")
        files.append(str(file))
    main(["scan", *files, "--rule", rule, "-o", "json=-"])
    found: dict[str, set[str]] = {"pass": set(), "fail": set()}
    for finding in json.loads(capsys.readouterr().out)["findings"]:
        found.setdefault(finding["outcome"], set()).add(finding["resource"]["name"].lower())
    return found


def test_each_check_has_a_rule_or_a_reason_why_not():
    checks = {read(file)["check"]["id"] for file in CHECKOV.glob("checkov-arm*.verdicts.json")}
    checks |= {verdict["rule"] for file in PSRULE.glob("*.verdicts.json") for verdict in read(file)["verdicts"]}

    assert checks == {*RULES, *NO_RULE}


def test_checkovs_verdicts_on_templates_are_the_same(tmp_path, capsys):
    samples = [read(file) for file in CHECKOV.glob("checkov-arm*.verdicts.json")]
    (sample,) = [one for one in samples if one["check"]["id"] in RULES]
    templates = [read(CHECKOV / name) for name in sample["inputs"]]
    rule = RULES[sample["check"]["id"]]
    assert outcomes(tmp_path, capsys, templates, rule) == {"pass": set(), "fail": set()}

    for template in templates:
        template["resources"][0]["kind"] = "OpenAI"

    names = {key: {name.rpartition(".")[2] for name in sample["expected"][key]} for key in ("pass", "fail")}
    assert outcomes(tmp_path, capsys, templates, rule) == names


def test_psrules_verdicts_on_resources_are_the_same(tmp_path, capsys):
    sample = read(PSRULE / "psrule--AI-resources.verdicts.json")
    (verdict,) = [one for one in sample["verdicts"] if one["rule"] in RULES]
    resources = read(PSRULE / "psrule--AI-resources.input--Resources.AI.json")
    accounts = [one for one in resources if one["ResourceType"] == "Microsoft.CognitiveServices/accounts"]

    found = outcomes(tmp_path, capsys, [[{**one, "Kind": "OpenAI"} for one in accounts]], RULES[verdict["rule"]])

    assert found == {key: {name.lower() for name in verdict[key]["names"]} for key in ("pass", "fail")}
