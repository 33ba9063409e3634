"""`allowedModels`: only models that this environment may use are deployed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, InexpressibleError, reader
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.patterns import azure_policy_condition, objection, permits_everything
from scanner.rules.tags import EVERY_LEVEL, effective_tag

_NAME = "properties.model.name"
_name = reader(_NAME)


class ModelLists(BaseModel):
    """What one environment may use beside, or instead of, what all may."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, strict=True)

    allowed_models: list[str] | None = Field(default=None, description="Instead of the list for all environments.")
    denied_models: list[str] = Field(default=[], description="Beside the list for all environments.")


class AllowedModels(Assertion):
    """A deployment's model name matches a pattern of `allowedModels` and none of `deniedModels`.

    `*` stands for anything, the case does not matter, and denied wins. `environments` maps a value of the
    effective tag `environment` to lists of its own: its `allowedModels` replace those for all, its `deniedModels`
    are added. Unknown where the model or the environment is not known and the answer depends on it.
    """

    allowed_models: list[str] = Field(default=["*"], description="Patterns of models that may be deployed.")
    denied_models: list[str] = Field(default=[], description="Patterns of models that may not.")
    environments: dict[str, ModelLists] = Field(default={}, description="Environment to its own lists.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Judge the model's name; the environment is an inherited tag and out of Azure Policy's sight."""
        if arguments.get("environments"):
            raise InexpressibleError("Azure Policy does not see inherited tags, such as the environment")
        return azure_policy_condition(_NAME, arguments.get("allowedModels", ["*"]), arguments.get("deniedModels", []))

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        name = _name(resource, env)
        if not self.environments:
            return self._judge(name, "")
        found = {environment: self._judge(name, environment) for environment in self._environments(resource, env)}
        truths = {judgement.truth for judgement in found.values()}
        if len(truths) == 1:
            return next(iter(found.values()))
        message = f"cannot tell whether {name} is allowed: the environment is not known"
        evidence = Evidence("effectiveTags.environment", None, "a value")
        return Judgement(None, message, (evidence,))

    def _environments(self, resource: Resource, env: Environment) -> list[str]:
        """Give the environment, as the lists spell it; "" for one without lists, all where it may be any."""
        value = effective_tag(resource, "environment", EVERY_LEVEL, env.inventory).value
        if value is UNKNOWN:
            return ["", *self.environments]
        return [next((name for name in self.environments if name.lower() == str(value).lower()), "")]

    def _judge(self, name: Any, environment: str) -> Judgement:
        own = self.environments.get(environment, ModelLists())
        allowed = self.allowed_models if own.allowed_models is None else own.allowed_models
        denied = [*self.denied_models, *own.denied_models]
        if permits_everything(allowed, denied):
            return HOLDS
        expected = f"one of [{', '.join(allowed)}]" + (f", none of [{', '.join(denied)}]" if denied else "")
        if not isinstance(name, str):
            shown = None if name in (MISSING, UNKNOWN) else name
            return Judgement(None, f"{_NAME} is not known; it must be {expected}", (Evidence(_NAME, shown, expected),))
        reason = objection(name, allowed, denied)
        if not reason:
            return HOLDS
        where = f" in {environment}" if environment else ""
        return Judgement(False, f"the model {name} {reason}{where}", (Evidence(_NAME, name, expected),))
