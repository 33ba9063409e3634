"""The subscriptions of a management group and of all groups below it.

Read with ARM's own list of descendants and not with Resource Graph: Resource Graph leaves out, without a word,
every subscription that the caller may not read, while here it is named, and becomes a gap when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Gap, GapReason
from scanner.sources.azure.clients import Service
from scanner.sources.azure.faults import Fault
from scanner.sources.azure.reader import Reader
from scanner.sources.azure.workers import Workers

TYPE = "Microsoft.Management/managementGroups"
HINT = "the identity needs the role Reader or Management Group Reader on the management group"
_VERSION = {"api-version": "2020-05-01"}


def subscriptions_below(reader: Reader, workers: Workers, groups: Sequence[str]) -> tuple[list[str], list[Gap]]:
    """Give the ids of the subscriptions below these management groups, and gaps for what cannot be listed.

    A group without any subscription is a gap too: nobody asks for one to be told that all is well. Raises
    SourceError for what cannot be the id of a management group.
    """
    for one in groups:
        # Letters, digits, "-", "_", "(", ")" and "."; at most ninety of them.
        if not re.fullmatch(r"[\w().-]{1,90}", one) or one.endswith("."):
            message = f"{one!r} is not the id of a management group"
            raise SourceError(Problem(message, hint="`az account management-group list` shows the ids as `name`"))
    listings = workers.map(
        lambda one: reader.pages(Service.SUBSCRIPTIONS, f"/providers/{TYPE}/{one}/descendants", _VERSION), groups
    )
    found: list[str] = []
    gaps: list[Gap] = []
    for one, listing in zip(groups, listings, strict=True):
        scope = f"/providers/{TYPE}/{one}"
        gaps.extend(fault.gap(scope, TYPE) for fault in listing.faults)
        ids = [match.group(1) for item in listing.items if (match := _SUBSCRIPTION.fullmatch(item["id"]))]
        if not ids and not listing.faults:
            gaps.append(Fault(GapReason.NOT_FOUND, "it holds no subscription").gap(scope, TYPE))
        found.extend(ids)
    return found, gaps


_SUBSCRIPTION = re.compile(r"/?subscriptions/([\w.-]+)/?", re.IGNORECASE)
