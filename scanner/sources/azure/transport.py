"""The connections of a scan: one session and one pool for all clients and for the credential."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import requests
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from scanner.sources.azure.retries import CONNECT_TIMEOUT, LONGEST_WAIT, READ_TIMEOUT


class SharedTransport(RequestsTransport):  # type: ignore[misc]  # azure-core hides its type behind a lazy import
    """azure-core's transport over a shared session, with waiting that ends when the scan does.

    `certificates` is a PEM file of trusted certificates, None for the default ones; `sleep` replaces the
    waiting between attempts.
    """

    def __init__(
        self,
        certificates: str | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        connections: int = 16,
    ) -> None:
        self._stopped = threading.Event()
        self._pause = sleep or self._stopped.wait
        super().__init__(
            session=_session(connections),
            session_owner=False,
            connection_verify=certificates or True,
            connection_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
        )

    def send(self, request: Any, **options: Any) -> Any:
        """Send one request, unless the scan is over: a thread in the middle of a long list ends with it."""
        if self._stopped.is_set():
            raise ServiceRequestError("the scan was stopped")
        return super().send(request, **options)

    def sleep(self, duration: float) -> None:
        """Wait between two attempts; the authority's Retry-After has no bound of its own."""
        self._pause(min(duration, LONGEST_WAIT))

    def stop(self) -> None:
        """Close all connections and wake up whoever waits: a scan can be interrupted."""
        self._stopped.set()
        self.session.close()


def _session(connections: int) -> requests.Session:
    session = requests.Session()
    # Repeating is the retry policy's business; urllib3 must not do it underneath.
    never = Retry(total=False, redirect=False, raise_on_status=False)
    session.mount("https://", HTTPAdapter(pool_maxsize=connections, max_retries=never))
    return session
