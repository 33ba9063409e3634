"""`tagValues`: a tag that is there has one of its allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import Field

from scanner.expressions.truth import all_of
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, InexpressibleError, InheritLevel
from scanner.rules.assertions.required_tags import has_no_value
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.tags import effective_tag, shared_with_neighbours


def _allowed_in_azure_policy(name: str, values: Any) -> dict[str, Any]:
    quoted = "'" + name.replace("'", "''") + "'"
    return {"anyOf": [{"value": has_no_value(quoted), "equals": True}, {"field": f"tags[{quoted}]", "in": values}]}


class TagValues(Assertion):
    """Each effective tag that `allowed` names has one of the values listed there, in any case.

    A tag that is not there is no violation (`requiredTags` asks for that). Unknown where a level that
    may hold the tag was not read.
    """

    allowed: dict[str, list[str]] = Field(description="Tag name to its allowed values.")
    inherit: list[InheritLevel] = Field(
        default=["parent", "resourceGroup", "subscription"], description="Levels that may supply a tag."
    )

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Judge the resource's own tags; inherited ones are out of Azure Policy's sight."""
        if arguments.get("inherit") != []:
            raise InexpressibleError("Azure Policy does not see inherited tags (only `inherit: []` can be exported)")
        allowed = arguments.get("allowed")
        if not isinstance(allowed, dict):
            raise InexpressibleError("Azure Policy cannot go through the tags that a parameter of type object names")
        if not allowed:
            raise InexpressibleError("it allows every value of every tag")
        return {"allOf": [_allowed_in_azure_policy(name, values) for name, values in allowed.items()]}

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        return shared_with_neighbours(self._question, resource, env.inventory, lambda: self._judge(resource, env))

    @cached_property
    def _question(self) -> object:
        return object()

    def _judge(self, resource: Resource, env: Environment) -> Judgement:
        inherit = tuple(self.inherit)
        bad: list[Evidence] = []
        unread: list[Evidence] = []
        messages: list[str] = []
        for name, values in self.allowed.items():
            found = effective_tag(resource, name.lower(), inherit, env.inventory)
            expected = f"one of [{', '.join(values)}]"
            if found.value is UNKNOWN:
                unread.append(Evidence(f"effectiveTags.{name}", None, expected))
                messages.append(f"cannot tell about the tag {name}: {found.source}")
            elif found.value is not MISSING and found.value.lower() not in {value.lower() for value in values}:
                bad.append(Evidence(f"effectiveTags.{name}", found.value, expected))
                messages.insert(0, f"tag {name} (from the {found.source}) is '{found.value}', not {expected}")
        truth = all_of((not bad, None if unread else True))
        if truth:
            return HOLDS
        return Judgement(truth, "; ".join(messages[: len(bad)] if bad else messages), tuple(bad or unread))
