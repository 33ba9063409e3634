"""Trying each permission of a scan, by the calls that a scan makes: read-only, and as few as there can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from scanner.model.inventory import Gap
from scanner.model.needs import MetricQuery
from scanner.model.resource import Resource, normalise_location
from scanner.sources.azure import AzureOptions
from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.cognitive_accounts import ACCOUNTS, API_VERSION
from scanner.sources.azure.collectors.ml_workspaces import WORKSPACES
from scanner.sources.azure.copilot import Asked, asked_of, github, microsoft365
from scanner.sources.azure.facts.extensions import EXTENSIONS
from scanner.sources.azure.facts.metric_calls import ask_batch, ask_resource
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.paging import Listing
from scanner.sources.azure.permissions import NEIGHBOURS
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.resource_graph import query_body
from scanner.sources.azure.resources import collector_of
from scanner.sources.azure.scope import GROUPS, Scope, read_scope
from scanner.sources.azure.session import Progress, Session

_EXTENSION_NAMES = {
    "diagnosticSettings": "diagnostics",
    "budgets": "budgets",
    "scheduledActions": "scheduled-actions",
}
_QUERY = MetricQuery("AzureOpenAIRequests", "total", "PT1H", timedelta(hours=1), "parent")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one permission at one scope: `fault` None where it is granted.

    `untried` says why it could not be tried: then nothing is known of it.
    """

    permission: str
    scope: str
    fault: Fault | None = None
    untried: str = ""


def examine(
    options: AzureOptions,
    progress: Progress = lambda _: None,
    *,
    credential: object | None = None,
    sleep: Callable[[float], None] | None = None,
) -> list[Trial]:
    """Try every permission; raises SourceError as a scan does, where nothing can be read at all."""
    session = Session(options, progress, credential=credential, sleep=sleep)
    asked = asked_of(options)
    with session.signed_in():
        return _Examination(session).run(asked)


class _Examination:
    def __init__(self, session: Session) -> None:
        self._options = session.options
        self._clients = session.clients
        self._reader = Reader(session.clients)
        self._workers = session.workers
        self._progress = session.progress

    def run(self, asked: Asked) -> list[Trial]:
        self._progress("reading subscriptions and resource groups")
        options = self._options
        scope = read_scope(
            self._reader, self._workers, options.subscriptions, options.resource_groups, options.management_groups
        )
        trials = list(_of_scope(scope))
        if scope.subscriptions:
            trials.append(self._resource_graph(scope.subscriptions))
        self._progress(f"trying what may be read in {len(scope.subscriptions)} subscriptions")
        for found in self._workers.map(partial(self._subscription, scope), scope.subscriptions):
            trials.extend(found)
        self._progress("trying what was asked for beside Azure")
        return [*trials, *self._copilot(asked)]

    def _resource_graph(self, subscriptions: Sequence[Resource]) -> Trial:
        try:
            self._reader.query_resource_graph(query_body(NEIGHBOURS, subscriptions))
        except ReadError as error:
            return Trial("resource-graph", "/subscriptions", error.fault)
        return Trial("resource-graph", "/subscriptions")

    def _subscription(self, scope: Scope, subscription: Resource) -> list[Trial]:
        """Try everything in one subscription, as far as there is something to try it on."""
        accounts = ACCOUNTS.collect(subscription, self._reader)
        workspaces = WORKSPACES.collect(subscription, self._reader)
        trials = [
            _of_listing("accounts", subscription.id, accounts),
            _of_listing("workspaces", subscription.id, workspaces),
            self._neighbours(subscription),
        ]
        members = [Resource(item, subscription.origin) for item in accounts.items]
        place = next((normalise_location(one.location) for one in members if one.location), "")
        groups = (one.location for one in scope.groups if one.subscription_id == subscription.subscription_id)
        trials += self._region(subscription, place or next((normalise_location(one) for one in groups if one), ""))
        trials += self._metrics(subscription, next((one for one in members if one.location), None))
        others = [Resource(item, subscription.origin) for item in workspaces.items]
        return [*trials, *self._extensions(subscription, next(iter([*members, *others]), None))]

    def _neighbours(self, subscription: Resource) -> Trial:
        for kind in NEIGHBOURS:
            if faults := collector_of(kind).collect(subscription, self._reader).faults:
                return Trial("neighbours", subscription.id, faults[0])
        return Trial("neighbours", subscription.id)

    def _region(self, subscription: Resource, place: str) -> Iterator[Trial]:
        """Try the lists of one region; their content does not matter."""
        for name in ("usages", "models"):
            if not place:
                yield Trial(name, subscription.id, untried="it holds nothing that names a region")
                continue
            path = f"{subscription.id.rstrip('/')}/providers/Microsoft.CognitiveServices/locations/{place}/{name}"
            yield self._get(name, subscription.id, Service.COGNITIVE_SERVICES, path, API_VERSION)

    def _metrics(self, subscription: Resource, account: Resource | None) -> Iterator[Trial]:
        """Ask one metric of one account in both ways."""
        if account is None:
            for name in ("metrics-batch", "metrics"):
                yield Trial(name, subscription.id, untried="it holds no account to try it on")
            return
        now = datetime.now(UTC).replace(microsecond=0)
        piece = (now - _QUERY.window, now)
        base = self._clients.endpoints.metrics_base(normalise_location(account.location))
        if base is None:
            yield Trial("metrics-batch", subscription.id, untried="AZGATE_METRICS_ENDPOINT is not set")
        else:
            ask = partial(ask_batch, self._reader, base, (account,), (_QUERY,), piece)
            yield _tried("metrics-batch", subscription.id, ask)
        yield _tried("metrics", account.id, partial(ask_resource, self._reader, account, (_QUERY,), piece))

    def _extensions(self, subscription: Resource, resource: Resource | None) -> Iterator[Trial]:
        for extension in EXTENSIONS:
            name = _EXTENSION_NAMES[extension.kind]
            owner = resource if name == "diagnostics" else subscription
            if owner is None:
                yield Trial(name, subscription.id, untried="it holds nothing to try it on")
                continue
            path = f"{owner.id.rstrip('/')}/providers/{extension.type}"
            yield self._get(name, owner.id, extension.service, path, extension.api_version)

    def _get(self, name: str, scope: str, service: Service, path: str, api_version: str) -> Trial:
        return _tried(name, scope, partial(self._reader.get, service, path, {"api-version": api_version}))

    def _copilot(self, asked: Asked) -> Iterator[Trial]:
        if asked.graph:
            for name, kind in (("graph-licences", microsoft365.SKUS), ("graph-reports", microsoft365.USERS)):
                (read,) = microsoft365.readings(self._clients, asked.period, frozenset({kind.lower()}))
                yield _of_gaps(name, microsoft365.SCOPE, read()[1])
        for read in github.readings(self._clients, asked.token, asked.organizations, asked.enterprises, github.TYPES):
            resources, gaps = read()
            scope = gaps[0].scope if gaps else resources[0].id if resources else "/providers/GitHub.Copilot"
            yield _of_gaps("github", scope.partition("/seats/")[0], gaps)


def _tried(name: str, scope: str, call: Callable[[], Any]) -> Trial:
    try:
        call()
    except ReadError as error:
        return Trial(name, scope, error.fault)
    return Trial(name, scope)


def _of_listing(name: str, scope: str, listing: Listing) -> Trial:
    return Trial(name, scope, listing.faults[0] if listing.faults else None)


def _of_gaps(name: str, scope: str, gaps: Sequence[Gap]) -> Trial:
    return Trial(name, scope, Fault(gaps[0].reason, gaps[0].detail) if gaps else None)


def _of_scope(scope: Scope) -> Iterator[Trial]:
    """Say which subscriptions and groups could be read: a scan reads them first, and so does this."""
    missing = {gap.scope for gap in scope.gaps if gap.what == GROUPS}
    for subscription in scope.subscriptions:
        yield Trial("subscriptions", subscription.id)
        if subscription.id not in missing:
            yield Trial("groups", subscription.id)
    for gap in scope.gaps:
        name = "groups" if gap.what == GROUPS else "subscriptions"
        yield Trial(name, gap.scope, Fault(gap.reason, gap.detail))
