"""azgate as a process of its own: imports, closed streams, readers that leave early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CHOSEN, account, deployment

ROOT = Path(__file__).resolve().parents[2]
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"}
AZGATE = [sys.executable, "-m", "scanner"]
WATCHED = (
    *("azure", "requests", "urllib3", "http.client", "jinja2", "junitparser", "pydantic", "yaml", "msrest"),
    *("sqlalchemy", "alembic", "sqlite3", "psycopg"),
)


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*AZGATE, *arguments], check=False, text=True, capture_output=True, env=ENVIRON, **options)


def shell(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in which `azgate` is azgate; "$1" and so on are the arguments."""
    prefix = f'azgate() {{ "{sys.executable}" -m scanner "$@"; }}\n'
    command = ["bash", "-c", prefix + script, "bash", *arguments]
    return subprocess.run(command, check=False, text=True, capture_output=True, env=ENVIRON)


@pytest.fixture
def bad(document):
    return document([account(), *(deployment(500, f"acct/d{index}") for index in range(300))])


def modules_after(*arguments: str) -> set[str]:
    """Give which of the watched packages a run imported."""
    code = (
        "import sys, json\n"
        "from scanner.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        f"found = [name for name in {WATCHED!r} if name in sys.modules]\n"
        "sys.stderr.write('\\n' + json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, text=True, capture_output=True, env=ENVIRON
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_version_and_help_import_next_to_nothing():
    assert modules_after("--version") == set()
    assert modules_after("--help") == set()
    assert modules_after("scan", "--help") == set()


def test_an_offline_scan_imports_neither_the_sdk_nor_the_network(document):
    assert modules_after("scan", document([account()])) == {"pydantic", "yaml"}


def test_exit_codes_are_those_of_the_process(document, bad, tmp_path):
    assert run("scan", document([account()]), *CHOSEN).returncode == 0
    assert run("scan", bad).returncode == 1
    assert run("scan", str(tmp_path / "absent")).returncode == 2
    assert run("scan", document([deployment("x"), account()]), *CHOSEN).returncode == 3
    assert run("--version").stdout.startswith("azgate ")
    assert run("--debug", "scan", str(tmp_path / "absent")).returncode == 2


def test_standard_input_and_output_are_utf_8(tmp_path):
    text = json.dumps([account(tags={"team": "é鍵🔑"})], ensure_ascii=False)
    done = run("scan", "-", "-o", "json=-", input=text, encoding="utf-8")
    assert done.returncode == 1
    assert "é鍵" in done.stdout


def test_a_reader_that_leaves_early_is_no_error_and_no_pass(bad):
    for form in ("console", "json", "junit"):
        done = shell(f'set -o pipefail; azgate scan "$1" -o {form}=- | head -1', bad)
        assert done.returncode == 1, done.stderr
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == ""


def test_other_reports_are_written_although_the_reader_of_one_has_left(bad, tmp_path):
    target = tmp_path / "r.xml"
    done = shell('azgate scan "$1" -o json=- -o junit="$2" | head -c 1', bad, str(target))
    assert done.stderr == ""
    assert target.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("redirection", "code", "words"),
    [
        ("</dev/null >&-", 2, "standard output is closed"),
        pytest.param(
            ">/dev/full",
            2,
            "standard output: cannot be written: No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full"),
        ),
        (">/dev/null 2>&-", 1, ""),
        (">/dev/null <&-", 1, ""),
    ],
)
def test_closed_streams_and_full_disks_are_no_defects(bad, redirection, code, words):
    done = shell(f'azgate scan "$1" {redirection}', bad)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "defect" not in done.stderr


def test_closed_standard_input_is_said():
    done = shell("azgate scan - <&-")
    assert (done.returncode, done.stderr) == (2, "azgate: error: standard input is closed\n")


def test_a_process_substitution_is_an_output(bad):
    done = shell('azgate scan "$1" -o json=>(head -c 1 >&2; cat >/dev/null); code=$?; wait; exit $code', bad)
    assert (done.returncode, done.stderr) == (1, "{")


def test_a_yaml_bomb_does_not_kill_the_process(document, tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("[" * 200_000)
    done = run("scan", document([]), "-p", str(path))
    assert done.returncode == 2
    assert "nested more than 100 deep" in done.stderr
