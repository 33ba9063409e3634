"""Template deployments in Terraform: ARM templates, with their parameters, as JSON texts.

`azurerm_{resource_group,subscription,management_group,tenant}_template_deployment` of azurerm 3.117, 4.81 and 5.2 have
`template_content` or `template_spec_version_id`, and `parameters_content` (an object of `{value: ...}`).
"""

from __future__ import annotations

from typing import Any

from scanner.errors import SourceError
from scanner.model.inventory import Gap, GapReason, Inventory
from scanner.model.resource import Origin
from scanner.model.values import UNKNOWN, Json
from scanner.sources.arm_template import resources_of_template
from scanner.sources.json_document import parse_json
from scanner.sources.options import ReadOptions
from scanner.sources.terraform.plan import Planned

_WHAT = "Microsoft.Resources/deployments"


def read_deployment(planned: Planned, scope: str, origin: Origin, options: ReadOptions) -> Inventory:
    """Give what a template deployment deploys into `scope`; a gap where its template cannot be read."""
    written = planned.arguments.get("template_content")
    if not isinstance(written, str):
        later = "is known only after apply" if written is UNKNOWN else "is a template spec, which azgate does not read"
        return _gap(planned, GapReason.UNSUPPORTED, f"its template {later}")
    try:
        template = parse_json(written.encode(), "template_content")
        given = planned.arguments.get("parameters_content")
        parameters = parse_json(given.encode(), "parameters_content") if isinstance(given, str) else given
        if not isinstance(template, dict):
            return _gap(planned, GapReason.MALFORMED, "its template is no JSON object")
        return resources_of_template(template, _parameters(template, parameters), scope, origin, options)
    except SourceError as error:
        return _gap(planned, GapReason.MALFORMED, "; ".join(problem.message for problem in error.problems))


def _parameters(template: Json, given: Any) -> Json:
    """Give parameters by name; every one is UNKNOWN where their text is not known yet."""
    if given is not UNKNOWN:
        return given if isinstance(given, dict) else {}
    declared = template.get("parameters")
    return dict.fromkeys(declared, UNKNOWN) if isinstance(declared, dict) else {}


def _gap(planned: Planned, reason: GapReason, detail: str) -> Inventory:
    return Inventory(gaps=(Gap(planned.address, _WHAT, reason, detail),))
