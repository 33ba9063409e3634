"""Which resources a definition is about (learn.microsoft.com/azure/governance/policy/concepts/policy-applicability).

Of an `if`, the conditions on type, name and kind say so; everything else is taken for undecided, and a resource that
may still match is one the definition applies to. Where there is nothing but such conditions, only those on the type
count: of "deny accounts of kind X" an account of another kind is compliant, not out of scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from scanner.model.resource import CONTAINERS, SUBSCRIPTION, Resource
from scanner.model.values import UNKNOWN, Truth
from scanner.rules.environment import Condition, Environment
from scanner.rules.expressions import Dynamic
from scanner.rules.rule import EVERY_TYPE

_SUBJECTS = frozenset({"type", "name", "kind"})
_UNDECIDED = {"value": Dynamic(lambda _r, _e: UNKNOWN, "what the definition asks about"), "equals": True}


def confined_types(tree: Any) -> tuple[str, ...]:
    """Give the types that the condition is confined to, EVERY_TYPE where it is to none."""
    return tuple(dict.fromkeys(_confined(tree) or (EVERY_TYPE,)))


def _confined(tree: Any) -> list[str] | None:
    if not isinstance(tree, dict):
        return None
    if isinstance(tree.get("allOf"), list):
        found = [kinds for kinds in map(_confined, tree["allOf"]) if kinds is not None]
        return min(found, key=len) if found else None
    if isinstance(tree.get("anyOf"), list):
        branches = [_confined(part) for part in tree["anyOf"]]
        if any(branch is None for branch in branches):
            return None
        return [kind for branch in branches if branch is not None for kind in branch]
    if _subject(tree) != "type":
        return None
    words = [tree["equals"]] if "equals" in tree else tree.get("in")
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return [word.lower() for word in words]
    return None


def applicability(tree: Any) -> Any:
    """Give the condition with everything undecided that says nothing about what the definition is about."""
    subjects = _SUBJECTS if any(_subject(leaf) not in _SUBJECTS for leaf in _leaves(tree)) else frozenset({"type"})
    return _reduced(tree, subjects)


def _reduced(tree: Any, subjects: frozenset[str]) -> Any:
    if isinstance(tree, dict):
        for word in ("allOf", "anyOf"):
            if isinstance(tree.get(word), list):
                return {word: [_reduced(part, subjects) for part in tree[word]]}
        if "not" in tree:
            return {"not": _reduced(tree["not"], subjects)}
        if _subject(tree) in subjects:
            return tree
    return _UNDECIDED


def _leaves(tree: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(tree, dict):
        return
    parts = [*_listed(tree, "allOf"), *_listed(tree, "anyOf"), *([tree["not"]] if "not" in tree else [])]
    if not parts:
        yield tree
    for part in parts:
        yield from _leaves(part)


def _listed(tree: dict[str, Any], word: str) -> list[Any]:
    value = tree.get(word)
    return value if isinstance(value, list) else []


def _subject(leaf: dict[str, Any]) -> str:
    return str(leaf.get("field", "")).lower()


def in_mode(mode: str, tree: Any, applies: Callable[[Resource, Environment], Truth], of: Condition) -> Condition:
    """Give "the definition applies": as `applies` says, for the resources that its mode lets it see.

    `Indexed` sees resources whose type has tags and a location. A type does not say so itself, but a top-level
    resource has both, and a child or an extension that has no location shows that its type has none.
    """
    indexed = mode.lower() == "indexed"
    without_subscriptions = any(_subject(leaf) == "location" for leaf in _leaves(tree))

    def test(resource: Resource, env: Environment) -> Truth:
        if indexed and not _is_indexed(resource):
            return False
        if resource.type.startswith("microsoft.resources/") and resource.type not in CONTAINERS:
            return False
        if without_subscriptions and resource.type == SUBSCRIPTION:
            return False
        return applies(resource, env)

    return Condition(test, of.explain)


def _is_indexed(resource: Resource) -> bool:
    if resource.type in CONTAINERS:
        return False
    below = resource.type.count("/") > 1 or resource.key.count("/providers/") > 1
    return not below or resource.json.get("location") is not None
