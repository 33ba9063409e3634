from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scanner.model.history import Fixed, History, Run
from scanner.model.inventory import Gap, GapReason
from scanner.model.result import Gate, Waiver
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports import render
from scanner.reports.markdown import LIMIT
from scanner.reports.markdown_text import code, prose, sentence
from scanner.reports.prose import spans
from scanner.reports.text import one_line

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = (
    "*",
    "_",
    "`",
    "``",
    "~~",
    "[a](b)",
    "![a](b)",
    "<b>",
    "<!-- x -->",
    "&amp;",
    "&",
    "|",
    "\\",
    "# h",
    "- i",
    "+ i",
    "1. i",
    "1) i",
    "> q",
    "===",
    "---",
    "    code",
    "@contoso",
    "#12",
    "GH-12",
    "http://x.example",
    "www.x.example",
    "$x$",
    "\n\n",
    ":",
    "</details>",
    "客户",
    "خدمة",
    "\u202e",
    "\ud800",
)
any_text = st.one_of(
    st.text(max_size=40),
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=3)), max_size=8).map("".join),
    st.lists(st.sampled_from(HOSTILE), max_size=8).map(" ".join),
)


class _Reader(HTMLParser):
    """What a browser makes of a page: its tags, its text, and the runs of text outside code."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.runs: list[str] = [""]
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.depth += tag in {"code", "pre"}
        self.runs.append("")

    def handle_endtag(self, tag):
        self.depth -= tag in {"code", "pre"}
        self.runs.append("")

    def handle_data(self, data):
        self.text += data
        self.runs[-1] += "" if self.depth else data

    def handle_comment(self, data):
        self.tags.append("comment")


def seen(markdown: str) -> _Reader:
    reader = _Reader()
    reader.feed(MARKDOWN.render(markdown))
    reader.close()
    return reader


def links(reader: _Reader) -> list[str]:
    """What GitHub makes links of in text once it is HTML."""
    return [run for run in reader.runs if re.search(r"@\w|#\w|\bGH-\d", run, re.IGNORECASE)]


@given(any_text)
@example("1. a @b #1")
@example("`` ` ``")
@example("`")
@example("a`b`c`")
@example("`0``0`")
@example("`` #")
def test_a_sentence_shows_its_text_and_does_nothing_else(text):
    page = seen(f"- {sentence(text)}")
    wanted = "".join(part for _, part in spans(one_line(text)))
    assert "".join(page.text.split()) == "".join(wanted.split())
    assert set(page.tags) <= {"ul", "li", "code", "span"}
    assert links(page) == []


@given(any_text)
def test_code_shows_its_text_as_code(text):
    page = seen(f"- {code(text)}")
    assert page.text.strip() == one_line(text)
    assert page.tags == ["ul", "li", "code"]
    assert links(page) == []


@given(any_text)
def test_prose_is_paragraphs_items_and_code(text):
    page = seen(prose(text))
    assert set(page.tags) <= {"p", "ul", "li", "code", "pre", "span"}
    assert links(page) == []


def test_prose_keeps_commands_whole():
    page = seen(prose("Run:\n\n    az a \\\n      --b\n\n- or `az c`"))
    assert page.tags == ["p", "pre", "code", "ul", "li", "code"]
    assert "az a \\\n  --b\n" in page.text


def test_long_text_is_cut_with_an_ellipsis():
    assert code("x" * 400) == f"`{'x' * 299}…`"
    assert sentence("x" * 600) == "x" * 499 + "…"


@pytest.mark.parametrize(
    ("exit_code", "line"), [(0, "## ✅ azgate: passed"), (1, "## ❌ azgate: failed"), (3, "## ⚠️ azgate: incomplete")]
)
def test_the_decision_stands_first(make, exit_code, line):
    text = render("markdown", make.result([], gate=Gate("low", exit_code, "for a reason")))
    assert text.splitlines()[:3] == [line, "", "for a reason"]


def test_it_renders_as_parts_that_open(result):
    text = render("markdown", result)
    page = seen(text)
    assert page.tags.count("details") == page.tags.count("summary") == text.count("</details>") == 8
    assert text.count("<details open>") == 1
    assert re.findall(r"<b>(.+?)</b>", text) == [
        "New failures (7)",
        "Rules that crashed (1)",
        "Could not be decided (1)",
        "Gaps: could not be read (3)",
        "Exempted (2)",
        "Baselined (1)",
        "Rules that were not evaluated (1)",
        "Notes (2)",
    ]
    assert "script" not in page.tags
    assert links(page) == []


@pytest.mark.parametrize(("count", "opened"), [(10, 1), (11, 0)])
def test_few_new_failures_are_shown_without_a_click(make, count, opened):
    findings = [make.finding(make.rule("r"), make.resource(f"/{number}")) for number in range(count)]
    assert render("markdown", make.result(findings)).count("<details open>") == opened


def test_the_table_counts_new_failures_by_severity(result):
    assert "| **new failures** | 1 | 3 | 3 | 0 | 0 |" in render("markdown", result)


def test_a_resource_has_its_place_and_its_fix_in_a_sentence(result):
    assert (
        "- **`ml-vision/gpu-cluster`** in `rg-vision` · `infra/plan.json:42` · "
        "`module.vision.azurerm_machine_learning_compute_cluster.gpu`<br>`/subscriptions/"
    ) in render("markdown", result)
    assert "It keeps 2 nodes when idle.<br>*Fix:* Set the least number of nodes to 0." in render("markdown", result)


def test_what_changed_since_the_run_before_is_said_where_it_is_known(make):
    fixed = [Fixed(word, "r", "/a", Severity.LOW, "", "2026-01-01", word) for word in ("passes", "gone", "waived")]
    history = History(runs=(), new=frozenset("ab"), reopened=frozenset("c"), fixed=tuple(fixed))
    made = make.result([])
    assert "Since the run before" not in render("markdown", made)
    text = render("markdown", dataclasses.replace(made, history=history))
    assert "Since the run before: 2 new, 1 reopened, 2 fixed." in text


def test_a_first_run_has_no_run_before(make):
    first_run = Run(1, "2026-11-17T10:00:00Z", "2026-11-17T10:00:00Z", "1", (), (), 1, 1, {}, {}, 0, 1)
    made = dataclasses.replace(make.result([]), history=History(runs=(first_run,), new=frozenset("ab")))
    assert "Since the run before" not in render("markdown", made)


def shown_and_hidden(text: str) -> tuple[int, int, int]:
    """Give how many findings and gaps are shown, how many their parts say are not, and what the top says."""
    shown = len(re.findall(r"^(?:  - \*\*|- \*\*timeout)", text, re.MULTILINE))
    hidden = sum(map(int, re.findall(r"^- \*(\d+) (?:more )?not shown here\*$", text, re.MULTILINE)))
    top = re.findall(r"\*\*(\d+) findings, gaps or notes are not shown here\*\*", text)
    return shown, hidden, int(top[0]) if top else 0


@pytest.mark.parametrize("name", ["thing", "客" * 200, "👩" * 200, "|`@<" * 50])
@pytest.mark.parametrize("count", [10, 1000, 20_000])
def test_it_is_never_too_long_and_what_is_not_shown_is_counted(make, name, count):
    rules = [make.rule(f"r{number}", remediation=f"{name}.") for number in range(3)]
    waiver = Waiver("Because.", "me", "2026-12-31", "*")
    findings = [
        make.finding(rules[number % 3], make.resource(f"/{name}/{number // 3}"), outcome, name, **answer)
        for number in range(count // 4)
        for outcome, answer in (
            (Outcome.FAIL, {}),
            (Outcome.UNKNOWN, {}),
            (Outcome.FAIL, {"disposition": Disposition.EXEMPTED, "exemption": waiver}),
        )
    ]
    gaps = tuple(Gap(f"/{name}/{number}", name, GapReason.TIMEOUT, name) for number in range(count // 4))
    text = render("markdown", make.result(findings, gaps))
    assert len(text.encode("utf-16-le")) // 2 <= LIMIT < 65_536
    shown, hidden, top = shown_and_hidden(text)
    assert hidden == top
    assert shown + hidden == len(findings) + len(gaps)
    assert shown >= min(8, count // 2)
    assert seen(text).tags.count("details") == text.count("</details>") == 4


def test_a_resource_with_very_much_wrong_does_not_crowd_out_the_others(make):
    rules = [make.rule(f"r{number:03}") for number in range(500)]
    findings = [make.finding(rule, make.resource("/crowded")) for rule in rules]
    text = render("markdown", make.result([*findings, make.finding(rules[0], make.resource("/other"))]))
    assert shown_and_hidden(text) == (21, 480, 480)
    assert "`/other`" in text
