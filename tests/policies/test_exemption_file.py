"""Exemption files: what is refused, where it stands, and that a wrong date is read and not refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scanner.errors import ConfigError
from scanner.model.exemption import Exemption
from scanner.policies.exemption_file import read_exemptions

FILE = "exemptions.yaml"
GOOD = {
    "rules": "[rate-limit, tags-*]",
    "scope": "/subscriptions/s/resourceGroups/rg-search/*",
    "reason": "Load test until the launch.",
    "owner": "search-team@contoso.com",
    "expires": "2026-12-31",
}


def entry(**changes: Any) -> str:
    """Write an entry; None leaves a key out."""
    fields = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in fields.items()) + "\n"


def read(text: str) -> tuple[Exemption, ...]:
    return read_exemptions([(FILE, text.encode())])


def refused(*texts: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_exemptions([(f"{n}.yaml", text.encode()) for n, text in enumerate(texts)])
    return [str(problem) for problem in caught.value.problems]


def test_an_entry_is_read_with_its_place():
    first, second = read("# why\n" + entry() + entry(rules="rate-limit"))
    assert first == Exemption(
        rules=("rate-limit", "tags-*"),
        scope="/subscriptions/s/resourceGroups/rg-search/*",
        reason="Load test until the launch.",
        owner="search-team@contoso.com",
        expires="2026-12-31",
        until=date(2026, 12, 31),
        file=FILE,
        line=2,
    )
    assert second.rules == ("rate-limit",)
    assert second.place == f"{FILE}:7"


def test_json_is_yaml_too():
    [exemption] = read(
        '[{"rules": ["a"], "scope": "/x", "reason": "r", "owner": "o", "expires": "2026-12-31"}]',
    )
    assert exemption.until == date(2026, 12, 31)


def test_an_empty_list_exempts_nothing():
    assert read("[]") == ()


@pytest.mark.parametrize("expires", ["2026-12-31", "'2026-12-31'", '"2026-12-31"', "' 2026-12-31 '"])
def test_a_date_is_the_same_quoted_or_not(expires):
    [exemption] = read(entry(expires=expires))
    assert exemption.until == date(2026, 12, 31)
    assert exemption.expires == "2026-12-31"
    assert exemption.fault == ""


@pytest.mark.parametrize(
    ("expires", "shown"),
    [
        ("2026-02-30", "'2026-02-30'"),
        ("2026-13-01", "'2026-13-01'"),
        ("soon", "'soon'"),
        ("20261231", "20261231"),
        ("2026", "2026"),
        ("2026.12", "2026.12"),
        ("true", "True"),
        ("", "empty"),
        ("~", "empty"),
        ("''", "empty"),
        ("[2026-12-31]", "['2026-12-31']"),
        ("{day: 2026-12-31}", "{'day': '2026-12-31'}"),
        ("2026-12-31T00:00:00Z", "'2026-12-31T00:00:00Z'"),
        ("2026-12-31 10:00:00", "'2026-12-31 10:00:00'"),
        ("x" * 500, "'xxx"),
    ],
)
def test_a_wrong_date_is_read_never_in_force_and_explained(expires, shown):
    [exemption] = read(entry(expires=expires))
    assert exemption.until is None
    assert exemption.fault.startswith(f"expires is {shown}")
    assert exemption.fault.endswith("which is no date such as 2026-12-31")
    assert len(exemption.fault) < 130


@pytest.mark.parametrize("key", list(GOOD))
def test_every_key_must_be_there(key):
    assert refused(entry(**{key: None})) == [f"0.yaml:1:3: '{key}' is missing"]


@pytest.mark.parametrize("key", ["scope", "reason", "owner", "rules"])
@pytest.mark.parametrize("value", ["''", "'  '"])
def test_a_blank_value_is_no_value(key, value):
    [problem] = refused(entry(**{key: value}))
    assert "must not be blank" in problem
    assert key in problem


@pytest.mark.parametrize("key", ["scope", "reason", "owner"])
@pytest.mark.parametrize("value", ["~", "42", "[a]", "{a: b}", "true"])
def test_texts_must_be_texts(key, value):
    [problem] = refused(entry(**{key: value}))
    assert f"'{key}' must be a text" in problem


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("[]", "must name at least one rule"),
        ("~", "must be a list"),
        ("42", "must be a list"),
        ("{a: b}", "must be a list"),
        ("[rate-limit, '']", "'rules.1': must not be blank"),
        ("[rate-limit, 7]", "'rules.1' must be a text"),
        ("[rate-limit, ~]", "'rules.1' must be a text"),
    ],
)
def test_rules_are_a_list_of_ids(rules, words):
    [problem] = refused(entry(rules=rules))
    assert words in problem
    assert problem.startswith("0.yaml:1:")


def test_an_unknown_key_is_refused_with_its_place_and_what_was_meant():
    assert refused(entry() + entry(expire="2026-12-31")) == [
        "0.yaml:11:3: unknown key 'expire' (did you mean 'expires'?)"
    ]


def test_every_error_of_every_file_is_said_at_once():
    problems = refused(entry(owner=None, reason="''") + entry(ticket="A-1"), "- nonsense\n", "- [\n")
    assert [problem.split(":", 1)[0] for problem in problems] == ["0.yaml", "0.yaml", "0.yaml", "1.yaml", "2.yaml"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("~", "must be a list"),
        ("exemptions: []", "must be a list"),
        ("hello", "must be a list"),
        ("[]\n---\n[]\n", "more than one YAML document"),
        ("- nonsense", "must be a mapping"),
        ("- rules: *", "YAML cannot be read"),
        ("- {rules: a, rules: b}", "stands twice"),
        ("-\t- x: [", "YAML cannot be read"),
    ],
)
def test_a_broken_file_is_never_an_empty_one(text, words):
    problems = refused(text)
    assert words in problems[0]


def test_text_that_is_no_text_is_refused():
    with pytest.raises(ConfigError):
        read_exemptions([(FILE, b"\xff\xfe\x00- a")])
