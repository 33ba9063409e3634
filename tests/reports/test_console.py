from __future__ import annotations

import re

import pytest

from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Gate, NotEvaluated, Waiver
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports import render
from scanner.reports.text import cells


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_width_but_for_commands(result, width):
    command = re.compile(r"^ {4}(az |  --)")
    long = [line for line in render("console", result, width=width).splitlines() if cells(line) > width]
    assert [line for line in long if not command.match(line)] == []


def test_a_silly_width_is_widened(result):
    assert render("console", result, width=1) == render("console", result, width=40)


def test_it_is_plain_without_colour(result):
    text = render("console", result)
    assert "\x1b" not in text
    assert not [c for c in text if ord(c) < 32 and c != "\n"]


def test_colour_adds_nothing_but_colour(result):
    colored = render("console", result, color=True)
    assert "\x1b[1;31mFAILED" in colored
    assert "\x1b[1;31mCRITICAL\x1b[0m  \x1b[1mopenai-model-retirement\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render("console", result)


def test_nothing_from_outside_colours_the_terminal(make):
    finding = make.finding(
        make.rule("r", title="\x1b[2J", remediation="`\x9b31m`\n\n    \x1b]0;title\x07"),
        make.resource("/a\x1b[31m", name="\u202eevil"),
        Outcome.FAIL,
        "\x1b]8;;http://x\x07",
    )
    text = render("console", make.result([finding], notes=("\x1b[5m",)), color=True)
    assert set(re.findall(r"\x1b[^m]*m", text)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[1;32m"}
    assert not set(text) & set("\x07\x9b\u202e")


@pytest.mark.parametrize(("code", "word"), [(0, "PASSED"), (1, "FAILED"), (3, "INCOMPLETE")])
def test_the_decision_stands_first(make, code, word):
    result = make.result([], gate=Gate("low", code, "for a reason"))
    assert render("console", result).splitlines()[0] == f"{word}: for a reason"


def test_the_full_id_can_be_put_together_again(result):
    text = render("console", result, width=60)
    joined = re.sub(r"\n +/", "/", text)
    for finding in result.findings:
        if finding.outcome is not Outcome.PASS and finding.resource.id.isascii() and finding.resource.id.isprintable():
            assert finding.resource.id in joined


def failures_of(result, **options) -> str:
    return render("console", result, **options).split("\nFAILURES")[1].split("\nCOMMANDS")[0]


def test_a_resource_stands_once_with_all_that_is_wrong_with_it(result):
    block = failures_of(result).split("\n\n")[1]
    assert block.startswith("aoai-search/gpt-4.1-mini  (in rg-search)\n")
    assert re.findall(r"^  ([A-Z]+) +(\S+)$", block, re.MULTILINE) == [
        ("CRITICAL", "openai-model-retirement"),
        ("HIGH", "openai-deployment-rate-limit"),
    ]


def test_the_worst_resource_stands_first_and_of_two_the_one_with_more_that_is_as_bad(make):
    rules = [make.rule(f"r{number}", severity=Severity.HIGH) for number in range(3)]
    critical = make.rule("c", severity=Severity.CRITICAL)
    findings = [
        make.finding(rules[0], make.resource("/a-one")),
        *(make.finding(rule, make.resource("/b-three")) for rule in rules),
        make.finding(critical, make.resource("/c-worst")),
        make.finding(critical, make.resource("/d-milder"), severity=Severity.LOW),
    ]
    names = re.findall(r"^(\w-\w+)$", failures_of(make.result(findings)), re.MULTILINE)
    assert names == ["c-worst", "b-three", "a-one", "d-milder"]


def test_spellings_of_an_id_are_one_resource(make):
    findings = [
        make.finding(make.rule("r1"), make.resource("/Things/A")),
        make.finding(make.rule("r2"), make.resource("/things/a/")),
    ]
    assert "FAILURES (2, on 1 resource)" in render("console", make.result(findings))


def test_a_resource_of_a_file_says_where_it_stands_and_what_terraform_calls_it(result):
    lines = failures_of(result).splitlines()
    assert "  infra/plan.json:42  module.vision.azurerm_machine_learning_compute_cluster.gpu" in lines


def test_the_fix_is_the_first_sentence_and_the_commands_stand_once_and_whole(result):
    text = render("console", result, width=60)
    assert text.count("Fix: Lower the deployment's capacity; one unit") == 2
    commands = text.split("\nCOMMANDS (3 rules)")[1].split("\nERRORS")[0]
    assert commands.count("openai-deployment-rate-limit") == 1
    assert "\n    az cognitiveservices account deployment create \\\n      --resource-group GROUP" in commands


def test_in_a_long_list_a_fix_stands_with_its_rules_first_finding_only(make):
    rule = make.rule("r", remediation="Delete it.")
    few = make.result([make.finding(rule, make.resource(f"/thing-{number}")) for number in range(100)])
    many = make.result([make.finding(rule, make.resource(f"/thing-{number}")) for number in range(101)])
    assert render("console", few).count("Fix: Delete it.") == 100
    assert render("console", many).count("Fix: Delete it.") == 1


def test_nothing_is_to_be_fixed_where_nothing_is_known_to_be_wrong(make):
    rule = make.rule("r", remediation="Delete it:\n`az group delete`")
    findings = [make.finding(rule, make.resource(f"/{word}"), Outcome(word)) for word in ("unknown", "error")]
    text = render("console", make.result(findings))
    assert "Fix:" not in text
    assert "az group" not in text


@pytest.mark.parametrize("evil", ["::add-mask::x", "##[error]x", "##vso[task.setvariable variable=a]b"])
@pytest.mark.parametrize("color", [False, True])
def test_no_build_agent_takes_a_line_for_a_command(make, evil, color):
    rule = make.rule(evil, title=evil, remediation=f"{evil}\n\n    {evil}\n    az x {evil}")
    waiver = Waiver(evil, evil, evil, evil)
    findings = [
        make.finding(rule, make.resource(f"/{evil}", file=evil, address=evil), Outcome.FAIL, evil),
        make.finding(rule, make.resource("/b"), disposition=Disposition.EXEMPTED, exemption=waiver),
    ]
    gaps = (Gap(evil, evil, GapReason.TIMEOUT, evil),)
    result = make.result(findings, gaps, notes=(evil,), not_evaluated=(NotEvaluated(evil, evil),))
    for width in range(40, 90):
        for line in render("console", result, color=color, width=width).splitlines():
            plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
            assert not plain.lstrip().startswith("::")
            assert "##[" not in plain
            assert "##vso[" not in plain


@pytest.mark.parametrize(
    ("gate", "gaps", "last"),
    [
        (Gate("low", 0, "x"), 0, "Exit code 0: the gate passed."),
        (
            Gate("high", 1, "x"),
            0,
            (
                "Exit code 1: the gate failed. Every new failure of severity high or above has to be fixed, exempted "
                "(--exemptions) or known (--baseline)."
            ),
        ),
        (
            Gate("low", 1, "x"),
            1,
            (
                "Exit code 1: the gate failed. Every new failure of severity low or above has to be fixed, exempted "
                "(--exemptions) or known (--baseline). The scan is incomplete as well, which alone is exit code 3, "
                "or 0 with --allow-gaps."
            ),
        ),
        (
            Gate("never", 3, "x"),
            1,
            (
                "Exit code 3: no new failure counts, but the scan is incomplete, and what could not be read or decided "
                "may fail. Make it readable, or accept the rest with --allow-gaps."
            ),
        ),
    ],
)
def test_the_last_line_says_what_the_exit_code_means(make, gate, gaps, last):
    result = make.result([], gate=gate, gaps=(Gap("/a", "b", GapReason.TIMEOUT),) * gaps)
    assert render("console", result, width=500).splitlines()[-1] == last


@pytest.mark.parametrize(
    ("fail_on", "severity", "disposition", "said"),
    [
        ("high", Severity.HIGH, Disposition.NEW, True),
        ("high", Severity.LOW, Disposition.NEW, False),
        ("low", Severity.HIGH, Disposition.EXEMPTED, False),
        ("never", Severity.HIGH, Disposition.NEW, False),
    ],
)
@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.ERROR])
def test_a_scan_is_called_incomplete_by_what_the_gate_would_count(make, fail_on, severity, disposition, said, outcome):
    finding = make.finding(make.rule("r"), make.resource("/a"), outcome, severity=severity, disposition=disposition)
    text = render("console", make.result([finding], gate=Gate(fail_on, 1, "x")), width=500)
    assert ("incomplete as well" in text.splitlines()[-1]) is said


def test_passes_are_only_counted(make):
    finding = make.finding(make.rule("r"), make.resource("/quiet"), Outcome.PASS)
    text = render("console", make.result([finding]))
    assert "1 pass" in text
    assert "quiet" not in text


def test_no_resource_is_left_out_of_a_long_list(make):
    rule = make.rule("r")
    findings = [make.finding(rule, make.resource(f"/thing-{number}")) for number in range(500)]
    text = render("console", make.result(findings))
    assert all(f"/thing-{number}\n" in text for number in range(500))
