"""`-o html=out/{team}.html`: a file for each team, and the exit code of the whole."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import account, deployment

ESTATE = [
    account("one"),
    deployment(500, "one/gpt"),
    account("two", tags={"team": "vision/../../etc", "environment": "prod"}),
    deployment(500, "two/gpt"),
    account("three", tags={}),
    deployment(1, "three/gpt"),
]
RULE = ("--rule", "openai-deployment-rate-limit")


def test_a_scan_writes_a_file_for_each_team_and_leaves_the_exit_code(azgate, document, tmp_path):
    out = tmp_path / "out" / "{team}.json"
    whole = tmp_path / "all.json"
    run = azgate("scan", document(ESTATE), *RULE, "-o", f"json={out}", "-o", f"json={whole}")
    assert run.code == 1
    files = {path.name: json.loads(path.read_text()) for path in (tmp_path / "out").iterdir()}
    assert set(files) == {"search.json", "vision-..-..-etc.json", "no-team.json"}
    assert {name: result["summary"]["outcomes"]["fail"] for name, result in files.items()} == {
        "search.json": 1,
        "vision-..-..-etc.json": 1,
        "no-team.json": 0,
    }
    assert all(result["gate"]["exitCode"] == 1 for result in files.values())
    assert json.loads(whole.read_text())["summary"]["outcomes"]["fail"] == 2


def test_a_saved_result_is_cut_too_in_any_format(azgate, document, tmp_path):
    saved = tmp_path / "all.json"
    azgate("scan", document(ESTATE), *RULE, "-o", f"json={saved}")
    run = azgate(
        "report",
        str(saved),
        "-o",
        f"html={tmp_path}/{{team}}/report.html",
        "-o",
        f"junit={tmp_path}/{{subscription}}.xml",
        "-o",
        f"console={tmp_path}/{{team}}/report.txt",
    )
    assert (run.code, run.out) == (0, "")
    assert (tmp_path / "search" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "this is the part of team search" in (tmp_path / "search" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "no-team" / "report.txt").is_file()
    assert len(list(tmp_path.glob("0*.xml"))) == 1


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (
            ["html=out/{teem}.html"],
            "unknown placeholder {teem} (known are {team}, {owner}, {subscription}, {tag:NAME})",
        ),
        (["html=out/{team}.html", "json=out/no-team.html"], "two reports would go to out/{team}.html"),
        (["html=out/{team}.html", "json=out/{owner}.html"], "two reports would go to out/{team}.html"),
    ],
)
def test_a_path_that_cannot_work_is_refused_before_anything_is_read(azgate, tmp_path, monkeypatch, outputs, words):
    monkeypatch.chdir(tmp_path)
    run = azgate("scan", "no-such-file.json", *(word for output in outputs for word in ("-o", output)))
    assert run.code == 2
    assert words in run.err


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_read(azgate, tmp_path):
    (tmp_path / "file").write_text("")
    run = azgate("scan", "no-such-file.json", "-o", f"html={tmp_path}/file/{{team}}.html")
    assert run.code == 2
    assert "cannot be written" in run.err


def test_no_team_gets_the_file_of_the_baseline(azgate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = azgate("scan", "no-such-file.json", "-o", "json=out/{team}.json", "--write-baseline", "out/known.json")
    assert run.code == 2
    assert "a report and --write-baseline would both go to out/known.json" in run.err
