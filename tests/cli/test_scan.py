"""`azgate scan`: inputs, options, outputs and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.sources.snapshot import write
from scanner.version import VERSION
from tests.cli.conftest import CHOSEN, TAGS, account, deployment
from tests.factories import (
    ACCOUNT,
    DEPLOYMENT,
    make_gap,
    make_group,
    make_inventory,
    make_resource,
    make_subscription,
    rule_body,
    write_policy,
)

GOOD = [account(), deployment(10)]
BAD = [account(), deployment(500)]
LOW = [account(tags={**TAGS, "environment": "production"})]
DOUBT = [account(), deployment("much")]
CLOCK = ("--as-of", "2026-11-24T08:00:00Z")


def outcomes(result: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in result["summary"]["outcomes"].items() if count}


@pytest.mark.parametrize(
    ("resources", "options", "code"),
    [
        (GOOD, [], 0),
        (BAD, [], 1),
        (BAD, ["--fail-on", "high"], 1),
        (BAD, ["--fail-on", "critical"], 0),
        (BAD, ["--fail-on", "never"], 0),
        (BAD, ["--rule", "required-tags"], 0),
        (BAD, ["--exclude-rule", "openai-*"], 0),
        (BAD, ["--parameter", "maxTokensPerMinute=500000"], 0),
        (LOW, [], 1),
        (LOW, ["--fail-on", "medium"], 0),
        (DOUBT, [], 3),
        (DOUBT, ["--allow-gaps"], 0),
        (DOUBT, ["--fail-on", "critical"], 0),
        (DOUBT + BAD, ["--fail-on", "low"], 3),
        ([deployment(500)], ["--allow-gaps"], 1),
        ([], [], 0),
        ([*GOOD, {"odd": 1}], [], 3),
        ([*GOOD, {"odd": 1}], ["--allow-gaps"], 0),
        ([*BAD, {"odd": 1}], [], 1),
    ],
)
def test_the_exit_code_says_what_the_gate_decided(azgate, document, resources, options, code):
    chosen = () if "--rule" in options else CHOSEN
    for form in ("console", "json", "junit", "html"):
        assert azgate("scan", document(resources), *chosen, *options, "-o", f"{form}=-").code == code


def test_without_an_output_the_console_report_goes_to_standard_output(azgate, document):
    run = azgate("scan", document(BAD))
    assert "FAILED" in run.out
    assert "openai-deployment-rate-limit" in run.out
    assert run.err == ""


def test_several_reports_of_one_scan(azgate, document, tmp_path):
    files = {form: tmp_path / "out" / form / f"r.{form}" for form in ("json", "junit", "html", "console")}
    run = azgate("scan", document(BAD), *(part for form, path in files.items() for part in ("-o", f"{form}={path}")))
    assert (run.code, run.out) == (1, "")
    assert json.loads(files["json"].read_text())["gate"]["exitCode"] == 1
    assert files["junit"].read_text().startswith("<?xml")
    assert "<html" in files["html"].read_text()
    assert "\x1b" not in files["console"].read_text()
    assert [path.name for path in (tmp_path / "out" / "json").iterdir()] == ["r.json"]


def test_the_result_says_what_was_scanned_when_and_with_what(azgate, document):
    path = document(GOOD)
    result = azgate("scan", path, *CLOCK, "--parameter", "maxTokensPerMinute=50", "-o", "json=-").result
    assert result["schemaVersion"] == "1"
    assert result["tool"] == {"name": "azgate", "version": VERSION}
    scan = result["scan"]
    assert scan["asOf"] == "2026-11-24T08:00:00Z"
    assert scan["sources"] == [f"arm-json:{path}"]
    assert scan["parameters"]["maxTokensPerMinute"] == 50
    assert {policy["path"] for policy in scan["policies"]} >= {"builtin/tagging.yaml"}
    assert {entry["ruleId"] for entry in scan["notEvaluated"]} >= {"openai-quota-share", "openai-ptu-utilization"}
    assert result["gate"]["failOn"] == "low"
    assert result["summary"]["resources"] == 2


def test_standard_input_is_a_dash(azgate):
    run = azgate("scan", "-", *CHOSEN, "-o", "json=-", stdin=json.dumps(BAD).encode())
    assert run.code == 1
    assert run.result["scan"]["sources"] == ["arm-json:-"]
    assert "standard input: is empty" in azgate("scan", "-", stdin=b"").err
    assert "standard input: is JSON, but of no kind" in azgate("scan", "-", stdin=b"{}").err
    assert azgate("scan", "-", "-", stdin=b"[]").code == 2


def test_several_inputs_make_one_inventory(azgate, document):
    result = azgate(
        "scan", document([account(tags={})], "a.json"), document([deployment()], "b.json"), "-o", "json=-"
    ).result
    assert result["summary"]["resources"] == 2
    missing = [f for f in result["findings"] if f["ruleId"] == "required-tags"]
    assert [finding["outcome"] for finding in missing] == ["fail", "fail"]


def test_a_snapshot_is_scanned_at_the_time_it_was_taken(azgate, tmp_path):
    young = make_resource(
        DEPLOYMENT, "acct/gpt", sku={"name": "ProvisionedManaged"}, systemData={"createdAt": "2026-11-20T00:00:00Z"}
    )
    inventory = make_inventory(
        make_subscription(), make_group(TAGS), make_resource(ACCOUNT, "acct", kind="OpenAI"), young
    )
    path = tmp_path / "s.json"
    path.write_text(write(inventory))
    result = azgate("scan", str(path), "-o", "json=-").result
    assert result["scan"]["asOf"] == "2026-11-24T08:00:00Z"
    assert not [f for f in result["findings"] if f["ruleId"].startswith("openai-ptu-util")]
    later = azgate("scan", str(path), "--as-of", "2027-01-01", "-o", "json=-").result
    assert later["scan"]["asOf"] == "2027-01-01T00:00:00Z"
    assert [f["outcome"] for f in later["findings"] if f["ruleId"].startswith("openai-ptu-util")] == ["unknown"]


def test_the_gaps_of_a_snapshot_count(azgate, tmp_path):
    path = tmp_path / "s.json"
    path.write_text(write(make_inventory(gaps=[make_gap("/subscriptions/s", ACCOUNT)])))
    assert azgate("scan", str(path)).code == 3
    assert azgate("scan", str(path), "--allow-gaps").code == 0


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("2026-11-24", "2026-11-24T00:00:00Z"),
        ("2026-11-24T10:00:00+02:00", "2026-11-24T08:00:00Z"),
        ("2026-11-24 08:00", "2026-11-24T08:00:00Z"),
    ],
)
def test_the_clock_can_be_set(azgate, document, text, as_of):
    assert azgate("scan", document(GOOD), "--as-of", text, "-o", "json=-").result["scan"]["asOf"] == as_of


def test_one_clock_gives_one_result(azgate, document):
    path = document(BAD + DOUBT[1:])
    first, second = (azgate("scan", path, *CLOCK, "-o", "json=-").result for _ in range(2))
    for result in (first, second):
        del result["scan"]["startedAt"], result["scan"]["finishedAt"]
    assert first == second


@pytest.fixture
def own_policy(tmp_path):
    rule = rule_body(id="kind-listed", **{"assert": {"field": "kind", "in": "[parameters('kinds')]"}})
    kinds = {"type": "array", "default": ["AIServices"], "allowedValues": ["OpenAI", "AIServices"]}
    return write_policy(tmp_path / "own.yaml", rule, parameters={"kinds": kinds})


def test_own_policies_are_used_in_place_of_the_built_in_pack_or_beside_it(azgate, document, own_policy):
    alone = azgate("scan", document(GOOD), "-p", own_policy, "-o", "json=-").result
    assert [policy["path"] for policy in alone["scan"]["policies"]] == [own_policy]
    both = azgate("scan", document(GOOD), "--policy", own_policy, "-p", "builtin", "-o", "json=-").result
    assert len(both["scan"]["policies"]) == 1 + len(
        azgate("scan", document(GOOD), "-o", "json=-").result["scan"]["policies"]
    )


def test_the_flag_wins_over_the_file_and_the_file_over_the_default(azgate, document, own_policy, tmp_path):
    scan = ("scan", document(GOOD), "-p", own_policy)
    (tmp_path / "p.yaml").write_text("Kinds: [OpenAI]\n")
    (tmp_path / "p.json").write_text('{"kinds": ["AIServices"]}')
    assert azgate(*scan).code == 1
    assert azgate(*scan, "--parameters", str(tmp_path / "p.yaml")).code == 0
    assert azgate(*scan, "--parameters", str(tmp_path / "p.yaml"), "--parameters", str(tmp_path / "p.json")).code == 1
    assert azgate(*scan, "--parameters", str(tmp_path / "p.json"), "--parameter", "kinds=[OpenAI]").code == 0
    assert azgate(*scan, "--parameter", "kinds=[OpenAI]", "--parameter", "kinds=[AIServices]").code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--parameter", "kinds=OpenAI"], "must be a list, not 'OpenAI'"),
        (["--parameter", "kinds=[Face]"], "is 'Face'; allowed are 'OpenAI', 'AIServices'"),
        (["--parameter", "kind=[OpenAI]"], "did you mean 'kinds'?"),
        (["--parameter", "kinds"], "must be NAME=VALUE"),
        (["--parameter", "kinds=[OpenAI"], "YAML cannot be read"),
        (["--parameters", "absent.yaml"], "absent.yaml: there is no such file"),
        (["--rule", "kind-lister"], "did you mean 'kind-listed'?"),
        (["--exclude-rule", "kind-*"], "leave no rule to evaluate"),
        (["-p", "absent"], "absent: there is no such policy file or folder"),
        (["-o", "pdf=x.pdf"], "unknown format 'pdf'"),
        (["-o", "json"], "say where: json=PATH"),
        (["-o", "json="], "say where: json=PATH"),
        (["-o", "=x"], "unknown format ''"),
        (["-o", "json=-", "-o", "html=-"], "two reports would go to standard output"),
        (["-o", "json=a.out", "-o", "html=./a.out"], "two reports would go to a.out"),
        (["-o", "json=/"], "is a folder; name a file in it"),
        (["-o", "json=/dev/null/x"], "cannot be written"),
        (["--subscription", "x"], "leave INPUT away"),
        (["--resource-group", "x"], "leave INPUT away"),
    ],
)
def test_a_wrong_option_is_exit_2_with_the_reason(
    azgate, document, own_policy, monkeypatch, tmp_path, arguments, words
):
    monkeypatch.chdir(tmp_path)
    run = azgate("scan", document(GOOD), "-p", own_policy, *arguments)
    assert run.code == 2
    assert words in run.err
    assert run.err.startswith("azgate: error: ")
    assert run.out == ""
    assert not list(Path(tmp_path).glob("*.out"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["scan", "--fail-on", "bad"],
        ["scan", "--as-of", "yesterday"],
        ["scan", "--as-of", "0001-01-01T00:00:00+14:00"],
        ["scan", "--fail"],
        ["scan", "--cloud", "Mars"],
        ["scan", "-p"],
        ["collect"],
    ],
)
def test_wrong_usage_is_exit_2_with_the_usage(azgate, arguments):
    run = azgate(*arguments)
    assert run.code == 2
    assert run.err.startswith("usage: azgate")
    assert "error: " in run.err


def test_everything_wrong_with_policies_is_said_at_once(azgate, document, tmp_path):
    one = write_policy(tmp_path / "one.yaml", rule_body(severity="bad"))
    two = write_policy(tmp_path / "two.yaml", rule_body(id="x", title=""))
    run = azgate("scan", document(GOOD), "-p", one, "-p", two)
    assert run.code == 2
    assert len(run.err.splitlines()) == 2
    assert f"azgate: error: {one}:" in run.err
    assert f"azgate: error: {two}:" in run.err


def test_help_explains_the_exit_codes(azgate):
    for arguments in (["--help"], ["scan", "--help"]):
        run = azgate(*arguments)
        assert run.code == 0
        assert "exit codes:" in run.out
    assert azgate("--version").out == f"azgate {VERSION}\n"


def test_debug_shows_the_traceback_and_keeps_the_code(azgate, tmp_path):
    for arguments in (["--debug", "scan"], ["scan", "--debug"]):
        run = azgate(*arguments, str(tmp_path / "absent.json"))
        assert run.code == 2
        assert "Traceback" in run.err
        assert "there is no such file" in run.err


def test_a_resource_that_two_inputs_describe_differently_is_named(azgate, document):
    first, second = document([deployment(10)], "first.json"), document([deployment(500)], "second.json")

    apart = azgate("scan", first, second, "--rule", "openai-deployment-rate-limit", "-o", "json=-")
    alike = azgate("scan", first, first, "--rule", "openai-deployment-rate-limit", "-o", "json=-")

    [note] = json.loads(apart.out)["scan"]["notes"]
    assert (apart.code, outcomes(json.loads(apart.out))) == (0, {"pass": 1})
    assert note.startswith(
        "stands in the input again with other contents, of which the first is judged: /subscriptions/"
    )
    assert json.loads(alike.out)["scan"]["notes"] == []
