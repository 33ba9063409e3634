"""The HTML report in a real browser: silent, without a request, filtered, sorted, linked to and copied from."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from scanner.model.team import team_of
from scanner.model.verdict import Disposition, Outcome, Severity
from scanner.reports import render
from scanner.reports.view import sections

pytestmark = pytest.mark.browser
SIZES = (10, 1_000, 50_000)
every_size = pytest.mark.parametrize("size", SIZES)


def test_the_watch_sees_messages_and_requests(visit):
    seen = visit("<script>console.log('here'); oops()</script><img src='http://127.0.0.1:9/x.png'>")
    assert "here" in seen.console
    assert any("oops" in line for line in seen.console)
    assert seen.requests == ["http://127.0.0.1:9/x.png"]


def test_the_page_is_silent_asks_for_nothing_and_shows_everything(visit, result):
    seen = visit(render("html", result))
    assert seen.console == []
    assert seen.requests == []
    assert len(seen.names()) == len(result.findings) + len(result.gaps)
    assert seen.status() == "21 findings and gaps"
    assert seen.page.locator("#_filter").is_visible()
    assert not seen.page.locator("#_more").is_visible()


@every_size
def test_a_page_of_any_size_is_silent_and_holds_every_finding(visit, of_size, size):
    result, text = of_size(size, 8)
    seen = visit(text)
    assert len(text.encode()) < 25_000_000
    assert seen.console == []
    assert seen.requests == []
    assert seen.found() == len(result.findings) + len(result.gaps)
    assert len(seen.names()) == min(50, seen.found())


@every_size
def test_every_filter_leaves_what_it_says(visit, of_size, size):
    result, text = of_size(size, 8)
    seen = visit(text)
    waiting = [f for f in result.findings if f.outcome is not Outcome.PASS]
    one = next(f for f in waiting if team_of(f.resource))
    subscription = one.resource.subscription_id
    for name, value, count in (
        ("outcome", "fail", sum(f.outcome is Outcome.FAIL for f in result.findings)),
        ("outcome", "gap", len(result.gaps)),
        ("severity", "high", sum(f.severity is Severity.HIGH for f in result.findings)),
        ("disposition", "baselined", sum(f.disposition is Disposition.BASELINED for f in result.findings)),
        ("team", team_of(one.resource), sum(team_of(f.resource) == team_of(one.resource) for f in waiting)),
        ("subscription", subscription, sum(f.resource.subscription_id == subscription for f in result.findings)),
        ("rule", one.rule.id, sum(f.rule.id == one.rule.id for f in result.findings)),
    ):
        seen.choose(name, value)
        assert seen.found() == count, (name, value)
        seen.page.locator("#_filter button").click()
        seen.page.locator("#_filter:not(.active)").wait_for()
    seen.choose("outcome", "fail")
    seen.choose("severity", "high")
    both = sum(f.outcome is Outcome.FAIL and f.severity is Severity.HIGH for f in result.findings)
    assert seen.found() == both
    assert re.search(r"#outcome=fail&severity=high$", seen.page.url)


@every_size
def test_a_search_finds_words_wherever_they_stand(visit, of_size, size):
    result, text = of_size(size, 8)
    seen = visit(text)
    one = next(f for f in result.findings if f.resource.address and f.outcome is Outcome.FAIL)
    seen.search(f"{one.resource.address.upper()} {one.rule.id}")
    wanted = [f for f in result.findings if one.resource.address in f.resource.address and f.rule.id == one.rule.id]
    assert seen.found() == sum(f.outcome is not Outcome.PASS for f in wanted)
    seen.search("no such word anywhere")
    assert seen.status().startswith("None of")
    assert seen.names() == []


@every_size
@pytest.mark.parametrize("sort", ["resource", "team", "subscription", "rule"])
def test_sorting_orders_and_groups_by_what_one_sorts_by(visit, of_size, size, sort):
    result, text = of_size(size, 8)
    seen = visit(text, "#outcome=fail")
    seen.choose("sort", sort)
    failures = [f for f in result.findings if f.outcome is Outcome.FAIL]
    heading = seen.page.locator("#_list .part > h3").first.inner_text()
    first = min(
        failures,
        key={
            "resource": lambda f: f.resource.id.split("/accounts/")[1].replace("/deployments", "").lower(),
            "team": lambda f: team_of(f.resource).lower() or "no team or owner tag",
            "subscription": lambda f: f.resource.subscription_id,
            "rule": lambda f: f.rule.id,
        }[sort],
    )
    groups = Counter(
        {
            "team": team_of(f.resource) or "no team or owner tag",
            "subscription": f.resource.subscription_id,
            "rule": f.rule.title,
        }.get(sort, "")
        for f in failures
    )
    assert seen.found() == len(failures)
    if sort == "resource":
        shown = [name.lower() for name in seen.names()]
        assert shown == sorted(shown)
        return
    name = {"team": team_of(first.resource), "subscription": first.resource.subscription_id, "rule": first.rule.title}
    assert heading == f"{name[sort] or 'no team or owner tag'} {groups[name[sort] or 'no team or owner tag']:,}"


def test_the_oldest_come_first_where_history_knows_ages(visit, of_size):
    result, text = of_size(1_000, 8)
    seen = visit(text, "#sort=age")
    oldest = min(age.since for age in result.history.ages.values())[:10]
    assert oldest in seen.page.locator("#_list .finding .meta").first.inner_text()


def test_more_are_drawn_when_asked_for_and_the_keyboard_goes_on_there(visit, of_size):
    _, text = of_size(1_000, 8)
    seen = visit(text)
    seen.page.get_by_role("button", name="Show 200 more").press("Enter")
    assert len(seen.names()) == 250
    focused = seen.page.evaluate("document.activeElement.closest('.finding').id")
    assert focused == seen.page.locator("#_list .finding").nth(50).get_attribute("id")


def in_view(seen, element_id: str) -> bool:
    return seen.page.evaluate(
        "(id) => { const box = document.getElementById(id)?.getBoundingClientRect();"
        " return !!box && box.top >= -1 && box.top < innerHeight; }",
        element_id,
    )


@every_size
def test_a_link_to_a_finding_opens_it_wherever_it_stands(visit, of_size, size):
    result, text = of_size(size, 8)
    found = sections(result)
    last = found.passes[-1].findings[-1]
    answered = found.exempted[-1].findings[-1]
    first = found.failures[0].findings[0]
    for finding in (last, answered, first):
        seen = visit(text, f"#{finding.fingerprint}")
        assert in_view(seen, finding.fingerprint)
        details = seen.page.locator(f"[id='{finding.fingerprint}'] > details")
        assert all(details.nth(at).get_attribute("open") is not None for at in range(details.count()))
    # A link is followed in an open page too, and says so where the filter had left the finding out.
    seen.page.evaluate("location.hash = '#outcome=gap'")
    seen.page.locator("#_shown", has_text=" of ").wait_for()
    seen.page.evaluate(f"location.hash = '#{last.fingerprint}'")
    seen.page.locator("#_shown", has_text="cleared").wait_for()
    assert in_view(seen, last.fingerprint)
    if seen.page.get_by_role("button", name="earlier").count():
        drawn = len(seen.names())
        seen.page.get_by_role("button", name="earlier").click()
        assert len(seen.names()) > drawn


@every_size
def test_a_link_to_a_rule_opens_it_wherever_it_is_folded(visit, of_size, size):
    result, text = of_size(size, 8)
    for rule in (result.rules[0], result.rules[-1]):
        seen = visit(text, f"#{rule.id}")
        assert in_view(seen, rule.id)
        assert seen.page.locator(f"[id='{rule.id}'] .rule-body").is_visible()
    seen.page.locator(f"[id='{result.rules[0].id}']").evaluate("(rule) => { location.hash = rule.id; }")
    count = sum(f.rule.id == result.rules[0].id for f in result.findings)
    if count:
        seen.page.locator(f"[id='{result.rules[0].id}']").get_by_role("link", name="show its findings").click()
        assert seen.found() == count


@pytest.mark.parametrize(
    ("fragment", "names"),
    [
        ("#q=gpt-4o&outcome=fail", ["aoai-search/gpt-4o"]),
        ("#q=RATE-LIMIT%20batch", ["aoai-search/batch"]),
        ("#severity=critical", ["aoai-search/gpt-4.1-mini", "aoai-search"]),
        ("#team=vision-team%40contoso.com", ["ml-vision/gpu-cluster"]),
        ("#disposition=baselined", ["aoai-search/old"]),
        ("#outcome=gap&q=mapping", ["azurerm_search_service"]),
        ("#q=plan.json:42", []),
        ("#q=infra/plan.json%20nodes", ["ml-vision/gpu-cluster"]),
        ("#team=nobody-we-know", []),
        ("#q=%3Cscript%3E&team=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E", [r"\u001b[31mred\u009b0m"]),
    ],
)
def test_the_address_filters(visit, result, fragment, names):
    seen = visit(render("html", result), fragment)
    assert seen.console == []
    assert seen.names() == names
    total = len(result.findings) + len(result.gaps)
    assert seen.status().startswith(f"{len(names)} of {total}" if names else f"None of {total}")


def test_what_the_overview_counts_leads_to_the_findings(visit, result):
    seen = visit(render("html", result))
    seen.page.get_by_role("link", name="7 new failures").click()
    assert seen.found() == 7
    seen.page.locator("#_showback").get_by_role("link", name="فريق البحث").click()
    assert seen.names() == ["خدمة-البحث"]


def test_a_finding_is_copied_as_markdown_that_stays_text(visit, result):
    seen = visit(render("html", result), "#q=gpt-4o&outcome=fail", permissions=["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="Copy as Markdown").click()
    seen.page.get_by_text("Copied").wait_for()
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("### HIGH: One deployment cannot take all the tokens\n")
    assert "- Rule: `openai-deployment-rate-limit` (policy azure-openai)" in copied
    assert "| `sku.capacity` | `240` |" in copied
    assert "    az cognitiveservices account deployment create" in copied
    seen = visit(render("html", result), "#q=%3Cscript%3E", permissions=["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="Copy as Markdown").first.click()
    seen.page.get_by_text("Copied").wait_for()
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    outside_code = re.sub(r"`[^`]*`", "", copied)
    assert "script" in outside_code
    assert re.search(r"(?<!\\)<", outside_code) is None


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("@octocat #12 GH-3", "<span>@</span>octocat <span>#</span>12 <span>GH</span>-3"),
        ("https://x.example www.x.example", "https\\://x.example www\\.x.example"),
        ("# head *bold* <b>", "\\# head \\*bold\\* \\<b\\>"),
        ("12. item - one", "12\\. item - one"),
        ("- item = 1.", "\\- item = 1."),
    ],
)
def test_a_message_that_is_copied_links_and_mentions_nobody(visit, result, message, wanted):
    finding = {
        "severity": "high",
        "message": message,
        "resource": {"id": "/a", "address": ""},
        "rule": {"id": "r", "title": "t", "policy": "p", "remediation": ""},
        "evidence": [],
        "fingerprint": "f",
    }
    copied = visit(render("html", result)).page.evaluate("finding => asMarkdown(finding)", finding)
    assert copied.splitlines()[2] == wanted


def without_its_script(text: str) -> str:
    """Forbid the page's own script, as a server's policy or a mail program does."""
    return re.sub(r"script-src .*?; img", "script-src &#39;none&#39;; img", text)


def described(seen) -> dict[str, str]:
    """Give what stands about each finding, in words, whatever the layout."""
    items = seen.page.locator("#_list .finding").evaluate_all(
        "(items) => items.map((item) => { const copy = item.cloneNode(true);"
        " copy.querySelector('button')?.remove();"
        " for (const mark of copy.querySelectorAll('p, dt, dd, td, th, li, span, summary, h4, h5')) mark.append(' ');"
        " return [item.id + item.querySelector('.title').textContent.trim(), copy.textContent]; })"
    )
    return {key: " ".join(text.split()) for key, text in items}


@pytest.mark.parametrize("how", ["blocked", "off"])
def test_without_its_script_the_list_says_the_same_and_the_filter_is_not_there(visit, result, how):
    text = render("html", result)
    drawn = described(visit(text))
    still = visit(without_its_script(text)) if how == "blocked" else visit(text, java_script_enabled=False)
    assert len(drawn) == len(result.findings) + len(result.gaps)
    assert described(still) == drawn
    assert not still.page.locator("#_filter").is_visible()


def test_with_history_too_the_list_says_the_same_without_its_script(visit, of_size):
    _, text = of_size(10, 8)
    assert described(visit(text)) == described(visit(text, java_script_enabled=False))


def test_a_large_page_without_its_script_counts_everything_and_lists_the_worst(visit, of_size):
    result, text = of_size(50_000, 8)
    seen = visit(text, java_script_enabled=False)
    assert len(seen.page.locator("#_list .finding").all()) >= 100
    words = seen.page.locator("main").inner_text()
    assert "this page lists the worst only" in words
    counts = [result.summary.outcomes[Outcome.PASS], result.summary.dispositions[Disposition.EXEMPTED]]
    assert all(f"{count:,}" in words for count in counts)


@pytest.mark.parametrize(
    "fragment", ["#%E0%A4%A", "#nonsense", "#sort=constructor", "#sort=nonsense", "#=", "#constructor"]
)
def test_an_address_that_makes_no_sense_shows_everything(visit, of_size, fragment):
    result, text = of_size(10)
    seen = visit(text, fragment)
    assert seen.console == []
    assert seen.found() == len(result.findings) + len(result.gaps)
    assert len(seen.names()) == seen.found()
