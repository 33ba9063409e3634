"""Fills in a part of a template: every expression in it is computed, every copy loop written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.expressions.syntax import ExpressionError, is_expression, unescaped
from scanner.sources.arm_template.deferred import Half, as_text, deferred, is_deferred, kind_of
from scanner.sources.arm_template.evaluator import evaluate, tree_of
from scanner.sources.arm_template.frame import Frame
from scanner.sources.arm_template.reading import Site

MOST_COPIES = 800
"""As in ARM: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits"""


def compute(value: Any, frame: Frame) -> Any:
    """Give what one value is worth, whatever is in it left as it is; raises ExpressionError."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    if not is_expression(value):
        return unescaped(value)
    try:
        return evaluate(tree_of(value), frame)
    except RecursionError:
        raise ExpressionError("what it rests on is nested too deeply") from None


def fill(value: Any, frame: Frame, site: Site) -> Any:
    """Give a value with all in it computed; what is wrong is noted and unknown."""
    return _Filling(site).fill(value, frame)


def fill_strictly(value: Any, frame: Frame) -> Any:
    """Give a value with all in it computed; raises ExpressionError at the first thing that is wrong."""
    return _Filling(None).fill(value, frame)


class _Filling:
    """One walk over a value; `path` is where it is."""

    def __init__(self, site: Site | None) -> None:
        self.site = site
        self.path: list[str | int] = []

    def fill(self, value: Any, frame: Frame) -> Any:
        if isinstance(value, str):
            return self._attempt(lambda: compute(value, frame)) if value.startswith("[") else value
        budget = frame.deployment.reading.budget
        if isinstance(value, list):
            budget.spend(1 + len(value))
            return [self._below(index, inner, frame) for index, inner in enumerate(value)]
        if not isinstance(value, dict):
            return value
        budget.spend(1 + len(value))
        loops = loops_of(value.get("copy"))
        filled: dict[str, Any] = {}
        unnamed = ""
        for key, inner in value.items():
            if loops and key == "copy":
                continue
            name = self._key(key, frame)
            if is_deferred(name):
                unnamed = name = name.text
            filled[name] = self._below(key, inner, frame)
        for index, loop in enumerate(loops):
            filled[loop["name"]] = self._loop(index, loop, frame)
        return Half(filled, unnamed) if unnamed else filled

    def _attempt(self, make: Callable[[], Any]) -> Any:
        if self.site is None:
            return make()
        try:
            return make()
        except ExpressionError as error:
            self.site.at(self.path).wrong(error)
            return deferred("unreadable")

    def _below(self, key: str | int, value: Any, frame: Frame) -> Any:
        self.path.append(key)
        try:
            return self.fill(value, frame)
        finally:
            self.path.pop()

    def _key(self, key: str, frame: Frame) -> Any:
        if not is_expression(key):
            return unescaped(key)
        name = self._attempt(lambda: compute(key, frame))
        if is_deferred(name) or isinstance(name, str):
            return name
        return self._attempt(lambda: as_text(name))

    def _loop(self, index: int, loop: dict[str, Any], frame: Frame) -> Any:
        self.path.extend(("copy", index))
        try:
            count = self._attempt(lambda: turns(loop.get("count"), frame))
            if is_deferred(count):
                return count
            frame.deployment.reading.budget.spend(5 * count)
            name = loop["name"]
            return [self._below("input", loop.get("input"), frame.in_loop(name, turn)) for turn in range(count)]
        finally:
            del self.path[-2:]


def loops_of(value: Any) -> list[dict[str, Any]]:
    """Give the copy loops of an object; none where `copy` is a property that happens to be called so."""
    loops = value if isinstance(value, list) else []
    fine = all(isinstance(loop, dict) and isinstance(loop.get("name"), str) and "count" in loop for loop in loops)
    return loops if fine else []


def turns(count: Any, frame: Frame) -> Any:
    """Give how often a loop turns, deferred where only the deployment knows it; raises ExpressionError."""
    number = compute(count, frame)
    if is_deferred(number):
        return number
    if not isinstance(number, int) or isinstance(number, bool):
        raise ExpressionError(f"the count of a copy loop is {kind_of(number)}, not a number")
    if not 0 <= number <= MOST_COPIES:
        raise ExpressionError(f"a copy loop turns {number} times, where 0 to {MOST_COPIES} are possible")
    return number
