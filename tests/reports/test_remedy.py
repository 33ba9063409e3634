from __future__ import annotations

import pytest

from scanner.policies.loader import load_policies
from scanner.reports.remedy import commands, first_step


@pytest.mark.parametrize(
    ("remediation", "step"),
    [
        ("", ""),
        (" \n", ""),
        ("Delete it.", "Delete it."),
        ("Delete it. Then wait.", "Delete it."),
        ("Delete it, or\nwait!  Not both.", "Delete it, or wait!"),
        ("Set the minimum to zero:\n`az ml compute update --min-instances 0`", "Set the minimum to zero."),
        ("Create one in the portal, or:\n`az x`", "Create one in the portal."),
        ("Lower it until then:\n`az x`", "Lower it until then."),
        ("Name it `a. b` first. Then wait.", "Name it `a. b` first."),
        ("Use version 1.2 of it. Then wait.", "Use version 1.2 of it."),
        ("- One thing.\n- Another.", "One thing."),
        ("    az group delete \\\n      --name GROUP\n    az x", "az group delete --name GROUP"),
        ("no full stop", "no full stop"),
        ("`az x`", "`az x`"),
        ("An escape \x1b[31m is shown.", r"An escape \u001b[31m is shown."),
    ],
)
def test_the_first_step_is_one_sentence(remediation, step):
    assert first_step(remediation) == step


def test_commands_are_whole_and_stand_once():
    text = "Do:\n`az a`\n`az b --c d` or\n`az a`, and set `limits: {}`:\n\n    az long \\\n      --d e\n\n    a: 1\n"
    assert commands(text) == ("az a", "az b --c d", "az long \\\n  --d e\n\na: 1")


def test_code_without_a_command_is_none():
    assert commands("Set\n\n    limits: 1\n\nor `azure`.") == ()


def test_every_built_in_rule_has_a_first_step_that_is_a_sentence():
    for file in load_policies(["builtin"]):
        for written in file.written:
            step = first_step(written.model.remediation)
            assert 7 < len(step) < 165, written.model.id
            assert step.endswith("."), written.model.id
