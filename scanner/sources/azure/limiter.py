"""Azure's token buckets, seen from the client: slow down before Azure says 429, and together when it does.

Azure Resource Manager keeps a bucket of reads per subscription and principal (250 reads, 25 more each second,
since 2024) and writes what is left of it into every answer (`x-ms-ratelimit-remaining-...`). A lane is one such
bucket; all threads that ask the same subscription share its lane. Until an answer has said how much is left
nothing is held back: clouds and gateways differ, and the answer knows.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy

from scanner.model.inventory import GapReason
from scanner.sources.azure.faults import Fault, ReadError

BUCKET = 250.0
"""Reads in a full bucket."""
REFILL = 25.0
"""Reads a second that Azure Resource Manager adds to a bucket."""
SLACK = 20.0
"""Answers overtake each other; by so many reads one of them may be behind."""
MAX_WAIT = 300.0
"""Seconds that a lane may spend waiting because Azure said 429, unless told otherwise."""
_JITTER = 0.1
_MANY = 3
"""So many paths of a lane refused since the last answer mean its bucket, not one service's own limit."""
_REMAINING = "x-ms-ratelimit-remaining-"


class OutOfPatienceError(Exception):
    """A lane was throttled for longer than the scan is willing to wait."""


@dataclass(slots=True)
class _Lane:
    tokens: float | None = None
    filled_at: float = 0.0
    in_flight: int = 0
    paused_until: float = 0.0
    throttled: float = 0.0
    alone_until: float = 0.0
    alone: float = 0.0
    refused: set[str] = field(default_factory=set)


class Limiter:
    """All lanes of a scan. Safe for threads.

    `wait(seconds)` waits and gives True where the scan was stopped meanwhile; `max_wait` bounds, for each
    lane, the waiting that 429 answers demand, in seconds: that of the whole lane, and that of single paths.
    """

    def __init__(
        self,
        wait: Callable[[float], object],
        *,
        max_wait: float = MAX_WAIT,
        clock: Callable[[], float] = time.monotonic,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._wait = wait
        self._max_wait = max_wait
        self._clock = clock
        self._dice = dice
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def acquire(self, name: str) -> None:
        """Take one read out of a lane, waiting until there is one; raises OutOfPatienceError."""
        while True:
            with self._lock:
                lane = self._lane(name)
                if lane.throttled > self._max_wait:
                    raise OutOfPatienceError
                delay = self._delay(lane)
                if delay <= 0:
                    lane.in_flight += 1
                    if lane.tokens is not None:
                        lane.tokens -= 1
                    return
            if self._wait(delay):
                raise OutOfPatienceError

    def release(self, name: str, headers: Mapping[str, str], *, refused: bool = False) -> None:
        """Take in that a request is over, and what its answer says is left of the bucket."""
        left = remaining(headers)
        with self._lock:
            lane = self._lane(name)
            lane.in_flight -= 1
            if not refused:
                lane.refused.clear()
            if left is None:
                return
            # Requests under way are not in Azure's count yet.
            sure = left - lane.in_flight
            self._refill(lane)
            lane.tokens = sure if lane.tokens is None else min(max(lane.tokens, sure - SLACK), sure)

    def delay(self, name: str) -> float:
        """Give the seconds until this lane has a read to give; 0 for now."""
        with self._lock:
            return max(0.0, self._delay(self._lane(name)))

    def throttled(self, name: str, path: str, seconds: float) -> float | None:
        """Take in a 429 for `path`; give the seconds its caller has to wait itself, None to give up.

        One path that is refused may have a limit of its own: only its caller waits. Several at a time mean
        the bucket: the whole lane is held back, and then goes on at the pace at which the bucket fills. Some
        jitter keeps other processes of the same principal from coming back in step.
        """
        seconds *= 1 + _JITTER * self._dice()
        with self._lock:
            lane = self._lane(name)
            lane.refused.add(path)
            now = self._clock()
            until = now + seconds
            if len(lane.refused) < _MANY:
                # Counted apart: patience that one service used up must not cost the others theirs.
                lane.alone += max(0.0, until - max(now, lane.alone_until))
                lane.alone_until = max(lane.alone_until, until)
                return None if lane.alone > self._max_wait else seconds
            lane.throttled += max(0.0, until - max(now, lane.paused_until))
            if lane.throttled > self._max_wait:
                return None
            lane.paused_until = max(lane.paused_until, until)
            lane.tokens = 0.0
            return 0.0

    def waiting(self) -> float:
        """Give for how many seconds the most patient lane is held back by a 429; 0 for none."""
        with self._lock:
            now = self._clock()
            return max((lane.paused_until - now for lane in self._lanes.values()), default=0.0)

    def _lane(self, name: str) -> _Lane:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(filled_at=self._clock())
        return lane

    def _refill(self, lane: _Lane) -> None:
        now = self._clock()
        if lane.tokens is not None and lane.tokens < BUCKET:
            lane.tokens = min(BUCKET, lane.tokens + (now - lane.filled_at) * REFILL)
        lane.filled_at = now

    def _delay(self, lane: _Lane) -> float:
        self._refill(lane)
        pause = lane.paused_until - lane.filled_at
        if lane.tokens is None or lane.tokens >= 1:
            return pause
        return max(pause, (1 - lane.tokens) / REFILL)


class LimiterPolicy(HTTPPolicy[Any, Any]):
    """Stands behind the retry policy: every attempt takes its read out of the lane it belongs to."""

    def __init__(self, limiter: Limiter, check: Callable[[], None] = lambda: None) -> None:
        """Make the policy; `check` raises where the scan is over, before anything waits for a token."""
        super().__init__()
        self._limiter = limiter
        self._check = check

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Wait for a read, send, and learn from the answer."""
        self._check()
        name = lane_of(request.http_request.url)
        try:
            self._limiter.acquire(name)
        except OutOfPatienceError as error:
            self._check()  # a wait also ends where the scan does
            raise ReadError(Fault(GapReason.THROTTLED, "throttled by Azure for longer than --max-wait")) from error
        headers: Mapping[str, str] = {}
        refused = False
        try:
            response = self.next.send(request)
            headers = response.http_response.headers
            refused = response.http_response.status_code == 429
            return response
        finally:
            self._limiter.release(name, headers, refused=refused)


def remaining(headers: Mapping[str, str]) -> int | None:
    """Give the smallest number of reads that an answer says are left; None where it says nothing."""
    found = [
        int(value) for name, value in headers.items() if name.lower().startswith(_REMAINING) and value.strip().isdigit()
    ]
    return min(found) if found else None


def lane_of(url: str) -> str:
    """Give the lane a request belongs to: the host, and the subscription in its path ("" for the tenant)."""
    parts = urlsplit(url)
    return lane(parts.netloc, parts.path)


def lane(host: str, path: str) -> str:
    """Give the lane of a path (an ARM id) at a host."""
    words = path.lower().strip("/").split("/")
    subscription = words[1] if len(words) > 1 and words[0] == "subscriptions" else ""
    return f"{host.lower()}/{subscription}"
