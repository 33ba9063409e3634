"""axe-core finds nothing serious, in light and dark, small and large; and no width makes a page scroll sideways."""

from __future__ import annotations

import pytest

from scanner.reports import render

pytestmark = pytest.mark.browser


def serious(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


def test_axe_finds_what_is_wrong(visit):
    seen = visit(
        "<html lang=en><title>t</title><main><h1 style='color:#ccc;background:#fff'>pale</h1><button></button>"
    )
    assert {line.split(":")[0] for line in serious(seen.page)} == {"button-name", "color-contrast"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [0, 10, 1_000, 50_000])
def test_axe_finds_nothing_serious(visit, of_size, size, scheme):
    result, text = of_size(size, 8 if size else 0)
    seen = visit(text, color_scheme=scheme)
    assert serious(seen.page) == []
    if size:
        seen.page.evaluate(f"location.hash = '#{result.findings[0].fingerprint}'")
        seen.page.locator(".linked").wait_for()
        seen.page.evaluate(
            "for (const part of document.querySelectorAll('#_trend details, #_rules > details, .verdict details'))"
            " part.open = true"
        )
        assert serious(seen.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_hostile_names_and_every_outcome(visit, result, scheme):
    seen = visit(render("html", result), color_scheme=scheme)
    assert serious(seen.page) == []
    seen.choose("sort", "team")
    assert serious(seen.page) == []


@pytest.mark.parametrize("width", [360, 768, 1280, 1600])
def test_no_width_makes_the_page_scroll_sideways(visit, of_size, result, width):
    for text in (of_size(10, 8)[1], of_size(1_000, 8)[1], render("html", result)):
        seen = visit(text, viewport={"width": width, "height": 800})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_reached_by_keyboard(visit, of_size):
    _, text = of_size(10, 0)
    seen = visit(text)
    reached = set()
    for _ in range(200):
        seen.page.keyboard.press("Tab")
        reached.add(
            seen.page.evaluate(
                "document.activeElement.name || document.activeElement.className || document.activeElement.tagName"
            )
        )
    assert {"q", "outcome", "severity", "team", "rule", "sort", "copy", "A", "SUMMARY"} <= reached


def test_parts_of_the_page_have_names_of_their_own(visit, of_size):
    seen = visit(of_size(1_000, 8)[1])
    seen.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    names = seen.page.evaluate("[...document.querySelectorAll('[role=region]')].map((part) => part.ariaLabel)")
    assert len(names) == len(set(names))
    assert "By team, the others" in names
