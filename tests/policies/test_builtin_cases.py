"""Every case of the built-in pack is met, and every rule is seen to pass, to fail, and to be unknown."""

from __future__ import annotations

import pytest

from scanner.policy_tests.console import difference
from scanner.policy_tests.loader import load_suite
from scanner.policy_tests.run import run_case, run_suite

SUITE = load_suite(["builtin"])
NEVER_UNKNOWN: frozenset[str] = frozenset()
"""Rules that always can tell."""
CASES = [case for file in SUITE.files for case in file.cases]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.info.id}: {case.name}" for case in CASES])
def test_the_case_is_met(case):
    result = run_case(case)

    assert result.met, "\n".join(difference(result))


def test_every_rule_has_a_case_that_passes_one_that_fails_and_one_that_is_unknown():
    result = run_suite(SUITE)

    assert (result.no_pass, result.no_fail) == ((), ())
    assert set(result.no_unknown) <= NEVER_UNKNOWN
    assert result.rules == sum(len(file.rules) for file in SUITE.policies)


def test_every_policy_file_has_a_test_file_of_its_name():
    assert {file.path.replace("/tests/", "/") for file in SUITE.files} == {file.path for file in SUITE.policies}
