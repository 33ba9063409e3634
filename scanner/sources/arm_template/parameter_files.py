"""Values of a template's parameters: from parameter files, and from `NAME=VALUE` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.errors import Problem, SourceError
from scanner.model.values import UNKNOWN, Json
from scanner.sources.arm_template.bicep import PARAMETERS_SUFFIX, compile_parameters
from scanner.sources.arm_template.deferred import deferred
from scanner.sources.arm_template.deployment import Given
from scanner.sources.arm_template.nearest import nearest
from scanner.sources.arm_template.schemas import refusal, resolved
from scanner.sources.json_document import read_bytes, read_document

_KINDS = 'a string is text, everything else JSON: --template-parameters \'names=["a", "b"]\''


def given_parameters(template: Json, said: Iterable[str]) -> tuple[dict[str, Given], list[str]]:
    """Give the values by name in lower case, and the names that the template does not declare.

    Raises SourceError where a file cannot be read, or a value is none that the template allows.
    """
    declared = {name.lower(): (name, schema) for name, schema in _mapping(template.get("parameters")).items()}
    definitions = _mapping(template.get("definitions"))
    values: dict[str, Any] = {}
    spelt: dict[str, str] = {}
    origins: dict[str, str] = {}
    for item in said:
        file = _file(item)
        if file is not None:
            found = from_file(file)
        else:
            name, _, text = item.partition("=")
            schema = resolved(declared.get(name.lower(), ("", {}))[1], definitions)
            found = {name: _typed(name, text, schema)}
        values.update({name.lower(): value for name, value in found.items()})
        spelt.update({name.lower(): name for name in found})
        origins.update({name.lower(): file or "--template-parameters" for name in found})
    for name, value in values.items():
        schema = resolved(declared.get(name, ("", {}))[1], definitions)
        if value is not UNKNOWN and (why := refusal(value, schema)):
            hint = "the template says which values it may have"
            raise SourceError(Problem(f"the parameter '{spelt[name]}' {why}", origins[name], hint=hint))
    return givens(values), [spelt[name] for name in values if name not in declared]


def givens(values: Mapping[str, Any]) -> dict[str, Given]:
    """Give values as a deployment takes them, by name in lower case; UNKNOWN is known only to the deployment."""
    return {name.lower(): _given(name, value) for name, value in values.items()}


def _given(name: str, value: Any) -> Given:
    ready = _deferring(value, name)
    return lambda: ready


def _deferring(value: Any, name: str) -> Any:
    if value is UNKNOWN:
        return deferred(name)
    if isinstance(value, dict):
        return {key: _deferring(inner, f"{name}.{key}") for key, inner in value.items()}
    if isinstance(value, list):
        return [_deferring(inner, f"{name}.{at}") for at, inner in enumerate(value)]
    return value


def _file(item: str) -> str | None:
    """Give the file that an argument names, None where it is `NAME=VALUE`."""
    if item.startswith("@"):
        return item[1:]
    name, sign, _ = item.partition("=")
    return None if sign and name.isidentifier() and not Path(item).is_file() else item


def from_file(file: str) -> dict[str, Any]:
    """Give the values of a parameter file, UNKNOWN where they lie in a key vault; raises SourceError."""
    if file.lower().endswith(PARAMETERS_SUFFIX):
        return parameter_values(compile_parameters(file)[1], file)
    return parameter_values(read_document(read_bytes(file), file).value, file)


def parameter_values(document: Any, file: str) -> dict[str, Any]:
    """Give the values of a parsed parameter file, with or without the envelope that `$schema` is in.

    Raises SourceError where it is none.
    """
    section = document.get("parameters", document) if isinstance(document, dict) else None
    if not isinstance(section, dict):
        raise SourceError(Problem("is no parameter file: it holds no `parameters`", file))
    found: dict[str, Any] = {}
    for name, part in section.items():
        if not isinstance(part, dict) or not {"value", "reference", "expression"} & part.keys():
            hint = nearest(str(name), ("parameters",)) or "a parameter is an object with a `value`"
            raise SourceError(Problem(f"the parameter '{name}' has no `value`", file, hint=hint))
        found[name] = part.get("value", UNKNOWN)
    return found


def _typed(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    """Read a value from the command line: `@FILE` holds it, and JSON is what it is unless the type is a text."""
    if text.startswith("@"):
        return _content(text[1:], schema)
    return _read(name, text, schema, "--template-parameters")


def _content(file: str, schema: Mapping[str, Any]) -> Any:
    data = read_bytes(file)
    if _is_text(schema):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise SourceError(Problem("is no UTF-8 text", file)) from None
    return read_document(data, file).value


def _read(name: str, text: str, schema: Mapping[str, Any], origin: str) -> Any:
    if _is_text(schema) or not schema:
        return text
    if str(schema.get("type")).lower() == "bool" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise SourceError(Problem(f"the value of '{name}' is no {schema.get('type')}", origin, hint=_KINDS)) from None


def _is_text(schema: Mapping[str, Any]) -> bool:
    return str(schema.get("type")).lower() in {"string", "securestring"}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
