"""Turns pydantic's findings into problems with line, column and a suggestion."""

from __future__ import annotations

import re

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scanner.rules.place import Path, Place, Problems, suggestion

_TYPES = {
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
}


def known_keys(model: type[BaseModel]) -> list[str]:
    """Give the keys a model takes, as a file spells them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def add_validation_problems(error: ValidationError, model: type[BaseModel], place: Place, problems: Problems) -> None:
    """Add one problem for each thing pydantic found below `place`."""
    for detail in error.errors(include_url=False):
        path: Path = tuple(key for key in detail["loc"] if isinstance(key, int) or not key.startswith("function-"))
        at = place
        for key in path:
            at = at / key
        message, hint = _words(detail, model, path)
        problems.add(at, message, hint)


def _words(detail: ErrorDetails, model: type[BaseModel], path: Path) -> tuple[str, str]:
    name = ".".join(str(key) for key in path)
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"unknown key '{path[-1]}'", suggestion(str(path[-1]), known_keys(model)) if len(path) == 1 else ""
    if kind == "missing":
        return f"'{name}' is missing", ""
    if kind in {"enum", "literal_error"}:
        expected = str((detail.get("ctx") or {}).get("expected", ""))
        near = suggestion(str(detail["input"]), re.findall(r"'([^']*)'", expected))
        return f"'{name}' is {detail['input']!r}", near if near.startswith("did") else f"allowed are {expected}"
    if kind == "string_pattern_mismatch":
        return f"'{name}' is {detail['input']!r}", "letters, digits, dots, dashes and underscores only"
    if kind in {"too_short", "string_too_short"}:
        return f"'{name}' is empty", ""
    if kind in _TYPES:
        return f"'{name}' {_TYPES[kind]}, not {detail['input']!r}" if name else _TYPES[kind], ""
    text = detail["msg"].removeprefix("Value error, ")
    text = text[:1].lower() + text[1:]
    return (f"'{name}' {text}" if kind == "duration" else f"'{name}': {text}") if name else text, ""
