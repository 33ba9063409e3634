"""The weekly audit: where its history comes from, and that a history that cannot be fetched is no new one."""

from __future__ import annotations

import json
import zipfile

import pytest

from scanner.cli import main
from tests.recipes.conftest import RECIPES, ROOT, document, run

(JOB,) = document(RECIPES / "github" / "weekly-audit.yml")["jobs"].values()
(FETCH,) = [step for step in JOB["steps"] if step.get("name") == "Fetch the history"]
(SCAN,) = [step for step in JOB["steps"] if step.get("id") == "azgate"]
GH = """#!{python}
import json, pathlib, subprocess, sys
folder = pathlib.Path({folder!r})
if (folder / "broken").exists():
    sys.exit("HTTP 502")
path = sys.argv[2]
if path.endswith("/zip"):
    (folder / "asked").write_text(path)
    sys.stdout.buffer.write((folder / "artifact.zip").read_bytes())
else:
    query = sys.argv[sys.argv.index("--jq") + 1]
    print((folder / "newest").read_text() if (folder / "newest").exists() else "", end="")
    (folder / "query").write_text(query)
"""


@pytest.fixture
def fetching(tmp_path):
    """Run the step that fetches, with a `gh` that answers from files."""
    shim = tmp_path / "bin"
    shim.mkdir()
    (shim / "gh").write_text(GH.format(python="/usr/bin/env python3", folder=str(tmp_path)))
    (shim / "unzip").write_text(
        "#!/usr/bin/env python3\nimport sys, zipfile\nzipfile.ZipFile(sys.argv[2]).extractall(sys.argv[4])\n"
    )
    for command in shim.iterdir():
        command.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()

    def fetch():
        return run(
            "bash",
            "-eo",
            "pipefail",
            "-c",
            FETCH["run"],
            cwd=work,
            PATH=str(shim),
            GITHUB_REPOSITORY="contoso/audit",
            GITHUB_REF_NAME="main",
            RUNNER_TEMP=str(tmp_path),
        )

    return fetch


def test_the_history_of_the_run_before_is_fetched(fetching, tmp_path):
    (tmp_path / "newest").write_text("42")
    with zipfile.ZipFile(tmp_path / "artifact.zip", "w") as archive:
        archive.writestr("azgate-history.db", "history")
    ran = fetching()
    assert ran.code == 0, ran.err
    assert (tmp_path / "asked").read_text() == "repos/contoso/audit/actions/artifacts/42/zip"
    assert (tmp_path / "work" / "azgate-history.db").read_text() == "history"


def test_the_first_run_begins_a_history(fetching, tmp_path):
    ran = fetching()
    assert ran.code == 0, ran.err
    assert "no history yet" in ran.out
    assert list((tmp_path / "work").iterdir()) == []


def test_a_history_that_cannot_be_fetched_ends_the_job(fetching, tmp_path):
    (tmp_path / "broken").touch()
    assert fetching().code != 0


def test_only_a_history_of_the_same_branch_is_taken(fetching, tmp_path):
    """Otherwise a pull request could put its own in."""
    fetching()
    query = (tmp_path / "query").read_text()
    assert ".workflow_run.head_branch == env.GITHUB_REF_NAME" in query
    assert ".expired | not" in query


def test_what_the_audit_writes_is_what_it_uploads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = str(ROOT / "examples" / "contoso.inventory.json")
    arguments = [line.strip() for line in SCAN["with"]["arguments"].splitlines() if "management-group" not in line]
    for _ in range(2):
        assert main(["scan", example, "--fail-on", "never", "--allow-gaps", "-o", "json=r.json", *arguments]) == 0
    uploads = {step["with"]["name"]: step["with"]["path"] for step in JOB["steps"] if "upload" in step.get("uses", "")}
    assert (tmp_path / uploads["azgate-history"]).stat().st_size > 10_000
    teams = {path.name for path in (tmp_path / uploads["azgate-audit"] / "teams").iterdir()}
    assert "no-team.html" in teams
    assert len(teams) > 4
    assert {name.rpartition(".")[2] for name in teams} == {"html", "csv"}
    assert json.loads((tmp_path / "r.json").read_text())["gate"]["exitCode"] == 0
