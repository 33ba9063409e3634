"""`modelLifecycle`: a deployment's model will still be served for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from scanner.expressions.times import parse_timestamp, write_duration
from scanner.model.inventory import Inventory
from scanner.model.needs import MetricQuery
from scanner.model.quota import MODELS, location_scope
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Json
from scanner.model.verdict import Evidence, Severity
from scanner.rules.assertions.base import Assertion, Duration
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.paths import descend

_PATH = "models[].model.deprecation.inference"


class ModelLifecycle(Assertion):
    """The inference of a deployment's model version is not retired, nor will be within `horizon`.

    The date is `deprecation.inference` in the model catalogue of the account's region. A model that is not listed
    there, or without a date, holds. Unknown where the catalogue, or a date in it, could not be read. A date that is
    past makes the finding high, whatever the rule's severity: requests already fail.
    """

    horizon: Duration = Field(description="How long before its retirement a model must be replaced.")

    def facts(self) -> tuple[tuple[str, MetricQuery | None], ...]:
        """Regional model catalogues."""
        return ((MODELS, None),)

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        horizon = write_duration(self.horizon.total_seconds())
        expected = f"later than {horizon} from now"
        name, version = _model(resource.json)
        if name is UNKNOWN or version is UNKNOWN or name is MISSING:
            return _unknown("which model it serves is not known", expected)
        versions, reason = _catalogue(resource, env.inventory)
        entries = _matching(versions, resource, str(name), "" if version is MISSING else str(version))
        if not entries and reason:
            return _unknown(f"when {name} is retired is not known: {reason}", expected)
        found = [descend(entry, _steps("deprecation", "inference")) for entry in entries]
        dates = [value for value in found if value is not MISSING]
        moments = [parse_timestamp(value) if isinstance(value, str) else None for value in dates]
        known = [(moment, str(date)) for moment, date in zip(moments, dates, strict=True) if moment is not None]
        moment, written = min(known, default=(None, ""))
        left = None if moment is None else moment - env.as_of
        if moment is None or left is None or left > self.horizon:
            unread = [date for date, read in zip(dates, moments, strict=True) if read is None]
            return _unknown(f"the retirement date {unread[0]!r} cannot be read", expected) if unread else HOLDS
        model = f"{name} {version}" if version is not MISSING else str(name)
        message = f"{model} {_when(moment, left)}; it must be {expected}{_replacement(entries)}"
        severity = Severity.HIGH if left <= timedelta(0) else None
        return Judgement(False, message, (Evidence(_PATH, written, expected),), severity)


def _unknown(message: str, expected: str) -> Judgement:
    return Judgement(None, message, (Evidence(_PATH, None, expected),))


def _steps(*keys: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, key.lower()) for key in keys)


def _model(deployment: Json) -> tuple[Any, Any]:
    model = descend(deployment, _steps("properties", "model"))
    return descend(model, _steps("name")), descend(model, _steps("version"))


def _when(moment: datetime, left: timedelta) -> str:
    if left <= timedelta(0):
        return f"was retired on {moment:%Y-%m-%d}"
    return f"is retired on {moment:%Y-%m-%d}, in {left.days or 'less than 1'} {'day' if left.days <= 1 else 'days'}"


def _replacement(entries: list[Json]) -> str:
    """Say what Azure replaces the model by, where the catalogue says so."""
    for entry in entries:
        target = [descend(entry, _steps("replacementConfig", key)) for key in ("targetModelName", "targetModelVersion")]
        words = [word for word in target if isinstance(word, str) and word]
        if words:
            return f" (Azure's replacement: {' '.join(words)})"
    return ""


def _catalogue(deployment: Resource, inventory: Inventory) -> tuple[dict[str, list[Json]], str]:
    """Give the models of the deployment's region by lower-case name, and why they may not be all."""
    account = inventory.parent(deployment)
    if account is None or not account.location:
        return {}, "the deployment's account, and so its region, was not read"
    scope = location_scope(deployment.subscription_id, account.location)
    fact, gap = inventory.fact(MODELS, scope), inventory.gap(MODELS, scope)
    place = scope.rpartition("/")[2]
    if fact is None or not isinstance(fact.data, list):
        return {}, f"the models of {place} {f'could not be read ({gap.reason})' if gap else 'were not read'}"
    items = fact.data

    def make() -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for item in items:
            model = item.get("model") if isinstance(item, dict) else None
            if isinstance(model, dict) and isinstance(model.get("name"), str):
                found.setdefault(model["name"].lower(), []).append(model)
        return found

    versions: dict[str, list[Json]] = inventory.memo((MODELS, scope, "by name"), make)
    return versions, f"the models of {place} could not all be read ({gap.reason})" if gap else ""


def _matching(versions: dict[str, list[Json]], deployment: Resource, name: str, version: str) -> list[Json]:
    """Give the entries of the deployment's model: its version, or the default one where it names none."""
    publisher = descend(deployment.json, _steps("properties", "model", "format"))
    found = []
    for model in versions.get(name.lower(), ()):
        if isinstance(publisher, str) and str(model.get("format") or publisher).lower() != publisher.lower():
            continue
        wanted = str(model.get("version")).lower() == version.lower() if version else model.get("isDefaultVersion")
        if wanted:
            found.append(model)
    return found
