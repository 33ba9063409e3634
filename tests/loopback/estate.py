"""What a generated tenant is made of, and what is true of it.

The truth is written down as each thing is planted: nothing here asks azgate. A finding that is not in it passes or
does not exist.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.loopback.tenant import Json, Metric, Tenant

AS_OF = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
REGIONS = ("eastus2", "swedencentral")
REQUIRED = ("environment", "team", "workload", "cost-center")
ENVIRONMENTS = frozenset({"dev", "test", "staging", "prod"})
FAIL, UNKNOWN = "fail", "unknown"
LOGS = {"properties": {"logs": [{"categoryGroup": "allLogs", "enabled": True}]}}
AUDIT = {"properties": {"logs": [{"category": "Audit", "enabled": True}, {"category": "Trace", "enabled": False}]}}
DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"


def ago(days: float = 0, hours: float = 0) -> datetime:
    return AS_OF - timedelta(days=days, hours=hours)


def stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@dataclass
class Deployment:
    """A model deployment, as far as rules ask about it."""

    id: str
    account: str
    pool: str = ""
    is_ptu: bool = False
    is_young: bool = False
    is_failed: bool = False
    has_spillover: bool = False


@dataclass
class Estate:
    """A tenant and its truth: (rule, id in lower case) to fail or unknown."""

    tenant: Tenant = field(default_factory=Tenant)
    dice: random.Random = field(default_factory=random.Random)
    truth: dict[tuple[str, str], str] = field(default_factory=dict)
    tags: dict[str, Json] = field(default_factory=dict)
    taggable: list[str] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    pools: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    """Id of each pool a deployment draws from, to its current value and limit; None where Azure lists none."""
    logged: set[str] = field(default_factory=set)
    """Accounts whose requests are logged."""
    hungry: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Workspaces, and their clusters that hold nodes."""
    decks: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    series: dict[tuple[str, str], dict] = field(default_factory=lambda: defaultdict(dict))

    def says(self, rule: str, resource_id: str, outcome: str = FAIL) -> None:
        self.truth[rule, resource_id.lower()] = outcome

    def chance(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def deal(self, *cards: str) -> str:
        """Draw a card; each comes once before one comes again, so that none is left out."""
        deck = self.decks.setdefault(cards, [])
        if not deck:
            deck.extend(self.dice.sample(cards, len(cards)))
        return deck.pop()

    def tag(self, resource_id: str, tags: Json | None, *, judged: bool = True) -> str:
        """Remember a resource's own tags; `judged` says that the rules about tags are about it."""
        self.tags[resource_id] = tags or {}
        if judged:
            self.taggable.append(resource_id)
        return resource_id

    def effective_tag(self, resource_id: str, name: str) -> str:
        """Give a tag of the resource, of what it lies in, of its group or its subscription; "" for none."""
        place = resource_id
        while place:
            for own, value in self.tags.get(place, {}).items():
                if own.lower() == name and value.strip():
                    return value.strip()
            place = place.rpartition("/")[0]
        return ""

    def is_nonprod(self, resource_id: str) -> bool:
        return self.effective_tag(resource_id, "environment").lower() in {"dev", "test", "staging"}

    def log(self, owner: str, *, requests: bool = True) -> None:
        """Give a resource a diagnostic setting, or one without the requests, or none."""
        if self.chance(4):
            self.says("ai-diagnostics", owner)
        elif requests and self.chance(4):
            self.tenant.add_extension(owner, DIAGNOSTICS, AUDIT)
        else:
            self.tenant.add_extension(owner, DIAGNOSTICS, LOGS)
            self.logged.add(owner)

    def finish(self) -> None:
        """Judge what only the whole can tell: tags, shared accounts, pools; and serve pools and metrics."""
        for resource_id in self.taggable:
            if not all(self.effective_tag(resource_id, name) for name in REQUIRED):
                self.says("required-tags", resource_id)
            environment = self.effective_tag(resource_id, "environment").lower()
            if environment and environment not in ENVIRONMENTS:
                self.says("tag-values", resource_id)
        for account in {one.account for one in self.deployments}:
            if self.is_shared(account) and account not in self.logged:
                self.says("openai-shared-account", account)
        for pool, values in self.pools.items():
            self._judge_pool(pool, values)
        for (owner, name), series in self.series.items():
            split = name == "AzureOpenAIRequests"
            dimensions = ("ModelDeploymentName", "StatusCode") if split else ("ModelDeploymentName",)
            self.tenant.add_metric(owner, name, Metric(series, dimensions=dimensions if "/accounts/" in owner else ()))

    def is_shared(self, account: str) -> bool:
        return sum(one.account == account for one in self.deployments) > 1

    def _judge_pool(self, pool: str, values: tuple[float, float] | None) -> None:
        parts = pool.split("/")
        if values is not None:
            self.tenant.add_usage(
                "/".join(parts[:3]), parts[6], "/".join(parts[8:]), current=values[0], limit=values[1]
            )
        if values is None or values[1] == 0:
            self.says("openai-quota-headroom", pool, UNKNOWN)
        elif values[0] / values[1] > 0.9:
            self.says("openai-quota-headroom", pool)
