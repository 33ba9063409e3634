"""Template expressions in policies: `[parameters('maxIdleTime')]`.

A text that starts with `[` and ends with `]` is an expression; `[[` at the start is an escaped bracket.
Parameters are filled in when a policy is read, so that everything below sees plain values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scanner.rules.place import Place, Problems, suggestion

_PARAMETER = re.compile(r"\[\s*parameters\(\s*'((?:[^']|'')*)'\s*\)\s*\]", re.IGNORECASE)
_FUNCTION = re.compile(r"\[\s*([A-Za-z_][\w.]*)\s*\(")


def is_expression(value: Any) -> bool:
    """Say whether `value` is a template expression."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


def fill_in(value: Any, parameters: Mapping[str, Any], place: Place, problems: Problems) -> Any:
    """Give `value` with every parameter expression replaced by the parameter's value, all the way down."""
    if isinstance(value, dict):
        return {key: fill_in(inner, parameters, place / key, problems) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill_in(inner, parameters, place / index, problems) for index, inner in enumerate(value)]
    if not is_expression(value):
        return value[1:] if isinstance(value, str) and value.startswith("[[") else value
    match = _PARAMETER.fullmatch(value)
    if match is None:
        function = _FUNCTION.match(value)
        what = f"the function '{function.group(1)}'" if function else f"the expression {value}"
        problems.add(place, f"{what} is not supported here", "supported is [parameters('name')]")
        return None
    name = match.group(1).replace("''", "'")
    known = {key.lower(): key for key in parameters}
    if name.lower() not in known:
        problems.add(
            place,
            f"unknown parameter '{name}'",
            suggestion(name, parameters) or "declare it under parameters",
        )
        return None
    return parameters[known[name.lower()]]
