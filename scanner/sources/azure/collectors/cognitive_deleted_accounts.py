"""Accounts that were deleted and not purged: their provisioned deployments are paid for all the same.

Their ids have the resource group behind the region:
`/subscriptions/{s}/providers/Microsoft.CognitiveServices/locations/{l}/resourceGroups/{g}/deletedAccounts/{n}`.
"""

from __future__ import annotations

from scanner.sources.azure.clients import Service
from scanner.sources.azure.collectors.base import ArmList
from scanner.sources.azure.collectors.cognitive_accounts import API_VERSION

DELETED_ACCOUNTS = ArmList(
    type="Microsoft.CognitiveServices/deletedAccounts",
    service=Service.COGNITIVE_SERVICES,
    api_version=API_VERSION,
    supplementary=True,
    # What is deleted is no resource to tag or to move: only a rule that names it is about it.
    only_by_name=True,
)
