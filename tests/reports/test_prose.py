from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reports.prose import Block, blocks, spans


def test_lines_flow_into_paragraphs_and_a_blank_line_ends_one():
    assert blocks("one\ntwo\n\nthree\n") == [Block("paragraph", "one two"), Block("paragraph", "three")]


def test_indented_lines_are_code_without_their_margin():
    text = "Run:\n\n    az a \\\n      --b\n\n    az c\n\nThen wait."
    assert blocks(text) == [
        Block("paragraph", "Run:"),
        Block("code", "az a \\\n  --b\n\naz c"),
        Block("paragraph", "Then wait."),
    ]


def test_code_may_follow_a_paragraph_without_a_blank_line():
    assert blocks("Run:\n  az a\nDone.") == [
        Block("paragraph", "Run:"),
        Block("code", "az a"),
        Block("paragraph", "Done."),
    ]


def test_fenced_lines_are_code():
    assert blocks("a\n```sh\naz x\n\n- y\n```\nb") == [
        Block("paragraph", "a"),
        Block("code", "az x\n\n- y"),
        Block("paragraph", "b"),
    ]


@pytest.mark.parametrize("mark", ["-", "*", "1.", "12)"])
def test_list_items_may_go_on_below(mark):
    assert blocks(f"Either:\n{mark} one\n  goes on\n{mark} two") == [
        Block("paragraph", "Either:"),
        Block("item", "one goes on"),
        Block("item", "two"),
    ]


def test_code_below_a_list_item_wants_a_blank_line():
    assert blocks("- one\n\n    az a") == [Block("item", "one"), Block("code", "az a")]


def test_backticks_mark_code():
    assert spans("set `a` or `b`.") == [(False, "set "), (True, "a"), (False, " or "), (True, "b"), (False, ".")]


@pytest.mark.parametrize("text", ["it`s", "`a` and `", "`"])
def test_a_backtick_without_a_partner_is_text(text):
    assert "".join(f"`{part}`" if code else part for code, part in spans(text)) == text


@given(st.text(st.sampled_from("ab \n\t`-1.x")))
def test_no_word_is_lost(text):
    words = "".join(block.text for block in blocks(text))
    for letter in "abx":
        assert words.count(letter) == text.count(letter) or "```" in text
