"""Paths never raise anything but ValueError, and looking one up never raises at all."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from scanner.model.values import MISSING, UNKNOWN
from scanner.rules.environment import Environment
from scanner.rules.fields import member_or_field
from scanner.rules.paths import EACH, field_getter, parse_path
from tests.factories import AS_OF, make_inventory, make_resource

words = st.text(alphabet="abcXYZ09_- ", min_size=1, max_size=6)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.sampled_from(["a", "b"]), inner, max_size=3),
    max_leaves=10,
)
path_texts = st.from_regex(r"[a-c.\[\]*'\"0-9 ]{0,12}", fullmatch=True)


@given(st.text() | path_texts)
def test_a_path_is_parsed_or_refused_with_a_value_error(text):
    with contextlib.suppress(ValueError):
        keys = parse_path(text)
        assert keys
        assert all(isinstance(key, str) and key for key in keys)


@given(st.lists(words, min_size=1, max_size=4))
def test_a_plain_path_is_its_words(keys):
    if keys[0].lower() not in {"tags", "effectivetags"}:
        assert parse_path(".".join(keys)) == tuple(keys)


@given(words, words)
def test_a_quoted_key_may_hold_anything_but_its_quote(head, key):
    assert parse_path(f"x{head}['{key}.{key}']") == (f"x{head}", f"{key}.{key}")
    assert parse_path(f'x{head}["{key}]"]') == (f"x{head}", f"{key}]")


def test_an_array_mark_is_a_key_of_its_own():
    assert parse_path("properties.rateLimits[*].count") == ("properties", "rateLimits", EACH, "count")


@given(path_texts, st.dictionaries(st.sampled_from(["a", "b", "c", "tags"]), json_values))
def test_a_path_that_parses_can_be_looked_up_in_any_json(text, body):
    resource = make_resource("Microsoft.Test/things", "it", **body)
    env = Environment(make_inventory(resource), AS_OF)
    with contextlib.suppress(ValueError):
        getter = member_or_field(text, ())
        value = getter(resource, env)
        assert value is not None


def test_a_null_is_missing_and_what_lies_in_the_unknown_is_unknown():
    resource = make_resource("Microsoft.Test/things", "it", a={"b": None}, u=UNKNOWN)
    env = Environment(make_inventory(resource), AS_OF)
    assert field_getter(("a", "b"))(resource, env) is MISSING
    assert field_getter(("u", "b", "c", "d"))(resource, env) is UNKNOWN
