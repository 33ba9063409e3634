"""Tests of resources that a template and the deployments in it declare more than once."""

from __future__ import annotations

import pytest

from scanner.model.values import UNKNOWN


@pytest.fixture
def search(templates):
    def make(replicas, **body):
        return templates.resource("s", properties={"replicaCount": replicas, "partitionCount": 1}, **body)

    return make


@pytest.fixture
def judged(templates):
    """Give the properties of the one resource, and the notes."""

    def read(*resources, **sections):
        inventory = templates.read(templates.make(*resources, **sections))
        (resource,) = inventory.resources
        assert not inventory.gaps
        return resource, inventory.notes

    return read


def test_a_declaration_that_waits_for_another_one_is_the_one_that_counts(templates, search, judged):
    update = templates.nested(
        templates.make(search(3)), dependsOn=["[resourceId('Microsoft.Search/searchServices', 's')]"]
    )
    resource, (note,) = judged(search(1), update)
    assert resource.json["properties"]["replicaCount"] == 3
    assert resource.origin.pointer == "/resources/1/properties/template/resources/0"
    assert "1 resource is declared more than once, of which what is deployed last is judged" in note


def test_the_order_in_the_file_does_not_matter(templates, search, judged):
    first = templates.nested(templates.make(search(3)))
    resource, _ = judged(search(1, dependsOn=["inner"]), first)
    assert resource.json["properties"]["replicaCount"] == 1


@pytest.mark.parametrize(
    "names",
    [["a"], ["[concat('Microsoft.Resources/deployments/', 'a')]"], ["loop"], ["between"]],
    ids=["name", "type and name", "loop", "by way of another"],
)
def test_whatever_it_waits_for_is_found_as_template_authors_name_it(templates, search, judged, names):
    first = templates.nested(templates.make(search(1)), "a", copy={"name": "loop", "count": 1})
    between = templates.nested(templates.make(), "between", dependsOn=["a"])
    last = templates.nested(templates.make(search(3)), "b", dependsOn=names)
    resource, _ = judged(first, between, last)
    assert resource.json["properties"]["replicaCount"] == 3


def test_symbolic_names_give_the_order_too(templates, search):
    template = templates.make()
    update = templates.nested(templates.make(search(3)), dependsOn=["service"])
    template["resources"] = {"update": update, "service": search(1)}
    (resource,) = templates.read(template).resources
    assert resource.json["properties"]["replicaCount"] == 3
    assert resource.origin.address == ""


def test_what_declarations_without_an_order_disagree_on_is_unknown(templates, search, judged):
    resource, (note,) = judged(search(1, tags={"team": "a"}), templates.nested(templates.make(search(3))))
    assert resource.json["properties"] == {"replicaCount": UNKNOWN, "partitionCount": 1}
    assert resource.json["tags"] is UNKNOWN
    assert "what the declarations disagree on is unknown" in note


def test_a_later_declaration_that_may_not_be_deployed_decides_nothing(templates, search, judged):
    parameters = {"update": {"type": "bool"}}
    update = templates.nested(templates.make(search(3)), dependsOn=["s"], condition="[parameters('update')]")
    resource, _ = judged(search(1), update, parameters=parameters)
    assert resource.json["properties"]["replicaCount"] is UNKNOWN


def test_conditions_that_exclude_each_other_leave_open_what_comes_to_be(templates, search, judged):
    parameters = {"large": {"type": "bool"}}
    large = search(12, condition="[parameters('large')]")
    small = search(1, condition="[not(parameters('large'))]")
    resource, _ = judged(large, small, parameters=parameters)
    assert resource.json["properties"] == {"replicaCount": UNKNOWN, "partitionCount": 1}


def test_declarations_that_agree_are_no_matter(templates, search, judged):
    _, notes = judged(search(1), templates.nested(templates.make(search(1))))
    assert notes == ()


def test_a_dependency_that_cannot_be_computed_gives_no_order(templates, search):
    update = templates.nested(templates.make(search(3)), dependsOn=["[nonsense()]", 5, "[variables('none')]"])
    (resource,) = templates.read(templates.make(search(1), update)).resources
    assert resource.json["properties"]["replicaCount"] is UNKNOWN


def test_many_declarations_of_one_resource_take_no_time(templates, search):
    names = [f"d{at}" for at in range(400)]
    deployments = [templates.nested(templates.make(search(at)), name, dependsOn=names) for at, name in enumerate(names)]
    (resource,) = templates.read(templates.make(*deployments)).resources
    assert resource.json["properties"]["replicaCount"] is UNKNOWN


def test_declarations_that_wait_for_each_other_have_no_order(templates, search):
    waits = ["[resourceId('Microsoft.Search/searchServices', 's')]"]
    (resource,) = templates.read(templates.make(search(1, dependsOn=waits), search(3, dependsOn=waits))).resources
    assert resource.json["properties"] == {"replicaCount": UNKNOWN, "partitionCount": 1}
