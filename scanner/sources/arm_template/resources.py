"""Finds the resources of a template: copy loops, conditions, names, children, and the deployments in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.expressions.syntax import ExpressionError
from scanner.model.inventory import GapReason
from scanner.model.resource import type_of_id
from scanner.model.values import Json, Truth
from scanner.sources.arm_template.deferred import Deferred, as_text, is_deferred, kind_of
from scanner.sources.arm_template.deployment import Deployment
from scanner.sources.arm_template.entry import DEPLOYMENT, Entry
from scanner.sources.arm_template.filling import compute, turns
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.interest import concerns_rules
from scanner.sources.arm_template.logic import condition
from scanner.sources.arm_template.nested import inside
from scanner.sources.arm_template.reading import Path_, Site
from scanner.sources.arm_template.scopes import (
    RESOURCE_GROUP,
    SUBSCRIPTION,
    TENANT,
    Scope,
    fitted,
    resource_id,
    scope_of_id,
)
from scanner.sources.arm_template.spelling import RESOURCE, spelt


def find_resources(deployment: Deployment) -> list[Entry]:
    """Give every resource of a template; what is wrong with one of them is noted, and it alone is left out."""
    section = deployment.template.get("resources")
    found = list(_all(deployment, section, deployment.frame, (*deployment.path, "resources")))
    for entry in found:
        if entry.type.lower() == DEPLOYMENT and not entry.existing:
            entry.deployment_inside = inside(entry)
    return found


def _all(
    deployment: Deployment, section: Any, frame: Frame, path: Path_, parent: Entry | None = None
) -> Iterator[Entry]:
    members: Mapping[str | int, Any] = {}
    if isinstance(section, list):
        members = dict(enumerate(section))
    elif isinstance(section, dict):
        members = dict(section)
    for key, raw in members.items():
        if isinstance(raw, dict):
            symbol = key if isinstance(key, str) else ""
            yield from _Finder(deployment, raw, (*path, key), symbol, parent).run(frame)
        elif raw is not None:
            site = Site(deployment.reading, deployment.source.file, "resources", (*path, key))
            site.wrong(ExpressionError(f"{kind_of(raw)} stands where a resource should be"))


class _Finder:
    """One resource of a template, before it is known how many it makes."""

    def __init__(self, deployment: Deployment, raw: Json, path: Path_, symbol: str, parent: Entry | None) -> None:
        self.deployment = deployment
        self.reading = deployment.reading
        self.raw = raw = spelt(raw, RESOURCE)
        self.path = path
        self.symbol = symbol
        self.parent = parent
        kind = raw.get("type")
        self.what = kind if isinstance(kind, str) and not kind.startswith("[") else "resources"
        self.site = Site(self.reading, deployment.source.file, self.what, path)

    def run(self, frame: Frame) -> Iterator[Entry]:
        if "import" in self.raw or "extension" in self.raw:
            self.reading.notes.foreign[self.what] = None
            return
        loop = self.raw.get("copy")
        if not isinstance(loop, dict):
            yield from self._one(frame, None)
            return
        try:
            count = turns(loop.get("count"), frame)
        except ExpressionError as error:
            self.site.at(("copy", "count")).wrong(error)
            return
        if is_deferred(count):
            if not self._is_out(frame):
                self._uncounted()
            return
        name = str(loop.get("name", ""))
        for turn in range(count):
            yield from self._one(frame.in_loop(name, turn, innermost=True), turn)

    def _is_out(self, frame: Frame) -> bool:
        """Say whether the condition is false, whatever the turn of the loop, and no child matters."""
        try:
            return self._present(frame) is False and not concerns_rules(self.raw.get("resources"))
        except ExpressionError:
            return False

    def _uncounted(self) -> None:
        """Note that nobody knows how many there will be: a gap where they may be what azgate has rules for."""
        if not concerns_rules(self.raw):
            self.reading.notes.uncounted[self.what] = None
            return
        detail = "how many of them a copy loop makes rests on what is not known: give --template-parameters"
        self.reading.gap(self.deployment.source.file, self.what, GapReason.UNSUPPORTED, f"{self._place()}: {detail}")

    def _place(self) -> str:
        return self.symbol or "/".join(str(part) for part in self.path)

    def _one(self, frame: Frame, turn: int | None) -> Iterator[Entry]:
        self.reading.budget.spend(10)
        try:
            present = self._present(frame)
            if present is False and not self.raw.get("resources"):
                return
            entry = self._entry(frame, turn, present)
        except ExpressionError as error:
            if self.raw.get("existing") is not True:  # which would not be judged either
                self.site.wrong(error)
            return
        if present is None and not entry.existing:
            self.reading.notes.perhaps[entry.id] = None
        if present is not False:
            self.reading.register(entry)
            yield entry
        # A condition does not cascade to children, says Microsoft:
        # learn.microsoft.com/azure/azure-resource-manager/templates/conditional-resource-deployment
        yield from _all(self.deployment, self.raw.get("resources"), frame, (*self.path, "resources"), entry)

    def _present(self, frame: Frame) -> Truth:
        return condition(compute(self.raw["condition"], frame)) if "condition" in self.raw else True

    def _entry(self, frame: Frame, turn: int | None, present: Truth) -> Entry:
        kind = compute(self.raw.get("type"), frame)
        if not isinstance(kind, str) or ("/" not in kind and self.parent is None):
            raise ExpressionError("the resource has no type such as Microsoft.X/y")
        name = compute(self.raw.get("name"), frame)
        as_text(name)
        on = ""
        if self.parent is not None:
            kind, name, on = self._below(self.parent, kind, name)
        scope, on = self._scope(frame, on)
        names = fitted(kind, as_text(name), known=not is_deferred(name))
        identity = resource_id(scope, kind, names, on)
        return Entry(
            deployment=self.deployment,
            raw=self.raw,
            path=self.path,
            frame=frame,
            type=type_of_id(identity) if "/providers/" in kind.lower() else kind,
            name_value=name,
            id=identity,
            scope=scope,
            symbol=self.symbol,
            turn=turn,
            present=present,
            existing=self.raw.get("existing") is True,
        )

    @staticmethod
    def _below(parent: Entry, kind: str, name: Any) -> tuple[str, Any, str]:
        """Give the full type and name of a child that stands inside its parent; or what it extends."""
        above = parent.type.lower()
        if "." in kind.partition("/")[0] and not kind.lower().startswith(f"{above}/"):
            return kind, name, parent.id
        full = kind if kind.lower().startswith(f"{above}/") else f"{parent.type}/{kind}"
        own, prefix = as_text(name), parent.name
        if own.count("/") + 1 < full.count("/"):
            text = f"{prefix}/{own}"
            name = Deferred(text) if is_deferred(name) or is_deferred(parent.name_value) else text
        return full, name, ""

    def _scope(self, frame: Frame, on: str) -> tuple[Scope, str]:
        """Give where the resource lies, and the id of what it extends."""
        scope = self.deployment.target if self.parent is None else self.parent.scope
        subscription, group = (self._text(key, frame) for key in ("subscriptionId", "resourceGroup"))
        if group:
            scope = Scope(RESOURCE_GROUP, subscription or scope.subscription, group)
        elif subscription:
            scope = Scope(SUBSCRIPTION, subscription)
        said = self._text("scope", frame)
        if not said:
            return scope, on
        if said == "/":
            return Scope(TENANT), on
        found = scope_of_id(said)
        if found is not None:
            return found, on
        return scope, said if said.startswith("/") else f"{scope.id}/providers/{said}"

    def _text(self, key: str, frame: Frame) -> str:
        value = compute(self.raw.get(key), frame)
        return "" if value is None else as_text(value)
