"""Whose a resource is."""

from __future__ import annotations

import pytest

from scanner.model.result import ResourceInfo
from scanner.model.team import tag_of, team_of


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


def test_a_tag_is_known_in_every_spelling_and_names_stand_in_for_each_other():
    tags = {"Cost_Center": "4711", "cost-centre": "4712", "Owner": " "}
    resource = ResourceInfo("/x", "t", "n", tags=tags)
    assert tag_of(resource, ("costcenter", "costcentre")) == "4711"
    assert tag_of(resource, ("owner", "costcentre")) == "4712"
    assert tag_of(resource, ("owner",)) == ""
