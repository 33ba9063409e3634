"""`uniqueString` and `guid`, held to values that were recorded of Azure's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.expressions.functions.hashes import FUNCTIONS

unique_string, guid = FUNCTIONS["uniquestring"].call, FUNCTIONS["guid"].call
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("tyeth",), "zcztcwvu6iyg6"),
        (("hello", "world"), "a7wkljktk6wne"),
        ((GROUP,), "js26ofeqkqeve"),
    ],
)
def test_a_unique_string_is_the_one_that_azure_makes(values, expected):
    assert unique_string(*values) == expected


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_a_unique_string_has_thirteen_letters_that_fit_any_name(values):
    found = unique_string(*values)

    assert len(found) == 13
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4))
def test_arguments_are_joined_by_hyphens(values):
    assert unique_string(*values) == unique_string("-".join(values))
    assert guid(*values) == guid("-".join(values))
