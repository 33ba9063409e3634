"""One scan of live Azure, from the first token to the inventory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError

from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.needs import Needs
from scanner.sources.azure import AzureOptions
from scanner.sources.azure.clients import Clients
from scanner.sources.azure.copilot import Asked, asked_of, microsoft365, read_copilot
from scanner.sources.azure.credentials import SharedCredential, authenticate, default_credential
from scanner.sources.azure.endpoints import certificate_file, endpoints_for
from scanner.sources.azure.facts import FACT_KINDS, FACT_READERS
from scanner.sources.azure.facts.base import FactContext
from scanner.sources.azure.facts.metric_plan import METRICS
from scanner.sources.azure.journal import Journal, resume_journal, start_journal
from scanner.sources.azure.limiter import lane
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.resources import read_resources, unasked_types
from scanner.sources.azure.scope import read_scope
from scanner.sources.azure.status import Status
from scanner.sources.azure.transport import SharedTransport
from scanner.sources.azure.workers import Workers

Progress = Callable[[str], None]


def collect(
    options: AzureOptions,
    needs: Needs,
    as_of: datetime,
    *,
    progress: Progress,
    credential: object | None,
    sleep: Callable[[float], None] | None,
    interrupts: list[Callable[[], None]],
) -> Inventory:
    """Read what `needs` asks for; see AzureSource.collect."""
    endpoints = endpoints_for(options.cloud, options.environ)
    asked = asked_of(options)
    transport = SharedTransport(
        certificate_file(options.environ),
        sleep=sleep,
        connections=options.concurrency,
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
    )
    shared = SharedCredential(credential, make=lambda: default_credential(endpoints, transport))
    clients = Clients(endpoints, shared, transport, options.max_wait)
    status = Status(progress, clients.limiter.waiting)
    host = urlsplit(endpoints.arm).netloc
    workers = Workers(
        options.concurrency,
        delay=lambda path: clients.limiter.delay(lane(host, path)),
        tick=status.tick,
    )

    def interrupt() -> None:
        # In this order: when the wait ends, every further call must already be refused.
        transport.refuse()
        workers.interrupt()

    interrupts.append(interrupt)
    journal = _journal(options, endpoints.arm, as_of)
    finished = False
    try:
        with quiet_loggers():
            status.phase("signing in")
            authenticate(shared, endpoints.arm_scope, options.environ)
            if needs.of_kind(METRICS) and (endpoints.metrics or endpoints.metrics_domain):
                # Fetched while the sign-in is fresh: a federated one cannot serve a new audience later.
                with suppress(AzureError):
                    shared.get_token_info(f"{endpoints.metrics_audience}/.default")
            if asked.graph and needs.types & microsoft365.TYPES:
                with suppress(AzureError):
                    shared.get_token_info(endpoints.graph_scope)
            inventory = _Scan(options, needs, as_of, clients, workers, status.phase, journal, asked).run()
        finished = not any(gap.reason is GapReason.INTERRUPTED for gap in inventory.gaps)
        return inventory
    finally:
        transport.stop()
        shared.close()
        if journal is not None:
            journal.close(finished=finished)


def _journal(options: AzureOptions, endpoint: str, as_of: datetime) -> Journal | None:
    if options.journal is None:
        return None
    if options.resume:
        return resume_journal(options.journal, endpoint)
    return start_journal(options.journal, as_of, endpoint)


class _Scan:
    def __init__(
        self,
        options: AzureOptions,
        needs: Needs,
        as_of: datetime,
        clients: Clients,
        workers: Workers,
        progress: Progress,
        journal: Journal | None,
        asked: Asked,
    ) -> None:
        self._options = options
        self._needs = needs
        self._as_of = as_of
        self._endpoints = clients.endpoints
        self._clients = clients
        self._asked = asked
        self._reader = Reader(clients, journal=journal)
        self._workers = workers
        self._progress = progress

    def run(self) -> Inventory:
        self._progress("reading subscriptions and resource groups")
        scope = read_scope(
            self._reader,
            self._workers,
            self._options.subscriptions,
            self._options.resource_groups,
            self._options.management_groups,
        )
        types = self._needs.types.union(*(need.types for need in self._needs.facts))
        dated = frozenset().union(*(need.types for need in self._needs.of_kind(METRICS)))
        found, gaps = read_resources(self._reader, self._workers, scope, types, self._progress, dated)
        copilot, missing = read_copilot(self._clients, self._workers, self._asked, types, self._progress)
        not_asked = {**self._asked.not_asked, **unasked_types(types)}
        inventory = Inventory(
            resources=(*scope.subscriptions, *scope.groups, *found, *copilot),
            gaps=(*scope.gaps, *gaps, *missing),
            sources=(SourceInfo("azure", self._endpoints.arm, FACT_KINDS, not_asked),),
            scopes=scope.ids,
            collected_at=self._as_of,
        )
        return self._with_facts(inventory)

    def _with_facts(self, inventory: Inventory) -> Inventory:
        context = FactContext(
            self._needs,
            inventory,
            self._reader,
            self._workers,
            self._endpoints,
            self._as_of,
            self._progress,
        )
        facts: list[Fact] = []
        gaps: list[Gap] = list(inventory.gaps)
        for reader in FACT_READERS:
            read = reader.read(context)
            facts.extend(read.facts)
            gaps.extend(read.gaps)
        return Inventory(
            resources=inventory.resources,
            facts=tuple(facts),
            gaps=_distinct(gaps),
            sources=inventory.sources,
            scopes=inventory.scopes,
            collected_at=inventory.collected_at,
        )


def _distinct(gaps: list[Gap]) -> tuple[Gap, ...]:
    """Give the gaps without those that say the same once more, as two queries of one metric may."""
    seen: dict[tuple[str, str, str], Gap] = {}
    for gap in gaps:
        seen.setdefault((gap.scope, gap.what, gap.reason), gap)
    return tuple(seen.values())


@contextmanager
def quiet_loggers() -> Iterator[None]:
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
