"""`format`: .NET's composite formatting, as far as templates use it."""

from __future__ import annotations

import re
from typing import Any

from scanner.expressions.functions.arguments import MANY, Function, Undecided, string, text

_HOLE = re.compile(r"\{\{|\}\}|\{(\d{1,4})(?:,\s*(-?\d{1,4})\s*)?(?::([^{}]*))?\}|[{}]")
_STANDARD = re.compile(r"([DdXxNnFf])(\d{0,2})")


def _format(pattern: Any, *values: Any) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        if match[1] is None:
            raise ValueError(pattern)
        written = _written(values[int(match[1])], match[3] or "")
        width = int(match[2] or 0)
        if abs(width) > MANY:
            raise ValueError(width)
        return written.rjust(width) if width >= 0 else written.ljust(-width)

    return _HOLE.sub(fill, string(pattern))


def _written(value: Any, how: str) -> str:
    if not how or not isinstance(value, int) or isinstance(value, bool):
        return text(value)
    standard = _STANDARD.fullmatch(how)
    if standard is None:
        if how.strip("0"):
            raise Undecided(how)
        return _signed(value, str(abs(value)).zfill(len(how)))
    letter, digits = standard[1].upper(), standard[2]
    if letter == "D":
        return _signed(value, str(abs(value)).zfill(int(digits or 1)))
    if letter == "X":
        # .NET writes a negative number as its two's complement of 64 bits.
        return f"{value & 2**64 - 1:{standard[1]}}".zfill(int(digits or 1))
    return f"{value:{',' if letter == 'N' else ''}.{digits or 2}f}"


def _signed(value: int, digits: str) -> str:
    return f"-{digits}" if value < 0 else digits


FUNCTIONS = {"format": Function(_format, 1, MANY)}
