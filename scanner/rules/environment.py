"""What a condition may look at beside the resource itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from scanner.model.inventory import Inventory
from scanner.model.resource import Resource
from scanner.model.values import Truth
from scanner.model.verdict import Evidence, Severity


class Environment:
    """The inventory, the clock of the evaluation, and the members that enclosing `count`s are at.

    `bindings` maps a `[*]` prefix or a count's name to the member; it belongs to one evaluation thread.
    """

    __slots__ = ("as_of", "bindings", "inventory")

    def __init__(self, inventory: Inventory, as_of: datetime) -> None:
        self.inventory = inventory
        self.as_of = as_of
        self.bindings: dict[str, Any] = {}


Getter = Callable[[Resource, Environment], Any]
Test = Callable[[Resource, Environment], Truth]


class Judgement:
    """What a condition found: its truth, a sentence where it has one, and what it looked at.

    `severity` raises or lowers the rule's own for this one verdict.
    """

    __slots__ = ("evidence", "message", "severity", "truth")

    def __init__(
        self,
        truth: Truth,
        message: str = "",
        evidence: tuple[Evidence, ...] = (),
        severity: Severity | None = None,
    ) -> None:
        self.truth = truth
        self.message = message
        self.evidence = evidence
        self.severity = severity


HOLDS = Judgement(True)
Explain = Callable[[Resource, Environment], Judgement]


class Condition:
    """A compiled condition: `test` gives its truth, fast; `explain` says why it is not true.

    `guard` is the first part of an `allOf`: where it is false, that branch of an `anyOf` is not about this
    resource, and a report need not mention it. `witness` says why it *is* true, for a `not` around it.
    """

    __slots__ = ("explain", "guard", "test", "witness")

    def __init__(self, test: Test, explain: Explain, guard: Test | None = None, witness: Explain | None = None) -> None:
        self.test = test
        self.explain = explain
        self.guard = guard
        self.witness = witness or (lambda _r, _e: Judgement(False))
