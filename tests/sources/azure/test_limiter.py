"""The lanes of the limiter against a bucket like Azure's, in virtual time."""

import heapq
import threading

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest

from scanner.model.inventory import GapReason
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.limiter import (
    REFILL,
    SLACK,
    Limiter,
    LimiterPolicy,
    OutOfPatienceError,
    lane_of,
    remaining,
)

LANE = "management.azure.com/s1"


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def limiter(clock, **options):
    return Limiter(clock.wait, clock=clock, dice=lambda: 0.0, **options)


def left(number):
    return {"x-ms-ratelimit-remaining-subscription-reads": str(number)}


def test_nothing_is_held_back_before_azure_has_said_how_much_is_left(clock):
    one = limiter(clock)
    for _ in range(1000):
        one.acquire(LANE)
        one.release(LANE, {})
    assert clock.waits == []


def test_a_bucket_with_plenty_left_is_not_paced(clock):
    one = limiter(clock)
    for number in range(11999, 11000, -1):
        one.acquire(LANE)
        one.release(LANE, left(number))
    assert clock.waits == []


def test_an_empty_bucket_is_waited_for_before_azure_says_429(clock):
    one = limiter(clock)
    one.acquire(LANE)
    one.release(LANE, left(0))
    one.acquire(LANE)
    assert clock.now == pytest.approx(1 / REFILL)


def test_lanes_do_not_wait_for_each_other(clock):
    one = limiter(clock)
    one.acquire(LANE)
    one.release(LANE, left(0))
    assert one.delay(LANE) > 0
    assert one.delay("management.azure.com/s2") == 0


def test_an_answer_that_was_overtaken_moves_the_count_by_no_more_than_the_slack(clock):
    one = limiter(clock)
    one.acquire(LANE)
    one.release(LANE, left(10))
    one.acquire(LANE)
    one.release(LANE, left(100))
    for _ in range(int(100 - SLACK)):
        one.acquire(LANE)
        one.release(LANE, {})
    assert clock.waits == []
    one.acquire(LANE)
    assert clock.waits


def test_one_refused_path_makes_only_its_caller_wait(clock):
    one = limiter(clock)
    assert one.throttled(LANE, "/a", 7) == 7
    assert one.throttled(LANE, "/a", 7) == 7
    assert one.delay(LANE) == 0


def test_several_refused_paths_hold_the_lane_back_once_and_together(clock):
    one = limiter(clock)
    assert [one.throttled(LANE, path, 7) for path in ("/a", "/b", "/c", "/d")] == [7, 7, 0, 0]
    assert one.delay(LANE) == 7
    assert one.waiting() == 7
    one.acquire(LANE)
    assert clock.now == pytest.approx(7)
    for _ in range(int(7 * REFILL)):
        one.acquire(LANE)
    assert clock.now == pytest.approx(7 + 1 / REFILL)


def test_an_answer_between_two_refusals_starts_the_count_again(clock):
    one = limiter(clock)
    for path in ("/a", "/b"):
        one.throttled(LANE, path, 7)
    one.acquire(LANE)
    one.release(LANE, {})
    assert one.throttled(LANE, "/c", 7) == 7


def test_patience_with_a_lane_ends(clock):
    one = limiter(clock, max_wait=20)
    for path in ("/a", "/b", "/c"):
        one.throttled(LANE, path, 15)
    clock.now += 15
    assert one.throttled(LANE, "/d", 15) is None
    with pytest.raises(OutOfPatienceError):
        one.acquire(LANE)
    one.acquire("management.azure.com/s2")


def test_patience_with_one_path_ends_too_and_costs_the_others_nothing(clock):
    one = limiter(clock, max_wait=30)
    assert one.throttled(LANE, "/a", 20) == 20
    assert one.throttled(LANE, "/a", 20) == 20  # at the same time: the two waits are one
    clock.now = 20
    assert one.throttled(LANE, "/a", 20) is None
    one.acquire(LANE)
    assert clock.waits == []


def test_a_stopped_scan_waits_no_more(clock):
    one = Limiter(lambda _: True, clock=clock)
    one.acquire(LANE)
    one.release(LANE, left(0))
    with pytest.raises(OutOfPatienceError):
        one.acquire(LANE)


def test_a_wait_that_an_interrupted_scan_ends_is_not_called_throttled(clock):
    stopped = False

    def stop(_):
        nonlocal stopped
        stopped = True
        return True

    def check():
        if stopped:
            raise ReadError(Fault(GapReason.INTERRUPTED, "the scan was interrupted"))

    one = Limiter(stop, clock=clock)
    one.acquire(lane_of("https://management.azure.com/subscriptions/s1"))
    one.release(LANE, left(0))
    request = PipelineRequest(
        HttpRequest("GET", "https://management.azure.com/subscriptions/s1/x"), PipelineContext(None)
    )
    with pytest.raises(ReadError) as failed:
        LimiterPolicy(one, check).send(request)
    assert failed.value.fault.reason is GapReason.INTERRUPTED


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x-ms-ratelimit-remaining-subscription-reads": "249"}, 249),
        ({"X-Ms-Ratelimit-Remaining-Tenant-Reads": "7", "x-ms-ratelimit-remaining-subscription-reads": "9"}, 7),
        ({"x-ms-ratelimit-remaining-resource": "Microsoft.Compute/HighCostGet;159"}, None),
        ({"x-ms-ratelimit-remaining-subscription-reads": ""}, None),
    ],
)
def test_what_is_left_is_read_from_the_headers(headers, expected):
    assert remaining(headers) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Management.Azure.com/subscriptions/S1/resourceGroups/g?x=1", "management.azure.com/s1"),
        ("https://management.azure.com/subscriptions?x=1", "management.azure.com/"),
        ("https://management.azure.com/providers/Microsoft.ResourceGraph/resources", "management.azure.com/"),
    ],
)
def test_a_lane_is_a_host_and_a_subscription(url, expected):
    assert lane_of(url) == expected


class Bucket:
    """Azure's bucket: 250 reads, 25 more a second; refuses when it is empty."""

    def __init__(self, clock, size=250.0):
        self.clock, self.size, self.tokens, self.filled, self.refused = clock, size, size, 0.0, 0

    def take(self):
        self.tokens = min(self.size, self.tokens + (self.clock() - self.filled) * REFILL)
        self.filled = self.clock()
        if self.tokens < 1:
            self.refused += 1
            return None
        self.tokens -= 1
        return int(self.tokens)


@pytest.mark.parametrize("in_flight", [1, 16, 64])
def test_a_long_scan_takes_no_429_and_hardly_longer_than_the_bucket_allows(clock, in_flight):
    """Simulate many requests under way at once, each answered after 50 ms, one by one in virtual time."""
    one, bucket, requests = limiter(clock), Bucket(clock), 1000
    under_way, sent, done = [], 0, 0
    while done < requests:
        while sent < requests and len(under_way) < in_flight and one.delay(LANE) <= 0:
            one.acquire(LANE)
            heapq.heappush(under_way, (clock.now + 0.05, sent, bucket.take()))
            sent += 1
        answer_at = under_way[0][0] if under_way else float("inf")
        ready_at = clock.now + one.delay(LANE) if sent < requests and len(under_way) < in_flight else float("inf")
        clock.now = min(answer_at, max(ready_at, clock.now + 1e-6))
        while under_way and under_way[0][0] <= clock.now:
            _, _, tokens = heapq.heappop(under_way)
            assert tokens is not None
            one.release(LANE, left(tokens))
            done += 1
    assert bucket.refused == 0
    assert clock.now <= 1.2 * max((requests - 250) / REFILL, requests * 0.05 / in_flight)


def test_threads_share_a_lane_without_losing_count():
    one = Limiter(lambda seconds: threading.Event().wait(seconds), max_wait=1)
    threads = [threading.Thread(target=lambda: [take(one) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert one.delay(LANE) == 0


def take(one):
    one.acquire(LANE)
    one.release(LANE, {})
