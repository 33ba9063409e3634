"""Development, research, and a sandbox that the scanner may hardly look into."""

from __future__ import annotations

from collections.abc import Iterator

from contoso.cognitive import account, deployment
from contoso.learning import (
    cluster,
    instance,
    job,
    online_deployment,
    online_endpoint,
    serverless_endpoint,
    workspace,
)
from contoso.names import A100, CPU, DEVELOPMENT, GPT_4O, GPT_41, GPT_41_MINI, OLD_EMBEDDING, SANDBOX
from contoso.shapes import Json, group, inside, subscription


def development() -> Iterator[Json]:
    """Give the place where the assistant is developed."""
    yield subscription(DEVELOPMENT, "Contoso AI Development", {"cost-center": "4200"})
    tags = {"environment": "dev", "team": "assistant", "workload": "assistant"}
    home = group(DEVELOPMENT, "rg-assistant-dev", "eastus2", tags)
    yield home
    openai = account(home, "contoso-assistant-dev", "eastus2")
    yield openai
    yield deployment(openai, "chat", GPT_41, "GlobalStandard", 30)
    yield deployment(openai, "load-test", GPT_41, "GlobalStandard", 540, age=12, raiPolicyName=None)
    yield deployment(openai, "chat-ptu", GPT_41, "GlobalProvisionedManaged", 15, age=30)
    # Older than skus: it says no capacity, and the region no longer lists its pool.
    yield deployment(openai, "embeddings-2023", OLD_EMBEDDING, "Standard", None, age=1100, raiPolicyName=None)
    yield deployment(openai, "experiments", GPT_41_MINI, "GlobalStandard", 10, age=60, provisioningState="Failed")
    for name, size, replicas in (("contoso-products-dev", "basic", 1), ("contoso-products-load", "standard", 2)):
        yield inside(
            home,
            "Microsoft.Search/searchServices",
            name,
            location="East US 2",
            sku={"name": size},
            properties={"replicaCount": replicas, "partitionCount": 1, "hostingMode": "default", "status": "running"},
        )
    for name, size in (("contoso-bot-dev", "F0"), ("contoso-bot-test", "S1")):
        yield inside(
            home,
            "Microsoft.BotService/botServices",
            name,
            location="global",
            kind="azurebot",
            sku={"name": size},
            properties={"displayName": name, "enabledChannels": ["webchat"]},
        )
    for name, state in (("contosofabricdev", "Active"), ("contosofabrictest", "Paused")):
        yield inside(
            home,
            "Microsoft.Fabric/capacities",
            name,
            location="East US 2",
            sku={"name": "F64", "tier": "Fabric"},
            properties={"state": state, "administration": {"members": ["fabric-admins@contoso.com"]}},
        )


def research() -> Iterator[Json]:
    """Give the team that trains what it likes."""
    home = group(DEVELOPMENT, "rg-research", "northeurope", {"team": "research"})
    yield home
    studio = workspace(home, "mlw-research", "northeurope", "Hub", {"environment": "test"})
    yield studio
    gpus = cluster(
        studio, "gpu-a100", A100, {"minNodeCount": 2, "maxNodeCount": 12, "nodeIdleTimeBeforeScaleDown": "PT2H"}
    )
    yield gpus
    yield cluster(studio, "gpu-spot", A100, {"maxNodeCount": 8}, vmPriority="LowPriority")
    # Kept warm for a demonstration in spring.
    yield cluster(studio, "warm", CPU, {"minNodeCount": 1, "maxNodeCount": 32, "nodeIdleTimeBeforeScaleDown": "PT5M"})
    yield instance(studio, "ci-lena", A100, None, since=25)
    ner = online_endpoint(studio, "ner-demo", {"blue": 100, "green": 0})
    yield ner
    yield online_deployment(ner, "blue", CPU, 1)
    yield online_deployment(ner, "green", CPU, 8)
    yield serverless_endpoint(studio, "mistral-trial", "azureml://registries/azureml-mistral/models/Mistral-large")
    yield job(studio, "pretrain-adapter", "Command", gpus, age=150, limits={"jobLimitsType": "Command"})
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
    yield deployment(openai, "try-me", GPT_4O, "Standard", 60, age=45)
    pilot = account(hidden, "contoso-pilot", "francecentral")
    yield pilot
    # Of the commitment model that provisioned throughput was sold by before.
    yield deployment(pilot, "pilot-ptu", GPT_4O, "Provisioned", 50, age=400)
