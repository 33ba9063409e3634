"""Lists are read to their end, and a list without one has an end too."""

import pytest

from scanner.model.inventory import GapReason
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.paging import IDLE_PAGES, read_pages

FIRST = "https://management.azure.com/subscriptions?api-version=1"


def item(number):
    return {"id": f"/subscriptions/{number}"}


def read(pages, **options):
    asked = []

    def fetch(url):
        asked.append(url)
        page = pages(url) if callable(pages) else pages[url]
        if isinstance(page, Exception):
            raise page
        return page

    listing = read_pages(fetch, FIRST, **options)
    return listing, asked


def reasons(listing):
    return [fault.reason for fault in listing.faults]


def test_pages_are_followed_in_order_and_the_link_is_used_as_it_is():
    second = "https://Management.Azure.com:443/subscriptions?$skiptoken=a%2Bb&api-version=9"
    listing, asked = read({FIRST: {"value": [item(1), item(2)], "nextLink": second}, second: {"value": [item(3)]}})
    assert listing.items == [item(1), item(2), item(3)]
    assert (asked, listing.faults) == ([FIRST, second], [])


@pytest.mark.parametrize("end", [{}, {"nextLink": None}, {"nextLink": ""}])
def test_a_list_ends_without_a_link(end):
    listing, asked = read({FIRST: {"value": [item(1)], **end}})
    assert (len(listing.items), len(asked), listing.faults) == (1, 1, [])


@pytest.mark.parametrize("page", [[], None, "text", {}, {"value": None}, {"value": {}}, {"error": {"code": "x"}}])
def test_a_page_without_a_list_is_malformed_and_earlier_pages_are_kept(page):
    second = FIRST + "&page=2"
    listing, _ = read({FIRST: {"value": [item(1)], "nextLink": second}, second: page})
    assert listing.items == [item(1)]
    assert reasons(listing) == [GapReason.MALFORMED]


def test_items_that_are_no_resources_are_counted_and_the_others_kept():
    values = [item(1), None, "x", {}, {"id": 5}, {"id": ""}, {"id": " / "}, {"id": "\ufffd", "type": 5}, [], item(2)]
    listing, _ = read({FIRST: {"value": values}})
    assert listing.items == [item(1), item(2)]
    assert reasons(listing) == [GapReason.MALFORMED]
    assert listing.faults[0].detail.startswith("8 of the items")


def test_malformed_items_and_a_malformed_link_are_one_fault():
    listing, _ = read({FIRST: {"value": [None], "nextLink": "string"}})
    assert reasons(listing) == [GapReason.MALFORMED]
    assert listing.faults[0].detail == (
        "the link to the next page is no URL; 1 of the items: each is no resource with an id"
    )


def test_items_of_a_list_without_ids_need_only_be_objects():
    listing, _ = read({FIRST: {"value": [{"name": "a"}, {"name": "a"}, 3]}}, identified=False)
    assert listing.items == [{"name": "a"}, {"name": "a"}]
    assert reasons(listing) == [GapReason.MALFORMED]


def test_a_resource_that_two_pages_list_is_kept_once():
    second = FIRST + "&page=2"
    twice = {"id": "/SUBSCRIPTIONS/1/"}
    listing, _ = read({FIRST: {"value": [item(1)], "nextLink": second}, second: {"value": [twice, item(2)]}})
    assert listing.items == [item(1), item(2)]
    assert not listing.faults


def test_a_failing_page_ends_the_list_and_earlier_pages_are_kept():
    second = FIRST + "&page=2"
    failure = ReadError(Fault(GapReason.SERVER_ERROR, "boom"))
    listing, _ = read({FIRST: {"value": [item(1)], "nextLink": second}, second: failure})
    assert listing.items == [item(1)]
    assert listing.faults == [failure.fault]


def test_a_link_back_is_not_followed():
    listing, asked = read({FIRST: {"value": [item(1)], "nextLink": FIRST}})
    assert (len(asked), reasons(listing)) == (1, [GapReason.TRUNCATED])


def test_a_list_that_brings_nothing_new_is_left():
    count = iter(range(10_000))
    listing, asked = read(lambda _: {"value": [item(1)], "nextLink": f"{FIRST}&page={next(count)}"})
    assert listing.items == [item(1)]
    assert (len(asked), reasons(listing)) == (IDLE_PAGES + 1, [GapReason.TRUNCATED])


def test_a_list_without_end_stops_at_the_bound():
    count = iter(range(10_000))

    def page(_):
        number = next(count)
        return {"value": [item(number)], "nextLink": f"{FIRST}&page={number}"}

    listing, asked = read(page, page_limit=50)
    assert (len(listing.items), len(asked), reasons(listing)) == (50, 50, [GapReason.TRUNCATED])


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/subscriptions",
        "http://management.azure.com/subscriptions",
        "https://management.azure.com:8443/subscriptions",
        "https://management.azure.com.evil.example/",
        "//evil.example/subscriptions",
    ],
)
def test_a_link_to_another_host_is_refused(link):
    listing, asked = read({FIRST: {"value": [item(1)], "nextLink": link}})
    assert (listing.items, asked) == ([item(1)], [FIRST])
    assert reasons(listing) == [GapReason.REFUSED]


@pytest.mark.parametrize(
    "link",
    [
        "string",
        "?$skiptoken=1",
        5,
        True,
        {"href": FIRST},
        ["x"],
        "https://management.azure.com\\@evil.example",
        "https://management.azure.com@evil.example/x",
        "https://[::1",
        "https://management.azure.com:99999/",
        "https://management.azure.com/a b",
    ],
)
def test_a_link_that_is_no_url_is_malformed(link):
    listing, asked = read({FIRST: {"value": [item(1)], "nextLink": link}})
    assert (listing.items, asked) == ([item(1)], [FIRST])
    assert reasons(listing) == [GapReason.MALFORMED]


def test_a_path_alone_is_taken_below_the_own_host():
    listing, asked = read(
        {
            FIRST: {"value": [item(1)], "nextLink": "/subscriptions?page=2"},
            "https://management.azure.com/subscriptions?page=2": {"value": [item(2)]},
        }
    )
    assert (len(listing.items), len(asked), listing.faults) == (2, 2, [])
