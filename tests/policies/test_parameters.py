"""Overrides from the command line and from files."""

from __future__ import annotations

import pytest

from scanner.errors import ConfigError, PolicyError, ScannerError
from scanner.policies.parameters import overrides_from_flags
from scanner.policies.sections import read_parameter_file


@pytest.mark.parametrize(
    ("flag", "name", "value"),
    [
        ("a=5", "a", 5),
        ("a=5.5", "a", 5.5),
        ("a=true", "a", True),
        ("a=text", "a", "text"),
        ("a='5'", "a", "5"),
        ("a=[owner, team]", "a", ["owner", "team"]),
        ("a={environment: [dev, prod]}", "a", {"environment": ["dev", "prod"]}),
        ("a=PT30M", "a", "PT30M"),
        ("a=x=y", "a", "x=y"),
        ("a=", "a", ""),
        ("a=null", "a", None),
        (" a =5", "a", 5),
        ("a=2026-11-24", "a", "2026-11-24"),
    ],
)
def test_the_value_of_a_flag_is_yaml(flag, name, value):
    (found,) = overrides_from_flags([flag])
    assert (found.name, found.value) == (name, value)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("a", "must be NAME=VALUE"),
        ("=5", "must be NAME=VALUE"),
        ("", "must be NAME=VALUE"),
        ("a=[1", "YAML cannot be read"),
        ("a={b: 1, b: 2}", "stands twice"),
        ("a=1\n---\n2", "more than one YAML document"),
        ("a=\ud800", "is not UTF-8 text"),
        ("a=" + "[" * 5000, "nested more than 100 deep"),
    ],
)
def test_a_flag_that_cannot_be_read_is_refused(flag, words):
    with pytest.raises(ScannerError, match=words.replace("[", r"\[")):
        overrides_from_flags([flag])


def test_a_parameter_file_is_a_mapping_and_knows_where_each_value_stands():
    found = read_parameter_file(b"a: 5\nb: [x]\n", "p.yaml").overrides
    assert [(o.name, o.value, str(o.problem("is wrong"))) for o in found] == [
        ("a", 5, "p.yaml:1:1: is wrong"),
        ("b", ["x"], "p.yaml:2:1: is wrong"),
    ]
    assert read_parameter_file(b'{"a": 5}', "p.json").overrides[0].value == 5


@pytest.mark.parametrize("text", [b"", b"5", b"[a]", b"a: 1\n---\nb: 2"])
def test_a_parameter_file_of_another_shape_is_refused(text):
    with pytest.raises(PolicyError, match="one mapping of parameter names to values"):
        read_parameter_file(text, "p.yaml")


def test_a_flags_problem_names_the_flag():
    (found,) = overrides_from_flags(["a=5"])
    assert str(found.problem("is wrong", "do this")) == "--parameter a: is wrong (do this)"
    assert issubclass(ConfigError, ScannerError)
