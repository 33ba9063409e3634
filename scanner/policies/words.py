"""Conditions in plain English, as an indented list: what `policy explain` and docs/rules.md say of a rule."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scanner.rules.assertions import ASSERTIONS
from scanner.rules.expectation import in_words
from scanner.rules.expressions import is_expression
from scanner.rules.operators import OPERATORS

PARAMETER = re.compile(r"parameters\(\s*'((?:[^']|'')*)'\s*\)", re.IGNORECASE)
_ONLY_PARAMETER = re.compile(rf"\[\s*{PARAMETER.pattern}\s*\]", re.IGNORECASE)
_GROUPS = {"allOf": "all of these hold:", "anyOf": "at least one of these holds:"}
_MISSING = {"pass": "it holds", "fail": "it does not hold", "unknown": "it is unknown"}


class Line(NamedTuple):
    """One line of the list; code in it stands in `backticks`."""

    depth: int
    text: str


def condition_lines(node: Any, parameters: Mapping[str, Any], depth: int = 0) -> list[Line]:
    """Say what a condition, as it is written in a policy, demands; parameters are shown with their values."""
    return list(_lines(node, {name.lower(): value for name, value in parameters.items()}, depth))


def _lines(node: Any, parameters: Mapping[str, Any], depth: int) -> Iterator[Line]:
    if not isinstance(node, dict) or not node:
        return
    for word, sentence in _GROUPS.items():
        if isinstance(node.get(word), list):
            yield Line(depth, sentence)
            for part in node[word]:
                yield from _lines(part, parameters, depth + 1)
            return
    if "not" in node:
        yield Line(depth, "this does not hold:")
        yield from _lines(node["not"], parameters, depth + 1)
    elif "count" in node:
        yield from _count(node, parameters, depth)
    elif "field" in node or "value" in node:
        yield Line(depth, _leaf(node, parameters))
    else:
        name = next(iter(node))
        yield from _assertion(name, node[name], parameters, depth)


def _leaf(node: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    subject = f"`{node['field']}`" if "field" in node else shown(node["value"], parameters)
    text = f"{subject} {_demand(node, parameters)}"
    if "[*]" in str(node.get("field", "")):
        text += ", in every member"
    if "declaredDefault" in node:
        text += f"; left out of a template it is {in_words(node['declaredDefault'])}"
    missing = _MISSING.get(str(node.get("ifMissing")))
    return f"{text} (where it is missing, {missing})" if missing else text


def _demand(node: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Say what the one operator of a leaf or count demands, in the third person."""
    operator = next((key for key in node if key in OPERATORS), "")
    if not operator:
        return ""
    expected = node[operator]
    if operator == "exists" and not is_expression(expected):
        return "is set" if str(expected).lower() == "true" else "is not set"
    return third_person(OPERATORS[operator].words).format(shown(expected, parameters))


def third_person(words: str) -> str:
    """Turn an operator's words for "it must ..." into those for "it ...": "not be like" gives "is not like"."""
    negated = words.startswith("not ")
    verb, _, rest = words.removeprefix("not ").partition(" ")
    if verb == "be":
        return f"is not {rest}" if negated else f"is {rest}"
    if negated:
        return f"does not {verb} {rest}"
    special = {"have": "has"}.get(verb)
    return f"{special or verb + ('es' if verb.endswith(('ch', 's', 'x')) else 's')} {rest}"


def _count(node: Mapping[str, Any], parameters: Mapping[str, Any], depth: int) -> Iterator[Line]:
    count = node["count"] if isinstance(node["count"], dict) else {}
    members = f"members of `{count['field']}`" if "field" in count else f"of {shown(count.get('value'), parameters)}"
    text = f"the number of {members}"
    if "where" not in count:
        yield Line(depth, f"{text} {_demand(node, parameters)}")
        return
    yield Line(depth, f"{text} that meet what follows {_demand(node, parameters)}:")
    yield from _lines(count["where"], parameters, depth + 1)


def _assertion(name: str, arguments: Any, parameters: Mapping[str, Any], depth: int) -> Iterator[Line]:
    known = ASSERTIONS.get(name)
    yield Line(depth, f"**{name}**: {first_sentence(known)}" if known else f"**{name}**")
    if isinstance(arguments, dict):
        for key, value in arguments.items():
            yield Line(depth + 1, f"{key}: {shown(value, parameters)}")
    elif arguments is not None:
        yield Line(depth + 1, shown(arguments, parameters))


def first_sentence(documented: Any) -> str:
    """Give the first sentence of a docstring, on one line."""
    paragraph = inspect.cleandoc(documented.__doc__ or "").partition("\n\n")[0]
    return re.split(r"(?<=\.)\s", " ".join(paragraph.split()), maxsplit=1)[0]


def shown(value: Any, parameters: Mapping[str, Any]) -> str:
    """Give what a policy expects; of a parameter its value and, in brackets, its name."""
    if not is_expression(value):
        return in_words(value)
    only = _ONLY_PARAMETER.fullmatch(value)
    name = only.group(1).replace("''", "'") if only else ""
    if name.lower() in parameters:
        return f"{in_words(parameters[name.lower()])} (parameter {name})"
    return f"`{value}`"


def parameters_in(node: Any) -> set[str]:
    """Give the names, in lower case, of the parameters that a condition refers to."""
    if isinstance(node, dict):
        return set().union(*(parameters_in(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(parameters_in(value) for value in node))
    if is_expression(node):
        return {match.group(1).replace("''", "'").lower() for match in PARAMETER.finditer(node)}
    return set()
