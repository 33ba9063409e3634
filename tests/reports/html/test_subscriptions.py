"""Subscriptions in the page: shown by name, told apart by id, found by both."""

from __future__ import annotations

import json
import re

import pytest

from scanner.model.inventory import Gap, GapReason
from scanner.model.verdict import Outcome
from scanner.reports import render
from tests.reports.conftest import make_finding, make_resource, make_result, make_rule

ONE, TWO, THREE = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "abc")
RULE = make_rule("ai-budget")
SAME = {ONE: "Contoso AI", TWO: "Contoso AI"}


def account(subscription: str, name: str, outcome: Outcome = Outcome.FAIL):
    path = f"resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/{name}"
    return make_finding(RULE, make_resource(f"/subscriptions/{subscription}/{path}"), outcome)


FINDINGS = [
    account(ONE, "one"),
    account(ONE, "passes", Outcome.PASS),
    account(TWO.upper(), "two"),
    account(THREE, "three"),
    make_finding(RULE, make_resource("github:seat")),
]
GAP = Gap(f"/subscriptions/{ONE}", "budgets", GapReason.FORBIDDEN)


def page(names: dict[str, str]) -> str:
    return render("html", make_result(FINDINGS, (GAP,), subscriptions=names))


def without_data(text: str) -> str:
    return re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.DOTALL)


def test_the_data_names_each_subscription_once_and_only_those_that_have_findings():
    text = page({ONE: "Production", "d": "Elsewhere"})
    found = re.search(r'id="_data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    named = {data["texts"][key]: data["texts"][label] for key, label in data["subscriptions"]}
    assert named == {ONE: "Production", "": "outside any subscription"}
    assert "Elsewhere" not in text


def test_showback_facts_and_scopes_have_the_name_and_the_id():
    text = without_data(page({ONE: "A <b> & \u202e"}))
    name = r"A &lt;b&gt; &amp; \u202e"
    assert f'<bdi data-filter="subscription={ONE}">{name}</bdi><small>{ONE}</small>' in text
    assert text.count(f'<span title="{ONE}">subscription <bdi>{name}</bdi></span>') == 2
    assert f"<code>/subscriptions/{ONE}</code> {name}</p>" in text


def test_a_subscription_whose_name_nobody_knows_goes_by_its_id():
    text = without_data(page({}))
    assert f'<bdi data-filter="subscription={TWO}">{TWO}</bdi></th>' in text
    assert f"<span>subscription <bdi>{TWO}</bdi></span>" in text
    assert f'title="{TWO}"' not in text


@pytest.mark.browser
def test_the_filter_shows_names_and_the_address_keeps_the_id(visit):
    seen = visit(page({ONE: "Zeta", THREE: "Alpha <i>\u202e"}))
    assert seen.console == []
    options = seen.page.locator("#_filter [name=subscription] option")
    shown = ["Any", TWO, r"Alpha <i>\u202e", "outside any subscription", "Zeta"]
    assert options.all_inner_texts() == shown
    seen.choose("subscription", ONE)
    assert seen.names() == ["one", "passes"]
    assert seen.page.url.endswith(f"#subscription={ONE}")
    assert seen.page.locator("#_list .meta span[title]").first.get_attribute("title") == ONE
    assert "subscription Zeta" in seen.page.locator("#_list .finding .meta").first.inner_text()
    again = visit(page({ONE: "Zeta"}), f"#subscription={ONE}")
    assert again.names() == ["one", "passes"]


@pytest.mark.browser
def test_two_subscriptions_of_one_name_stay_two(visit):
    seen = visit(page(SAME), "#sort=subscription")
    headings = [f"Contoso AI ({ONE}) 2", f"Contoso AI ({TWO}) 1"]
    assert seen.page.locator("#_list .part > h3").all_inner_texts() == [
        f"{THREE} 1",
        *headings,
        "outside any subscription 1",
        "Gaps 1",
    ]
    options = seen.page.locator("#_filter [name=subscription] option").all_inner_texts()
    assert [option for option in options if "Contoso" in option] == [heading[:-2] for heading in headings]
    rows = seen.page.locator("#_showback th", has_text="Contoso AI")
    assert rows.locator("small").all_inner_texts() == [ONE, TWO]
    rows.nth(1).get_by_role("link").click()
    assert seen.names() == ["two"]


@pytest.mark.browser
def test_a_search_finds_a_subscription_by_its_name_and_by_its_id(visit):
    seen = visit(page({ONE: "Production"}))
    seen.search("PRODUCT one")
    assert seen.names() == ["one"]
    seen.search(f"{ONE} accounts/one")
    assert seen.names() == ["one"]


@pytest.mark.browser
def test_what_lies_outside_any_subscription_is_found_where_showback_counts_it(visit):
    seen = visit(page({ONE: "Production"}))
    seen.page.locator("#_showback").get_by_role("link", name="outside any subscription").click()
    assert seen.names() == ["github:seat"]
    assert visit(page({}), "#subscription=Production").names() == []
