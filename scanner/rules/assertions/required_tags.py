"""`requiredTags`: every one of these tags is an effective tag with a value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from scanner.model.resource import Resource
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, InexpressibleError, InheritLevel
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.tags import effective_tag, shared_with_neighbours

WORDS = {"parent": "its parent", "resourceGroup": "its resource group", "subscription": "its subscription"}


def levels_in_words(inherit: list[InheritLevel]) -> str:
    """Say where a tag may come from."""
    return ", ".join(["the resource", *(WORDS[level] for level in inherit)])


def has_no_value(name: str) -> str:
    """Give the template expression for "there is no such tag, or it is blank"; `name` is an expression itself."""
    return f"[if(contains(field('tags'), {name}), empty(trim(field('tags')[{name}])), true())]"


class RequiredTags(Assertion):
    """Every tag of `tags` is an effective tag with a non-blank value.

    Names match in any case. `inherit` says which levels beside the resource itself may supply a tag. A
    plain list is short for `tags`. Unknown where a level that may hold a missing tag was not read.
    """

    tags: list[str] = Field(min_length=1, description="Names of the tags that must be there.")
    inherit: list[InheritLevel] = Field(
        default=["parent", "resourceGroup", "subscription"], description="Levels that may supply a tag."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return {"tags": value} if isinstance(value, list) else value

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Judge the resource's own tags; inherited ones are out of Azure Policy's sight."""
        if arguments.get("inherit") != []:
            raise InexpressibleError("Azure Policy does not see inherited tags (only `inherit: []` can be exported)")
        absent = {"value": has_no_value("current('tag')"), "equals": True}
        return {"count": {"value": arguments.get("tags"), "name": "tag", "where": absent}, "equals": 0}

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        return shared_with_neighbours(self._question, resource, env.inventory, lambda: self._judge(resource, env))

    @cached_property
    def _question(self) -> object:
        return object()

    def _judge(self, resource: Resource, env: Environment) -> Judgement:
        inherit = tuple(self.inherit)
        missing: list[str] = []
        unread: dict[str, str] = {}
        for name in self.tags:
            found = effective_tag(resource, name.lower(), inherit, env.inventory)
            if found.present is None:
                unread[name] = found.source
            elif not found.present:
                missing.append(name)
        if not missing and not unread:
            return HOLDS
        expected = f"a value at {levels_in_words(self.inherit)}"
        evidence = tuple(Evidence(f"effectiveTags.{name}", None, expected) for name in (missing or unread))
        if missing:
            return Judgement(False, f"missing tags: {', '.join(missing)}", evidence)
        reasons = " and ".join(dict.fromkeys(unread.values()))
        return Judgement(None, f"cannot tell about the tags {', '.join(unread)}: {reasons}", evidence)
