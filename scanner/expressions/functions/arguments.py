"""How template functions read their arguments; what does not fit raises TypeError or ValueError.

A missing field is the empty text to a function that takes text, and the empty array to one that takes an array
(learn.microsoft.com/azure/governance/policy/how-to/author-policies-for-arrays, "Referencing array fields").
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from scanner.model.values import MISSING

MANY = 1000
"""More arguments, or a wider text, than any expression needs."""


class Undecided(Exception):  # noqa: N818 - it is no error of whoever wrote the call
    """A call that ARM computes, in a way that its documentation does not settle."""


class Function(NamedTuple):
    """A function: what it does, and how many arguments it takes.

    A `structural` function looks at how a list or mapping is made up, and can do so although a part of it is
    unknown.
    """

    call: Callable[..., Any]
    least: int
    most: int
    structural: bool = False


def string(value: Any) -> str:
    """Read a text."""
    if value is MISSING:
        return ""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def text(value: Any) -> str:
    """Read anything as text, as `string()` and `concat()` write it."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is MISSING or value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    raise TypeError(value)


def whole(value: Any) -> int:
    """Read a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def members(value: Any) -> list[Any]:
    """Read an array."""
    if value is MISSING:
        return []
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def sequence(value: Any) -> Any:
    """Read what has members in an order: a text or an array."""
    if value is MISSING:
        return ""
    if not isinstance(value, (str, list)):
        raise TypeError(value)
    return value


def truth(value: Any) -> bool:
    """Read a boolean, the word for one, or a number that is not zero."""
    if isinstance(value, (bool, int)):
        return bool(value)
    word = string(value).lower()
    if word not in {"true", "false"}:
        raise ValueError(value)
    return word == "true"


def identical(left: Any, right: Any) -> bool:
    """Say whether two JSON values are one, the case of texts included; a boolean is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(identical(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(identical(left[key], right[key]) for key in left)
    return bool(left == right)


def mark(value: Any) -> str:
    """Give a text that a value shares with what is identical to it, and with nothing else."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(str(key))}:{mark(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, list):
        return f"[{','.join(map(mark, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value is None or isinstance(value, (str, int, float)):
        return json.dumps(value)
    return f"<{id(value)}>"
