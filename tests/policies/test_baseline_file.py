"""Baseline files: written sorted, read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ConfigError
from scanner.model.baseline import Baseline, BaselineEntry
from scanner.model.result import fingerprint
from scanner.policies.baseline_file import read_baseline, write_baseline

ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/chat"


def document(**changes: Any) -> dict[str, Any]:
    """Give a good document with changes; None leaves a key out."""
    good = {
        "schemaVersion": "1",
        "createdAt": "2026-01-01T00:00:00Z",
        "fingerprints": [{"fingerprint": fingerprint("a", ID), "ruleId": "a", "resourceId": ID}],
    }
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


def entry(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**document()["fingerprints"][0], **changes}.items() if value is not None}


def refused(value: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_baseline(value, "baseline.json")
    return [str(problem) for problem in caught.value.problems]


def test_a_baseline_is_read():
    baseline = read_baseline(document(), "baseline.json")
    assert baseline == Baseline("2026-01-01T00:00:00Z", (BaselineEntry("a", ID),), "baseline.json")


def test_a_baseline_is_written_sorted_by_rule_and_resource():
    entries = [BaselineEntry("b", ID), BaselineEntry("a", f"{ID}2"), BaselineEntry("a", ID), BaselineEntry("a", ID)]
    text = write_baseline(Baseline("2026-01-01T00:00:00Z", tuple(entries)))
    written = json.loads(text)
    assert list(written) == ["schemaVersion", "createdAt", "fingerprints"]
    assert written["schemaVersion"] == "1"
    assert [(e["ruleId"], e["resourceId"]) for e in written["fingerprints"]] == [("a", ID), ("a", f"{ID}2"), ("b", ID)]
    assert written["fingerprints"][0]["fingerprint"] == fingerprint("a", ID)
    assert text.endswith("}\n")


def test_ids_of_another_spelling_have_the_same_fingerprint():
    baseline = read_baseline(document(fingerprints=[entry(resourceId=ID.upper() + "/")]), "baseline.json")
    assert list(baseline.by_fingerprint) == [fingerprint("a", ID)]


def test_what_a_later_azgate_may_add_is_passed_over():
    later = document(note="hi", fingerprints=[entry(severity="high")])
    assert len(read_baseline(later, "baseline.json").entries) == 1


def test_an_empty_baseline_is_one_that_says_so():
    assert read_baseline(document(fingerprints=[]), "baseline.json").entries == ()


@pytest.mark.parametrize("value", [None, [], "x", 1, {}, {"fingerprints": []}, {"version": "1"}])
def test_what_has_no_schema_version_is_no_baseline(value):
    [problem] = refused(value)
    assert "this is no baseline" in problem
    assert problem.startswith("baseline.json: ")


@pytest.mark.parametrize("version", ["2", 1, 1.0, ["1"], "", "1.0"])
def test_another_schema_version_is_refused(version):
    [problem] = refused(document(schemaVersion=version))
    assert "schemaVersion is" in problem
    assert "reads '1'" in problem


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (document(createdAt=None), "it has no `createdAt`"),
        (document(createdAt="yesterday"), '`createdAt` is "yesterday", which is no timestamp'),
        (document(createdAt=1767225600), "which is no timestamp"),
        (document(fingerprints=None), "it has no `fingerprints`"),
        (document(fingerprints={}), "`fingerprints` is no array"),
        (document(fingerprints="abc"), "`fingerprints` is no array"),
        (document(fingerprints=["abc"]), "`fingerprints[0]` is no object"),
        (document(fingerprints=[entry(fingerprint=None)]), "`fingerprints[0]` has no `fingerprint`"),
        (document(fingerprints=[entry(ruleId=None)]), "`fingerprints[0]` has no `ruleId`"),
        (document(fingerprints=[entry(resourceId=None)]), "`fingerprints[0]` has no `resourceId`"),
        (document(fingerprints=[entry(resourceId=7)]), "`fingerprints[0].resourceId` is 7, not a text"),
        (document(fingerprints=[entry(ruleId=" ")]), '`fingerprints[0].ruleId` is " ", not a text'),
        (document(fingerprints=[entry(fingerprint="abc")]), "not 64 hexadecimal digits"),
        (document(fingerprints=[entry(fingerprint="g" * 64)]), "not 64 hexadecimal digits"),
        (document(fingerprints=[entry(fingerprint="a" * 64)]), "is not that of its ruleId and resourceId"),
        (document(fingerprints=[entry(ruleId="b")]), "is not that of its ruleId and resourceId"),
    ],
)
def test_what_is_wrong_is_named(value, words):
    assert words in refused(value)[0]


def test_many_faults_are_cut_and_counted():
    problems = refused(document(fingerprints=["x"] * 100))
    assert len(problems) == 21
    assert problems[-1] == "baseline.json: and 80 more are wrong"


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)).filter(lambda pair: all(map(str.strip, pair)))))
def test_what_is_written_is_read_back(pairs):
    baseline = Baseline("2026-01-01T00:00:00Z", tuple(BaselineEntry(rule, resource) for rule, resource in pairs))
    again = read_baseline(json.loads(write_baseline(baseline)), "baseline.json")
    assert again.by_fingerprint == baseline.by_fingerprint
