from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Gate, NotEvaluated, ScanResult, Waiver
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports import render


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def unescaped(text: str, *, is_property: bool) -> str:
    for escaped, char in {
        "%0D": "\r",
        "%0A": "\n",
        **({"%3A": ":", "%2C": ","} if is_property else {}),
        "%25": "%",
    }.items():
        text = text.replace(escaped, char)
    return text


def parsed(line: str) -> Command | None:
    """Read a line as GitHub's runner does (actions/runner, ActionCommand.TryParseV2)."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, given_ = line[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in given_.split(",") if pair.strip()]
    properties = {key.strip(): unescaped(value, is_property=True) for key, value in pairs}
    return Command(name, properties, unescaped(line[end + 2 :], is_property=False))


def commands_of(result: ScanResult) -> list[Command]:
    return [command for line in render("github", result).splitlines() if (command := parsed(line))]


def test_a_failure_stands_at_its_file_and_line(result):
    command = next(c for c in commands_of(result) if "file" in c.properties)
    assert command == Command(
        "error",
        {"file": "infra/plan.json", "line": "42", "title": "ml-cluster-scale-to-zero (high)"},
        "ml-vision/gpu-cluster: It keeps 2 nodes when idle.\n"
        "Fix: Set the least number of nodes to 0.\n"
        "module.vision.azurerm_machine_learning_compute_cluster.gpu\n"
        "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-vision/providers/"
        "Microsoft.MachineLearningServices/workspaces/ml-vision/computes/gpu-cluster",
    )


@pytest.mark.parametrize("file", [None, "-"])
def test_a_resource_of_no_file_has_an_annotation_without_one(make, file):
    finding = make.finding(make.rule("r"), make.resource("/a", file=file, line=3))
    assert set(commands_of(make.result([finding]))[0].properties) == {"title"}


def test_the_worst_stand_first_and_what_waits_for_somebody_before_the_last_notice(make):
    high = make.rule("high", severity=Severity.HIGH)
    mixed = make.rule("mixed", severity=Severity.CRITICAL)
    findings = [
        make.finding(mixed, make.resource("/a"), severity=Severity.LOW),
        make.finding(mixed, make.resource("/b"), severity=Severity.HIGH),
        make.finding(mixed, make.resource("/c")),
        make.finding(high, make.resource("/d"), severity=Severity.CRITICAL),
        make.finding(high, make.resource("/e"), Outcome.UNKNOWN),
        make.finding(high, make.resource("/f"), Outcome.ERROR),
        make.finding(high, make.resource("/g"), Outcome.PASS),
    ]
    found = commands_of(make.result(findings, (Gap("/h", "x", GapReason.TIMEOUT),)))
    assert [(c.name, c.properties["title"]) for c in found] == [
        ("error", "high (critical)"),
        ("error", "mixed (critical)"),
        ("error", "mixed (high)"),
        ("warning", "mixed (low)"),
        ("warning", "high (high, error)"),
        ("warning", "high (high, unknown)"),
        ("warning", "gap: x (timeout)"),
        ("notice", "azgate: passed"),
    ]


def test_what_github_does_not_show_is_counted_in_the_last_notice(make):
    rules = [make.rule("bad", severity=Severity.HIGH), make.rule("mild", severity=Severity.LOW)]
    findings = [make.finding(rule, make.resource(f"/{n}")) for rule in rules for n in range(13)]
    last = commands_of(make.result(findings, (Gap("/h", "x", GapReason.TIMEOUT),)))[-1]
    assert last.name == "notice"
    assert "7 more of the 27 annotations stand only in the log" in last.message
    few = commands_of(make.result(findings[:10]))[-1]
    assert "annotations" not in few.message


def test_the_last_notice_explains_the_exit_code(make):
    last = commands_of(make.result([], gate=Gate("low", 3, "the scan is incomplete: 1 gap")))[-1]
    assert last.message.startswith("the scan is incomplete: 1 gap\n0 passed. Exit code 3: ")


def test_what_was_answered_for_is_no_annotation(result):
    text = render("github", result)
    groups = re.findall(r"^::group::(.+)$", text, re.MULTILINE)
    assert groups == ["Exempted (2)", "Baselined (1)", "Not evaluated (1)", "Notes (2)"]
    assert text.count("::endgroup::") == 4
    assert {c.name for c in commands_of(result)} == {"error", "warning", "notice", "group", "endgroup"}
    plain = [line for line in text.splitlines() if parsed(line) is None]
    assert len(plain) == 6
    assert all(line.startswith("- ") for line in plain)


@pytest.mark.parametrize(
    ("text", "in_message", "in_property"),
    [
        ("100%", "100%25", "100%25"),
        ("%0A", "%250A", "%250A"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("a::b", "a::b", "a%3A%3Ab"),
        ("a\nb", "a b", "a b"),
        ("a\rb", r"a\u000db", r"a\u000db"),
    ],
)
def test_what_means_something_to_github_is_escaped(make, text, in_message, in_property):
    finding = make.finding(make.rule("r"), make.resource("/x/y", file=text), Outcome.FAIL, text)
    line = render("github", make.result([finding])).splitlines()[0]
    assert line == f"::error file={in_property},line=1,title=r (medium)::y: {in_message}%0A/x/y".replace(
        "::error", "::warning", 1
    )


@settings(suppress_health_check=list(HealthCheck))
@example("##[error]x")
@given(st.text(st.one_of(st.sampled_from(":%,=#[]\r\n\u2028\x85 "), st.characters()), max_size=20))
def test_no_text_from_outside_makes_a_command_or_a_property(make, text):
    rule = make.rule(text, title=text, remediation=text)
    resource = make.resource(text, name=text, file=text, address=text)
    waiver = Waiver(text, text, text, text)
    findings = [
        make.finding(rule, resource, Outcome.FAIL, text),
        make.finding(rule, resource, Outcome.FAIL, text, disposition=Disposition.EXEMPTED, exemption=waiver),
    ]
    result = make.result(
        findings, (Gap(text, text, GapReason.TIMEOUT, text),), notes=(text,), not_evaluated=(NotEvaluated(text, text),)
    )
    drawn = render("github", result)
    assert "##[" not in drawn
    assert not set(drawn) & set("\r\x85\u2028\u2029")
    found = [parsed(line) for line in drawn.split("\n")[:-1]]
    assert [command.name for command in found if command] == [
        "warning",
        "warning",
        *["group", "endgroup"] * 3,
        "notice",
    ]
    for command in found:
        if command:
            assert set(command.properties) <= {"file", "line", "title"}


def test_a_message_is_as_long_as_github_takes(make):
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, "x" * 10_000)
    assert len(commands_of(make.result([finding]))[0].message) == 4_000
