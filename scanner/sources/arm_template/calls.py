"""Calls of functions that need nothing but their arguments, some of which may be unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from scanner.expressions.functions import TEMPLATE, Function
from scanner.expressions.functions.arguments import Undecided
from scanner.expressions.syntax import ExpressionError
from scanner.model.values import MISSING
from scanner.sources.arm_template.deferred import (
    Budget,
    Deferred,
    deferred,
    holds_deferred,
    is_deferred,
    kind_of,
    worded,
)
from scanner.sources.json_comments import without_comments

FAILURES = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)
"""What a function raises that cannot take its arguments."""
_UNKNOWN = re.compile(r"(\{[^{}]*\})")
_COMPOSING = frozenset({"concat", "format", "join", "string", "tolower", "toupper", "trim"})
"""What makes a text of texts: the text of an unknown part may stand in it."""
_MAKING = frozenset({"createarray", "createobject"})
"""What holds a value, known or not, without looking at it."""
_OPENING = frozenset({"flatten", "shallowmerge"})
"""What looks into the members of its argument, too."""
_WHOLE: dict[str, type] = {"concat": list, "union": dict}
"""What looks at the outermost level alone, where all arguments are of this type."""
_LONGEST = 1_048_576
"""Characters of a text, as many as ARM allows a whole resource."""
_MOST = 100_000
_LARGEST = 2**63


def call(name: str, values: Sequence[Any], budget: Budget) -> Any:
    """Call a function by its name in any case; raises ExpressionError where it cannot take the values."""
    folded = name.lower()
    function = TEMPLATE[folded]
    _check_count(name, len(values), function)
    if _decides_later(folded, function, values, budget):
        return _deferred(name, function, values)
    if _grows(folded, values) > _LONGEST:
        raise ExpressionError(f"'{name}' makes a text that is longer than ARM allows")
    if folded == "json" and isinstance(values[0], str):
        # What a Bicep file takes in from another file may have comments, as Azure's parser allows.
        values = [without_comments(values[0]) if "//" in values[0] or "/*" in values[0] else values[0]]
    result = attempt(name, lambda: function.call(*values), values)
    _bound(name, result)
    budget.spend(_weight(result))
    return result


def _check_count(name: str, given: int, function: Function) -> None:
    """Raise ExpressionError where a call has too many or too few arguments."""
    if not function.least <= given <= function.most:
        least, most = function.least, function.most
        wanted = str(least) if least == most else f"{least} to {most}" if most < 1000 else f"at least {least}"
        raise ExpressionError(f"'{name}' takes {wanted} argument{'' if wanted.endswith('1') else 's'}, not {given}")


def attempt(name: str, make: Callable[[], Any], values: Sequence[Any]) -> Any:
    """Give what `make()` returns, null where that is nothing; raises ExpressionError where it fails."""
    try:
        result = make()
    except Undecided:
        return deferred(name, values)
    except ExpressionError:
        raise
    except (*FAILURES, RecursionError):
        kinds = ", ".join(kind_of(value) for value in values[:4])
        raise ExpressionError(f"'{name}' cannot take {kinds or 'no argument'} of this value") from None
    return None if result is MISSING else result


def _decides_later(name: str, function: Function, values: Sequence[Any], budget: Budget) -> bool:
    if name in _MAKING:
        return name == "createobject" and any(is_deferred(key) for key in values[::2])
    if any(is_deferred(value) for value in values):
        return True
    if name in _OPENING and isinstance(values[0], list) and any(is_deferred(member) for member in values[0]):
        return True
    kind = _WHOLE.get(name)
    if function.structural or (kind is not None and all(isinstance(value, kind) for value in values)):
        return False
    return any(holds_deferred(value, budget) for value in values)


def _deferred(name: str, function: Function, values: Sequence[Any]) -> Deferred:
    folded = name.lower()
    if folded == "replace" and isinstance(values[0], Deferred) and all(isinstance(value, str) for value in values[1:]):
        # Of what is unknown only its own name is left as it is.
        parts = _UNKNOWN.split(values[0].text)
        return Deferred("".join(part if part[:1] == "{" else part.replace(*values[1:]) for part in parts))
    if folded in _COMPOSING and not any(isinstance(value, dict) for value in values):
        try:
            text = function.call(*(worded(value) for value in values))
        except FAILURES:
            return deferred(name, values)
        if isinstance(text, str) and len(text) < 500:
            return Deferred(text)
    return deferred(name, values)


def _grows(name: str, values: Sequence[Any]) -> int:
    """Give how long a text may become, before it is made."""
    if name == "concat":
        return sum(len(value) for value in values if isinstance(value, str))
    if name == "replace" and all(isinstance(value, str) for value in values):
        text, old, new = values
        return text.count(old) * len(new) if old else 0
    if name == "join" and isinstance(values[0], list):
        each = len(values[1]) if isinstance(values[1], str) else 0
        return sum(each + (len(part) if isinstance(part, str) else 0) for part in values[0])
    if name == "format" and isinstance(values[0], str):
        return values[0].count("{") * max((len(value) for value in values[1:] if isinstance(value, str)), default=0)
    return 0


def _weight(result: Any) -> int:
    """Give the steps that a value costs, so that many large ones do not fill the memory."""
    return len(result) // (100 if isinstance(result, str) else 5) if isinstance(result, (str, list, dict)) else 0


def _bound(name: str, result: Any) -> None:
    if isinstance(result, str) and len(result) > _LONGEST:
        raise ExpressionError(f"'{name}' makes a text that is longer than ARM allows")
    if isinstance(result, (list, dict)) and len(result) > _MOST:
        raise ExpressionError(f"'{name}' makes more than {_MOST} members")
    if isinstance(result, int) and not -_LARGEST <= result < _LARGEST:
        raise ExpressionError(f"'{name}' makes a number that is too large")
