"""The documents say what is so: tables, paths and options are compared with the code, and commands are run.

Commands in ```sh blocks run offline, in order, beside the examples; `# exit code N` behind one says what it ends with.
A ```yaml block whose first line is a comment with a path is written to that file first. What needs Azure or the
network stands in other blocks. Tables between `<!-- generated: NAME -->` and `<!-- end -->` are made here:
AZGATE_UPDATE_GOLDEN=1 writes them.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scanner.cli import exit_codes, main
from scanner.cli.doctor import rules_by_permission
from scanner.cli.exit_codes import ExitCode
from scanner.cli.parser import build_parser
from scanner.policies.loader import load_policies
from scanner.rules.assertions import ASSERTIONS, Assertion
from scanner.rules.operators import OPERATORS
from scanner.sources.azure.permissions import PERMISSIONS
from scanner.sources.terraform.mappings import MAPPINGS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = sorted([README, ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
EXIT = re.compile(r"\s+#\s*exit code (\d)\s*$")
FOREIGN_OPTIONS = {"--require-hashes", "--no-deps", "--no-build-isolation", "--upgrade"} | {
    "--rounds",
    "--resources",
    "--bucket",
    "--subscriptions",
    "--accounts",
    "--ai",
    "--findings",
}
"""Options of pip, of tasks.py and of the benchmarks."""


def blocks(document: Path, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(document.read_text("utf-8")) if kind == language]


def section(document: Path, heading: str) -> str:
    return document.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def cells(table: str) -> list[list[str]]:
    """Give the rows of the first Markdown table, without its head."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


# Tables that are made of the code


def rules_table() -> str:
    lines = ["| rule | says | severity | phase | maturity | parameters |", "|---|---|---|---|---|---|"]
    for file in load_policies(["builtin"]):
        for written in file.written:
            rule = written.model
            used = set(re.findall(r"parameters\('(\w+)'\)", json.dumps([rule.when, rule.assertion])))
            shown = [f"`{name}` {value(file.parameters[name])}" for name in file.parameters if name in used]
            facts = (f"`{rule.id}`", rule.title, rule.severity.value, rule.phase, rule.maturity, ", ".join(shown))
            lines.append(f"| {' | '.join(facts)} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n"


def value(parameter: Any) -> str:
    return f"`{json.dumps(parameter)}`" if isinstance(parameter, (dict, list, bool)) else str(parameter)


def operators_table() -> str:
    lines = ["| operator | holds where the value must | without a value |", "|---|---|---|"]
    for name, operator in OPERATORS.items():
        lines.append(
            f"| `{name}` | {operator.words.format('X')} | {'holds' if operator.negated else 'does not hold'} |"
        )
    return "\n".join(lines) + "\n"


def assertions_table() -> str:
    parts = []
    for name, kind in ASSERTIONS.items():
        paragraphs = (kind.__doc__ or "").strip().split("\n\n")
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        rows = "".join(f"| {' | '.join(row)} |\n" for row in arguments(kind))
        parts.append(f"### `{name}`\n\n{text}\n\n| argument | type | default | |\n|---|---|---|---|\n{rows}")
    return "\n" + "\n".join(parts) + "\n"


def arguments(kind: type[Assertion]) -> Iterator[tuple[str, str, str, str]]:
    schema = kind.model_json_schema()
    annotations = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    for name, body in schema["properties"].items():
        default = "" if name in schema.get("required", ()) else json.dumps(body.get("default"))
        words = "duration" if "timedelta" in str(annotations[name]) else type_in_words(body)
        yield f"`{name}`", words, f"`{default}`" if default else "required", body.get("description", "")


def type_in_words(body: dict[str, Any]) -> str:
    if "enum" in body:
        return ", ".join(body["enum"])
    if "anyOf" in body:
        return " or ".join(type_in_words(each) for each in body["anyOf"] if each.get("type") != "null")
    if body.get("type") == "array":
        return f"list of {type_in_words(body['items'])}"
    if body.get("type") == "object":
        return f"mapping of name to {type_in_words(body['additionalProperties'])}"
    return str(body.get("const") or body.get("type", "any"))


def permissions_table() -> str:
    """Give the rules that each role beyond plain resources costs; what every rule needs is one line."""
    lines = ["| role | to read | rules that cannot be decided without it |", "|---|---|---|"]
    costs = rules_by_permission(load_policies(["builtin"]))
    plain = {"subscriptions", "groups", "accounts", "workspaces", "neighbours"}
    lines.append("| Reader | resources, resource groups, subscriptions and their tags | every rule about them |")
    lines.extend(
        f"| {permission.role} | {permission.what} | {', '.join(f'`{rule}`' for rule in costs[permission.name])} |"
        for permission in PERMISSIONS
        if permission.name not in plain and costs.get(permission.name)
    )
    return "\n".join(lines) + "\n"


def terraform_table() -> str:
    """Give the azurerm types that are read, and what each has no argument for."""
    lines = ["| Terraform type | ARM type | has no argument for |", "|---|---|---|"]
    for mapping in MAPPINGS.values():
        cannot = ", ".join(f"`{path}`" for path, _ in mapping.caveats)
        lines.append(f"| `{mapping.terraform}` | {mapping.arm} | {cannot} |".replace("|  |", "| |"))
    return "\n".join(lines) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "rules": rules_table,
    "permissions": permissions_table,
    "operators": operators_table,
    "assertions": assertions_table,
    "terraform": terraform_table,
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_generated_tables_are_current(document: Path) -> None:
    text = document.read_text("utf-8")
    made = GENERATED.sub(lambda match: match[1] + TABLES[match[2]]() + match[4], text)
    if os.environ.get("AZGATE_UPDATE_GOLDEN") == "1":
        document.write_text(made, "utf-8")

    assert text == made or os.environ.get("AZGATE_UPDATE_GOLDEN") == "1", "run: python3 tasks.py golden"


def test_every_generated_table_stands_somewhere() -> None:
    found = {match[1] for document in DOCUMENTS for match in GENERATED.findall(document.read_text("utf-8"))}

    assert found == set(TABLES)


# Facts that are written by hand


def test_the_exit_codes_are_those_of_the_code() -> None:
    body = ast.parse(Path(exit_codes.__file__).read_text("utf-8")).body[-1]
    assert isinstance(body, ast.ClassDef)
    words = [node.value.value for node in body.body[1:] if isinstance(node, ast.Expr)]
    rows = cells(section(README, "Exit codes"))

    assert [[int(number), text.replace("`", "")] for number, text in rows] == [
        [code.value, text] for code, text in zip(ExitCode, words, strict=True)
    ]


def parsers() -> dict[str, Any]:
    """Give every command's parser by its words."""
    found: dict[str, Any] = {}

    def walk(parser: Any) -> None:
        found[parser.prog] = parser
        for action in parser._actions:
            if hasattr(action, "choices") and isinstance(action.choices, dict):
                for child in action.choices.values():
                    walk(child)

    walk(build_parser())
    return found


def options_of(parser: Any) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_option_that_is_named_exists(document: Path) -> None:
    known = set().union(*(options_of(parser) for parser in parsers().values())) | FOREIGN_OPTIONS
    lines = document.read_text("utf-8").replace("\\\n", " ").splitlines()
    text = "\n".join(line for line in lines if not re.search(r"\b(?:az|gh) \w", line))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"<!--|-->", "", text)))

    assert named <= known


def test_every_option_of_scan_is_in_the_readme() -> None:
    text = section(README, "Options of `azgate scan`")

    assert {option for option in options_of(parsers()["azgate scan"]) if f"`{option}" not in text} == {
        "--help",
        "--debug",
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    linked = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target}
    written = set(re.findall(r"`((?:scanner|examples|docs|tests|policies|benchmarks)/[\w./-]+)`", text))

    assert [target for target in sorted(linked) if target and not (document.parent / target).exists()] == []
    assert [path for path in sorted(written) if not (ROOT / path).exists()] == []


def test_every_task_that_is_named_exists_and_every_task_is_named() -> None:
    text = README.read_text("utf-8")
    tasks = load_tasks().TASKS

    assert set(re.findall(r"python3 tasks\.py (\w+)", text)) == set(tasks)


def load_tasks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_operator_and_report_format_is_documented() -> None:
    from scanner.reports import REPORTS

    readme = README.read_text("utf-8")
    assert [name for name in REPORTS if f"`{name}`" not in readme] == []


def test_the_changelog_names_every_rule_and_assertion() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    names = [rule.info.id for file in load_policies(["builtin"]) for rule in file.rules]

    assert [name for name in (*names, *ASSERTIONS) if f"`{name}`" not in text] == []


# Commands


def commands(document: Path) -> list[tuple[str, int]]:
    """Give every command of the document's sh blocks with the exit code it must have."""
    found = []
    for block in blocks(document, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            expected = EXIT.search(line)
            if line.strip() and not line.startswith("#"):
                found.append((EXIT.sub("", line).strip(), int(expected[1]) if expected else 0))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_run_as_they_stand(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    for block in blocks(document, "yaml"):
        if match := re.match(r"# ([\w./-]+\.yaml)\n", block):
            target = tmp_path / match[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block, "utf-8")
    monkeypatch.chdir(tmp_path)

    for command, expected in commands(document):
        program, *words = shlex.split(command)
        assert program == "azgate", f"only azgate runs in sh blocks: {command}"
        code = main(words)
        assert code == expected, f"{command}\n{capfd.readouterr().err}"


def test_the_readme_runs_commands() -> None:
    assert len(commands(README)) >= 10
