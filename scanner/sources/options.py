"""What the command line says of how files are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.model.inventory import Inventory


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read; what a kind of file has no use for, it leaves alone.

    `template_parameters` are parameter files and `NAME=VALUE` for templates, the last wins. `changed_only` turns
    what a change leaves as it is into context, there to be looked at but not judged. `subscription` and
    `resource_group` are where a template or plan is deployed to, as far as it does not say so itself; "" where
    nobody said so. `context` is what already exists, empty where nobody said so.
    """

    template_parameters: tuple[str, ...] = ()
    changed_only: bool = False
    subscription: str = ""
    resource_group: str = ""
    context: Inventory = field(default_factory=Inventory)

    @property
    def context_subscription(self) -> str:
        """The only subscription of which the context holds something; "" where there are none or several."""
        found = {resource.subscription_id for resource in self.context.resources} - {""}
        return found.pop() if len(found) == 1 else ""


NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""Stands in ids for a subscription that nobody named: ids of a template or plan need one to have a form."""
