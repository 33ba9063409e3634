from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reports.log_commands import no_command


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("a::b", "a::b"),
        ("::error::x", ": :error::x"),
        (" \t::error::x", " \t: :error::x"),
        ("a ##[error]b", "a # #[error]b"),
        ("a ##vso[x]b", "a # #vso[x]b"),
        ("a ##VSO[x]b", "a # #VSO[x]b"),
        ("###[a]", "## #[a]"),
        ("## Heading", "## Heading"),
    ],
)
def test_signs_of_commands_are_parted_and_other_text_stays(line, shown):
    assert no_command(line) == shown


@given(st.text(st.sampled_from(":#[vso] a\t"), max_size=20))
def test_nothing_that_is_left_is_a_command(line):
    shown = no_command(line)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    assert "##vso[" not in shown
    assert shown.replace(" ", "") == line.replace(" ", "")
