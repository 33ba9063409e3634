"""A snapshot remembers which types nobody asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.model.inventory import Inventory, SourceInfo
from scanner.sources import snapshot
from scanner.sources.options import ReadOptions
from tests.factories import json_document

SEATS, JOBS = "github.copilot/organizations/seats", "microsoft.machinelearningservices/workspaces/jobs"


def round_trip(*sources: SourceInfo) -> SourceInfo:
    (source,) = snapshot.read(
        json_document(json.loads(snapshot.write(Inventory(sources=sources)))), ReadOptions()
    ).sources
    return source


def test_what_was_not_asked_for_survives():
    assert round_trip(SourceInfo("azure", "arm", frozenset(), {SEATS: "no --github-org"})).not_asked == {
        SEATS: "no --github-org"
    }


def test_what_one_of_several_sources_was_asked_for_was_asked_for():
    first = SourceInfo("azure", "arm", frozenset(), {SEATS: "no --github-org", JOBS: "no rule asks"})

    assert round_trip(first, SourceInfo("azure", "arm", frozenset(), {JOBS: "no rule asks"})).not_asked == {
        JOBS: "no rule asks"
    }
    assert round_trip(first, SourceInfo("arm-json", "file")).not_asked == {}


def test_a_source_that_was_asked_for_everything_says_nothing_of_it():
    assert "notAsked" not in snapshot.write(Inventory(sources=(SourceInfo("azure", "arm"),)))


@pytest.mark.parametrize("damage", [None, [], "seats", 5])
def test_damage_there_takes_no_type_for_not_asked(damage: Any):
    document = json.loads(snapshot.write(Inventory(sources=(SourceInfo("azure", "arm"),))))
    document["sources"][0]["notAsked"] = damage

    assert snapshot.read(json_document(document), ReadOptions()).sources[0].not_asked == {}
