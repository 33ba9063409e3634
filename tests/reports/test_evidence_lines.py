"""The line to change: where a template says what a finding is about."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scanner.model.verdict import Evidence, Outcome, Verdict
from scanner.reports import render
from scanner.reports.saved import load_result
from scanner.scan import ScanOptions, scan

TEMPLATE = """{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.CognitiveServices/accounts/deployments",
      "apiVersion": "2025-09-01",
      "name": "assistant/chat",
      "sku": {
        "name": "Standard",
        "capacity": 500
      },
      "properties": {"model": {"format": "OpenAI", "name": "gpt-4o", "version": "2024-11-20"}}
    }
  ]
}
"""


@pytest.fixture
def result(tmp_path):
    path = tmp_path / "main.json"
    path.write_text(TEMPLATE, encoding="utf-8")
    found = scan(ScanOptions(inputs=(str(path),)))
    chosen = tuple(one for one in found.findings if one.rule.id == "openai-deployment-rate-limit")
    return replace(found, findings=chosen)


def test_every_format_names_the_line_of_the_capacity(result):
    assert [(one.resource.line, one.line) for one in result.findings] == [(5, 11)]
    document = json.loads(render("json", result))["findings"][0]
    assert document["resource"]["origin"]["line"] == 5
    assert [(item["path"], item["line"]) for item in document["evidence"]] == [("sku.capacity", 11)]
    sarif = json.loads(render("sarif", result))["runs"][0]["results"][0]
    assert sarif["locations"][0]["physicalLocation"]["region"] == {"startLine": 11}
    assert "line=11" in render("github", result)
    assert render("html", result).count("(line 11)") == 2, "on the page, and in what its script draws"
    assert "(line 11)" in render("console", result)
    assert "(line 11)" in render("markdown", result)
    assert "; line 11)" in render("junit", result)
    assert "; line 11)" in render("csv", result)


def test_a_saved_result_keeps_it(result):
    text = render("json", result)
    again = load_result(text, "result.json")
    assert again.findings[0].line == 11
    assert render("json", again) == text


def test_a_finding_without_such_a_line_is_about_that_of_its_resource(result):
    (finding,) = result.findings
    plain = replace(finding, verdict=Verdict(Outcome.FAIL, "m", (Evidence("sku", None, "x"),)))
    assert plain.line == 5
