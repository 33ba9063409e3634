"""How patiently a call is repeated: long enough for throttling, never for ever."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import RetryPolicy

from scanner.sources.azure.limiter import Limiter, lane_of

LONGEST_WAIT = 60.0
"""Seconds; an answer that asks for a longer wait is taken as final."""
SHORTEST_WAIT = 0.5
"""Seconds; a 429 that asks for no wait at all would be answered by another one."""
BACKOFF = 1.0
"""Seconds to wait after a first 429 that does not say how long; each further one doubles it."""
THROTTLED_ATTEMPTS = 5
"""So often one call is repeated because of 429."""
GIVE_UPS = 3
"""So many calls of one kind may be repeated in vain, one after the other; later ones are sent once."""
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
HASTY_READ_TIMEOUT = 10.0

_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


class Patience:
    """Counts, for all threads, how often calls of one kind were given up in a row.

    A kind is a host, a subscription and the last word of the path ("deployments"): a subscription that
    stays throttled, or a service that is down, costs a few minutes and not a few minutes per resource.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up: Counter[tuple[str, str, str]] = Counter()

    @staticmethod
    def kind(url: str) -> tuple[str, str, str]:
        """Give the kind of call that `url` is."""
        parts = urlsplit(url)
        words = [word for word in parts.path.lower().split("/") if word]
        subscription = words[words.index("subscriptions") + 1 :][:1] if "subscriptions" in words else []
        return parts.netloc.lower(), "".join(subscription), words[-1] if words else ""

    def is_over(self, kind: tuple[str, str, str]) -> bool:
        """Say whether calls of this kind are to be sent once only."""
        with self._lock:
            return self._given_up[kind] >= GIVE_UPS

    def note(self, kind: tuple[str, str, str], *, answered: bool) -> None:
        """Take in how one call ended."""
        with self._lock:
            self._given_up[kind] = 0 if answered else self._given_up[kind] + 1


class BoundedRetryPolicy(RetryPolicy[Any, Any]):
    """azure-core's retry policy with an end.

    Unlike its base it repeats only what may pass (a 403 with Retry-After will not), waits at most
    LONGEST_WAIT seconds at a time, and stops repeating once `patience` with that kind of call is over.
    """

    def __init__(self, patience: Patience, limiter: Limiter) -> None:
        super().__init__(
            retry_total=4,
            retry_status=3,
            retry_connect=3,
            retry_read=1,
            retry_backoff_factor=0.8,
            retry_backoff_max=30,
        )
        self._patience = patience
        self._limiter = limiter

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send, repeat while it makes sense, and remember how it ended."""
        kind = self._patience.kind(request.http_request.url)
        if self._patience.is_over(kind):
            request.context.options["retry_total"] = 0
            request.context.options["read_timeout"] = HASTY_READ_TIMEOUT
        try:
            response = super().send(request)
        except ClientAuthenticationError:
            raise
        except AzureError:
            self._patience.note(kind, answered=False)
            raise
        self._patience.note(kind, answered=response.http_response.status_code not in _TRANSIENT)
        return response

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Say whether the answer is one that may be better next time, soon enough."""
        if response.http_response.status_code not in _TRANSIENT:
            return False
        wait = self.get_retry_after(response)
        return (wait is None or wait <= LONGEST_WAIT) and bool(super().is_retry(settings, response))

    def increment(self, settings: dict[str, Any], response: Any = None, error: Exception | None = None) -> bool:
        """Count an attempt; one that was throttled counts apart, and the limiter says how long to wait."""
        if error is not None or response.http_response.status_code != 429:
            return bool(super().increment(settings, response=response, error=error))
        settings["throttled"] = settings.get("throttled", 0) + 1
        if settings["throttled"] > THROTTLED_ATTEMPTS or settings["total"] <= 0:
            return False
        asked = self.get_retry_after(response)
        wait = BACKOFF * 2 ** (settings["throttled"] - 1) if asked is None else max(asked, SHORTEST_WAIT)
        url = response.http_request.url
        own = self._limiter.throttled(lane_of(url), urlsplit(url).path, min(wait, LONGEST_WAIT))
        settings["own_wait"] = own
        return own is not None

    def sleep(self, settings: dict[str, Any], transport: Any, response: Any = None) -> None:
        """Wait between two attempts, with some jitter; behind a lane that is held back there is nothing to wait."""
        if response is not None and response.http_response.status_code == 429:
            if settings["own_wait"]:
                transport.sleep(settings["own_wait"])
            return
        super().sleep(settings, transport, response)

    def get_backoff_time(self, settings: dict[str, Any]) -> float:
        """Give azure-core's exponential backoff, up to a fifth longer: threads must not come back in step."""
        return float(super().get_backoff_time(settings)) * random.uniform(1.0, 1.2)  # noqa: S311

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        """Give the seconds that Azure asks to wait; None where it says nothing, or nothing that can be read.

        Cost Management has headers of its own (`x-ms-ratelimit-microsoft.costmanagement-...-retry-after`),
        one for each of its quotas: the longest counts.
        """
        own = [
            float(value)
            for name, value in response.http_response.headers.items()
            if name.lower().startswith("x-ms-ratelimit-") and name.lower().endswith("-retry-after") and value.isdigit()
        ]
        if own:
            return max(own)
        try:
            return super().get_retry_after(response)
        except (ValueError, TypeError, OverflowError):
            return None
