"""What Contoso has in Azure: three subscriptions, and what its teams made in them."""

from __future__ import annotations

from collections.abc import Iterator

from contoso.cognitive import account, deployment, project
from contoso.learning import cluster, instance, job, online_endpoint, serverless_endpoint, workspace
from contoso.shapes import Json, group, inside, subscription

PRODUCTION = "5b1f7c52-6a0e-4c3d-9f18-2d7e0a94c1e3"
DEVELOPMENT = "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"
SANDBOX = "1d94e6b7-82c5-4f0a-b3e9-60a7c4f81d5e"
GPT_4O, GPT_41, GPT_41_MINI = "OpenAI/gpt-4o/2024-11-20", "OpenAI/gpt-4.1/2025-04-14", "OpenAI/gpt-4.1-mini/2025-04-14"
GPT_5_MINI, EMBEDDING = "OpenAI/gpt-5-mini/2025-08-07", "OpenAI/text-embedding-3-large/1"
A100, CPU = "STANDARD_NC24ADS_A100_V4", "STANDARD_D4DS_V5"


def estate() -> list[Json]:
    """Give every resource, containers first."""
    return [*production(), *forecasting(), *development(), *sandbox()]


def production() -> Iterator[Json]:
    """Give the assistant and the search, as customers use them."""
    yield subscription(PRODUCTION, "Contoso AI Production", {"environment": "prod", "cost-center": "4100"})
    assistant = group(PRODUCTION, "rg-assistant-prod", "swedencentral", {"team": "assistant", "workload": "assistant"})
    yield assistant
    openai = account(assistant, "contoso-assistant-prod", "swedencentral")
    yield openai
    yield deployment(openai, "chat", GPT_41, "GlobalProvisionedManaged", 60, spilloverDeploymentName="chat-spill")
    yield deployment(openai, "chat-spill", GPT_41, "GlobalStandard", 100)
    # Bought for a launch that moved: nobody calls it.
    yield deployment(openai, "summaries", GPT_4O, "ProvisionedManaged", 100, age=75)
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
    foundry = account(search, "contoso-search-prod", "westeurope", "AIServices")
    yield foundry
    yield project(foundry, "ranking", "Ranks products by what customers write")
    yield deployment(foundry, "ranker", GPT_41_MINI, "DataZoneStandard", 450, tags={"feature": "ranking"})
    yield deployment(foundry, "embeddings", EMBEDDING, "Standard", 80)
    yield deployment(foundry, "reasoner", "DeepSeek/DeepSeek-R1/1", "GlobalStandard", 50)
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
    yield inside(
        shared,
        "Microsoft.SecurityCopilot/capacities",
        "contoso-scu",
        location="westeurope",
        tags={"team": " "},
        properties={"numberOfUnits": 3, "crossGeoCompute": "NotAllowed", "geo": "EU"},
    )
    # Reads invoices; serves no model, so no rule is about it.
    yield account(shared, "contoso-invoices", "westeurope", "FormRecognizer")


def forecasting() -> Iterator[Json]:
    """Give the team that trains in production's subscription and keeps its house in order, mostly."""
    tags = {"team": "forecasting", "workload": "demand-forecast"}
    home = group(PRODUCTION, "rg-forecasting", "westeurope", tags)
    yield home
    studio = workspace(home, "mlw-forecasting", "westeurope")
    yield studio
    pool = cluster(
        studio, "train-cpu", CPU, {"minNodeCount": 0, "maxNodeCount": 8, "nodeIdleTimeBeforeScaleDown": "PT10M"}
    )
    yield pool
    yield cluster(studio, "nightly", CPU, {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT4H"})
    yield instance(studio, "ci-mara", CPU, "PT45M", "Stopped")
    yield instance(studio, "ci-jonas", CPU, "P1D")
    yield online_endpoint(studio, "demand-api", {"sla": "gold"})
    yield job(
        studio,
        "forecast-weekly",
        "Pipeline",
        pool,
        jobs={
            "prepare": {"type": "command", "limits": {"timeout": 3600}},
            "train": {"type": "command", "limits": {"timeout": 14400}},
            "report": {"type": "spark"},
        },
    )
    yield job(
        studio,
        "forecast-monthly",
        "Pipeline",
        pool,
        jobs={
            "prepare": {"type": "command", "limits": {"timeout": 3600}},
            "train": {"type": "command"},
        },
    )
    # A pipeline made of a component lists its steps there, not here.
    yield job(
        studio, "forecast-store", "Pipeline", pool, "Queued", componentId=f"{studio['id']}/components/stores/versions/3"
    )
    yield job(
        studio,
        "tune-horizon",
        "Sweep",
        pool,
        limits={
            "jobLimitsType": "Sweep",
            "timeout": "PT12H",
            "trialTimeout": "PT1H",
            "maxTotalTrials": 40,
            "maxConcurrentTrials": 4,
        },
    )
    yield job(studio, "score-stores", "Command", pool, limits={"jobLimitsType": "Command", "timeout": "PT6H"})
    yield job(studio, "join-sales", "Spark", None)
    yield job(studio, "forecast-2025", "Command", pool, "Completed", limits={"jobLimitsType": "Command"})


def development() -> Iterator[Json]:
    """Give the place where the assistant is developed and research trains what it likes."""
    yield subscription(DEVELOPMENT, "Contoso AI Development", {"cost-center": "4200"})
    tags = {"environment": "dev", "team": "assistant", "workload": "assistant"}
    home = group(DEVELOPMENT, "rg-assistant-dev", "eastus2", tags)
    yield home
    openai = account(home, "contoso-assistant-dev", "eastus2")
    yield openai
    yield deployment(openai, "chat", GPT_41, "GlobalStandard", 30)
    yield deployment(openai, "load-test", GPT_41, "GlobalStandard", 540, age=12)
    yield deployment(openai, "chat-ptu", GPT_41, "GlobalProvisionedManaged", 15, age=30)
    # Older than skus: it says no capacity, and the region no longer lists its pool.
    yield deployment(openai, "embeddings-2023", "OpenAI/text-embedding-ada-002/2", "Standard", None, age=1100)

    research = group(DEVELOPMENT, "rg-research", "northeurope", {"team": "research"})
    yield research
    studio = workspace(research, "mlw-research", "northeurope", "Hub", {"environment": "test"})
    yield studio
    gpus = cluster(
        studio, "gpu-a100", A100, {"minNodeCount": 2, "maxNodeCount": 12, "nodeIdleTimeBeforeScaleDown": "PT2H"}
    )
    yield gpus
    yield cluster(studio, "gpu-spot", A100, {"maxNodeCount": 8}, vmPriority="LowPriority")
    yield instance(studio, "ci-lena", A100, None)
    yield serverless_endpoint(studio, "mistral-trial", "azureml://registries/azureml-mistral/models/Mistral-large")
    yield job(studio, "pretrain-adapter", "Command", gpus, limits={"jobLimitsType": "Command"})
    yield job(
        studio,
        "tune-everything",
        "Sweep",
        gpus,
        limits={
            "jobLimitsType": "Sweep",
            "trialTimeout": "PT2H",
            "maxTotalTrials": 1000,
            "maxConcurrentTrials": 40,
        },
    )
    yield job(
        studio,
        "automl-churn",
        "AutoML",
        gpus,
        taskDetails={
            "taskType": "Classification",
            "limitSettings": {"timeout": "P3D", "maxTrials": 50, "maxConcurrentTrials": 4},
        },
    )
    yield job(studio, "finetune-support", "FineTuning", None)


def sandbox() -> Iterator[Json]:
    """Give a subscription in which the scanner may read accounts, and nothing around them."""
    yield subscription(SANDBOX, "Contoso AI Sandbox")
    hidden = group(SANDBOX, "rg-hackathon", "francecentral")
    openai = account(hidden, "contoso-hackathon", "francecentral", tags={"environment": "playground"})
    yield openai
    yield deployment(openai, "try-me", GPT_4O, "Standard", 60, age=20)
    pilot = account(hidden, "contoso-pilot", "francecentral")
    yield pilot
    yield deployment(pilot, "pilot-ptu", GPT_4O, "ProvisionedManaged", 50, age=20)
