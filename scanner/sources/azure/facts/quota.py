"""Quota pools of the regions that hold deployments or will, and the model catalogue where pool names need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model.inventory import Fact, GapReason
from scanner.model.needs import FactNeed
from scanner.model.quota import (
    ACCOUNT,
    MODELS,
    QUOTA_USAGES,
    candidate_pool_names,
    location_scope,
    usage_name,
)
from scanner.model.resource import Resource, normalise_location
from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.cognitive_accounts import API_VERSION
from scanner.sources.azure.facts.base import FactContext, FactsRead
from scanner.sources.azure.faults import Fault
from scanner.sources.azure.paging import Listing


@dataclass(slots=True)
class _Region:
    """A region of a subscription: its fact scope, its path in Azure's spelling, its deployments."""

    scope: str
    path: str
    deployments: dict[str, Resource] = field(default_factory=dict)


class QuotaFacts:
    """Reads `quotaUsages` and `models`, once per subscription and region."""

    kinds = frozenset({QUOTA_USAGES, MODELS})

    def read(self, context: FactContext) -> FactsRead:
        """Read the usages; then the catalogue where it was asked for or a deployment's pool is not found."""
        read = FactsRead()
        regions = _regions(context, QUOTA_USAGES, read)
        usages = _read(context, QUOTA_USAGES, "usages", regions, read)
        wanted = _regions(context, MODELS, read)
        for scope, listing in usages.items():
            if _has_unknown_pool(regions[scope], listing):
                wanted.setdefault(scope, regions[scope])
        _read(context, MODELS, "models", wanted, read)
        return read


def _regions(context: FactContext, kind: str, read: FactsRead) -> dict[str, _Region]:
    regions: dict[str, _Region] = {}
    placeless: dict[str, Resource] = {}
    for need in context.needs.of_kind(kind):
        for deployment, account in _with_accounts(context, need):
            place = normalise_location(account.location)
            if not place:
                placeless[account.key] = account
                continue
            scope = location_scope(account.subscription_id, place)
            subscription = account.id.strip("/").split("/")[1]
            path = f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/{place}"
            regions.setdefault(scope, _Region(scope, path)).deployments[deployment.key] = deployment
    fault = Fault(GapReason.MALFORMED, "the account has no location, so its region's quota cannot be asked for")
    read.gaps.extend(fault.gap(account.id, kind) for account in placeless.values())
    return regions


def _with_accounts(context: FactContext, need: FactNeed) -> Iterator[tuple[Resource, Resource]]:
    """Give what the need is about with the account it lies in, itself if it is one: what exists, then what is planned.

    What is planned counts where its subscription was read and its region is known.
    """
    for one in context.resources_for(need):
        account = one if one.type == ACCOUNT else context.inventory.parent(one)
        if account is not None:
            yield one, account
    change = context.needs.change
    for one in change.resources:
        if one.type in need.types and f"/subscriptions/{one.subscription_id}" in context.inventory.by_key:
            account = one if one.type == ACCOUNT else change.parent(one) or context.inventory.parent(one)
            if account is not None and account.location and need.applies(one, change):
                yield one, account


def _read(
    context: FactContext, kind: str, word: str, regions: dict[str, _Region], read: FactsRead
) -> dict[str, Listing]:
    """Read the list `word` of all regions into facts of `kind`; give those that were read, by scope."""
    if regions:
        context.progress(f"reading {kind} of {len(regions)} regions")
    listings = context.workers.map(
        lambda region: context.reader.pages(
            Service.COGNITIVE_SERVICES,
            f"{region.path}/{word}",
            {"api-version": API_VERSION},
            identified=False,
        ),
        regions.values(),
    )
    known: dict[str, Listing] = {}
    for scope, listing in zip(regions, listings, strict=True):
        read.gaps.extend(fault.gap(scope, kind) for fault in listing.faults)
        if listing.items or not listing.faults:
            read.facts.append(Fact(kind, scope, listing.items))
            known[scope] = listing
    return known


def _has_unknown_pool(region: _Region, usages: Listing) -> bool:
    """Say whether some deployment draws from none of the pools whose names follow the usual pattern."""
    names = {usage_name(item).lower() for item in usages.items}
    for deployment in region.deployments.values():
        candidates = candidate_pool_names(deployment.json)
        if candidates and not any(name.lower() in names for name in candidates):
            return True
    return False
