"""Names of files that are made of tags: any script, no way out of the folder, no two values in one file."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reports.file_names import file_names


def name_of(value: str) -> str:
    return file_names({value}, "no-team")[value]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("search", "search"),
        ("Data Science", "Data-Science"),
        ("search-team@contoso.com", "search-team@contoso.com"),
        ("Größe", "Größe"),
        ("検索チーム", "検索チーム"),
        ("हिन्दी", "हिन्दी"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "f0e4c2f7"),
        ("a/b\\c:d", "a-b-c-d"),
        ("-rf", "rf"),
        ("x\u202egpj.exe", "x-gpj.exe"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("", "no-team"),
    ],
)
def test_a_name_keeps_what_is_safe(value, name):
    if value == "..":
        assert len(name_of(value)) == 8
    else:
        assert name_of(value) == name


def test_values_that_a_file_system_may_take_for_the_same_get_different_names():
    values = {"Search", "search", "a b", "a-b", "e\u0301", "\u00e9", "\u212b", "\u00e5", "no-team", "No Team", ""}
    names = file_names(values, "no-team")
    folded = {unicodedata.normalize("NFKC", name).casefold() for name in names.values()}
    assert len(folded) == len(values)
    assert names[""] == "no-team"


def test_long_names_that_begin_alike_stay_apart_and_short():
    names = file_names({"検" * 500, "検" * 501}, "no-team")
    assert len(set(names.values())) == 2
    assert all(len(name.encode()) <= 130 for name in names.values())


def test_the_name_of_a_value_does_not_depend_on_the_others_where_it_is_its_own():
    assert file_names({"search", "vision"}, "no-team")["search"] == name_of("search")


ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=300)


@given(st.sets(ANY_TEXT, max_size=8))
def test_any_values_get_names_that_are_safe_and_differ(values):
    names = file_names(values, "no-team")
    assert set(names) == values
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names.values()}) == len(values)
    for name in names.values():
        assert 0 < len(name.encode()) <= 140
        assert not set(name) & set('/\\:*?"<>|\0\n')
        assert name.strip(". ") == name


def test_a_value_that_is_what_another_one_is_called_with_its_hash_gets_another_name():
    taken = file_names({"Search", "search"}, "no-team")["search"]
    again = file_names({"Search", "search", taken}, "no-team")[taken]
    names = file_names({"Search", "search", taken, again}, "no-team")
    assert names["search"] == taken
    assert len({name.casefold() for name in names.values()}) == 4


def test_a_name_is_as_short_as_asked_for():
    names = file_names({"x" * 300, "y"}, "no-team", 20)
    assert names["y"] == "y"
    assert names["x" * 300].startswith("x" * 20 + "-")
    assert len(names["x" * 300]) == 29
