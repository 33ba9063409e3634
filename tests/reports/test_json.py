from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Finding, Waiver
from scanner.model.verdict import Disposition, Evidence, Outcome, Severity
from scanner.reports import render

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "result.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def test_the_golden_result_is_valid(validator, result):
    validator.validate(json.loads(render("json", result)))


def test_an_empty_result_is_valid_and_has_every_count(validator, make):
    document = json.loads(render("json", make.result([])))
    validator.validate(document)
    assert document["summary"] == {
        "resources": 0,
        "rules": 0,
        "outcomes": {"pass": 0, "fail": 0, "unknown": 0, "error": 0},
        "dispositions": {"new": 0, "baselined": 0, "exempted": 0},
        "failuresBySeverity": {"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0},
        "gaps": 0,
    }


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("scan",),
        ("summary",),
        ("gate",),
        ("rules", 0),
        ("findings", 0),
        ("findings", 0, "resource"),
        ("findings", 0, "resource", "origin"),
        ("findings", -1),
        ("gaps", 0),
    ],
)
def test_the_schema_refuses_a_key_that_it_does_not_know(validator, result, path):
    document = json.loads(render("json", result))
    part = document
    for step in path:
        part = part[step]
    part["surprise"] = 1
    assert not validator.is_valid(document)


def test_the_schema_refuses_an_exemption_on_a_finding_that_is_not_exempted(validator, result):
    document = json.loads(render("json", result))
    exempted = next(finding for finding in document["findings"] if "exemption" in finding)
    exempted["disposition"] = "new"
    assert not validator.is_valid(document)


def test_the_text_is_what_the_standard_encoder_writes(make):
    rule = make.rule("r", references=("https://example.com",))
    evidence = [
        Evidence("a", value, "x")
        for value in (None, True, 0, -7, 1.5, 1e300, 'ü\n"\\', [], {}, [[1, []], {"a": {}}], {"": None})
    ]
    text = render("json", make.result([make.finding(rule, make.resource("/a"), Outcome.FAIL, "m", *evidence)]))
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text


def test_an_address_stands_in_the_origin_only_where_there_is_one(validator, make):
    rule = make.rule("r")
    findings = [
        make.finding(rule, make.resource("/a", file="plan.json", line=3, address="module.ai.azurerm_search_service.x")),
        make.finding(rule, make.resource("/b")),
    ]
    document = json.loads(render("json", make.result(findings)))
    validator.validate(document)
    assert [finding["resource"]["origin"] for finding in document["findings"]] == [
        {"file": "plan.json", "line": 3, "pointer": None, "address": "module.ai.azurerm_search_service.x"},
        {"file": None, "line": None, "pointer": None},
    ]


def test_every_outcome_and_disposition_is_valid(validator, make):
    waiver = Waiver("Because.", "me", "2026-12-31", "*")
    findings = [
        make.finding(
            make.rule(f"{outcome}-{disposition}-{severity}", severity=severity),
            make.resource("/a"),
            outcome,
            disposition=disposition,
            exemption=waiver if disposition is Disposition.EXEMPTED and outcome is not Outcome.PASS else None,
        )
        for outcome, disposition, severity in itertools.product(Outcome, Disposition, Severity)
    ]
    document = json.loads(render("json", make.result(findings)))
    validator.validate(document)
    assert len(document["findings"]) == 60


@settings(suppress_health_check=list(HealthCheck))
@given(st.text(st.one_of(st.characters(), st.sampled_from('\x00\x1b\ud800\ufffe\\"\u2028')), min_size=1, max_size=12))
def test_any_text_is_valid_and_comes_back(validator, make, text):
    rule = make.rule(text, title=text, remediation=text, references=(text,), policy=text)
    resource = make.resource(text, name=text, tags={text: text}, file=text, pointer=text, address=text)
    finding = make.finding(rule, resource, Outcome.FAIL, text, Evidence(text, {text: [text]}, text))
    document = json.loads(render("json", make.result([finding], (Gap(text, text, GapReason.REFUSED, text),))))
    validator.validate(document)
    assert document["findings"][0]["message"] == text
    assert document["findings"][0]["resource"]["origin"]["address"] == text
    assert document["findings"][0]["evidence"] == [{"path": text, "actual": {text: [text]}, "expected": text}]


def test_a_pass_is_compact(result):
    document = json.loads(render("json", result))
    keys = {tuple(finding) for finding in document["findings"] if finding["outcome"] == "pass"}
    assert keys == {
        (
            "ruleId",
            "title",
            "severity",
            "phase",
            "maturity",
            "outcome",
            "disposition",
            "resource",
            "fingerprint",
        )
    }


def test_a_pass_and_a_failure_say_what_both_have_alike(validator, make):
    rule, resource = make.rule("r", references=("https://example.com",)), make.resource("/a", file="plan.json")
    findings = [make.finding(rule, resource, outcome) for outcome in (Outcome.FAIL, Outcome.PASS)]
    document = json.loads(render("json", make.result(findings)))
    validator.validate(document)
    failure, success = document["findings"]
    assert set(failure) - set(success) == {"message", "evidence", "remediation", "references"}
    assert [key for key in failure if key in success] == list(success)
    assert {key for key in success if success[key] != failure[key]} == {"outcome", "resource"}
    assert list(success["resource"].items()) == list(failure["resource"].items())[:3]


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_findings_share_gets_into_no_other_finding(make, data):
    rules = [make.rule(name, title=f"of {name}", remediation=name) for name in "ab"]
    resources = [make.resource(f"/{name}", name=name, tags={name: name}) for name in ("x", "y", "x")]
    values = st.sampled_from([True, 1, 1.0, 0.0, -0.0, None, "1", [1], [True]])
    findings = [
        make.finding(
            data.draw(st.sampled_from(rules)),
            data.draw(st.sampled_from(resources)),
            data.draw(st.sampled_from(Outcome)),
            data.draw(st.sampled_from(["m", "n"])),
            Evidence("p", data.draw(values), "x"),
            severity=data.draw(st.sampled_from([Severity.LOW, Severity.HIGH])),
            disposition=data.draw(st.sampled_from(Disposition)),
        )
        for _ in range(8)
    ]
    result = make.result(findings)
    for name in ("json", "jsonl", "csv", "junit", "sarif"):
        together = render(name, result)
        for finding in result.findings:
            alone = render(name, dataclasses.replace(result, findings=(finding,)))
            found = body(name, alone)
            assert set(found) <= set(body(name, together)), name
            assert len(found) == (0 if name == "sarif" and finding.outcome is Outcome.PASS else 1)


def body(name: str, text: str) -> list[str]:
    """Give the findings of a report, each as text; where SARIF leaves passes out, none."""
    if name == "json":
        return [json.dumps(item) for item in json.loads(text)["findings"]]
    if name == "sarif":
        items = json.loads(text)["runs"][0]["results"]
        return [
            json.dumps({key: item[key] for key in item if key not in {"baselineState", "suppressions"}})
            for item in items
        ]
    if name == "junit":
        return [ET.tostring(case, encoding="unicode") for case in ET.fromstring(text.encode()).iter("testcase")]
    return [line for line in text.splitlines() if line.startswith(('{"kind":"finding"', '"finding"'))]


def test_a_failure_carries_the_severity_of_the_finding_and_not_of_its_rule(result):
    retired = next(f for f in json.loads(render("json", result))["findings"] if "retirement" in f["ruleId"])
    assert retired["severity"] == "critical"


def test_only_exempted_findings_have_an_exemption(result):
    for finding in json.loads(render("json", result))["findings"]:
        assert ("exemption" in finding) == (finding["disposition"] == "exempted")


def test_numbers_that_json_has_no_word_for_become_text(make):
    actual = {"a": float("nan"), "b": [float("inf"), -float("inf")]}
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, "m", Evidence("p", actual, "x"))
    document = json.loads(render("json", make.result([finding])), parse_constant=pytest.fail)
    assert document["findings"][0]["evidence"][0]["actual"] == {"a": "NaN", "b": ["Infinity", "-Infinity"]}


def test_unsafe_characters_are_escaped_and_come_back(make):
    name = "a\ud800b\x1b\x9b\u202e\U000e0041\u2028ü客"
    finding: Finding = make.finding(make.rule("r"), make.resource("/a", name=name))
    text = render("json", make.result([finding]))
    assert json.loads(text)["findings"][0]["resource"]["name"] == name
    assert "ü客" in text
    assert not set(text) & set("\ud800\x1b\x9b\u202e\U000e0041\u2028")


def test_the_fingerprint_is_the_same_whatever_the_message_and_the_spelling_of_the_id(make):
    rule = make.rule("r")
    one = make.finding(rule, make.resource("/Subscriptions/A/x"), Outcome.FAIL, "one")
    two = make.finding(
        rule, make.resource("/subscriptions/a/X/"), Outcome.UNKNOWN, "two", disposition=Disposition.BASELINED
    )
    prints = [
        json.loads(render("json", make.result([finding])))["findings"][0]["fingerprint"] for finding in (one, two)
    ]
    assert prints[0] == prints[1]


def test_names_of_subscriptions_stand_in_the_scan_only_where_one_is_known(validator, make):
    findings = [make.finding(make.rule("r"), make.resource("/a"))]
    without = json.loads(render("json", make.result(findings)))
    document = json.loads(render("json", make.result(findings, subscriptions={"a-1": "AI", "b-2": "AI"})))
    validator.validate(without)
    validator.validate(document)
    assert document["scan"].pop("subscriptions") == {"a-1": "AI", "b-2": "AI"}
    assert document == without


@pytest.mark.parametrize("wrong", [{}, {"a": ""}, {"a": 1}, {"A-1": "upper"}, {"/subscriptions/a": "x"}, ["a"]])
def test_the_schema_refuses_names_of_subscriptions_of_another_shape(validator, result, wrong):
    document = json.loads(render("json", result))
    document["scan"]["subscriptions"] = wrong
    assert not validator.is_valid(document)
