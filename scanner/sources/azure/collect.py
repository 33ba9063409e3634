"""One scan of live Azure, from the first token to the inventory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from azure.core.exceptions import AzureError

from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.needs import Needs
from scanner.sources.azure import AzureOptions
from scanner.sources.azure.copilot import Asked, asked_of, microsoft365, read_copilot
from scanner.sources.azure.facts import FACT_KINDS, FACT_READERS
from scanner.sources.azure.facts.base import FactContext
from scanner.sources.azure.facts.metric_plan import METRICS
from scanner.sources.azure.journal import Journal, resume_journal, start_journal
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.resources import read_resources, unasked_types
from scanner.sources.azure.scope import read_scope
from scanner.sources.azure.session import Progress, Session


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
    session = Session(options, progress, credential=credential, sleep=sleep)
    asked = asked_of(options)
    interrupts.append(session.interrupt)
    journal = _journal(options, session.endpoints.arm, as_of)
    finished = False
    try:
        with session.signed_in():
            _sign_in_elsewhere(session, needs, asked)
            inventory = _Scan(session, needs, as_of, journal, asked).run()
        finished = not any(gap.reason is GapReason.INTERRUPTED for gap in inventory.gaps)
        return inventory
    finally:
        if journal is not None:
            journal.close(finished=finished)


def _sign_in_elsewhere(session: Session, needs: Needs, asked: Asked) -> None:
    """Fetch the other tokens while the sign-in is fresh: a federated one cannot serve a new audience later."""
    endpoints = session.endpoints
    scopes = []
    if needs.of_kind(METRICS) and (endpoints.metrics or endpoints.metrics_domain):
        scopes.append(f"{endpoints.metrics_audience}/.default")
    if asked.graph and needs.types & microsoft365.TYPES:
        scopes.append(endpoints.graph_scope)
    for scope in scopes:
        with suppress(AzureError):
            session.workers.call(partial(session.credential.get_token_info, scope))


def _journal(options: AzureOptions, endpoint: str, as_of: datetime) -> Journal | None:
    if options.journal is None:
        return None
    if options.resume:
        return resume_journal(options.journal, endpoint)
    return start_journal(options.journal, as_of, endpoint)


class _Scan:
    def __init__(self, session: Session, needs: Needs, as_of: datetime, journal: Journal | None, asked: Asked) -> None:
        self._options = session.options
        self._needs = needs
        self._as_of = as_of
        self._endpoints = session.endpoints
        self._clients = session.clients
        self._asked = asked
        self._reader = Reader(session.clients, journal=journal)
        self._workers = session.workers
        self._progress = session.progress

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
