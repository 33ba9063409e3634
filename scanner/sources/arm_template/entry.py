"""One resource that a template makes: who it is, whether it is there, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scanner.model.resource import normalise_id
from scanner.model.values import Json, Truth
from scanner.sources.arm_template.deferred import Deferred, as_text, deferred, is_deferred
from scanner.sources.arm_template.deployment import Deployment
from scanner.sources.arm_template.filling import fill
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.reading import Path_, Site
from scanner.sources.arm_template.scopes import Scope

DEPLOYMENT = "microsoft.resources/deployments"
_NO_CONTENT = frozenset(
    {
        "apiversion",
        "asserts",
        "comments",
        "condition",
        "copy",
        "dependson",
        "existing",
        "metadata",
        "name",
        "resourcegroup",
        "resources",
        "scope",
        "subscriptionid",
        "type",
    }
)
"""What a template says of a resource that is no part of it."""
_CONTENT = ("location", "tags", "sku", "kind", "identity", "properties")


@dataclass(eq=False)
class Entry:
    """A resource of a template, one for each turn of a copy loop.

    `name_value` is its full name, or what is known of it; `scope` where it lies, `on` the id of what it extends.
    `present` is None where only the deployment knows whether it will be there.
    """

    deployment: Deployment
    raw: Json
    path: Path_
    frame: Frame
    type: str
    name_value: Any
    id: str
    scope: Scope
    symbol: str = ""
    turn: int | None = None
    present: Truth = True
    existing: bool = False
    deployment_inside: Deployment | None = field(default=None, repr=False)
    _busy: bool = field(default=False, repr=False)

    @property
    def name(self) -> str:
        """The full name, or the text that stands for it."""
        return as_text(self.name_value)

    @property
    def label(self) -> str:
        """What an expression calls it: the symbolic name, with the index where a loop made it."""
        return f"{self.symbol}[{self.turn}]" if self.symbol and self.turn is not None else self.symbol

    @property
    def id_value(self) -> Any:
        """The id as a value: unknown where the name is."""
        return Deferred(self.id) if is_deferred(self.name_value) else self.id

    @property
    def line(self) -> list[Entry]:
        """The deployments that it lies in, the outermost first, and itself."""
        found = [self]
        while (above := found[-1].deployment.made_by) is not None:
            found.append(above)
        return found[::-1]

    @property
    def doubtful(self) -> bool:
        """Whether only the deployment knows if it will be there."""
        return any(entry.present is not True for entry in self.line)

    @property
    def site(self) -> Site:
        """Where what is wrong in it is noted."""
        return Site(self.deployment.reading, self.id, self.type, self.path)

    @property
    def body(self) -> Json:
        """Everything that the template says of it, with `id`, `type` and `name`; unknown parts are deferred.

        A resource that rests on itself by way of `reference` finds nothing of itself there.
        """
        if self._busy:
            return {}
        self._busy = True
        try:
            return self._body
        finally:
            self._busy = False

    @cached_property
    def _body(self) -> Json:
        identity = {"id": self.id, "type": self.type, "name": self.name.rpartition("/")[2]}
        if self.existing:
            known = self.deployment.reading.options.context.by_key.get(normalise_id(self.id))
            return known.json if known is not None else {**identity, **{key: deferred(key) for key in _CONTENT}}
        content = {key: value for key, value in self.raw.items() if _is_content(key)}
        if self.type.lower() == DEPLOYMENT:
            content.pop("properties", None)
        filled = {key: fill(value, self.frame, self.site.at((key,))) for key, value in content.items()}
        return {**filled, **identity}


def _is_content(key: str) -> bool:
    return key.lower() not in _NO_CONTENT and not key.startswith("@")  # such as Bicep's @options
