"""A tenant out of a seed: hundreds of resources, violations planted among them, and the truth about all of them.

estate = generate(7)
with FakeAzure(estate.tenant) as azure:
    ...                       # scan it; what fails and what is unknown must be estate.truth, exactly
"""

import random

from tests.loopback.estate import Estate
from tests.loopback.plant_learning import plant_workspace
from tests.loopback.plant_openai import plant_account, plant_catalogue, plant_deleted, plant_other_service
from tests.loopback.plant_others import plant_copilot, plant_guards, plant_neighbours

SUBSCRIPTIONS = 4
GROUP_TAGS = {
    "prod": {"environment": "prod", "team": "ai", "workload": "chat", "cost-center": "7"},
    "dev": {"Environment": "Dev", "TEAM": "ai", "workload": "chat", "Cost-Center": "7"},
    "loose": {"environment": "production", "workload": "chat", "team": "  "},
}
PARAMETERS = (
    "deniedModels=[gpt-denied]",
    "allowedRegions=[East US 2, swedencentral]",
    "deniedVmSizes=[Standard_M*]",
)
"""Of rules that allow everything unless told otherwise."""


def generate(seed: int) -> Estate:
    """Give the tenant of a seed and its truth; the same seed gives the same."""
    estate = Estate(dice=random.Random(seed))
    for number in range(SUBSCRIPTIONS):
        tags = {"team": "platform"} if estate.chance(2) else {}
        subscription = estate.tenant.add_subscription(f"{number:08}-0000-4000-8000-{seed:012}", tags=tags)
        estate.tag(subscription, tags, judged=False)
        plant_catalogue(estate, subscription)
        plant_guards(estate, subscription)
        plant_deleted(estate, subscription, f"gone-{number}")
        for kind, group_tags in GROUP_TAGS.items():
            group = estate.tenant.add_group(subscription, f"rg-{kind}", tags=group_tags)
            estate.tag(group, group_tags, judged=False)
            for account in range(estate.dice.randint(1, 3)):
                plant_account(estate, group, f"{kind}{number}{account}")
            plant_workspace(estate, group, f"ml-{kind}")
            plant_neighbours(estate, group, f"{kind}{number}")
        plant_other_service(estate, group, f"text{number}")
    plant_copilot(estate)
    estate.finish()
    return estate
