"""Which subscriptions and resource groups a scan is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import Origin, Resource
from scanner.model.values import Json
from scanner.sources.azure.clients import Service
from scanner.sources.azure.endpoints import ARM_VARIABLE
from scanner.sources.azure.faults import Fault, ReadError
from scanner.sources.azure.management_groups import HINT, subscriptions_below
from scanner.sources.azure.paging import Listing
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.workers import Workers

SUBSCRIPTIONS = "Microsoft.Resources/subscriptions"
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
ORIGIN = Origin(source="azure")

_SUBSCRIPTIONS_VERSION = {"api-version": "2022-12-01"}
_GROUPS_VERSION = {"api-version": "2025-04-01"}
_HINTS = {
    GapReason.UNREACHABLE: f"check the network, HTTPS_PROXY, {ARM_VARIABLE} and SSL_CERT_FILE",
    GapReason.TIMEOUT: f"check the network, HTTPS_PROXY and {ARM_VARIABLE}",
    GapReason.FORBIDDEN: "the identity needs the role Reader on the subscriptions to scan",
    GapReason.UNAUTHENTICATED: "check that the credential is of the tenant and cloud to scan",
    GapReason.MALFORMED: f"check that {ARM_VARIABLE} is Azure Resource Manager's base URL",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The containers that were found; `chosen` are lower-case group names, empty for all groups."""

    subscriptions: tuple[Resource, ...]
    groups: tuple[Resource, ...]
    chosen: frozenset[str]
    ids: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def holds(self, resource: Resource) -> bool:
        """Say whether a resource lies in a chosen resource group; a deleted account has it behind its region."""
        _, word, rest = resource.key.partition("/resourcegroups/")
        return not self.chosen or (bool(word) and rest.partition("/")[0] in self.chosen)


def read_scope(
    reader: Reader,
    workers: Workers,
    subscriptions: Sequence[str],
    resource_groups: Sequence[str],
    management_groups: Sequence[str] = (),
) -> Scope:
    """Read the subscriptions asked for, by id or by management group (none: all there are), and their groups.

    Raises SourceError where all subscriptions were asked for and none can be listed, and where only
    management groups were and none of them has a subscription that is known.
    """
    names = _distinct(resource_groups)
    asked, gaps = _asked(reader, workers, subscriptions, management_groups)
    if asked:
        listed = _list(reader, workers).items if management_groups else []
        found, missing = _asked_for(reader, workers, asked, {item["id"].strip("/").lower(): item for item in listed})
    else:
        found, missing = _all(reader, workers)
    gaps.extend(missing)
    chosen = frozenset(name.lower() for name in names)
    listings = workers.map(
        lambda one: reader.pages(Service.RESOURCES, f"{one.id.rstrip('/')}/resourcegroups", _GROUPS_VERSION), found
    )
    groups: list[Resource] = []
    unlisted: list[Resource] = []
    for subscription, listing in zip(found, listings, strict=True):
        gaps.extend(fault.gap(subscription.id, GROUPS) for fault in listing.faults)
        unlisted.extend([subscription] if listing.faults else [])
        here = [Resource(item, ORIGIN) for item in listing.items]
        groups.extend(group for group in here if not chosen or group.name.lower() in chosen)
    present = {group.name.lower() for group in groups}
    if not unlisted:
        gaps.extend(_missing(name, found) for name in names if name.lower() not in present)
    roots = [f"/subscriptions/{one}" for one in asked] or [one.id for one in found]
    ids = _group_ids(roots, names, groups, unlisted if not asked else None) if names else roots
    return Scope(tuple(found), tuple(groups), chosen, tuple(ids), tuple(gaps))


def _list(reader: Reader, workers: Workers) -> Listing:
    return workers.call(lambda: reader.pages(Service.SUBSCRIPTIONS, "/subscriptions", _SUBSCRIPTIONS_VERSION))


def _all(reader: Reader, workers: Workers) -> tuple[list[Resource], list[Gap]]:
    listing = _list(reader, workers)
    if not listing.items and listing.faults:
        fault = listing.faults[0]
        raise SourceError(
            Problem(f"the subscriptions cannot be listed: {fault.detail}", hint=_HINTS.get(fault.reason, ""))
        )
    if not listing.items:
        raise SourceError(
            Problem(
                "the credential sees no subscription",
                hint="give its identity the role Reader on the subscriptions to scan",
            )
        )
    gaps = [fault.gap("/subscriptions", SUBSCRIPTIONS) for fault in listing.faults]
    return [Resource(item, ORIGIN) for item in listing.items], gaps


def _asked(
    reader: Reader, workers: Workers, subscriptions: Sequence[str], management_groups: Sequence[str]
) -> tuple[tuple[str, ...], list[Gap]]:
    """Give the ids of the subscriptions that were asked for, () for all; and why a management group has none."""
    for one in subscriptions:
        if not re.fullmatch(r"\w[\w.-]*", one):
            raise SourceError(
                Problem(f"{one!r} is not the id of a subscription", hint="`az account list` shows the ids")
            )
    if not management_groups:
        return _distinct(subscriptions), []
    below, gaps = subscriptions_below(reader, workers, _distinct(management_groups))
    asked = _distinct([*subscriptions, *below])
    if not asked:
        said = "; ".join(f"{gap.scope.rpartition('/')[2]}: {gap.detail}" for gap in gaps)
        raise SourceError(Problem(f"no subscription is known of the management group: {said}", hint=HINT))
    return asked, gaps


def _asked_for(
    reader: Reader, workers: Workers, asked: tuple[str, ...], listed: Mapping[str, Json]
) -> tuple[list[Resource], list[Gap]]:
    """Read each subscription that was asked for and is not `listed` (by id, "subscriptions/...", lower case)."""
    found: list[Resource] = []
    gaps: list[Gap] = []

    def read(one: str) -> Resource | Fault:
        known = listed.get(f"subscriptions/{one}".lower())
        return Resource(known, ORIGIN) if known is not None else _subscription(reader, one)

    for one, answer in zip(asked, workers.map(read, asked), strict=True):
        if isinstance(answer, Resource):
            found.append(answer)
        else:
            gaps.append(answer.gap(f"/subscriptions/{one}", SUBSCRIPTIONS))
    return found, gaps


def _subscription(reader: Reader, subscription_id: str) -> Resource | Fault:
    try:
        answer = reader.get(Service.SUBSCRIPTIONS, f"/subscriptions/{subscription_id}", _SUBSCRIPTIONS_VERSION)
    except ReadError as error:
        return error.fault
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        return Fault(GapReason.MALFORMED, "the answer is no subscription: it has no id")
    return Resource(answer, ORIGIN)


def _missing(name: str, subscriptions: Sequence[Resource]) -> Gap:
    parent = subscriptions[0].id if len(subscriptions) == 1 else ""
    detail = f"no subscription of this scan has a resource group named {name!r}"
    return Gap(f"{parent}/resourceGroups/{name}", GROUPS, GapReason.NOT_FOUND, detail)


def _group_ids(
    roots: Sequence[str],
    names: Sequence[str],
    groups: Sequence[Resource],
    unlisted: Sequence[Resource] | None,
) -> list[str]:
    """Give the ids of the groups asked for.

    Where the subscriptions were named too (`unlisted` is None) that is every name in each of them; else
    the groups that exist, and those that may exist in subscriptions whose groups could not be listed.
    """
    if unlisted is None:
        return [f"{root}/resourceGroups/{name}" for root in roots for name in names]
    uncertain = [f"{one.id}/resourceGroups/{name}" for one in unlisted for name in names]
    return list(_distinct([*(group.id for group in groups), *uncertain]))


def _distinct(words: Sequence[str]) -> tuple[str, ...]:
    """Give the words that differ in more than case, each in its first spelling."""
    seen: dict[str, str] = {}
    for word in words:
        seen.setdefault(word.lower(), word)
    return tuple(seen.values())
