"""Says of a file that is no JSON when it is one of Terraform's: a plan as Terraform stores it, configuration, a log."""

from __future__ import annotations

from scanner.errors import Problem, SourceError
from scanner.sources.json_document import shown_name

SHOW = "azgate reads what `terraform show -json PLAN > plan.json` prints of a plan file"
_ZIP = b"PK\x03\x04"
_HCL = (".tf", ".tfvars", ".hcl")
_LOG = b'{"@level":'


def refuse_terraform(data: bytes, file: str) -> None:
    """Raise SourceError for a file of Terraform's that is no JSON document; a plan file is a zip archive."""
    name = shown_name(file)
    if data.startswith(_ZIP):
        raise SourceError(Problem("is a zip archive, as Terraform stores plans", name, hint=SHOW))
    if file.lower().endswith(_HCL):
        raise SourceError(Problem("is Terraform configuration, which is not evaluated here", name, hint=SHOW))
    if data.startswith(_LOG):
        raise SourceError(Problem("is Terraform's log, not its plan", name, hint=SHOW))
