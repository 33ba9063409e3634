"""What a template says of the type of a parameter: whether it may be absent, and what in it is secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.sources.arm_template.deferred import Deferred, is_deferred
from scanner.sources.arm_template.spelling import SCHEMA, spelt

_SECURE = frozenset({"securestring", "secureobject"})
_DEEPEST = 20
_SHOWN = 10
_KINDS: dict[str, type] = {
    "string": str,
    "int": int,
    "bool": bool,
    "array": list,
    "object": dict,
}


def resolved(schema: Any, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow `$ref` to the type it names; what is said beside a reference wins over what is said there."""
    found = _schema(schema)
    for _ in range(_DEEPEST):
        reference = found.get("$ref")
        if not isinstance(reference, str):
            break
        target = definitions.get(reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~"))
        beside = {key: value for key, value in found.items() if key != "$ref"}
        found = {**_schema(target), **beside}
    return found


def _schema(value: Any) -> Mapping[str, Any]:
    return spelt(value, SCHEMA) if isinstance(value, dict) else {}


def is_secure(schema: Mapping[str, Any]) -> bool:
    """Say whether values of this type are secret."""
    return str(schema.get("type")).lower() in _SECURE


def refusal(value: Any, schema: Mapping[str, Any]) -> str:
    """Say why Azure refuses a value of this type, as far as its outermost level tells; "" where it does not.

    Values are not shown: they may be secret. Constraints: learn.microsoft.com/azure/azure-resource-manager/templates/
    parameters and definitions.
    """
    wanted = str(schema.get("type", "")).lower().replace("secure", "")
    kind = _KINDS.get(wanted)
    if kind is None or is_deferred(value) or (value is None and schema.get("nullable") is True):
        return ""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        return f"is no {schema.get('type')}"
    allowed = schema.get("allowedValues")
    if isinstance(allowed, list) and not _allows(allowed, value):
        shown = ", ".join(str(one) for one in allowed[:_SHOWN])
        more = ", ..." if len(allowed) > _SHOWN else ""
        return "is none of those that are allowed" if is_secure(schema) else f"is none of {shown}{more}"
    if isinstance(value, int) and not isinstance(value, bool):
        return _outside(value, schema.get("minValue"), schema.get("maxValue"), ("less than", "more than"))
    if isinstance(value, (str, list)):
        return _outside(len(value), schema.get("minLength"), schema.get("maxLength"), ("shorter than", "longer than"))
    return ""


def _outside(size: int, least: Any, most: Any, words: tuple[str, str]) -> str:
    if isinstance(least, int) and size < least:
        return f"is {words[0]} {least}"
    return f"is {words[1]} {most}" if isinstance(most, int) and size > most else ""


def _allows(allowed: list[Any], value: Any) -> bool:
    """Say whether a value is allowed; of an array, every member has to be."""
    known = {_folded(one) for one in allowed}
    parts = value if isinstance(value, list) and value not in allowed else [value]
    return value in allowed or all(_folded(part) in known for part in parts if not is_deferred(part))


def _folded(value: Any) -> str:
    return str(value).lower()


def mentions_secrets(schema: Any, depth: int = 0) -> bool:
    """Say whether some type in this part of a template is secret."""
    if depth > 200:
        return True
    if isinstance(schema, dict):
        return is_secure(spelt(schema, SCHEMA)) or any(mentions_secrets(inner, depth + 1) for inner in schema.values())
    return isinstance(schema, list) and any(mentions_secrets(inner, depth + 1) for inner in schema)


def masked(value: Any, schema: Any, definitions: Mapping[str, Any], label: str, depth: int = 0) -> Any:
    """Give a value in which all that its type calls secret, or that lies too deep to tell, is deferred."""
    if depth > _DEEPEST:
        return Deferred(f"{{{label}}}")
    kind = resolved(schema, definitions)
    if is_secure(kind):
        # What is empty hides nothing, and many a template asks whether it is.
        return value if value is None or value == "" else Deferred(f"{{{label}}}")
    if isinstance(value, dict):
        chosen = _variant(value, kind, definitions)
        named = {str(key).lower(): inner for key, inner in _mapping(chosen.get("properties")).items()}
        other = chosen.get("additionalProperties")
        return {
            key: masked(inner, named.get(key.lower(), other), definitions, f"{label}.{key}", depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        items = kind.get("items")
        first = kind.get("prefixItems")
        each = [*(first if isinstance(first, list) else ()), *([items] * len(value))]
        each += [None] * (len(value) - len(each))
        return [masked(inner, each[at], definitions, f"{label}.{at}", depth + 1) for at, inner in enumerate(value)]
    return value


def _variant(value: Mapping[str, Any], schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the type that a discriminator chooses, or the type itself."""
    discriminator = _mapping(schema.get("discriminator"))
    chosen = _mapping(discriminator.get("mapping")).get(str(value.get(str(discriminator.get("propertyName")))))
    return resolved(chosen, definitions) if chosen is not None else schema


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
