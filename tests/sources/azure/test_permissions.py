"""Every rule of the built-in pack is tied to the permissions it needs, and the documentation says so."""

from collections import defaultdict
from pathlib import Path

from scanner.cli.doctor import rules_by_permission
from scanner.policies.loader import load_policies
from scanner.sources.azure.collectors import COLLECTORS
from scanner.sources.azure.copilot import TYPES
from scanner.sources.azure.facts import FACT_KINDS
from scanner.sources.azure.permissions import PERMISSIONS
from scanner.sources.azure.resources import unreadable_types

PAGE = Path(__file__).resolve().parents[3] / "docs" / "live-azure.md"
BEGIN = "<!-- permissions of each rule: made of the built-in pack, and held to it by a test -->\n"
END = "<!-- end of the permissions of each rule -->"


def rules():
    return [rule for file in load_policies(()) for rule in file.rules]


def test_no_type_and_no_fact_of_the_built_in_pack_is_unreadable():
    types = frozenset().union(*(rule.read_types() for rule in rules()))
    assert unreadable_types(types) == []
    assert {kind for rule in rules() for kind, _ in rule.facts} <= FACT_KINDS


def test_every_type_and_fact_that_is_read_has_a_permission():
    covered = [one for permission in PERMISSIONS for one in permission.types]
    for kind in {one.type.lower() for one in COLLECTORS} | TYPES:
        if not kind.startswith("microsoft.powerplatform/"):
            assert any(kind.startswith(one) if one.endswith("/") else kind == one for one in covered), kind
    assert {kind for permission in PERMISSIONS for kind in permission.facts} == FACT_KINDS


def test_every_rule_needs_something():
    needed = {rule for found in rules_by_permission(load_policies(())).values() for rule in found}
    assert needed == {rule.info.id for rule in rules()}


def test_the_page_says_which_rule_needs_which_permission():
    needed = defaultdict(list)
    for name, found in rules_by_permission(load_policies(())).items():
        for rule in found:
            needed[rule].append(f"`{name}`")
    table = "".join(f"| {rule} | {', '.join(needed[rule])} |\n" for rule in sorted(needed))
    expected = f"| rule | permissions |\n|---|---|\n{table}"
    text = PAGE.read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == expected, f"put this into {PAGE.name}:\n{expected}"


def test_the_page_names_every_permission_type_and_version():
    text = PAGE.read_text("utf-8")
    for permission in PERMISSIONS:
        assert f"`{permission.name}`" in text
    for collector in COLLECTORS:
        assert collector.api_version in text
        assert collector.type.rpartition("/")[2] in text
