from __future__ import annotations

import itertools
from pathlib import Path
from xml.etree import ElementTree as ET

import junitparser.junitparser
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import NotEvaluated, PolicyInfo, Waiver
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports import render


@pytest.fixture(scope="module")
def schema():
    return xmlschema.XMLSchema(Path(__file__).parents[2] / "docs" / "schemas" / "junit.xsd")


def drawn(result) -> ET.Element:
    return ET.fromstring(render("junit", result).encode())


def suite(root: ET.Element, name: str) -> ET.Element:
    return next(element for element in root if element.get("name") == name)


def case(root: ET.Element, rule: str, resource: str) -> ET.Element:
    return next(
        element
        for element in root.iter("testcase")
        if element.get("classname") == rule and element.get("name", "").endswith(resource)
    )


def test_the_golden_result_is_valid(schema, result):
    schema.validate(render("junit", result))


def test_a_result_without_findings_is_valid_and_has_a_case(schema, make):
    text = render("junit", make.result([], policies=()))
    schema.validate(text)
    assert [c.get("name") for c in ET.fromstring(text.encode()).iter("testcase")] == ["nothing to report"]


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('time="0"', 'time="0" file="x"'),
        ('type="high"', 'type="dire"'),
        ("<failure ", "<system-out/><failure "),
        ('hostname="localhost"', ""),
        ("<testsuites>", '<testsuites tests="1">'),
    ],
)
def test_the_schema_refuses_what_is_not_written(schema, result, part, instead):
    text = render("junit", result)
    assert part in text
    assert not schema.is_valid(text.replace(part, instead, 1))


def test_every_policy_file_has_a_suite_and_so_have_the_gaps(result):
    names = [element.get("name") for element in drawn(result)]
    assert names == ["azure-openai", "azure-ml", "copilot", "empty & <quiet>", "gaps"]


def test_every_rule_and_resource_has_one_case(result):
    cases = [
        (element.get("classname"), element.get("name"))
        for element in drawn(result).iter("testcase")
        if element.get("classname") in {rule.id for rule in result.rules}
    ]
    assert len(cases) == len(set(cases)) == len(result.findings) + len(result.scan.not_evaluated)


def test_the_counts_of_a_suite_are_those_of_its_cases(result):
    for element in drawn(result):
        for attribute, path in {
            "tests": "testcase",
            "failures": "testcase/failure",
            "errors": "testcase/error",
            "skipped": "testcase/skipped",
        }.items():
            assert int(element.get(attribute, "")) == len(element.findall(path)), attribute


def test_a_failure_has_severity_message_evidence_and_remediation(result):
    failure = case(drawn(result), "openai-deployment-rate-limit", "/gpt-4.1-mini").find("failure")
    assert failure.get("type") == "high"
    assert failure.get("message") == "It may use 150,000 tokens per minute, more than 100,000."
    assert "sku.capacity: 150 (expected: at most 100000 tokens per minute)" in failure.text
    assert "az cognitiveservices account deployment create" in failure.text


def test_a_failure_says_where_it_stands_and_what_terraform_calls_it(result):
    failure = case(drawn(result), "ml-cluster-scale-to-zero", "/gpu-cluster").find("failure")
    assert failure.text.endswith(
        "\n\norigin:\n  infra/plan.json:42 (/planned_values/root_module/resources/3)\n"
        "  module.vision.azurerm_machine_learning_compute_cluster.gpu"
    )


def test_every_outcome_and_disposition_is_valid(schema, make):
    waiver = Waiver("Because.", "me", "2026-12-31", "*")
    findings = [
        make.finding(
            make.rule(f"{outcome}-{disposition}-{severity}", severity=severity),
            make.resource("/a"),
            outcome,
            disposition=disposition,
            exemption=waiver if disposition is Disposition.EXEMPTED else None,
        )
        for outcome, disposition, severity in itertools.product(Outcome, Disposition, Severity)
    ]
    text = render("junit", make.result(findings))
    schema.validate(text)
    assert len(list(ET.fromstring(text.encode()).iter("testcase"))) == 60


@settings(suppress_health_check=list(HealthCheck))
@given(st.text(st.one_of(st.characters(), st.sampled_from("\x00\x1b\ud800\ufffe<>&\"' \n")), max_size=12))
def test_any_text_is_valid(schema, make, text):
    rule = make.rule(text, title=text, remediation=text, references=(text,), policy=text)
    resource = make.resource(text, name=text, file=text, pointer=text, address=text)
    findings = [
        make.finding(rule, resource, Outcome.FAIL, text),
        make.finding(rule, resource, Outcome.ERROR, text, disposition=Disposition.BASELINED),
        make.finding(rule, resource, Outcome.PASS),
    ]
    policies = (PolicyInfo(text, text, (text,)),)
    result = make.result(findings, (Gap(text, text, GapReason.MALFORMED, text),), notes=(text,), policies=policies)
    schema.validate(render("junit", result))


def test_unknown_and_error_are_errors(result):
    root = drawn(result)
    assert case(root, "openai-ptu-utilization", "/ptu").find("error").get("type") == "unknown"
    assert case(root, "openai-local-auth", "/aoai-search").find("error").get("type") == "error"


def test_an_exempted_finding_is_skipped_and_says_by_whom_why_and_until_when(result):
    skipped = case(drawn(result), "openai-ptu-utilization", "/batch").find("skipped")
    assert skipped.get("message") == (
        "exempted unknown, by search-team@contoso.com until 2026-12-31 (Load test until the launch): No metric data."
    )


def test_a_baselined_finding_is_skipped(result):
    skipped = case(drawn(result), "openai-deployment-rate-limit", "/old").find("skipped")
    assert skipped.get("message", "").startswith("baselined fail, known when the baseline was written: ")


def test_a_pass_stays_a_pass_whatever_its_disposition(make):
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.PASS, disposition=Disposition.EXEMPTED)
    assert list(case(drawn(make.result([finding])), "r", "/a")) == []


def test_a_gap_is_an_error_of_its_reason(result):
    gaps = suite(drawn(result), "gaps")
    assert [error.get("type") for error in gaps.iter("error")] == ["forbidden", "unsupported", "throttled"]
    assert next(c.get("classname") for c in gaps.iter("testcase")) == "metrics"


def test_a_rule_that_was_not_evaluated_is_skipped_in_the_suite_of_its_policy(result):
    skipped = suite(drawn(result), "copilot").find("testcase")
    assert (skipped.get("classname"), skipped.get("name")) == ("copilot-github-inactive", "not evaluated")
    assert "give --github-org" in skipped.find("skipped").get("message")


def test_a_finding_of_a_rule_without_a_policy_still_shows(make):
    result = make.result(
        [make.finding(make.rule("stray"), make.resource("/a"))],
        policies=(PolicyInfo("p", "p.yaml", ("other",)),),
        not_evaluated=(NotEvaluated("lost", "nobody knows"),),
    )
    assert [c.get("classname") for c in suite(drawn(result), "other rules").iter("testcase")] == ["stray", "lost"]


def test_control_characters_are_replaced_visibly(make, schema):
    finding = make.finding(make.rule("r"), make.resource("/a\x00b\ufffe"), Outcome.FAIL, "bell\x07\r\n\x1b[0m")
    text = render("junit", make.result([finding], (Gap(" ", "\x08", GapReason.TIMEOUT, "\t"),)))
    schema.validate(text)
    assert r"/a\u0000b\ufffe" in text
    assert r"bell\u0007" in text


def test_both_xml_libraries_of_junitparser_write_the_same(result, monkeypatch):
    texts = []
    for name in ("xml.etree.ElementTree", "lxml.etree"):
        monkeypatch.setattr(junitparser.junitparser, "etree", pytest.importorskip(name))
        texts.append(render("junit", result))
    assert texts[0] == texts[1]


def test_the_time_is_that_of_the_scan(result):
    assert {element.get("timestamp") for element in drawn(result)} == {"2026-11-24T10:00:00"}
