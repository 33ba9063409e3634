"""`--history` of `scan` and `report`, and `azgate history`."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import CHOSEN, account, deployment
from tests.factories import SUBSCRIPTION
from tests.history.postgresql import running_server

BAD = [account(), deployment(500)]
BETTER = [account(), deployment(10)]


def clock(day: int) -> tuple[str, str]:
    return "--as-of", f"2026-01-{day:02}T08:00:00Z"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "history.db")


@pytest.fixture(scope="module")
def server_place() -> Iterator[str]:
    with running_server() as server:
        yield server.database()


@pytest.fixture
def scanned(azgate, document, database):
    """Give a function that scans resources on a day of January, always as the same file, into the history."""

    def scan(resources, day, *arguments):
        return azgate("scan", document(resources), *CHOSEN, *clock(day), "--history", database, *arguments)

    return scan


def listed(azgate, database, *arguments):
    return azgate("history", "list", "--history", database, "-o", "json", *arguments).result


def test_a_scan_is_stored_and_drawn_again_as_it_was(azgate, scanned, database):
    run = scanned(BAD, 1, "-o", "json=-")
    assert run.code == 1
    assert f"azgate: history {database}: run 1 stored (1 new, 0 reopened, 0 ended)" in run.err
    again = azgate("report", "--history", database, "-o", "json=-")
    assert (again.code, again.out) == (0, run.out)


def test_the_history_does_not_change_the_exit_code(scanned):
    assert scanned(BAD, 1).code == 1
    assert scanned(BETTER, 2).code == 0
    assert scanned([account(), deployment("much")], 3).code == 3


def test_list_has_a_line_for_each_run(azgate, scanned, database):
    scanned(BAD, 1)
    scanned(BETTER, 2)
    head, first, second = azgate("history", "list", "--history", database).out.splitlines()
    assert head.split() == [
        "RUN",
        "AS",
        "OF",
        "SERIES",
        "SCOPES",
        "RESOURCES",
        "OPEN",
        "UNKNOWN",
        "GAPS",
        "SCORE",
        "EXIT",
    ]
    assert first.split()[:2] == ["1", "2026-01-01T08:00:00Z"]
    assert [line.split()[-6:] for line in (first, second)] == [
        ["2", "1", "0", "0", "61", "1"],
        ["2", "0", "0", "0", "100", "0"],
    ]
    assert [(run["id"], run["openFailures"]["high"], run["exitCode"]) for run in listed(azgate, database)] == [
        (1, 1, 1),
        (2, 0, 0),
    ]


def test_show_says_what_a_run_changed(azgate, scanned, database):
    scanned(BAD, 1)
    scanned(BETTER, 3)
    scanned(BAD, 4)
    page = azgate("history", "show", "2", "--history", database).out
    assert "\nEnded\n  passes  high      openai-deployment-rate-limit  /subscriptions/" in page
    assert "  search: 2.0 days, 1 fixed\n" in page
    newest = azgate("history", "show", "--history", database).out
    assert "\nReopened\n  high      openai-deployment-rate-limit  " in newest
    assert "\nOldest of 1 open failures\n  since 2026-01-04T08:00:00Z  high" in newest
    told = azgate("history", "show", "3", "--history", database, "-o", "json").result
    assert told["run"]["id"] == 3
    [failure] = told["openFailures"]
    assert (failure["change"], failure["since"], failure["reopened"]) == ("reopened", "2026-01-04T08:00:00Z", 1)
    assert told["timeToFix"] == {"search": {"fixed": 1, "meanDays": 2.0}}


def test_diff_compares_two_runs(azgate, scanned, database):
    scanned(BETTER, 1)
    scanned(BAD, 2)
    assert azgate("history", "diff", "1", "2", "--history", database).out.startswith(
        "From 2026-01-01T08:00:00Z to 2026-01-02T08:00:00Z: 1 new, 0 fixed, 0 still open\n\nNew\n  high"
    )
    assert azgate("history", "diff", "1", "2", "--history", database, "--exit-code").code == 1
    assert azgate("history", "diff", "2", "1", "--history", database, "--exit-code").code == 0


def test_prune_says_what_it_removed(azgate, scanned, database):
    for day in (1, 2, 3):
        scanned(BAD, day)
    run = azgate("history", "prune", "--history", database, "--keep", "2")
    assert run.out.startswith("removed 1 run, 2 left\nRUN")
    assert azgate("history", "prune", "--history", database, "--older-than", "90d").out == "removed 0 runs, 2 left\n"
    assert azgate("history", "prune", "--history", database, "--keep", "1").out.startswith("removed 1 run, 1 left\n")
    assert [run["id"] for run in listed(azgate, database)] == [3]


def test_the_series_is_named_after_the_file_or_by_the_user(azgate, scanned, database, document):
    scanned(BAD, 1)
    assert "(1 new," in scanned(BAD, 1, "--history-series", "nightly").err
    assert "(0 new," in scanned(BAD, 2, "--history-series", "nightly").err
    assert [run["series"] for run in listed(azgate, database)] == [f"arm-json:{document(BAD)}", "nightly", "nightly"]
    assert [run["id"] for run in listed(azgate, database, "--history-series", "nightly")] == [2, 3]
    assert azgate("report", "--history", database, "--history-series", "absent").code == 2


def test_a_full_disk_costs_the_history_and_not_the_reports(azgate, scanned, database, document):
    scanned(BAD, 1)
    many = document([account(), *(deployment(500, f"acct/{os.urandom(20).hex()}") for _ in range(300))])
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(database).stat().st_size + 20_000, kept[1]))
    try:
        run = azgate("scan", many, *CHOSEN, *clock(2), "--history", database)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert run.code == 2
    assert "FAILED" in run.out
    assert "azgate: the reports were written; the history was not:\nazgate: error:" in run.err
    assert "nothing was stored" in run.err
    assert [one["id"] for one in listed(azgate, database)] == [1]


def test_a_history_that_cannot_be_written_is_found_before_anything_is_read(azgate, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_text("no database " * 100)
    run = azgate("scan", str(tmp_path / "absent.json"), "--history", str(broken))
    assert run.code == 2
    assert "is not a database" in run.err
    assert "absent.json" not in run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["scan", "x.json", "--history", ""], "--history must name a file"),
        (["scan", "x.json", "--history", "-"], "--history must name a file"),
        (["scan", "x.json", "--history", "mysql://x/y"], "mysql://...: unknown"),
        (["scan", "x.json", "--history-series", "a"], "name that: --history DB"),
        (["scan", "x.json", "--history", "{db}", "--history-series", " "], "1 to 200 characters"),
        (["scan", "x.json", "--history", "{db}", "--as-of", "2999-01-01"], "--as-of lies in the future"),
        (["scan", "x.json", "--history", "{db}", "-o", "json={db}"], "would both go to"),
        (["scan", "x.json", "--history", "{db}", "--write-baseline", "{db}"], "would both go to"),
        (["scan", "x.json", "--history", "{db}", "-o", "html={folder}/{team}.db"], "would both go to"),
        (["report"], "report needs a result"),
        (["report", "x.json", "--history", "{db}"], "one result at a time"),
        (["report", "x.json", "--run", "1"], "a run of which history?"),
        (["report", "--history", "{db}"], "there is no such file"),
        (["history", "list", "--history", "{db}"], "there is no such file"),
        (["history", "list", "--history", "."], "is a folder, not a file"),
        (["history", "list"], "--history"),
        (["history", "show", "0", "--history", "{db}"], "a whole number from 1"),
        (["history", "show", "x", "--history", "{db}"], "a whole number from 1"),
        (["history", "show", "12345678901", "--history", "{db}"], "a whole number from 1"),
        (["history", "prune", "--history", "{db}"], "--keep"),
        (["history", "prune", "--history", "{db}", "--keep", "0"], "a whole number from 1"),
        (["history", "prune", "--history", "{db}", "--keep", "1", "--older-than", "P1D"], "not allowed"),
        (["history", "prune", "--history", "{db}", "--older-than", "soon"], "no duration such as P90D"),
        (["history", "list", "--history", "{db}", "-o", "yaml"], "unknown format"),
    ],
)
def test_a_wrong_option_is_exit_2_and_makes_no_file(azgate, database, arguments, words):
    folder = str(Path(database).parent)
    run = azgate(*(word.replace("{db}", database).replace("{folder}", folder) for word in arguments))
    assert run.code == 2
    assert words in run.err
    assert not Path(database).exists()


def test_a_run_that_is_not_there_is_exit_2(azgate, scanned, database):
    scanned(BAD, 1)
    run = azgate("report", "--history", database, "--run", "9")
    assert (run.code, run.out) == (2, "")
    assert "there is no run 9 (runs 1 to 1; series: arm-json:" in run.err


def test_a_newer_history_is_exit_2(azgate, scanned, database):
    scanned(BAD, 1)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE azgate_history_version SET version_num = '9999'")
    connection.close()
    run = scanned(BAD, 2)
    assert run.code == 2
    assert "was written by a newer azgate" in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["history", "list", "--history", "postgresql://me:hush@127.0.0.1:1/x"],
        ["--debug", "history", "list", "--history", "postgresql://me:hush@127.0.0.1:1/x"],
        ["--debug", "scan", "x.json", "--history", "postgresql://me:hush@127.0.0.1:1/x?sslpassword=hush"],
        ["--debug", "scan", "x.json", "--history", "postgresql://me:a@hush@127.0.0.1/x"],
        ["scan", "postgresql://me:hush@127.0.0.1:1/x"],
        ["scan", "--hystory", "postgresql://me:hush@127.0.0.1:1/x"],
        ["history", "list", "postgresql://me:hush@127.0.0.1:1/x", "--history", "x.db"],
    ],
)
def test_a_password_is_never_shown(azgate, arguments, caplog):
    run = azgate(*arguments)
    assert run.code == 2
    assert "hush" not in run.out + run.err + caplog.text


def test_the_json_of_a_run_holds_no_password(azgate, document, server_place):
    assert azgate("scan", document(BAD), *CHOSEN, "--history", server_place).code == 1
    run = azgate("report", "--history", server_place, "-o", "json=-")
    assert json.loads(run.out)["gate"]["exitCode"] == 1
    assert "eyes" not in run.out + run.err
    assert "eyes" not in azgate("history", "list", "--history", server_place, "-o", "json").out


def test_names_of_subscriptions_are_stored_and_drawn_again(azgate, scanned, database):
    named = {"id": f"/subscriptions/{SUBSCRIPTION}", "displayName": "Contoso AI"}
    run = scanned([named, *BAD], 1, "-o", "json=-")
    assert run.result["scan"]["subscriptions"] == {SUBSCRIPTION: "Contoso AI"}
    again = azgate("report", "--history", database, "-o", "json=-", "--run", "1")
    assert again.out == run.out
    assert ">Contoso AI</bdi>" in azgate("report", "--history", database, "-o", "html=-").out
