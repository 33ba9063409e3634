from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from scanner.assets import asset_folder
from scanner.model.result import Gate
from scanner.model.score import DEFINITION, score
from scanner.model.verdict import Disposition, Outcome
from scanner.reports import render
from scanner.reports.maturity import MATURITY
from tests.reports.conftest import RATE_LIMIT, make_finding, make_resource, make_result

VOID = {"meta", "link", "input", "rect"}


class Page(HTMLParser):
    """Elements as (tag, attributes, text), and whether every one was closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.open: list[tuple[str, int]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data):
        for _, at in self.open:
            self.texts[at] = self.texts.get(at, "") + data

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (found, " ".join(self.texts.get(at, "").split()))
            for at, (name, found) in enumerate(self.elements)
            if name == tag and all(found.get(key.strip("_")) == value for key, value in attributes.items())
        ]


@pytest.fixture
def page(result) -> Page:
    return Page(render("html", result))


def test_every_element_is_closed(page):
    assert page.open == []


def test_nothing_is_asked_for_from_outside(page):
    asking = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "style"}
    for tag, attributes in page.elements:
        assert not asking & attributes.keys(), tag
        assert tag not in {"iframe", "object", "embed", "base", "img", "audio", "video"}
    assert [attributes["href"] for attributes, _ in page.all("link")] == ["data:,"]
    css = page.all("style")[0][1]
    assert "url(" not in css
    assert "@import" not in css


def test_hostile_text_stays_text(page):
    assert [attributes.get("type") for attributes, _ in page.all("script")] == ["application/json", None]
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
    targets = {attributes["href"] for attributes, _ in page.all("a")}
    assert all(target.startswith(("https://", "http://", "#")) for target in targets), targets
    assert 'https://example.com/"onmouseover="alert(1)' in targets
    assert "javascript:alert(1)" in page.all("body")[0][1]


@pytest.mark.parametrize(
    "reference",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "https:",
        "//x.y",
        "https://[x",
        "ftp://x",
        "x",
        "",
        "https://x.y/\u202e",
    ],
)
def test_only_web_addresses_become_links(make, reference):
    finding = make.finding(make.rule("r", references=(reference,)), make.resource("/a"))
    page = Page(render("html", make.result([finding])))
    assert [attributes for attributes, _ in page.all("a") if not str(attributes["href"]).startswith("#")] == []


def test_data_ends_no_script_and_opens_no_comment(result):
    text = render("html", result)
    data = re.search(r'<script type="application/json" id="_data">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert "<" not in data[1]
    texts = json.loads(data[1])["texts"]
    assert "</script><script>alert(1)</script>" in texts
    assert not [one for one in texts if "\ud800" in one or "\u202e" in one]


def test_links_to_outside_tell_nobody_where_they_come_from(page):
    links = [attributes for attributes, _ in page.all("a") if str(attributes["href"]).startswith("http")]
    assert links
    assert {link.get("rel") for link in links} == {"noreferrer"}


def test_the_content_security_policy_allows_our_style_and_script_and_nothing_else(result):
    text = render("html", result)
    page = Page(text)
    policy = next(a for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in str(policy["content"]).split("; "))
    assert rules["default-src"] == "'none'"
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        digest = b64encode(sha256(inside[1].encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert "unsafe" not in str(rules)


@pytest.mark.parametrize(("code", "word"), [(0, "Passed"), (1, "Failed"), (3, "Incomplete")])
def test_the_decision_and_its_reason_stand_at_the_top(make, code, word):
    page = Page(render("html", make.result([], gate=Gate("high", code, "because of this"))))
    headings = [text for tag in ("h1", "h2") for _, text in page.all(tag)]
    assert headings[:2] == ["AI governance report", word]
    assert "because of this" in page.all("section", class_=f"verdict {word.lower()}")[0][1]


def test_the_numbers_stand_at_the_top(page):
    tiles = page.all("ul", class_="tiles")[0][1]
    assert tiles.startswith("7 new failures + 2 exempted or baselined 1 error rules that crashed")
    for wanted in ("1 unknown", "3 gaps", "6 passes", "2 exempted", "1 baselined", "1 rule not evaluated"):
        assert wanted in tiles


def test_every_link_within_the_page_leads_somewhere(page):
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    targets = {str(a["href"])[1:] for a, _ in page.all("a") if str(a["href"]).startswith("#")}
    assert targets <= ids
    assert {"_failures", "_errors", "_unknowns", "_gaps", "_passes", "_not-evaluated"} <= targets


def test_every_finding_and_rule_has_an_address_of_its_own(page, result):
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {finding.fingerprint for finding in result.findings} <= ids
    assert {rule.id for rule in result.rules} <= ids


def test_the_page_takes_no_id_that_a_rule_may_have(page, result):
    ids = {str(attributes["id"]) for _, attributes in page.elements if "id" in attributes}
    own = ids - {finding.fingerprint for finding in result.findings} - {rule.id for rule in result.rules}
    assert own
    assert all(name.startswith("_") for name in own), own


def test_without_javascript_nothing_is_hidden_but_its_controls(page):
    hidden = [(tag, attributes.get("id")) for tag, attributes in page.elements if "hidden" in attributes]
    assert hidden == [("form", "_filter"), ("p", "_more")]


def test_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_own_and_inherited_tags_are_told_apart(page):
    tags = {text for attributes, text in page.all("span") if "tag" in str(attributes.get("class")).split()}
    assert "environment: prod" in tags
    assert "cost-center: 4711 (inherited)" in tags


def test_commands_and_backticks_are_code(page):
    assert any(text.startswith("az cognitiveservices account deployment create") for _, text in page.all("pre"))
    assert "rateLimits" in {text for _, text in page.all("code")}


def test_evidence_is_open_in_a_short_report_only(make):
    rule = make.rule("r")

    def details(count: int) -> set[bool]:
        findings = [make.finding(rule, make.resource(f"/{n}")) for n in range(count)]
        page = Page(render("html", make.result(findings)))
        return {"open" in a for a, text in page.all("details") if text.startswith("Resource id")}

    assert details(20) == {True}
    assert details(21) == {False}


def test_the_score_stands_beside_its_definition(page, result):
    verdict = page.all("section", class_="verdict failed")[0][1]
    assert f"Compliance score {score(result.findings)} of 100" in verdict
    assert DEFINITION in verdict


def test_a_result_without_verdicts_has_no_score(make):
    assert "Nothing to score" in render("html", make.result([]))


def test_maturity_and_phases_stand_in_numbers(page):
    words = page.all("div", class_="overview")[0][1]
    assert re.search(r"Crawl\s*1 of 5 rules, 1 not evaluated\s*20 %\s*Walk\s*0 of 2 rules\s*0 %", words)
    assert MATURITY in words
    assert re.search(r"Optimize\s*\+ 1 undecided\s*1\s", words)


def test_file_line_and_terraform_address_are_shown(make):
    resource = make.resource("/a", file="infra/main.tf", line=42, address="module.ai.azurerm_cognitive_deployment.gpt")
    codes = {
        text for _, text in Page(render("html", make.result([make.finding(make.rule("r"), resource)]))).all("code")
    }
    assert {"infra/main.tf:42", "module.ai.azurerm_cognitive_deployment.gpt"} <= codes


def test_a_short_report_notes_stand_at_the_top_and_many_are_linked_to(make):
    def notes(count: int) -> list[str]:
        page = Page(render("html", make.result([], notes=tuple(f"note {n}" for n in range(count)))))
        return [text for attributes, text in page.all("ul") if str(attributes.get("class", "")).startswith("notes")]

    assert notes(0) == []
    assert notes(2) == ["note 0 note 1"]
    assert notes(5) == ["note 0 note 1 note 2 All 5 notes", "note 0 note 1 note 2 note 3 note 4"]


def test_a_report_with_a_name_that_looks_like_a_template_shows_it_as_it_is(make):
    finding = make.finding(make.rule("r"), make.resource("/a"), Outcome.FAIL, "{{ 7 * 7 }} {% raw %}")
    assert "{{ 7 * 7 }} {% raw %}" in render("html", make.result([finding]))


# WCAG 2.2: 4.5 to 1 for text, 3 to 1 for bars.
TEXT = [
    (text, ground)
    for text in ("text", "quiet", "link", "critical", "medium", "good")
    for ground in ("ground", "surface")
] + [
    ("text", "code"),
    ("text", "info-tint"),
    ("quiet", "info-tint"),
    *[(severity, f"{severity}-tint") for severity in ("critical", "high", "medium", "low", "info")],
]
BARS = [
    (f"{name}-fill", ground)
    for name in ("critical", "high", "medium", "low", "info", "good")
    for ground in ("ground", "info-tint")
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in BARS])
def test_colours_are_told_apart(scheme, front, back, least):
    css = (Path(asset_folder("templates")) / "report.css").read_text(encoding="utf-8")
    palettes = re.findall(r":root \{([^}]*)\}", css)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", palettes[0]))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", palettes[1]))
    assert contrast(colours[front], colours[back]) >= least


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_longest_bar_of_new_failures_fills_its_place_whatever_was_answered_for():
    baselined = [
        make_finding(RATE_LIMIT, make_resource(f"accounts/{at}"), disposition=Disposition.BASELINED) for at in range(9)
    ]
    page = Page(render("html", make_result([make_finding(RATE_LIMIT, make_resource("accounts/new")), *baselined])))
    bars = page.all("rect", class_=f"fill {RATE_LIMIT.severity}")
    assert bars[0][0]["width"] == "100.0%"
