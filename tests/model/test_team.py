"""Whose a resource is."""

from __future__ import annotations

import pytest

from scanner.model.result import ResourceInfo
from scanner.model.team import team_of


@pytest.mark.parametrize(
    ("tags", "team"),
    [
        ({}, ""),
        ({"team": "search"}, "search"),
        ({"Owner": "jonas", "TEAM": " search "}, "search"),
        ({"team": " ", "owner": "jonas"}, "jonas"),
        ({"team": "", "Team": "search"}, "search"),
        ({"team": None, "owner": 7}, "7"),
        ({"teams": "search"}, ""),
    ],
)
def test_the_team_is_the_tag_team_else_owner(tags, team):
    assert team_of(ResourceInfo("/x", "t", "n", effective_tags=tags)) == team
    assert team_of(ResourceInfo("/x", "t", "n", tags=tags)) == team
