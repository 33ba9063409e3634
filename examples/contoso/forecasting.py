"""A team that trains in production's subscription."""

from __future__ import annotations

from collections.abc import Iterator

from contoso.learning import cluster, instance, job, online_deployment, online_endpoint, workspace
from contoso.names import A100, CPU, PRODUCTION
from contoso.shapes import Json, group


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
    yield cluster(
        studio,
        "nightly",
        CPU,
        {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT4H"},
        currentNodeCount=2,
    )
    yield cluster(
        studio, "train-gpu", A100, {"minNodeCount": 0, "maxNodeCount": 2, "nodeIdleTimeBeforeScaleDown": "PT10M"}
    )
    yield instance(studio, "ci-mara", CPU, "PT45M", "Stopped")
    yield instance(studio, "ci-jonas", CPU, "P1D")
    api = online_endpoint(studio, "demand-api", {"blue": 100}, {"sla": "gold"})
    yield api
    yield online_deployment(api, "blue", CPU, 3)
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
