"""Field paths that Azure is known to have: a misspelt path is never an error, only always missing.

known_fields.json lists them for each resource type and says where they come from. A path into a free map (tags,
the steps of a pipeline) is open. Types that are not listed are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from scanner.rules.paths import EACH, parse_path

_FILE = Path(__file__).with_name("known_fields.json")
_OPEN, _ANY_KEY = "**", "*"
_TAGS = frozenset({"tags", "effectivetags"})
_OF_EVERY_RESOURCE = ("fullName", "resourceGroup", "subscriptionId")

Tree = dict[str, Any]
"""Lower-case keys, `[*]`, `*` (any key) or `**` (anything below), each with the tree below it."""


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, Tree], dict[str, list[str]]]:
    """Give, by lower-case type, the tree and the list of known paths."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    trees: dict[str, Tree] = {}
    paths: dict[str, list[str]] = {}
    for kind, listed in document["types"].items():
        every = [*document["common"], *_OF_EVERY_RESOURCE, *listed]
        paths[kind.lower()] = every
        trees[kind.lower()] = _tree(every)
    return trees, paths


def _tree(paths: Iterable[str]) -> Tree:
    root: Tree = {}
    for path in paths:
        node = root
        for key in path.replace(EACH, f".{EACH}").split("."):
            node = node.setdefault(key.lower(), {})
    return root


def doubt(path: str, types: Sequence[str]) -> str | None:
    """Say what `path` may have been meant to be, "" without an idea; None where it is known or cannot be judged.

    `types` are the ARM types of the rule: a path is known where one of them has it.
    """
    trees, paths = _data()
    kinds = [kind.lower() for kind in types]
    try:
        keys = parse_path(path)
    except ValueError:
        return None
    prefix = ""
    while keys and keys[0].lower() == "parent" and len(keys) > 1:
        kinds = [kind.rpartition("/")[0] for kind in kinds if kind.count("/") > 1]
        keys, prefix = keys[1:], prefix + "parent."
    if "/" in path or keys[0].lower() in _TAGS or not kinds or any(kind not in trees for kind in kinds):
        return None
    if any(_known(trees[kind], keys) for kind in kinds):
        return None
    # The envelope that nearly all share would make any two paths alike.
    candidates = {_bare(known): known for kind in kinds for known in paths[kind] if _OPEN not in known}
    near = get_close_matches(_bare(path[len(prefix) :]), candidates, n=1, cutoff=0.6)
    return prefix + candidates[near[0]] if near else ""


def _bare(path: str) -> str:
    return path.lower().removeprefix("properties.")


def _known(tree: Tree, keys: Sequence[str]) -> bool:
    """Follow `keys`; an array, a map or an object as a whole is as known as what it holds."""
    if not keys or _OPEN in tree:
        return True
    below = tree.get(keys[0].lower())
    if below is not None and _known(below, keys[1:]):
        return True
    return keys[0] != EACH and _ANY_KEY in tree and _known(tree[_ANY_KEY], keys[1:])
