"""Facts and gaps of test cases, whole or in short, as the inventory of a scan would hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scanner.expressions.times import parse_duration
from scanner.model.inventory import Fact, Gap
from scanner.model.needs import MetricQuery
from scanner.model.quota import QUOTA_USAGES, location_scope
from scanner.model.resource import Resource
from scanner.model.values import Json
from scanner.policy_tests.language import FactModel, GapModel, PointsModel, QuotaModel
from scanner.policy_tests.resources import SUBSCRIPTION_ID, container_id, named
from scanner.rules.place import Place, Problems, suggestion
from scanner.rules.rule import Rule
from scanner.rules.series import METRICS
from scanner.rules.validation import add_validation_problems

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class FactReader:
    """Reads the facts and gaps of one case: its rule, its resources and its clock give what is left out."""

    rule: Rule
    resources: Sequence[Resource]
    as_of: datetime
    problems: Problems
    facts: list[Fact] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    _metrics: dict[str, list[Json]] = field(default_factory=dict)

    def read_fact(self, body: Any, place: Place) -> None:
        """Add a fact in any of its three forms."""
        keys = body if isinstance(body, dict) else {}
        if "points" in keys:
            if points := self._validated(PointsModel, body, place):
                self._add_points(points, place)
        elif "quotaUsages" in keys:
            if quota := self._validated(QuotaModel, body, place):
                self.facts.append(_usages(quota))
        elif fact := self._validated(FactModel, body, place):
            scope = self._scope(fact.scope, fact.location, place)
            if scope:
                self.facts.append(Fact(fact.kind, scope, fact.data))

    def read_gap(self, body: Any, place: Place) -> None:
        """Add a gap."""
        gap = self._validated(GapModel, body, place)
        scope = self._scope(gap.scope, gap.location, place) if gap else ""
        if gap and scope:
            self.gaps.append(Gap(scope, gap.what, gap.reason, gap.detail))

    def _validated(self, kind: type[Model], body: Any, place: Place) -> Model | None:
        try:
            return kind.model_validate(body)
        except ValidationError as error:
            add_validation_problems(error, kind, place, self.problems)
            return None

    def _scope(self, scope: str, location: str, place: Place) -> str:
        """Give the ARM id that is meant; "", and a problem, where none is."""
        if bool(scope) == bool(location):
            self.problems.add(place, "needs either 'scope' or 'location'")
            return ""
        if location:
            return location_scope(SUBSCRIPTION_ID, location)
        if scope.startswith("/"):
            return scope
        found = named(scope, list(self.resources))
        if len(found) == 1:
            return found[0].id
        if not found and (identity := container_id(scope)):
            return identity
        self.problems.add(place / "scope", *_not_one("scope", scope, found, self.resources))
        return ""

    def _add_points(self, points: PointsModel, place: Place) -> None:
        query = self._query(points, place)
        resource = self._subject(points, place)
        if query is None or resource is None:
            return
        owner = resource.id.rstrip("/").rsplit("/", 2)[0] if query.on == "parent" else resource.id
        window = points.window or query.window
        asked = {
            "metric": query.metric,
            "aggregation": query.aggregation,
            "interval": query.interval,
            "start": (self.as_of - window).isoformat(),
            "end": self.as_of.isoformat(),
            "dimension": query.dimension,
            "also": list(query.also),
        }
        entries = self._metrics.setdefault(owner.lower(), [])
        if not entries:
            self.facts.append(Fact(METRICS, owner, entries))
        entry = next((entry for entry in entries if entry["query"] == asked), None)
        if entry is None:
            entry = {
                "query": asked,
                "value": {"name": {"value": query.metric}, "errorCode": "Success", "timeseries": []},
            }
            entries.append(entry)
        if points.points:
            labels = {query.dimension: resource.name} if query.dimension else {}
            entry["value"]["timeseries"].append(_series(points.points, query, labels | points.labels, self.as_of))

    def _query(self, points: PointsModel, place: Place) -> MetricQuery | None:
        """Give the rule's own question that these points answer."""
        asked = {query.metric: query for kind, query in self.rule.facts if kind == METRICS and query is not None}
        wanted = {name.lower(): query for name, query in asked.items()}
        if points.metric:
            query = wanted.get(points.metric.lower())
            if query is None:
                message = f"the rule {self.rule.info.id} does not ask for the metric '{points.metric}'"
                self.problems.add(place / "metric", message, suggestion(points.metric, asked))
            return query
        if not asked:
            self.problems.add(place / "points", f"the rule {self.rule.info.id} asks for no metric")
        return next(iter(asked.values()), None)

    def _subject(self, points: PointsModel, place: Place) -> Resource | None:
        """Give the resource whose metric it is: the one that is named, or the only one the rule is about."""
        about = [resource for resource in self.resources if resource.type in self.rule.types]
        found = named(points.of, about) if points.of else about
        if len(found) == 1:
            return found[0]
        at = place / ("of" if points.of else "points")
        self.problems.add(at, *_not_one("of", points.of, found, about))
        return None


def _not_one(key: str, word: str, found: Sequence[Resource], known: Sequence[Resource]) -> tuple[str, str]:
    """Say why a word does not mean exactly one resource, and what to do."""
    if not word:
        return f"the case has {len(found) or 'no'} resources that the rule is about", f"name one: {key}: <name>"
    if found:
        return f"'{word}' names {len(found)} resources of the case", "write <parent>/<name>, or the id"
    return f"the case has no resource '{word}'", suggestion(word, [resource.name for resource in known])


def _usages(quota: QuotaModel) -> Fact:
    items = [
        {"name": {"value": name, "localizedValue": name}, "currentValue": current, "limit": limit, "unit": "Count"}
        for name, (current, limit) in quota.quota_usages.items()
    ]
    return Fact(QUOTA_USAGES, location_scope(SUBSCRIPTION_ID, quota.location), items)


def _series(points: Sequence[float | None], query: MetricQuery, labels: Mapping[str, str], as_of: datetime) -> Json:
    """Give a time series as Azure Monitor writes it; a point without a value lacks the aggregation's key."""
    step = timedelta(seconds=parse_duration(query.interval) or query.window.total_seconds() / max(1, len(points)))
    start = as_of - len(points) * step
    data = [
        {"timeStamp": (start + index * step).isoformat()} | ({} if value is None else {query.aggregation: value})
        for index, value in enumerate(points)
    ]
    pairs = [{"name": {"value": name.lower()}, "value": value} for name, value in labels.items()]
    return {"metadatavalues": pairs, "data": data}
