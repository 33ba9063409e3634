"""An end to every call: a server that sends a byte now and then never runs into a time-out of its connection.

The time-outs of a connection bound the gap between two pieces of an answer. Here a watchdog bounds the whole:
it shuts the connection down under the thread that reads from it, which is the only way to end that read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

GAPS = 5
"""So many times the time-out between two pieces a whole call may take."""
_TICK = 0.25


class Deadlines:
    """Watches the calls under way, one a thread; `seconds` is what one may take in all."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._calls: dict[int, tuple[float, HTTPSConnection]] = {}
        self._expired: set[int] = set()
        self._stopped = threading.Event()
        self._watchdog: threading.Thread | None = None

    def begin(self, connection: HTTPSConnection) -> None:
        """Take note that this thread sends a request on `connection`."""
        with self._lock:
            self._calls[threading.get_ident()] = time.monotonic() + self.seconds, connection
            if self._watchdog is None:
                self._watchdog = threading.Thread(target=self._watch, name="azgate-deadlines", daemon=True)
                self._watchdog.start()

    def end(self) -> bool:
        """Take note that this thread's call is over; True where it was ended here."""
        me = threading.get_ident()
        with self._lock:
            self._calls.pop(me, None)
            was_expired = me in self._expired
            self._expired.discard(me)
            return was_expired

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK):
            now = time.monotonic()
            with self._lock:
                late = [(thread, connection) for thread, (end, connection) in self._calls.items() if end <= now]
                for thread, connection in late:
                    del self._calls[thread]
                    self._expired.add(thread)
                    with contextlib.suppress(OSError, AttributeError):
                        connection.sock.shutdown(socket.SHUT_RDWR)


def watched_adapter(deadlines: Deadlines, **options: Any) -> HTTPAdapter:
    """Give an adapter whose HTTPS connections tell `deadlines` of each request."""

    class Connection(HTTPSConnection):
        def request(self, *args: Any, **options: Any) -> None:
            deadlines.begin(self)
            super().request(*args, **options)

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = {**self.poolmanager.pool_classes_by_scheme, "https": Pool}

    return Adapter(**options)
