"""`allowedVmSizes`: computes and online deployments run on machines that may be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, InexpressibleError, reader
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.patterns import objection, permits_everything

_DEPLOYMENT = "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments"
_OF_DEPLOYMENTS = "properties.instanceType"
_OF_COMPUTES = "properties.properties.vmSize"


class AllowedVmSizes(Assertion):
    """The VM size matches a pattern of `allowedVmSizes` and none of `deniedVmSizes`.

    `*` stands for anything, the case does not matter, and denied wins. An online deployment's size is its
    `instanceType`, a compute's its `vmSize`. Unknown where it is not known.
    """

    allowed_vm_sizes: list[str] = Field(default=["*"], description="Patterns of sizes that may be used.")
    denied_vm_sizes: list[str] = Field(default=[], description="Patterns of sizes that may not.")

    @classmethod
    def to_azure_policy(cls, arguments: Mapping[str, Any]) -> Any:
        """Refuse: the field depends on the resource type."""
        del arguments
        raise InexpressibleError("the size stands in another field of a compute than of an online deployment")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        if permits_everything(self.allowed_vm_sizes, self.denied_vm_sizes):
            return HOLDS
        path = _OF_DEPLOYMENTS if resource.type == _DEPLOYMENT else _OF_COMPUTES
        size = reader(path)(resource, env)
        denied = f", none of [{', '.join(self.denied_vm_sizes)}]" if self.denied_vm_sizes else ""
        expected = f"one of [{', '.join(self.allowed_vm_sizes)}]{denied}"
        if not isinstance(size, str):
            shown = None if size in (MISSING, UNKNOWN) else size
            return Judgement(None, f"{path} is not known; it must be {expected}", (Evidence(path, shown, expected),))
        reason = objection(size, self.allowed_vm_sizes, self.denied_vm_sizes)
        if not reason:
            return HOLDS
        return Judgement(False, f"the VM size {size} {reason}", (Evidence(path, size, expected),))
