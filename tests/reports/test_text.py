from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reports.text import cells, escape_unsafe, one_line, visible, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb", "a\nb"),
        ("\x1b[31m", r"\u001b[31m"),
        ("\x9b", r"\u009b"),
        ("\u202eabc\u2069", r"\u202eabc\u2069"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\udb40\udc41"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("Ünïcödé 客户 👩\u200d💻 می\u200cشود", "Ünïcödé 客户 👩\u200d💻 می\u200cشود"),
    ],
)
def test_unsafe_characters_show_and_others_stay(text, shown):
    assert visible(text) == shown


def test_one_line_has_one_space_for_each_run_of_white_space():
    assert one_line("  a\n\n b\t\x0bc ") == r"a b \u000bc"


def test_an_escaped_character_is_escaped_once():
    assert escape_unsafe(escape_unsafe("\x1b")) == r"\u001b"


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("客户", 4), ("e\u0301", 1), ("", 0), ("\uff57", 2)])
def test_cells_are_terminal_columns(text, width):
    assert cells(text) == width


def test_words_are_kept_whole_and_long_ones_broken():
    assert wrap("aa bb cccccccc d", 5) == ["aa bb", "ccccc", "ccc d"]


def test_lines_after_the_first_leave_room_to_hang():
    assert wrap("aaaa bbbb cc", 4, hang=1) == ["aaaa", "bbb", "b", "cc"]


def test_an_id_is_broken_before_its_slashes():
    assert wrap("/aaa/bbb/ccc", 9, breaks="/") == ["/aaa/bbb", "/ccc"]


@given(st.text(st.sampled_from("ab /客e\u0301"), max_size=60), st.integers(2, 12))
def test_wrapping_fits_and_loses_nothing(text, width):
    lines = wrap(one_line(text), width)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert "".join(wrap(one_line(text), width, breaks="/")) == one_line(text)
