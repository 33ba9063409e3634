"""The composite action: its own steps are run as the runner runs them, on the example of a change."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.recipes.conftest import ACTION, CHANGE, ROOT, Ran, document, run

METADATA = document(ACTION / "action.yml")
STEPS = {step["name"]: step for step in METADATA["runs"]["steps"]}
PLAN = CHANGE / "plan.json"
SCAN = ROOT / "examples" / "contoso.inventory.json"


@pytest.fixture
def action(tmp_path, shim):
    """Run the step that scans, with the inputs of a workflow; the runner's files are in `tmp_path`."""
    for name in ("summary", "output", "path"):
        (tmp_path / name).write_text("before\n")

    def scan(**inputs: str) -> Ran:
        given = {name: entry["default"] for name, entry in METADATA["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        step = STEPS["Scan"]
        environment = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
            for name, value in step["env"].items()
        }
        return run(
            "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            step["run"],
            cwd=tmp_path,
            PATH=str(shim),
            GITHUB_ACTION_PATH=str(ACTION),
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
            GITHUB_OUTPUT=str(tmp_path / "output"),
            **environment,
        )

    return scan


def outputs(folder: Path) -> dict[str, str]:
    lines = (folder / "output").read_text().splitlines()[1:]
    return dict(line.split("=", 1) for line in lines)


def test_a_change_that_breaks_rules_fails_the_step_and_is_shown_everywhere(action, tmp_path):
    ran = action(inputs=str(PLAN))
    assert ran.code == 1, ran.err
    lines = ran.out.splitlines()
    annotations = [line for line in lines if line.startswith(("::error ", "::warning ", "::notice "))]
    assert any("title=openai-deployment-rate-limit" in line and f"file={PLAN}" in line for line in annotations)
    assert (tmp_path / "summary").read_text().startswith("before\n## ")
    assert "openai-deployment-rate-limit" in (tmp_path / "summary").read_text()
    assert outputs(tmp_path) == {
        "exit-code": "1",
        "junit": "azgate-results/junit.xml",
        "sarif": "azgate-results/azgate.sarif",
    }
    results = tmp_path / "azgate-results"
    assert ET.parse(results / "junit.xml").getroot().tag == "testsuites"
    assert json.loads((results / "azgate.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((results / "result.json").read_text())["gate"]["exitCode"] == 1
    assert (results / "report.html").stat().st_size > 1000


def test_the_console_cannot_give_the_runner_a_command(action):
    lines = action(inputs=str(PLAN)).out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert len(token) > 10
    assert end > start + 5
    assert lines[start - 1] == "::group::azgate"
    assert lines[end + 1] == "::endgroup::"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"fail_on": "never"}, 0),
        ({"fail_on": "critical"}, 0),
        ({"fail_on": "high"}, 1),
        ({"arguments": "--rule=required-tags\n  --exclude-rule=openai-*  \n\n", "fail_on": "high"}, 0),
    ],
)
def test_the_exit_code_is_azgates(action, tmp_path, inputs, code):
    ran = action(inputs=str(PLAN), allow_gaps="true", **inputs)
    assert ran.code == code, ran.err
    assert outputs(tmp_path)["exit-code"] == str(code)


def test_a_gap_is_exit_3_until_gaps_are_allowed(action, tmp_path):
    what_if = tmp_path / "w.json"
    entry = {"changeType": "Unsupported", "resourceId": "[format('{0}', reference('a').b)]"}
    what_if.write_text(json.dumps({"status": "Succeeded", "changes": [entry]}))
    assert action(inputs=str(what_if)).code == 3
    assert action(inputs=str(what_if), allow_gaps="true").code == 0


def test_several_inputs_policies_and_contexts_are_given_a_line_each(action, tmp_path):
    policies = ROOT / "examples" / "policies"
    ran = action(
        inputs=f"{CHANGE / 'what-if.json'}\n",
        policy=f"builtin\n{policies}",
        context=str(SCAN),
        changed_only="true",
    )
    assert ran.code in {1, 3}, ran.err
    result = json.loads((tmp_path / "azgate-results" / "result.json").read_text())
    assert any("contoso" in policy["path"] for policy in result["scan"]["policies"])


def test_an_input_that_is_wrong_fails_without_results(action, tmp_path):
    (tmp_path / "azgate-results").mkdir()
    (tmp_path / "azgate-results" / "junit.xml").write_text("of an earlier step")
    ran = action(inputs="absent.json")
    assert ran.code == 2
    assert "absent.json" in ran.err
    assert outputs(tmp_path) == {"exit-code": "2"}
    assert (tmp_path / "summary").read_text() == "before\n"


def test_a_flag_that_is_neither_true_nor_false_is_refused(action):
    ran = action(inputs=str(PLAN), allow_gaps="yes")
    assert ran.code == 2
    assert "--allow-gaps is true or false, not 'yes'" in ran.out


def test_a_value_of_an_input_is_no_command(action, tmp_path):
    ran = action(inputs=f"$(touch {tmp_path}/hit)\n; touch {tmp_path}/hit")
    assert ran.code == 2
    assert not (tmp_path / "hit").exists()


def test_every_input_reaches_a_script_and_is_described():
    used = set(re.findall(r"inputs\.([\w-]+)", (ACTION / "action.yml").read_text()))
    assert used == set(METADATA["inputs"])
    assert all(entry["description"] for entry in METADATA["inputs"].values())
    for step, script in (("Install azgate", "install.sh"), ("Scan", "scan.sh")):
        text = (ACTION / script).read_text()
        assert [name for name in STEPS[step]["env"] if name not in text] == []


@pytest.mark.parametrize("version", ["", "1.2.3"])
def test_the_installation_is_that_of_the_checkout_or_of_a_version(tmp_path, version):
    """A Python that notes what it is asked to install stands for the real one: the packages are in the lock."""
    log, home = tmp_path / "log", tmp_path / "azgate"
    fake = tmp_path / "python"
    fake.write_text(
        "#!/bin/sh\n"
        'if [ "$2" = venv ]; then\n'
        f'  mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "{shutil.which("true")}" "$3/bin/azgate"\n'
        "fi\n"
        f'echo "$@" >>{log}\n'
    )
    fake.chmod(0o755)
    (tmp_path / "path").write_text("")
    ran = run(
        "bash",
        "-eo",
        "pipefail",
        "-c",
        STEPS["Install azgate"]["run"],
        cwd=tmp_path,
        GITHUB_ACTION_PATH=str(ACTION),
        GITHUB_PATH=str(tmp_path / "path"),
        RUNNER_TEMP=str(tmp_path),
        AZGATE_VERSION=version,
        AZGATE_PYTHON=str(fake),
    )
    assert ran.code == 0, ran.err
    installs = [line.partition("--quiet ")[2] for line in log.read_text().splitlines()[1:]]
    locked = [f"--require-hashes -r {ROOT}/requirements.lock", f"--no-deps --no-build-isolation {ROOT}"]
    assert installs == (["azgate==1.2.3"] if version else locked)
    assert (tmp_path / "path").read_text() == f"{home}/bin\n"
    assert sys.version_info >= (3, 11)
