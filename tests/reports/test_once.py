from __future__ import annotations

import pytest

from scanner.model.verdict import Evidence, Outcome, Verdict
from scanner.reports.once import OncePerObject, OncePerVerdict


def verdict(*values, message="m") -> Verdict:
    return Verdict(Outcome.FAIL, message, tuple(Evidence("path", value, "expected") for value in values))


def test_an_object_is_asked_about_once_and_equal_objects_are_two():
    asked = []
    once = OncePerObject(lambda item: asked.append(item) or f"text {len(asked)}")
    first, second = ["a"], ["a"]
    assert [once(first), once(second), once(first)] == ["text 1", "text 2", "text 1"]
    assert len(asked) == 2


def test_verdicts_that_say_the_same_are_asked_about_once():
    asked = []
    once = OncePerVerdict(lambda item: asked.append(item) or f"text {len(asked)}")
    assert {once(verdict("a", 1, None)) for _ in range(3)} == {"text 1"}
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (verdict(1), verdict(True)),
        (verdict(0), verdict(False)),
        (verdict(1), verdict(1.0)),
        (verdict(0.0), verdict(-0.0)),
        (verdict("1"), verdict(1)),
        (verdict((1,)), verdict((True,))),
        (verdict([1]), verdict([2])),
        (verdict({"a": 1}), verdict({"a": 2})),
        (verdict("a"), verdict("a", "a")),
        (verdict("a"), verdict("a", message="n")),
        (verdict(), Verdict(Outcome.FAIL, "m", (Evidence("other path", "a", "expected"),))),
        (verdict("a"), Verdict(Outcome.FAIL, "m", (Evidence("path", "a", "other"),))),
    ],
)
def test_verdicts_that_look_alike_are_not_taken_for_each_other(one, other):
    once = OncePerVerdict(lambda item: repr(item.evidence) + item.message)
    assert [once(one), once(other), once(one)] == [repr(v.evidence) + v.message for v in (one, other, one)]


def test_so_many_verdicts_are_kept_and_no_more(monkeypatch):
    monkeypatch.setattr("scanner.reports.once._MOST_VERDICTS", 2)
    asked = []
    once = OncePerVerdict(lambda item: asked.append(item) or item.message)
    for _ in range(2):
        assert [once(verdict(message=text)) for text in "abc"] == ["a", "b", "c"]
    assert [item.message for item in asked] == ["a", "b", "c", "c"]
