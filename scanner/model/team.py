"""Whose a resource is, by its tags."""

from __future__ import annotations

from scanner.model.result import ResourceInfo

_TAGS = ("team", "owner")


def team_of(resource: ResourceInfo) -> str:
    """Give the effective tag `team`, else `owner` (names in any case); "" where neither says anything."""
    tags = {name.lower(): value for name, value in (resource.effective_tags or resource.tags).items()}
    named = (str(tags[tag]).strip() for tag in _TAGS if tags.get(tag) is not None)
    return next((name for name in named if name), "")
