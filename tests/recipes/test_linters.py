"""Every recipe is what its CI system, its shell or its builder takes: asked of their own schemas and linters."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from scanner.cli.parser import build_parser
from tests.recipes.conftest import ACTION, RECIPES, ROOT, WORKFLOWS, document, run, tool

DEVOPS = RECIPES / "azure-devops" / "azure-pipelines.yml"
GITLAB = RECIPES / "gitlab" / ".gitlab-ci.yml"
SCHEMAS = [
    *(("github-workflows", path) for path in (*WORKFLOWS, ROOT / ".github" / "workflows" / "ci.yml")),
    ("github-actions", ACTION / "action.yml"),
    ("azure-pipelines", DEVOPS),
    ("gitlab-ci", GITLAB),
]
OPTIONS = {
    "azure-pipelines": ("--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
    "gitlab-ci": ("--data-transform", "gitlab-ci"),
}


@pytest.mark.parametrize(("schema", "path"), SCHEMAS, ids=lambda value: getattr(value, "name", value))
def test_a_recipe_is_valid_for_its_ci_system(schema, path):
    command = (tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *OPTIONS.get(schema, ()), path)
    ran = run(*command)
    assert ran.code == 0, ran.out + ran.err


def test_a_recipe_that_is_wrong_would_be_found(tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "runs-in:"))
    assert run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path).code == 1


def test_the_workflows_have_no_weakness_that_zizmor_knows(tmp_path):
    config = tmp_path / "zizmor.yml"
    config.write_text('rules: {unpinned-uses: {config: {policies: {"*": ref-pin}}}}')
    command = (tool("zizmor"), "--offline", "--no-progress", "--config", config)
    ran = run(*command, *WORKFLOWS, ACTION / "action.yml", HOME=str(tmp_path))
    assert ran.code == 0, ran.out + ran.err


def scripts() -> list[tuple[str, str]]:
    """Give every shell script of the recipes, with a name."""
    found = [(path.name, path.read_text()) for path in sorted(ACTION.glob("*.sh"))]
    for path in WORKFLOWS:
        for job in document(path)["jobs"].values():
            found += [(path.name, step["run"]) for step in job["steps"] if "run" in step]
    for step in document(DEVOPS)["steps"]:
        found += [
            (DEVOPS.name, text) for text in (step.get("bash"), step.get("inputs", {}).get("inlineScript")) if text
        ]
    for job in document(GITLAB).values():
        if isinstance(job, dict):
            lines = [*job.get("before_script", ()), *job.get("script", ())]
            found += [(GITLAB.name, "\n".join(lines))] if lines else []
    return found


@pytest.mark.parametrize(("name", "text"), scripts(), ids=lambda value: value[:30] if "\n" not in value else "script")
def test_a_shell_script_is_right(tmp_path, name, text):
    path = tmp_path / "script.sh"
    path.write_text(text if text.startswith("#!") else f"#!/bin/bash\n{text}\n")
    ran = run(tool("shellcheck"), "--severity", "style", path)
    assert ran.code == 0, f"{name}\n{ran.out}"


def test_every_command_of_the_recipes_is_one_that_azgate_takes():
    commands = [
        line.strip()
        for _, text in scripts()
        for line in text.replace("\\\n", " ").splitlines()
        if line.strip().startswith("azgate scan ") and "arguments[@]" not in line
    ]
    assert len(commands) >= 2
    for command in commands:
        words = re.sub(r'"[^"]*"', "x=y", command).split()[1:]
        build_parser().parse_args(words)


def test_every_input_that_a_workflow_gives_the_action_exists():
    known = set(document(ACTION / "action.yml")["inputs"])
    used = 0
    for path in WORKFLOWS:
        for job in document(path)["jobs"].values():
            for step in job["steps"]:
                if "/azgate/.github/actions/azgate@" in step.get("uses", ""):
                    used += 1
                    assert set(step.get("with", {})) <= known, path.name
                    extra = [line.strip() for line in step["with"].get("arguments", "").splitlines()]
                    build_parser().parse_args(["scan", *(re.sub(r"\$\{\{.*?\}\}", "x", word) for word in extra)])
    assert used == len(WORKFLOWS)


def test_no_workflow_has_more_rights_than_it_says_why():
    for path in WORKFLOWS:
        workflow = document(path)
        assert workflow["permissions"] == {}, path.name
        for job in workflow["jobs"].values():
            assert set(job["permissions"]) <= {"contents", "id-token", "security-events", "actions"}
            assert "write-all" not in json.dumps(job)


def test_a_recipe_names_no_secret():
    for path in (*WORKFLOWS, DEVOPS, GITLAB):
        assert not re.search(r"secrets\.|CLIENT_SECRET|PASSWORD", path.read_text()), path.name


# pre-commit


HOOKS = ROOT / ".pre-commit-hooks.yaml"
CONFIG = RECIPES / "pre-commit" / ".pre-commit-config.yaml"


def test_the_hooks_are_valid_for_pre_commit(tmp_path):
    for command, path in (("validate-manifest", HOOKS), ("validate-config", CONFIG)):
        ran = run(tool("pre-commit"), command, path, HOME=str(tmp_path))
        assert ran.code == 0, ran.out + ran.err


def hooks() -> dict[str, dict]:
    return {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text())}


def test_the_example_uses_every_hook():
    (repository,) = yaml.safe_load(CONFIG.read_text())["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == set(hooks())


@pytest.mark.parametrize(
    ("hook", "arguments", "files", "code"),
    [
        ("azgate-policy-validate", ["policies"], [], 0),
        ("azgate-policy-validate", ["broken"], [], 2),
        ("azgate-policy-test", ["policies/tagging.yaml"], [], 0),
        ("azgate-scan", None, ["main.json"], 1),
        ("azgate-scan", ["--allow-gaps", "--fail-on", "critical"], ["main.json"], 0),
    ],
)
def test_a_hook_does_what_it_says(shim, tmp_path, hook, arguments, files, code):
    (tmp_path / "policies").symlink_to(ROOT / "policies")
    (tmp_path / "main.json").write_text((ROOT / "examples" / "change" / "main.json").read_text())
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "p.yaml").write_text("version: 1\nname: broken\nruls: []\n")
    entry = hooks()[hook]
    words = [*entry["entry"].split(), *(entry["args"] if arguments is None else arguments), *files]
    ran = run(*words, cwd=tmp_path, PATH=str(shim))
    assert ran.code == code, ran.out + ran.err


@pytest.mark.parametrize(
    ("path", "hit"),
    [("infra/main.bicep", True), ("azuredeploy.json", True), ("a/mainTemplate.json", True), ("package.json", False)],
)
def test_the_scanning_hook_takes_templates_only(path, hit):
    assert bool(re.search(hooks()["azgate-scan"]["files"], path)) is hit


# Container


def test_the_containerfile_is_right_and_its_base_is_pinned():
    path = ROOT / "Containerfile"
    ran = run(tool("hadolint"), "--failure-threshold", "style", path)
    assert ran.code == 0, ran.out + ran.err
    text = path.read_text()
    assert re.search(r"^ARG BASE=\S+:\d+\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}
    final = text.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in final
    assert "uninstall --yes pip" in final


def test_everything_that_the_containerfile_copies_is_there_and_let_in():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Containerfile").read_text(), re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert source in let_in


def test_the_scripts_may_be_executed():
    assert all(Path(path).stat().st_mode & 0o111 for path in ACTION.glob("*.sh"))
