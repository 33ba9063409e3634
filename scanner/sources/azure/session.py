"""The connections, the credential and the threads of one scan of live Azure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from scanner.sources.azure import AzureOptions
from scanner.sources.azure.clients import Clients
from scanner.sources.azure.credentials import SharedCredential, authenticate, default_credential
from scanner.sources.azure.endpoints import certificate_file, endpoints_for
from scanner.sources.azure.limiter import lane
from scanner.sources.azure.status import Status
from scanner.sources.azure.transport import SharedTransport
from scanner.sources.azure.workers import Workers

Progress = Callable[[str], None]


class Session:
    """Everything that asks Azure shares one of these; `progress` is told what is being done."""

    def __init__(
        self,
        options: AzureOptions,
        progress: Progress,
        *,
        credential: object | None,
        sleep: Callable[[float], None] | None,
    ) -> None:
        """Make the session; raises SourceError for a wrong endpoint or certificate file. Nothing is sent yet."""
        self.options = options
        self.endpoints = endpoints_for(options.cloud, options.environ)
        self._transport = SharedTransport(
            certificate_file(options.environ),
            sleep=sleep,
            connections=options.concurrency,
            connect_timeout=options.connect_timeout,
            read_timeout=options.read_timeout,
        )
        self.credential = SharedCredential(credential, make=self._default_credential)
        self.clients = Clients(self.endpoints, self.credential, self._transport, options.max_wait)
        limiter, host = self.clients.limiter, urlsplit(self.endpoints.arm).netloc
        status = Status(progress, limiter.waiting)
        self.progress = status.phase
        self.workers = Workers(
            options.concurrency,
            delay=lambda path: limiter.delay(lane(host, path)),
            tick=status.tick,
        )

    def _default_credential(self) -> object:
        return default_credential(self.endpoints, self._transport)

    @contextmanager
    def signed_in(self) -> Iterator[None]:
        """Sign in, and close everything at the end; raises SourceError where Azure gives no token."""
        try:
            with _quiet_loggers():
                self.progress("signing in")
                self.workers.call(lambda: authenticate(self.credential, self.endpoints.arm_scope, self.options.environ))
                yield
        finally:
            self._transport.stop()
            self.credential.close()

    def interrupt(self) -> None:
        """End what is under way: every further call fails at once. For signal handlers."""
        # In this order: when the wait ends, every further call must already be refused.
        self._transport.refuse()
        self.workers.interrupt()


@contextmanager
def _quiet_loggers() -> Iterator[None]:
    """Silence the libraries while they run: what they warn of becomes a gap or an error, told once."""
    loggers = [logging.getLogger(name) for name in ("azure", "msal", "urllib3", "msrest")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
