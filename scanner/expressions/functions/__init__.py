"""Template functions that need nothing but their arguments, with the meaning ARM gives them; names are in lower case.

An argument that a function cannot take raises TypeError, ValueError or another error of Python's for a wrong value.
"""

from __future__ import annotations

from scanner.expressions.functions import (
    collections,
    comparisons,
    dates,
    encodings,
    formats,
    hashes,
    networks,
    numbers,
    objects,
    strings,
)
from scanner.expressions.functions.arguments import Function
from scanner.expressions.functions.logic import LAZY

COMMON: dict[str, Function] = {
    **collections.FUNCTIONS,
    **comparisons.FUNCTIONS,
    **dates.FUNCTIONS,
    **numbers.FUNCTIONS,
    **strings.FUNCTIONS,
}
"""What templates and policies have in common."""

TEMPLATE: dict[str, Function] = {
    **{name: function for name, function in COMMON.items() if name != "adddays"},
    **dates.TEMPLATE_FUNCTIONS,
    **encodings.FUNCTIONS,
    **formats.FUNCTIONS,
    **hashes.FUNCTIONS,
    **networks.FUNCTIONS,
    **objects.FUNCTIONS,
}
"""What templates have."""

__all__ = ["COMMON", "LAZY", "TEMPLATE", "Function"]
