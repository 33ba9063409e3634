"""Where an expression stands, and thereby what it may refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scanner.expressions.syntax import ExpressionError, Tree

if TYPE_CHECKING:
    from scanner.sources.arm_template.deployment import Deployment

RESOURCE_LOOP = ""
"""The name of the loop that `copyIndex()` without a name means."""
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a template.

    `deployment` is whose parameters and variables count. `loops` are the indexes of the copy loops around, by name in
    lower case; `locals` the variables of the lambdas around. Inside a function of the user's own `arguments` are its
    parameters, and those of the template are out of reach. `evaluate` computes the tree of an expression.
    """

    deployment: Deployment
    evaluate: Callable[[Tree, Frame], Any]
    loops: Mapping[str, int] = field(default_factory=dict)
    locals: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] | None = None
    depth: int = 0

    def value(self, tree: Tree) -> Any:
        """Compute a tree here."""
        return self.evaluate(tree, self)

    def in_loop(self, name: str, index: int, *, innermost: bool = False) -> Frame:
        """Give the frame of one turn of a copy loop; `innermost` makes it what `copyIndex()` means."""
        turns = {**self.loops, name.lower(): index}
        if innermost:
            turns[RESOURCE_LOOP] = index
        return replace(self, loops=turns)

    def with_locals(self, values: Mapping[str, Any]) -> Frame:
        """Give the frame inside a lambda."""
        return replace(self, locals={**self.locals, **values})

    def in_function(self, arguments: Mapping[str, Any]) -> Frame:
        """Give the frame inside one of the user's functions; raises ExpressionError where they call without end."""
        if self.depth >= _DEEPEST:
            raise ExpressionError(f"functions call each other more than {_DEEPEST} deep")
        return replace(self, arguments=arguments, loops={}, locals={}, depth=self.depth + 1)
