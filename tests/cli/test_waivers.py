"""Exemptions, baselines and tag exemptions from end to end: what the JSON says, and the exit code."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.cli import main

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg-search"
KIND = "Microsoft.CognitiveServices/accounts"
POLICY = """\
version: 1
name: demo
rules:
  - id: demo-local-auth
    title: No keys
    severity: high
    resource: Microsoft.CognitiveServices/accounts
    assert: {field: properties.disableLocalAuth, equals: true, ifMissing: unknown}
  - id: demo-owner
    title: Things have an owner
    severity: medium
    resource: Microsoft.CognitiveServices/accounts
    assert: {field: tags.owner, exists: true}
"""


def account(name: str, *, safe: bool | None = False, owner: str = "ann", **tags: str) -> dict[str, Any]:
    return {
        "id": f"{GROUP}/providers/{KIND}/{name}",
        "type": KIND,
        "name": name,
        "tags": {**({"owner": owner} if owner else {}), **tags},
        "properties": {} if safe is None else {"disableLocalAuth": safe},
    }


def exemption(**changes: Any) -> dict[str, Any]:
    good = {
        "rules": ["demo-local-auth"],
        "scope": f"{GROUP}/*",
        "reason": "Load test until the launch.",
        "owner": "search-team@contoso.com",
        "expires": "2026-12-31",
    }
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


class Run(NamedTuple):
    """What a scan gave: `result` is {} where nothing was evaluated."""

    code: int
    result: dict[str, Any]
    errors: str

    @property
    def notes(self) -> list[str]:
        notes: list[str] = self.result["scan"]["notes"]
        return notes

    def dispositions(self) -> dict[str, str]:
        """Give the disposition of everything that is no pass, by rule and name."""
        return {
            f"{finding['ruleId'].removeprefix('demo-')} {finding['resource']['name']}": finding["disposition"]
            for finding in self.result["findings"]
            if finding["outcome"] != "pass"
        }


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Scan resources in an empty folder; the policy stands in `policy.yaml`."""
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_text(POLICY)

    def run(resources: list[dict[str, Any]], *arguments: str, as_of: str = "2026-06-01") -> Run:
        Path("in.json").write_text(json.dumps(resources))
        Path("out.json").unlink(missing_ok=True)
        policy = [] if "-p" in arguments else ["-p", "policy.yaml"]
        code = main(["scan", "in.json", *policy, "--as-of", as_of, "-o", "json=out.json", *arguments])
        errors = capfd.readouterr().err
        result = json.loads(Path("out.json").read_text()) if Path("out.json").exists() else {}
        return Run(code, result, errors)

    return run


def write(name: str, content: Any) -> str:
    Path(name).write_text(content if isinstance(content, str) else json.dumps(content))
    return name


def test_an_exemption_passes_the_gate_and_the_report_says_who_why_and_until_when(scan):
    run = scan([account("chat")], "--exemptions", write("e.yaml", [exemption()]))
    assert run.code == 0
    assert run.dispositions() == {"local-auth chat": "exempted"}
    [finding] = [f for f in run.result["findings"] if f["outcome"] == "fail"]
    assert finding["exemption"] == {
        "reason": "Load test until the launch.",
        "owner": "search-team@contoso.com",
        "expires": "2026-12-31",
        "scope": f"{GROUP}/*",
    }
    assert run.result["summary"]["dispositions"] == {"new": 1, "baselined": 0, "exempted": 1}
    assert run.result["summary"]["outcomes"] == {"pass": 1, "fail": 1, "unknown": 0, "error": 0}
    assert run.notes == []


@pytest.mark.parametrize("format_", ["console", "junit", "html", "json", "sarif", "markdown", "csv", "github", "jsonl"])
def test_every_report_shows_who_why_and_until_when_and_what_is_announced(scan, format_):
    file = write("e.yaml", [exemption(), exemption(expires="2026-02-30")])
    scan([account("chat")], "--exemptions", file, "-o", f"{format_}=report")
    report = re.sub(r"\s+", " ", Path("report").read_text())
    for words in ("search-team@contoso.com", "2026-12-31", "Load test until the launch", "2026-02-30", "never exempts"):
        assert words in report


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("2026-12-31T23:59:59Z", 0),
        ("2027-01-01T00:00:00Z", 1),
        ("2027-01-01T01:00:00+02:00", 0),
        ("2026-12-31T20:00:00-08:00", 1),
    ],
)
def test_an_exemption_ends_with_its_last_day_in_utc(scan, as_of, code):
    run = scan([account("chat")], "--exemptions", write("e.yaml", [exemption()]), as_of=as_of)
    assert run.code == code
    assert bool(run.notes) is bool(code)


@pytest.mark.parametrize("expires", ["2026-05-31", "2026-02-30", "soon", "", None, 20261231, ["2026-12-31"], True])
def test_an_expired_or_malformed_date_fails_the_gate_and_is_announced(scan, expires):
    file = write("e.yaml", [{**exemption(), "expires": expires}])
    run = scan([account("chat")], "--exemptions", file)
    assert run.code == 1
    assert run.dispositions() == {"local-auth chat": "new"}
    [note] = run.notes
    assert note.startswith(f"e.yaml:1: the exemption of demo-local-auth for {GROUP}/*")
    assert note.endswith("; it is about 1 finding")


def test_several_exemption_files_count_together(scan):
    files = [write("a.yaml", [exemption()]), write("b.yaml", [exemption(rules=["demo-owner"])])]
    run = scan([account("chat", owner="")], "--exemptions", files[0], "--exemptions", files[1])
    assert run.code == 0
    assert run.dispositions() == {"local-auth chat": "exempted", "owner chat": "exempted"}


def test_exempted_unknowns_do_not_make_a_scan_incomplete(scan):
    assert scan([account("chat", safe=None)]).code == 3
    run = scan([account("chat", safe=None)], "--exemptions", write("e.yaml", [exemption()]))
    assert run.code == 0
    assert run.result["summary"]["outcomes"]["unknown"] == 1


@pytest.mark.parametrize(
    "content",
    ["", "{}", "- [", "- x", [exemption(owner=None)], [exemption(reason="  ")], [exemption(note="x")],
     [exemption(expires=None)]],
)  # fmt: skip
def test_a_broken_exemption_file_is_exit_2_and_nothing_is_evaluated(scan, content):
    run = scan([account("chat")], "--exemptions", write("e.yaml", content))
    assert run.code == 2
    assert run.result == {}
    assert "azgate: error: e.yaml" in run.errors
    assert "Traceback" not in run.errors


@pytest.mark.parametrize("option", ["--exemptions", "--baseline"])
@pytest.mark.parametrize("path", ["none.yaml", "-", "."])
def test_a_file_that_cannot_be_read_is_exit_2(scan, option, path):
    assert scan([account("chat")], option, path).code == 2


def test_an_exemption_of_a_rule_that_was_not_chosen_is_no_news_but_a_misspelt_one_is(scan):
    file = write("e.yaml", [exemption(), exemption(rules=["demo-onwer"])])
    run = scan([account("chat")], "--exemptions", file, "--rule", "demo-owner")
    [note] = run.notes
    assert "demo-onwer, which no loaded policy has" in note
    assert "did you mean 'demo-owner'?" in note


def test_an_exemption_that_matches_nothing_is_announced(scan):
    file = write("e.yaml", [exemption(scope=f"{GROUP}/*/gone")])
    run = scan([account("chat")], "--exemptions", file)
    assert run.code == 1
    assert run.notes == [
        (
            f"e.yaml:1: the exemption of demo-local-auth for {GROUP}/*/gone matches no finding: "
            "remove it, or correct its rules or its scope"
        )
    ]


def test_exemptions_and_baselines_survive_renamed_policy_files_and_reordered_rules(scan):
    resources = [account("chat"), account("other", owner="")]
    file = write("e.yaml", [exemption(scope=f"{GROUP}/*/chat")])
    first = scan(resources, "--exemptions", file, "--write-baseline", "b.json")
    head, local_auth, owner = re.split(r"(?m)^(?=  - id)", POLICY)
    Path("renamed").mkdir()
    Path("renamed/other-name.yaml").write_text(head.replace("demo", "other") + owner + local_auth)
    second = scan(resources[::-1], "--exemptions", file, "--baseline", "b.json", "-p", "renamed")
    assert first.dispositions() == {"local-auth chat": "exempted", "local-auth other": "new", "owner other": "new"}
    assert second.dispositions() == {
        "local-auth chat": "exempted", "local-auth other": "baselined", "owner other": "baselined"
    }  # fmt: skip
    assert second.code == 0


def test_a_written_baseline_does_not_change_the_verdict_of_its_own_run(scan):
    run = scan([account("chat")], "--write-baseline", "b.json")
    assert run.code == 1
    assert run.dispositions() == {"local-auth chat": "new"}
    assert json.loads(Path("b.json").read_text()) == {
        "schemaVersion": "1",
        "createdAt": "2026-06-01T00:00:00Z",
        "fingerprints": [
            {
                "fingerprint": next(f["fingerprint"] for f in run.result["findings"] if f["outcome"] == "fail"),
                "ruleId": "demo-local-auth",
                "resourceId": f"{GROUP}/providers/{KIND}/chat",
            }
        ],
    }
    assert "baseline b.json written: 1 failure (1 added, 0 dropped)" in run.errors


def test_only_new_failures_fail_the_gate_and_fixed_ones_are_listed(scan):
    scan([account("chat"), account("other")], "--write-baseline", "b.json")
    same = scan([account("chat"), account("other")], "--baseline", "b.json")
    assert same.code == 0
    assert same.notes == []
    later = scan([account("chat"), account("other", safe=True), account("third")], "--baseline", "b.json")
    assert later.code == 1
    assert later.dispositions() == {"local-auth chat": "baselined", "local-auth third": "new"}
    assert later.notes[0].startswith("b.json: 1 of 2 known failures are fixed")
    assert later.notes[1:] == [f"fixed: demo-local-auth on {GROUP}/providers/{KIND}/other"]


def test_a_resource_that_is_gone_is_fixed_one_that_cannot_be_decided_is_not(scan):
    scan([account("chat"), account("gone"), account("other")], "--write-baseline", "b.json")
    run = scan([account("chat", safe=None), account("other")], "--baseline", "b.json")
    assert run.code == 3
    assert run.dispositions() == {"local-auth chat": "new", "local-auth other": "baselined"}
    assert run.notes[1] == f"fixed: demo-local-auth on {GROUP}/providers/{KIND}/gone"
    assert "1 of 3 known failures are unknown or an error now, so not fixed" in run.notes[2]


def test_a_scan_with_other_rules_calls_nothing_fixed(scan):
    scan([account("chat")], "--write-baseline", "b.json")
    run = scan([account("chat", safe=True)], "--baseline", "b.json", "--rule", "demo-owner")
    [note] = run.notes
    assert note.startswith("b.json: 1 of 1 known failure is not seen in this scan")


def test_an_exemption_wins_over_the_baseline(scan):
    scan([account("chat")], "--write-baseline", "b.json")
    run = scan([account("chat")], "--baseline", "b.json", "--exemptions", write("e.yaml", [exemption()]))
    assert run.code == 0
    assert run.dispositions() == {"local-auth chat": "exempted"}
    assert run.notes == []


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"schemaVersion": "1"}', '{"schemaVersion": "2"}'])
@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_a_broken_baseline_is_exit_2_and_stays_as_it_is(scan, content, option):
    more = ["--merge-baseline"] if option == "--write-baseline" else []
    run = scan([account("chat")], option, write("b.json", content), *more)
    assert run.code == 2
    assert run.result == {}
    assert "b.json" in run.errors
    assert "Traceback" not in run.errors
    assert Path("b.json").read_text() == content


def names(file: str = "b.json") -> list[str]:
    return [entry["resourceId"].rpartition("/")[2] for entry in json.loads(Path(file).read_text())["fingerprints"]]


def test_an_existing_baseline_is_never_changed_without_being_told(scan):
    scan([account("chat")], "--write-baseline", "b.json")
    before = Path("b.json").read_bytes()
    run = scan([account("chat"), account("other")], "--write-baseline", "b.json")
    assert run.code == 2
    assert run.result == {}
    assert "--merge-baseline" in run.errors
    assert "--prune-baseline" in run.errors
    assert Path("b.json").read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["b.json", "in.json", "policy.yaml"]


def test_a_baseline_that_would_only_lose_entries_is_not_changed_either(scan):
    scan([account("chat"), account("other")], "--write-baseline", "b.json")
    run = scan([account("chat")], "--write-baseline", "b.json")
    assert run.code == 2
    assert "0 failures of this scan would be added, 1 dropped" in run.errors
    assert names() == ["chat", "other"]


def test_writing_the_same_baseline_again_leaves_the_file_and_its_date(scan):
    scan([account("chat")], "--write-baseline", "b.json")
    before = Path("b.json").read_bytes()
    for flags in ([], ["--merge-baseline"], ["--prune-baseline"]):
        run = scan([account("chat")], "--write-baseline", "b.json", *flags, as_of="2026-07-01")
        assert run.code == 1
        assert "up to date" in run.errors
        assert Path("b.json").read_bytes() == before


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--merge-baseline"], ["chat", "gone", "new"]),
        (["--prune-baseline"], ["chat"]),
        (["--merge-baseline", "--prune-baseline"], ["chat", "new"]),
    ],
)
def test_merge_and_prune_do_what_they_say(scan, flags, expected):
    scan([account("chat"), account("gone")], "--write-baseline", "b.json")
    later = [account("chat"), account("new")]
    run = scan(later, "--baseline", "b.json", "--write-baseline", "b.json", *flags, as_of="2026-07-01")
    assert run.code == 1
    assert run.dispositions() == {"local-auth chat": "baselined", "local-auth new": "new"}
    assert names() == expected
    assert json.loads(Path("b.json").read_text())["createdAt"] == "2026-07-01T00:00:00Z"


def test_merging_into_a_file_that_is_not_there_writes_it_pruning_one_is_refused(scan):
    assert scan([account("chat")], "--write-baseline", "sub/b.json", "--merge-baseline").code == 1
    assert names("sub/b.json") == ["chat"]
    scan([account("chat")], "--write-baseline", "both.json", "--merge-baseline", "--prune-baseline")
    assert names("both.json") == ["chat"]
    run = scan([account("chat")], "--write-baseline", "none.json", "--prune-baseline")
    assert run.code == 2
    assert not Path("none.json").exists()


def test_what_is_exempted_is_not_written_into_a_baseline(scan):
    file = write("e.yaml", [exemption(scope=f"{GROUP}/*/chat")])
    scan([account("chat"), account("other")], "--exemptions", file, "--write-baseline", "b.json")
    assert names() == ["other"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--merge-baseline"],
        ["--prune-baseline"],
        ["--write-baseline", "-"],
        ["--write-baseline", ""],
        ["--write-baseline", "."],
        ["--write-baseline", "out.json"],
        ["--write-baseline", "./x/../out.json"],
        ["--write-baseline", "in.json"],
    ],
)
def test_a_baseline_that_cannot_be_written_is_exit_2_before_anything_is_read(scan, arguments):
    run = scan([account("chat")], *arguments)
    assert run.code == 2
    assert run.result == {}
    assert "azgate: error: " in run.errors


EXEMPT = {"Azgate-Exempt": "demo-local-*; until=2026-12-31; Old client; it goes in May"}


def test_a_tag_exempts_only_where_it_is_allowed_to(scan):
    resources = [account("chat", **EXEMPT), account("other")]
    ignored = scan(resources)
    assert ignored.dispositions() == {"local-auth chat": "new", "local-auth other": "new"}
    assert ignored.notes == [
        (
            "1 resource with failures bears the tag azgate-exempt, which counts only with --allow-tag-exemptions: "
            f"{GROUP}/providers/{KIND}/chat"
        )
    ]
    counted = scan(resources, "--allow-tag-exemptions")
    assert counted.code == 1
    assert counted.dispositions() == {"local-auth chat": "exempted", "local-auth other": "new"}
    [finding] = [f for f in counted.result["findings"] if f["disposition"] == "exempted"]
    assert finding["exemption"] == {
        "reason": "Old client; it goes in May",
        "owner": "ann",
        "expires": "2026-12-31",
        "scope": f"{GROUP}/providers/{KIND}/chat",
    }
    assert counted.notes == ["1 finding is exempted by resource tags"]


@pytest.mark.parametrize("as_of", ["2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"])
def test_a_tag_ends_with_its_last_day(scan, as_of):
    run = scan([account("chat", **EXEMPT)], "--allow-tag-exemptions", as_of=as_of)
    assert run.code == (0 if as_of.startswith("2026") else 1)


def test_a_saved_result_keeps_its_dispositions(scan, capfd):
    scan([account("chat")], "--exemptions", write("e.yaml", [exemption()]))
    assert main(["report", "out.json", "-o", "json=again.json"]) == 0
    assert json.loads(Path("again.json").read_text()) == json.loads(Path("out.json").read_text())


RESOURCES = [account("chat"), account("other", owner=""), account("maybe", safe=None), account("good", safe=True)]
WORDS = st.sampled_from(
    ["demo-local-auth", "DEMO-*", "*", f"{GROUP}/*", "2026-12-31", "2020-01-01", "soon", "", "[", "?"]
)
ENTRIES = st.fixed_dictionaries(
    {"rules": WORDS | st.lists(WORDS, max_size=2), "scope": WORDS, "reason": WORDS, "owner": WORDS, "expires": WORDS}
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRIES | st.just(exemption()), max_size=3))
def test_no_exemption_file_turns_a_finding_into_a_pass_or_hides_one(scan, entries):
    plain = scan(RESOURCES)
    run = scan(RESOURCES, "--exemptions", write("e.yaml", entries))
    if run.code == 2:
        assert run.result == {}
        return
    assert run.result["summary"]["outcomes"] == plain.result["summary"]["outcomes"]
    assert run.result["summary"]["failuresBySeverity"] == plain.result["summary"]["failuresBySeverity"]

    def seen(result: dict[str, Any]) -> Counter[tuple[str, str]]:
        return Counter((finding["fingerprint"], finding["outcome"]) for finding in result["findings"])

    assert seen(run.result) == seen(plain.result)
    assert sum(run.result["summary"]["dispositions"].values()) == len(plain.result["findings"])
