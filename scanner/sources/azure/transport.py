"""The connections of a scan: one session and one pool for all clients and for the credential."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.utils import get_environ_proxies
from urllib3.util.retry import Retry

from scanner.model.inventory import GapReason
from scanner.sources.azure.deadlines import GAPS, Deadlines, watched_adapter
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.retries import CONNECT_TIMEOUT, LONGEST_WAIT, READ_TIMEOUT


class SharedTransport(RequestsTransport):  # type: ignore[misc]  # azure-core hides its type behind a lazy import
    """azure-core's transport over a shared session, with waiting that ends when the scan does.

    `certificates` is a PEM file of trusted certificates, None for the default ones; `sleep` replaces the
    waiting between attempts, and time passes by what was slept.
    """

    def __init__(
        self,
        certificates: str | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        connections: int = 32,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
    ) -> None:
        self._stopped = threading.Event()
        self._sleep = sleep
        self._slept = 0.0
        self._deadlines = Deadlines(GAPS * read_timeout)
        super().__init__(
            session=_session(connections, self._deadlines),
            session_owner=False,
            connection_verify=certificates or True,
            connection_timeout=connect_timeout,
            read_timeout=read_timeout,
        )

    def send(self, request: Any, **options: Any) -> Any:
        """Send one request, unless the scan is over: a thread in the middle of a long list ends with it."""
        self.check()
        try:
            return super().send(request, **options)
        finally:
            # Whatever a connection that was cut off looked like: this is why it was.
            if self._deadlines.end():
                detail = f"the answer took more than {self._deadlines.seconds:g} s in all"
                raise ReadError(Fault(GapReason.TIMEOUT, detail)) from None

    def check(self) -> None:
        """Raise ReadError where the scan is over."""
        if self._stopped.is_set():
            raise ReadError(Fault(GapReason.INTERRUPTED, "the scan was interrupted before this was read"))

    def sleep(self, duration: float) -> None:
        """Wait between two attempts; the authority's Retry-After has no bound of its own."""
        self.wait(min(duration, LONGEST_WAIT))

    def wait(self, seconds: float) -> bool:
        """Wait; True where the scan was stopped meanwhile."""
        if self._sleep is None:
            return self._stopped.wait(seconds)
        self._sleep(seconds)
        self._slept += seconds
        return self._stopped.is_set()

    def now(self) -> float:
        """Give the time in seconds, of a clock that only goes forward."""
        return time.monotonic() + self._slept

    def stop(self) -> None:
        """Refuse every further call and close all connections."""
        self.refuse()
        self._deadlines.stop()
        self.session.close()

    def refuse(self) -> None:
        """Refuse every further call and wake up whoever waits."""
        self._stopped.set()


class _Session(requests.Session):
    """A session that looks up the proxy of a host once instead of for every request.

    It does not read ~/.netrc either, which would replace the token, and costs a file for every request.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self._proxies: dict[str, dict[str, str]] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Give what applies to a request; the certificates were chosen when the transport was made."""
        parts = urlsplit(str(url))
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._proxies:
            self._proxies[host] = get_environ_proxies(host)
        return {"proxies": {**self._proxies[host], **(proxies or {})}, "stream": stream, "verify": verify, "cert": cert}


def _session(connections: int, deadlines: Deadlines) -> requests.Session:
    session = _Session()
    # Repeating is the retry policy's business; urllib3 must not do it underneath.
    never = Retry(total=False, redirect=False, raise_on_status=False)
    session.mount("https://", watched_adapter(deadlines, pool_maxsize=connections, max_retries=never))
    return session
