"""`azgate diff`: two saved results."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CHOSEN, account, deployment

BAD = [account(), deployment(500), deployment(500, "acct/other")]
BETTER = [account(), deployment(10), deployment(500, "acct/other"), deployment(500, "acct/third")]


@pytest.fixture
def saved(azgate, document, tmp_path):
    """Give a function that scans resources and gives the path of the saved result."""

    def save(resources, name, *arguments):
        path = tmp_path / name
        azgate("scan", document(resources), *CHOSEN, "--as-of", "2026-01-01", *arguments, "-o", f"json={path}")
        return str(path)

    return save


def test_diff_says_what_is_new_fixed_and_still_open(azgate, saved):
    run = azgate("diff", saved(BAD, "old.json"), saved(BETTER, "new.json"))
    assert run.code == 0
    head, *rest = run.out.splitlines()
    assert head == "From 2026-01-01T00:00:00Z to 2026-01-01T00:00:00Z: 1 new, 1 fixed, 1 still open"
    assert [line for line in rest if line and not line.startswith(" ")] == ["New", "Fixed", "Still open"]
    assert [line.rpartition("/")[2] for line in rest if line.startswith(" ")] == ["third", "gpt", "other"]


def test_diff_in_json_has_every_group(azgate, saved):
    told = azgate("diff", saved(BAD, "old.json"), saved(BETTER, "new.json"), "-o", "json=-").result
    assert told["summary"] == {"new": 1, "fixed": 1, "stillOpen": 1, "waived": 0, "undecided": 0, "unseen": 0}
    [fixed] = told["fixed"]
    assert (fixed["ruleId"], fixed["severity"], fixed["why"]) == ("openai-deployment-rate-limit", "high", "passes")
    assert [len(one["fingerprint"]) for one in told["new"]] == [64]


def test_what_the_new_result_did_not_look_at_is_said_and_not_fixed(azgate, saved):
    fewer = saved(BAD, "new.json", "--exclude-rule", "openai-deployment-rate-limit")
    run = azgate("diff", saved(BAD, "old.json"), fewer)
    assert "0 new, 0 fixed, 0 still open, 2 not looked at\n" in run.out
    assert "\nNot looked at: the rule was not evaluated" in run.out


def test_the_exit_code_tells_of_new_failures_where_asked(azgate, saved):
    old, new = saved(BAD, "old.json"), saved(BETTER, "new.json")
    assert azgate("diff", old, new, "--exit-code").code == 1
    assert azgate("diff", old, old, "--exit-code").code == 0
    assert azgate("diff", old, new).code == 0


def test_one_of_the_two_may_be_standard_input(azgate, saved, tmp_path):
    old, new = saved(BAD, "old.json"), saved(BETTER, "new.json")
    with open(new, "rb") as stream:  # noqa: PTH123
        assert "1 new, 1 fixed" in azgate("diff", old, "-", stdin=stream.read()).out
    run = azgate("diff", "-", "-", stdin=b"{}")
    assert (run.code, run.err) == (2, "azgate: error: standard input can be only one of the two results\n")


def test_a_file_that_is_no_result_is_exit_2(azgate, saved, document):
    run = azgate("diff", saved(BAD, "old.json"), document({"value": []}, "other.json"))
    assert run.code == 2
    assert "other.json: this is no azgate result" in run.err


def test_a_long_group_is_cut_and_says_so(azgate, saved):
    many = [account(), *(deployment(500, f"acct/d{number:03}") for number in range(60))]
    run = azgate("diff", saved([account()], "old.json"), saved(many, "new.json"))
    assert "  and 10 more; -o json has all\n" in run.out


def test_a_time_that_is_none_reaches_no_terminal(azgate, saved, tmp_path):
    old = saved(BAD, "old.json")
    hostile = tmp_path / "hostile.json"
    hostile.write_text((tmp_path / "old.json").read_text().replace('"asOf": "2026', '"asOf": "\\u001b[1m2026'))
    assert azgate("diff", old, str(hostile)).out.startswith("From 2026-01-01T00:00:00Z to \\u001b[1m2026")
