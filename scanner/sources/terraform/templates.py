"""Template deployments in Terraform: ARM templates as JSON texts."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import Origin, Resource
from scanner.sources.options import ReadOptions
from scanner.sources.terraform.plan import Planned


def read(
    planned: Planned, group: str, origin: Origin, options: ReadOptions
) -> tuple[Sequence[Resource], Sequence[Gap]]:
    """Give the resources of an azurerm_..._template_deployment, and what of it cannot be read."""
    del group, origin, options
    detail = "the ARM template of a template deployment is not read; give the template itself to azgate"
    return (), (Gap(planned.address, "Microsoft.Resources/deployments", GapReason.UNSUPPORTED, detail),)
