"""The template functions that policy definitions may use; names are in lower case."""

from __future__ import annotations

from scanner.expressions.functions import COMMON, LAZY, Function, addresses
from scanner.rules.context import CONTEXT

FUNCTIONS: dict[str, Function] = {**COMMON, **addresses.FUNCTIONS}
"""`addDays` and `ipRangeContains` are Azure Policy's own: templates have them not."""

__all__ = ["CONTEXT", "FUNCTIONS", "LAZY"]
