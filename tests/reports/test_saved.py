from __future__ import annotations

import json

import pytest

from scanner.errors import ReportError
from scanner.model.verdict import Outcome
from scanner.reports import render
from scanner.reports.saved import load_result


@pytest.fixture
def document(result):
    return json.loads(render("json", result))


def load(document):
    return load_result(json.dumps(document), "scan.json")


def problem(document) -> str:
    with pytest.raises(ReportError) as caught:
        load(document)
    return str(caught.value.problems[0])


def test_a_result_comes_back_as_it_was(result):
    saved = load_result(render("json", result), "scan.json")
    assert saved.summary == result.summary
    assert saved.rules == result.rules
    assert saved.gaps == result.gaps
    assert saved.gate == result.gate
    assert saved.scan.subscriptions == result.scan.subscriptions != {}
    assert [f.fingerprint for f in saved.findings] == [f.fingerprint for f in result.findings]
    for ours, theirs in zip(result.findings, saved.findings, strict=True):
        assert theirs.verdict.outcome is ours.verdict.outcome
        assert theirs.disposition is ours.disposition
        assert theirs.severity is ours.severity
        if ours.outcome is not Outcome.PASS:
            assert theirs.resource == ours.resource
            assert theirs.exemption == ours.exemption
            assert theirs.message == ours.message


def test_the_address_that_terraform_gives_comes_back(result):
    (planned,) = [f for f in load_result(render("json", result), "x").findings if f.resource.address]
    assert planned.resource.address == "module.vision.azurerm_machine_learning_compute_cluster.gpu"
    assert planned.resource.file == "infra/plan.json"


def test_a_result_of_before_there_were_addresses_is_read(document):
    for finding in document["findings"]:
        finding["resource"].get("origin", {}).pop("address", None)
    assert {finding.resource.address for finding in load(document).findings} == {""}


def test_a_result_of_before_there_were_names_of_subscriptions_is_read(document):
    del document["scan"]["subscriptions"]
    assert load(document).scan.subscriptions == {}


@pytest.mark.parametrize("line", [0, -3, True, "7", None])
def test_a_line_that_no_file_has_is_none(document, line):
    failed = next(finding for finding in document["findings"] if finding["outcome"] == "fail")
    failed["resource"]["origin"]["line"] = failed["evidence"][0]["line"] = line
    (found,) = [finding for finding in load(document).findings if finding.fingerprint == failed["fingerprint"]]
    assert found.resource.line is None
    assert found.evidence[0].line is None


def test_numbers_are_counted_anew(document, result):
    document["summary"]["outcomes"]["fail"] = 0
    assert load(document).summary == result.summary


def test_keys_of_a_later_version_are_passed_over(document, result):
    document["later"] = document["findings"][0]["later"] = {"a": 1}
    assert load(document).findings == load_result(render("json", result), "x").findings


def test_a_byte_order_mark_is_passed_over(result):
    text = render("json", result)
    assert load_result("\ufeff" + text, "x").findings == load_result(text, "x").findings


def test_text_that_is_no_json_names_file_line_and_column():
    with pytest.raises(ReportError) as caught:
        load_result('{\n  "schemaVersion": ,\n}', "scan.json")
    assert str(caught.value).startswith("scan.json:2:20: no JSON: Expecting value")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "no JSON"),
        ("[]", "not a JSON object"),
        ("{}", "it has no `schemaVersion`"),
        ('{"schemaVersion": "1", "resources": []}', "it has no `findings`"),
        ('{"schemaVersion": "2", "findings": []}', 'schemaVersion is "2", and this azgate reads "1"'),
        ('{"schemaVersion": 1, "findings": []}', 'schemaVersion is 1, and this azgate reads "1"'),
        ('{"a": NaN}', "NaN is no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"a": ' + "1" * 5000 + "}", "no JSON"),
    ],
)
def test_what_is_no_saved_result_is_refused(text, wanted):
    with pytest.raises(ReportError) as caught:
        load_result(text, "scan.json")
    assert wanted in str(caught.value)
    assert str(caught.value).startswith("scan.json")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (("tool",), "scan.json: the result has no `tool`"),
        (("rules",), "scan.json: the result has no `rules`"),
        (("scan", "policies"), "scan.json: `scan` has no `policies`"),
        (("scan", "policies", 0, "path"), "scan.json: `scan.policies[0]` has no `path`"),
        (("summary", "resources"), "scan.json: `summary` has no `resources`"),
        (("findings", 2, "resource", "id"), "scan.json: `findings[2].resource` has no `id`"),
        (("findings", 0, "evidence", 0, "path"), "scan.json: `findings[0].evidence[0]` has no `path`"),
        (("gaps", 1, "detail"), "scan.json: `gaps[1]` has no `detail`"),
    ],
)
def test_a_missing_key_is_named(document, path, wanted):
    part = document
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    assert problem(document).startswith(wanted)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (("scan",), [], "`scan` is an array, not an object"),
        (("findings",), {}, "`findings` is an object, not an array"),
        (("findings", 0), "x", "`findings[0]` is text, not an object"),
        (("gate", "exitCode"), True, "`gate.exitCode` is a truth value, not a whole number"),
        (("gate", "exitCode"), 1.5, "`gate.exitCode` is a number, not a whole number"),
        (("gate", "exitCode"), 2, "`gate.exitCode` is 2, not one of 0, 1, 3"),
        (("gate", "failOn"), "\x1b[31m", r"`gate.failOn` is '\x1b[31m', not one of critical, high"),
        (("scan", "sources", 1), None, "`scan.sources[1]` is null, not text"),
        (("scan", "subscriptions"), [], "`scan.subscriptions` is an array, not an object"),
        (("scan", "subscriptions", "b"), 7, "`scan.subscriptions.b` is a whole number, not text"),
        (("findings", 0, "severity"), "dire", "`findings[0].severity` is 'dire', not one of critical, high"),
        (("findings", 0, "ruleId"), "gone", "`findings[0]` is about the rule 'gone', which `rules` does not have"),
    ],
)
def test_a_wrong_value_is_named(document, path, value, wanted):
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert wanted in problem(document)


def test_a_message_says_what_to_do(document):
    del document["gate"]
    assert "azgate scan -o json=FILE" in problem(document)
