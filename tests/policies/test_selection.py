"""--rule and --exclude-rule."""

from __future__ import annotations

import pytest

from scanner.errors import ConfigError
from scanner.policies.loader import load_policies
from scanner.policies.selection import select

PACK = load_policies([])
ALL = [rule.info.id for file in PACK for rule in file.rules]


def chosen(rules=(), excluded=()):
    return [rule.info.id for file in select(PACK, rules, excluded) for rule in file.rules]


@pytest.mark.parametrize(
    ("rules", "excluded", "expected"),
    [
        ([], [], ALL),
        (["required-tags"], [], ["required-tags"]),
        (["REQUIRED-TAGS"], [], ["required-tags"]),
        (["*tag*"], [], [name for name in ALL if "tag" in name]),
        (
            ["ml-*", "required-tags"],
            ["*-time-*"],
            [n for n in ALL if n == "required-tags" or (n.startswith("ml-") and "-time-" not in n)],
        ),
        (["openai-ptu-?onprod"], [], ["openai-ptu-nonprod"]),
        (["ml-[ij]*-*"], ["ml-job*"], [n for n in ALL if n.startswith("ml-i")]),
        ([], ["*"[:0] + "ml-*"], [name for name in ALL if not name.startswith("ml-")]),
    ],
)
def test_patterns_choose_rules(rules, excluded, expected):
    assert chosen(rules, excluded) == expected


def test_files_without_a_chosen_rule_take_no_part():
    assert [file.path for file in select(PACK, ["required-tags"], [])] == ["builtin/tagging.yaml"]


@pytest.mark.parametrize(
    ("rules", "excluded"), [(["requird-tags"], []), ([], ["requird-tags"]), (["required-tags", "requird-tags"], [])]
)
def test_a_pattern_that_matches_nothing_is_refused_with_a_suggestion(rules, excluded):
    with pytest.raises(ConfigError, match=r"no rule has this id \(did you mean 'required-tags'\?\)"):
        chosen(rules, excluded)


def test_choosing_nothing_at_all_is_refused():
    with pytest.raises(ConfigError, match="leave no rule to evaluate"):
        chosen(["required-tags"], ["required-*"])
