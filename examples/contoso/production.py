"""Production: the assistant and the search, as customers use them, and what the company shares."""

from __future__ import annotations

from collections.abc import Iterator

from contoso.cognitive import account, deleted_account, deployment, project
from contoso.names import DEEPSEEK, EMBEDDING, GPT_4O, GPT_5_MINI, GPT_41, GPT_41_MINI, PRODUCTION
from contoso.shapes import Json, group, inside, subscription

SOC = {"team": "soc", "workload": "incident-response"}


def production() -> Iterator[Json]:
    """Give the assistant and the search, as customers use them."""
    yield subscription(PRODUCTION, "Contoso AI Production", {"environment": "prod", "cost-center": "4100"})
    assistant = group(PRODUCTION, "rg-assistant-prod", "swedencentral", {"team": "assistant", "workload": "assistant"})
    yield assistant
    openai = account(assistant, "contoso-assistant-prod", "swedencentral", keyless=True)
    yield openai
    yield deployment(openai, "chat", GPT_41, "GlobalProvisionedManaged", 60, spilloverDeploymentName="chat-spill")
    yield deployment(openai, "chat-spill", GPT_41, "GlobalStandard", 100)
    yield deployment(openai, "summaries", GPT_4O, "ProvisionedManaged", 100, age=75)
    # Bought for a launch that moved: nobody calls it.
    yield deployment(openai, "voice", GPT_4O, "ProvisionedManaged", 50, age=40)
    yield deployment(openai, "launch", GPT_5_MINI, "GlobalProvisionedManaged", 15, age=2)
    yield deployment(openai, "nightly-batch", GPT_4O, "GlobalBatch", 500)
    yield inside(
        assistant,
        "Microsoft.BotService/botServices",
        "contoso-assistant-bot",
        location="global",
        kind="azurebot",
        sku={"name": "S1"},
        tags={"owner": "assistant@contoso.com"},
        properties={"displayName": "Contoso Assistant", "enabledChannels": ["webchat", "msteams"]},
    )

    search = group(PRODUCTION, "rg-search-prod", "westeurope", {"team": "search", "workload": "product-search"})
    yield search
    foundry = account(search, "contoso-search-prod", "westeurope", "AIServices", keyless=True)
    yield foundry
    yield project(foundry, "ranking", "Ranks products by what customers write")
    yield deployment(
        foundry,
        "ranker",
        GPT_41_MINI,
        "DataZoneStandard",
        450,
        tags={"feature": "ranking"},
        versionUpgradeOption="NoAutoUpgrade",
    )
    yield deployment(foundry, "embeddings", EMBEDDING, "Standard", 80)
    yield deployment(foundry, "reasoner", DEEPSEEK, "GlobalStandard", 50)
    yield inside(
        search,
        "Microsoft.Search/searchServices",
        "contoso-products",
        location="West Europe",
        sku={"name": "standard"},
        tags={"environment": "production"},
        properties={"replicaCount": 3, "partitionCount": 2, "hostingMode": "default", "status": "running"},
    )

    shared = group(PRODUCTION, "rg-shared-prod", "westeurope")
    yield shared
    yield inside(
        shared,
        "Microsoft.Fabric/capacities",
        "contosofabric",
        location="West Europe",
        sku={"name": "F64", "tier": "Fabric"},
        tags={"Team": "data-platform", "Workload": "analytics"},
        properties={"state": "Active", "administration": {"members": ["fabric-admins@contoso.com"]}},
    )
    for name, units, tags in (("contoso-scu", 3, {"team": " "}), ("contoso-scu-soc", 8, SOC)):
        yield inside(
            shared,
            "Microsoft.SecurityCopilot/capacities",
            name,
            location="westeurope",
            tags=tags,
            properties={"numberOfUnits": units, "crossGeoCompute": "NotAllowed", "geo": "EU"},
        )
    # Reads invoices; serves no model, so no rule is about it.
    yield account(shared, "contoso-invoices", "westeurope", "FormRecognizer")
    yield deleted_account(PRODUCTION, "rg-shared-prod", "contoso-launch", "westeurope", "OpenAI")
    yield deleted_account(PRODUCTION, "rg-shared-prod", "contoso-speech", "westeurope", "SpeechServices")
