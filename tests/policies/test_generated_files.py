"""What is made of the policies and models and lies in docs/ is current: AZGATE_UPDATE_GOLDEN=1 writes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "docs/rules.md": ["policy", "list", "-o", "markdown={}"],
    "docs/schemas/policy.schema.json": ["policy", "schema", "-o", "{}"],
    "docs/schemas/policy-tests.schema.json": ["policy", "schema", "--tests", "-o", "{}"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_file_is_what_its_command_writes(name, tmp_path):
    made = tmp_path / "made"
    assert main([word.replace("{}", str(made)) for word in COMMANDS[name]]) == 0
    if os.environ.get("AZGATE_UPDATE_GOLDEN") == "1":
        (ROOT / name).write_bytes(made.read_bytes())

    again = f"azgate {' '.join(COMMANDS[name]).replace('{}', name)}"
    assert (ROOT / name).read_text("utf-8") == made.read_text("utf-8"), f"run: {again}"


@pytest.mark.parametrize("path", sorted((ROOT / "policies").rglob("*.yaml")), ids=lambda path: path.name)
def test_editors_find_the_schema_of_a_policy_or_test_file(path):
    first = path.read_text("utf-8").splitlines()[0]
    schema = first.removeprefix("# yaml-language-server: $schema=")

    wanted = "policy-tests.schema.json" if path.parent.name == "tests" else "policy.schema.json"
    assert (path.parent / schema).resolve() == ROOT / "docs" / "schemas" / wanted
