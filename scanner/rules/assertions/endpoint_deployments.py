"""`endpointDeployments`: an online endpoint has deployments, and none that only waits."""

from __future__ import annotations

from typing import Any

from scanner.expressions.comparison import as_number
from scanner.expressions.truth import all_of, any_of
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, reader
from scanner.rules.children import children_of
from scanner.rules.environment import HOLDS, Environment, Judgement

DEPLOYMENT = "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments"
_capacity = reader("sku.capacity")
_traffic = reader("properties.traffic")
_mirrored = reader("properties.mirrorTraffic")


class EndpointDeployments(Assertion):
    """An online endpoint has a deployment, and every deployment without traffic holds no instance.

    Traffic is the percentage in the endpoint's `traffic`, or in `mirrorTraffic`; a deployment that neither names has
    none. Unknown where the deployments could not all be read, or not their instances.
    """

    def reads(self) -> frozenset[str]:
        """Give the type of the deployments."""
        return frozenset({DEPLOYMENT})

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        deployments = children_of(resource.key, DEPLOYMENT, env.inventory)
        judged = [(one, _useful(one, resource, env)) for one in deployments]
        truth = all_of(each for _, each in judged)
        waiting = [one for one, each in judged if each is False]
        if waiting:
            names = ", ".join(f"{one.name} ({_capacity(one, env)})" for one in waiting)
            evidence = tuple(_evidence(one, env) for one in waiting)
            return Judgement(False, f"deployments without traffic hold instances: {names}", evidence)
        gap = env.inventory.gap(DEPLOYMENT, resource.id)
        expected = "at least one deployment"
        if gap is not None:
            message = f"its deployments could not all be read ({gap.reason})"
            return Judgement(None, message, (Evidence("deployments", None, expected),))
        if not deployments:
            message = "it has no deployment, so it serves nothing"
            return Judgement(False, message, (Evidence("deployments", [], expected),))
        if truth is None:
            unclear = [one for one, each in judged if each is None]
            message = f"whether {unclear[0].name} gets traffic, or holds instances, is not known"
            return Judgement(None, message, tuple(_evidence(one, env) for one in unclear))
        return HOLDS


def _evidence(deployment: Resource, env: Environment) -> Evidence:
    capacity = _capacity(deployment, env)
    shown = None if capacity is MISSING or capacity is UNKNOWN else capacity
    return Evidence(f"deployments[{deployment.name}].sku.capacity", shown, "0, or traffic above 0")


def _useful(deployment: Resource, endpoint: Resource, env: Environment) -> Truth:
    """Say whether a deployment gets traffic or costs nothing."""
    capacity = as_number(_capacity(deployment, env))
    shares = (_share(deployment, table(endpoint, env)) for table in (_traffic, _mirrored))
    return any_of((*shares, None if capacity is None else capacity <= 0))


def _share(deployment: Resource, table: Any) -> Truth:
    """Say whether a table of percentages gives the deployment any traffic."""
    if table is UNKNOWN:
        return None
    if not isinstance(table, dict):
        return False
    value = next((value for name, value in table.items() if str(name).lower() == deployment.name.lower()), 0)
    share = as_number(value)
    return False if value is None else None if share is None else share > 0
