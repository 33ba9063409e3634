"""The configuration that a plan carries: modules, calls and expressions, found by module address."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from scanner.model.values import Json
from scanner.sources.terraform.plan import Planned

_LAST = re.compile(r'(?:^|\.)module\.([\w-]+)(\[(?:\d+|"(?:\\.|[^"\\])*")\])?$')
_CALLS = 20
"""As many variables as a value is handed on through at most."""


class Call(NamedTuple):
    """Who calls a module instance: the caller's own address, the call's name, and the index, such as `["eu"]`."""

    module: str
    call: str
    key: str


def caller(module: str) -> Call:
    """Take the address of a module instance apart at its last step."""
    match = _LAST.search(module)
    return Call(module[: match.start()], match[1], match[2] or "") if match else Call("", module, "")


class Configuration:
    """`configuration` of a plan, with the values of `variables`."""

    def __init__(self, plan: Json) -> None:
        written = plan.get("configuration")
        self._written: Json = written if isinstance(written, dict) else {}
        self._modules: dict[str, Json] = {"": _object(self._written, "root_module")}
        self._resources: dict[str, dict[tuple[Any, Any, Any], Json]] = {}
        self._variables = _object(plan, "variables")

    def module(self, address: str) -> Json:
        """Give what is written of a module; {} where nothing is."""
        if address not in self._modules:
            self._modules[address] = self._found(address)
        return self._modules[address]

    def _found(self, address: str) -> Json:
        """Go down from the root, without recursion: an address may be hostile."""
        calls: list[str] = []
        while address and address not in self._modules:
            above = caller(address)
            calls.append(above.call)
            address = above.module
        written = self._modules[address]
        for name in reversed(calls):
            written = _object(_object(_object(written, "module_calls"), name), "module")
        return written

    def call(self, module: str, name: str) -> Json:
        """Give what is written of the call of a module."""
        return _object(_object(self.module(module), "module_calls"), name)

    def resource(self, planned: Planned) -> Json:
        """Give what is written of a resource."""
        if planned.module not in self._resources:
            listed = self.module(planned.module).get("resources")
            members = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
            self._resources[planned.module] = {
                (str(one.get("mode")), str(one.get("type")), str(one.get("name"))): one for one in members
            }
        mode = "managed" if planned.managed else "data"
        return self._resources[planned.module].get((mode, planned.type, planned.name), {})

    def outputs(self, module: str, name: str | None) -> list[Any]:
        """Give the expressions of one output of a module, or of all where none is named."""
        outputs = _object(self.module(module), "outputs")
        chosen = outputs.values() if name is None else [outputs.get(name)]
        return [one.get("expression") for one in chosen if isinstance(one, dict)]

    def constant(self, expression: Any, module: str) -> Any:
        """Give the value of an expression that is a constant, or a variable that is handed on as it is; else None."""
        for _ in range(_CALLS):
            if not isinstance(expression, dict):
                return None
            if "constant_value" in expression:
                return expression["constant_value"]
            listed = expression.get("references")
            name = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
            if not isinstance(name, str) or not name.startswith("var."):
                return None
            if not module:
                return _object(self._variables, name[4:]).get("value")
            above = caller(module)
            expression = _object(self.call(above.module, above.call), "expressions").get(name[4:])
            module = above.module
        return None

    def provider(self, planned: Planned, argument: str) -> Any:
        """Give an argument of the provider that a resource is made with, as far as it is a constant or a variable."""
        key = self.resource(planned).get("provider_config_key")
        return self._argument(_object(_object(self._written, "provider_config"), str(key)), argument)

    def providers(self, argument: str) -> set[str]:
        """Give the texts that the providers have for an argument."""
        written = _object(self._written, "provider_config").values()
        found = (self._argument(provider, argument) for provider in written if isinstance(provider, dict))
        return {value for value in found if isinstance(value, str)}

    def _argument(self, provider: Json, argument: str) -> Any:
        expression = _object(provider, "expressions").get(argument)
        module = provider.get("module_address")
        return self.constant(expression, module if isinstance(module, str) else "")


def _object(container: Json, key: str) -> Json:
    value = container.get(key)
    return value if isinstance(value, dict) else {}
