"""azgate's field paths as Azure Policy's fields and aliases, in conditions and inside expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.rules.assertions.base import InexpressibleError
from scanner.rules.expressions import is_expression
from scanner.rules.fields import is_alias
from scanner.rules.paths import EACH

_FIELDS = frozenset({"type", "name", "kind", "location", "id", "fullname", "identity.type", "tags"})
"""What Azure Policy reads without an alias."""
_AS_EXPRESSION = {
    "subscriptionid": "[subscription().subscriptionId]",
    "resourcegroup": "[resourceGroup().name]",
}
_OUT_OF_SIGHT = {
    "effectivetags": "Azure Policy does not see inherited tags",
    "parent": "Azure Policy does not see the parent of a resource",
    "systemdata": "Azure Policy has no alias for who created a resource and when",
}
_READS = re.compile(r"\b(field|current)\(\s*'((?:[^']|'')*)'\s*\)", re.IGNORECASE)
_FUNCTION = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_NOT_IN_AZURE = frozenset({"datetimeadd"})
"""Functions that azgate has and that Azure Policy leaves out of ARM's."""
_TEXT = re.compile(r"'(?:[^']|'')*'")


def alias(path: str, types: Sequence[str]) -> str:
    """Give a path as a field of Azure Policy for resources of `types`; raises InexpressibleError."""
    folded = path.lower()
    head = re.split(r"[.\[]", folded, maxsplit=1)[0]
    if folded in _FIELDS or head == "tags" or is_alias(path):
        return path
    if head in _OUT_OF_SIGHT:
        raise InexpressibleError(f"{_OUT_OF_SIGHT[head]} ({path})")
    if len(types) > 1:
        raise InexpressibleError(
            f"an alias of Azure Policy belongs to one resource type, but {path} is asked of {len(types)} types"
        )
    rest = path
    while rest.lower().startswith("properties."):
        rest = rest[len("properties.") :]
    return f"{types[0]}/{rest}"


def as_expression(path: str) -> str | None:
    """Give the expression for what Azure Policy has no field for; None where it has one."""
    return _AS_EXPRESSION.get(path.lower())


def translated(text: str, types: Sequence[str]) -> str:
    """Give an expression with the paths in it as aliases; any other text is left as it is."""
    if not is_expression(text):
        return text
    called = {match.group(1).lower() for match in _FUNCTION.finditer(_TEXT.sub("''", text))}
    if foreign := called & _NOT_IN_AZURE:
        raise InexpressibleError(f"Azure Policy has no function {' or '.join(sorted(foreign))}")

    def read(match: re.Match[str]) -> str:
        word, path = match.group(1), match.group(2).replace("''", "'")
        if word.lower() == "current" and EACH not in path:
            return match.group()
        other = as_expression(path)
        if other is not None:
            return other[1:-1]
        quoted = alias(path, types).replace("'", "''")
        return f"{word}('{quoted}')"

    return _READS.sub(read, text)
