from __future__ import annotations

import dataclasses
import itertools
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scanner.reports.sarif
from scanner.model.history import History
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Gate, NotEvaluated, ScanResult, Waiver
from scanner.model.verdict import Disposition, Evidence, Outcome, Severity
from scanner.reports import render

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
URI_REFERENCE = re.compile(r"(?:[a-z]+://)?(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})*", re.ASCII)
WAIVER = Waiver("Load test.", "search-team@contoso.com", "2026-12-31", "*")
any_text = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x1b\u202e\ud800\udcff\n\r\\/%{}[]()<>&\"'`:")), max_size=20
)


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft4Validator.check_schema(SCHEMA)
    return jsonschema.Draft4Validator(SCHEMA)


def run_of(result: ScanResult) -> dict[str, Any]:
    log = json.loads(render("sarif", result))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def result_of(result: ScanResult, rule: str, resource: str) -> dict[str, Any]:
    return next(
        found
        for found in run_of(result)["results"]
        if found["ruleId"] == rule
        and found["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].endswith(resource)
    )


def notifications(result: ScanResult, where: str) -> list[tuple[str, str, str]]:
    run = run_of(result)
    names = [descriptor["id"] for descriptor in run["tool"]["driver"]["notifications"]]
    made = run["invocations"][0][where]
    assert all(names[item["descriptor"]["index"]] == item["descriptor"]["id"] for item in made)
    return [(item["descriptor"]["id"], item["level"], item["message"]["text"]) for item in made]


def test_the_golden_result_is_valid(validator, result):
    validator.validate(json.loads(render("sarif", result)))


def test_a_result_without_anything_in_it_is_valid(validator, make):
    empty = make.result([], policies=(), sources=(), scopes=())
    validator.validate(json.loads(render("sarif", empty)))
    assert run_of(empty)["results"] == []
    assert run_of(empty)["invocations"][0]["executionSuccessful"] is True


def test_every_outcome_and_disposition_is_valid(validator, make):
    for outcome, disposition, severity in itertools.product(Outcome, Disposition, Severity):
        waiver = WAIVER if disposition is Disposition.EXEMPTED else None
        finding = make.finding(
            make.rule("r", severity=severity),
            make.resource("/a"),
            outcome,
            disposition=disposition,
            exemption=waiver,
        )
        validator.validate(json.loads(render("sarif", make.result([finding]))))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=any_text)
def test_any_text_is_valid(validator, make, text):
    rule = make.rule(f"r{text}", title=text, rationale=text, remediation=text, references=(text, f"https://{text}"))
    resource = make.resource(text, type=text, name=text, file=text, pointer=text, address=text)
    waiver = Waiver(text, text, text, text)
    findings = [
        make.finding(rule, resource, Outcome.FAIL, text, Evidence(text, {text: text}, text)),
        make.finding(rule, make.resource(text), Outcome.ERROR, text),
        make.finding(rule, resource, Outcome.FAIL, text, disposition=Disposition.EXEMPTED, exemption=waiver),
    ]
    result = make.result(findings, (Gap(text, text, GapReason.MALFORMED, text),), notes=(text,))
    document = json.loads(render("sarif", result))
    validator.validate(document)
    for found in document["runs"][0]["results"]:
        uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri
        assert URI_REFERENCE.fullmatch(uri), uri


@pytest.mark.parametrize(
    ("outcome", "severity", "kind", "level"),
    [
        (Outcome.FAIL, Severity.CRITICAL, "fail", "error"),
        (Outcome.FAIL, Severity.HIGH, "fail", "error"),
        (Outcome.FAIL, Severity.MEDIUM, "fail", "warning"),
        (Outcome.FAIL, Severity.LOW, "fail", "note"),
        (Outcome.FAIL, Severity.INFO, "fail", "note"),
        (Outcome.UNKNOWN, Severity.CRITICAL, "open", "none"),
        (Outcome.ERROR, Severity.HIGH, "open", "none"),
    ],
)
def test_outcome_and_severity_become_kind_and_level(make, outcome, severity, kind, level):
    finding = make.finding(make.rule("r", severity=Severity.MEDIUM), make.resource("/a"), outcome, severity=severity)
    (found,) = run_of(make.result([finding]))["results"]
    assert (found["kind"], found["level"]) == (kind, level)
    assert (found["properties"]["outcome"], found["properties"]["severity"]) == (outcome, severity)


def test_passes_are_counted_and_are_no_results(result):
    run = run_of(result)
    assert len(run["results"]) == 12
    assert {found["kind"] for found in run["results"]} == {"fail", "open"}
    assert run["properties"]["summary"]["outcomes"] == {"pass": 6, "fail": 9, "unknown": 2, "error": 1}


def test_every_rule_is_in_the_driver_with_help_level_score_and_tags(result):
    run = run_of(result)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in result.rules]
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
    limit = rules[0]
    assert limit["shortDescription"]["text"] == "One deployment cannot take all the tokens"
    assert limit["fullDescription"]["text"].startswith("A single runaway client can spend a month's budget")
    assert limit["defaultConfiguration"] == {"level": "error"}
    assert limit["properties"]["security-severity"] == "8.0"
    assert limit["properties"]["tags"] == ["operate", "crawl"]
    assert limit["helpUri"] == "https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota"
    assert "az cognitiveservices account deployment create" in limit["help"]["text"]
    assert "```\naz cognitiveservices account deployment create" in limit["help"]["markdown"]
    assert "<https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota>" in limit["help"]["markdown"]
    assert "- `javascript:alert(1)`" in limit["help"]["markdown"]


@pytest.mark.parametrize(
    ("severity", "least", "most"),
    [
        (Severity.CRITICAL, 9.1, 10.0),
        (Severity.HIGH, 7.0, 8.9),
        (Severity.MEDIUM, 4.0, 6.9),
        (Severity.LOW, 0.1, 3.9),
        (Severity.INFO, 0.0, 0.0),
    ],
)
def test_the_score_is_what_github_calls_by_the_severitys_name(make, severity, least, most):
    (rule,) = run_of(make.result([], rules=(make.rule("r", severity=severity),)))["tool"]["driver"]["rules"]
    assert least <= float(rule["properties"]["security-severity"]) <= most


def test_descriptions_are_as_long_as_github_takes(make):
    rule = make.rule("r", title="t" * 2000, rationale="客" * 2000)
    (made,) = run_of(make.result([], rules=(rule,)))["tool"]["driver"]["rules"]
    assert len(made["shortDescription"]["text"]) == len(made["fullDescription"]["text"]) == 1024


def test_a_message_names_the_resource_and_links_nowhere(make):
    finding = make.finding(make.rule("r"), make.resource("/x/a"), Outcome.FAIL, "It is [wrong](1).")
    assert run_of(make.result([finding]))["results"][0]["message"]["text"] == "a: It is [wrong\\](1)."


def test_the_fingerprint_is_azgates_own(result):
    findings = {finding.fingerprint for finding in result.findings if finding.outcome is not Outcome.PASS}
    found = [item["partialFingerprints"]["primaryLocationLineHash"] for item in run_of(result)["results"]]
    assert set(found) == findings
    assert len(found) == len(set(found))


def test_a_resource_of_a_file_is_in_that_file_and_has_its_address(result):
    (location,) = result_of(result, "ml-cluster-scale-to-zero", "/gpu-cluster")["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/plan.json", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 42},
    }
    assert [item["fullyQualifiedName"] for item in location["logicalLocations"]][1:] == [
        "module.vision.azurerm_machine_learning_compute_cluster.gpu",
        "/planned_values/root_module/resources/3",
    ]


@pytest.mark.parametrize("file", [None, "-"])
def test_a_live_resource_is_its_own_artifact(make, file):
    finding = make.finding(make.rule("r"), make.resource("/subscriptions/s/resourceGroups/客 户/x", file=file))
    run = run_of(make.result([finding]))
    (location,) = run["results"][0]["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact == {
        "uri": "subscriptions/s/resourceGroups/%E5%AE%A2%20%E6%88%B7/x",
        "uriBaseId": "AZURE",
    }
    assert "AZURE" in run["originalUriBaseIds"]
    assert location["logicalLocations"] == [
        {"name": "x", "fullyQualifiedName": "/subscriptions/s/resourceGroups/客 户/x", "kind": "resource"}
    ]


@pytest.mark.parametrize(
    ("file", "uri", "relative"),
    [
        ("main.tf.json", "main.tf.json", True),
        ("./infra//plan.json", "infra/plan.json", True),
        ("../other/plan.json", "../other/plan.json", True),
        ("a b/#1?.json", "a%20b/%231%3F.json", True),
        ("100%.json", "100%25.json", True),
        ("c:d.json", "c%3Ad.json", True),
        ("ключ/客户.json", "%D0%BA%D0%BB%D1%8E%D1%87/%E5%AE%A2%E6%88%B7.json", True),
        ("infra\\plan.json", "infra/plan.json", True),
        ("/work space/plan.json", "file:///work%20space/plan.json", False),
        ("//server/plan.json", "file:///server/plan.json", False),
        ("C:\\work\\plan.json", "file:///C:/work/plan.json", False),
        ("C:/work/plan.json", "file:///C:/work/plan.json", False),
        ("\\\\server\\share\\plan.json", "file://server/share/plan.json", False),
        ("latin-\udce9.json", "latin-%E9.json", True),
    ],
)
def test_a_path_becomes_a_uri(make, file, uri, relative):
    finding = make.finding(make.rule("r"), make.resource("/a", file=file, line=7))
    artifact = run_of(make.result([finding]))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == ({"uri": uri, "uriBaseId": "%SRCROOT%"} if relative else {"uri": uri})


@settings(suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\x00"), min_size=1, max_size=20))
def test_a_relative_path_comes_back_from_its_uri(make, name):
    finding = make.finding(make.rule("r"), make.resource("/a", file=f"x/{name.replace('/', '').replace('.', '')}y"))
    artifact = run_of(make.result([finding]))["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    parts = urlsplit(artifact["uri"])
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote(parts.path) == finding.resource.file


def test_an_exempted_finding_is_suppressed_and_every_other_is_said_not_to_be(result):
    run = run_of(result)
    by_disposition: dict[str, list[Any]] = {}
    for found in run["results"]:
        by_disposition.setdefault(found["properties"]["disposition"], []).append(found["suppressions"])
    assert by_disposition["new"] == [[]] * 9
    assert by_disposition["baselined"] == [[]]
    for ((suppression),) in by_disposition["exempted"]:
        assert suppression["kind"] == "external"
        assert suppression["status"] == "accepted"
        assert suppression["justification"] == (
            "Load test until the launch. (by search-team@contoso.com, until 2026-12-31)"
        )


def test_without_exemptions_and_baseline_nothing_is_said_of_them(make):
    (found,) = run_of(make.result([make.finding(make.rule("r"), make.resource("/a"))]))["results"]
    assert "suppressions" not in found
    assert "baselineState" not in found


def test_against_a_baseline_what_it_knows_is_unchanged(result):
    states = {(f["properties"]["disposition"], f["baselineState"]) for f in run_of(result)["results"]}
    assert states == {("new", "new"), ("baselined", "unchanged"), ("exempted", "unchanged")}


def test_with_a_history_the_run_before_decides(make):
    rule = make.rule("r")
    findings = [make.finding(rule, make.resource(f"/{name}")) for name in ("new", "reopened", "old")]
    known = make.finding(rule, make.resource("/known"), disposition=Disposition.BASELINED)
    made = make.result([*findings, known])
    history = History(
        runs=(),
        new=frozenset({findings[0].fingerprint, known.fingerprint}),
        reopened=frozenset({findings[1].fingerprint}),
    )
    with_history = dataclasses.replace(made, history=history)
    states = {
        item["locations"][0]["logicalLocations"][0]["name"]: item["baselineState"]
        for item in run_of(with_history)["results"]
    }
    assert states == {"new": "new", "reopened": "new", "old": "unchanged", "known": "unchanged"}


def test_a_gap_and_a_crashed_rule_make_the_execution_fail(result):
    assert run_of(result)["invocations"][0]["executionSuccessful"] is False
    assert notifications(result, "toolExecutionNotifications")[1:] == [
        (
            "gap",
            "error",
            (
                "azurerm_search_service of infra/plan.json could not be read (unsupported): No mapping "
                "</script><script>alert(1)</script>\x1b"
            ),
        ),
        ("gap", "error", "Microsoft.CognitiveServices/accounts of /subscriptions/b could not be read (throttled)"),
        ("ruleCrash", "error", "openai-local-auth crashed on 1 resource."),
    ]


def test_gaps_that_somebody_allowed_are_warnings(make):
    result = make.result([], (Gap("/a", "metrics", GapReason.TIMEOUT),), gate=Gate("low", 0, "1 gap allowed"))
    assert run_of(result)["invocations"][0]["executionSuccessful"] is True
    assert [item[1] for item in notifications(result, "toolExecutionNotifications")] == ["warning"]


def test_a_gate_that_fails_is_no_failed_execution(make):
    result = make.result([make.finding(make.rule("r"), make.resource("/a"))], gate=Gate("low", 1, "1 new failure"))
    invocation = run_of(result)["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
    assert invocation["exitCodeDescription"] == "1 new failure"


def test_rules_that_were_not_evaluated_and_notes_are_of_the_configuration(make):
    result = make.result(
        [], rules=(make.rule("a"), make.rule("b")), not_evaluated=(NotEvaluated("b", "no metrics"),), notes=("Look.",)
    )
    assert notifications(result, "toolConfigurationNotifications") == [
        ("notEvaluated", "note", "b: no metrics"),
        ("note", "note", "Look."),
    ]
    (first, _) = run_of(result)["invocations"][0]["toolConfigurationNotifications"]
    assert first["associatedRule"] == {"id": "b", "index": 1}


def test_beyond_the_limit_the_worst_that_wait_are_kept_and_the_others_counted(make, monkeypatch, validator):
    monkeypatch.setattr(scanner.reports.sarif, "MOST_RESULTS", 3)
    low, high = make.rule("low", severity=Severity.LOW), make.rule("high", severity=Severity.HIGH)
    findings = [
        make.finding(high, make.resource("/known"), disposition=Disposition.BASELINED),
        make.finding(low, make.resource("/low")),
        make.finding(high, make.resource("/high")),
        make.finding(high, make.resource("/unknown"), Outcome.UNKNOWN),
        make.finding(high, make.resource("/error"), Outcome.ERROR),
        make.finding(high, make.resource("/pass"), Outcome.PASS),
    ]
    result = make.result(findings)
    validator.validate(json.loads(render("sarif", result)))
    run = run_of(result)
    names = [item["locations"][0]["logicalLocations"][0]["name"] for item in run["results"]]
    assert names == ["high", "low", "error"]
    assert run["properties"]["resultsLeftOut"] == 2
    assert run["properties"]["summary"]["outcomes"]["fail"] == 3
    assert notifications(result, "toolExecutionNotifications")[-1] == (
        "cut",
        "warning",
        "2 more findings, the least severe, are not in this file, because GitHub refuses longer ones.",
    )
