"""The template functions that policy definitions use, with the meaning ARM gives them; names are in lower case.

An argument that a function cannot take gives unknown: Azure Policy calls that an evaluation error.
"""

from __future__ import annotations

from scanner.rules.functions import addresses, collections, comparisons, dates, numbers, strings
from scanner.rules.functions.arguments import Function
from scanner.rules.functions.context import CONTEXT
from scanner.rules.functions.logic import LAZY

FUNCTIONS: dict[str, Function] = {
    **addresses.FUNCTIONS,
    **collections.FUNCTIONS,
    **comparisons.FUNCTIONS,
    **dates.FUNCTIONS,
    **numbers.FUNCTIONS,
    **strings.FUNCTIONS,
}

__all__ = ["CONTEXT", "FUNCTIONS", "LAZY", "Function"]
