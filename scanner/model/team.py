"""Whose a resource is, by its tags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.model.result import ResourceInfo

_TAGS = ("team", "owner")
_SEPARATORS = re.compile(r"[-_. ]")


def team_of(resource: ResourceInfo) -> str:
    """Give the effective tag `team`, else `owner`; "" where neither says anything."""
    return tag_of(resource, _TAGS)


def tag_of(resource: ResourceInfo, names: Sequence[str]) -> str:
    """Give the first of some effective tags that says something, in whatever case and with whatever separators; "".

    `names` are in lower case, without separators.
    """
    tags: dict[str, str] = {}
    for name, value in (resource.effective_tags or resource.tags).items():
        # An empty value is no tag, so it hides no other spelling of the name.
        if value is not None and (text := str(value).strip()):
            tags.setdefault(_SEPARATORS.sub("", name).lower(), text)
    return next((tags[tag] for tag in names if tag in tags), "")
