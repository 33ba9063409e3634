"""`azurerm_fabric_capacity`: azurerm 4.81 and 5.2, docs/r/fabric_capacity; not in 3.x.

There is no argument that pauses a capacity.
"""

from __future__ import annotations

from scanner.model.values import UNKNOWN, Json
from scanner.sources.terraform.arguments import Arguments, body
from scanner.sources.terraform.mappings.mapping import Mapping


def _capacity(arguments: Arguments) -> Json:
    members = arguments.get("administration_members")
    return body(
        location=arguments.get("location"),
        sku=arguments.block("sku", lambda block: body(name=block.get("name"), tier=block.get("tier"))),
        tags=arguments.get("tags"),
        properties=body(
            administration=members if members is None or members is UNKNOWN else {"members": members},
        ),
    )


MAPPING = Mapping("azurerm_fabric_capacity", "Microsoft.Fabric/capacities", _capacity)
