"""ARM templates, and the Bicep files that are compiled to them: what they would deploy, as far as it can be known.

Every expression that rests on the template, its parameters and the scope is computed. What only Azure can know is
UNKNOWN at the leaf it touches, and stands in names as a text in braces (`scanner.sources.arm_template.deferred`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Inventory, SourceInfo
from scanner.model.resource import Origin
from scanner.model.values import Json
from scanner.sources.arm_template.bicep import PARAMETERS_SUFFIX, SUFFIX, compile_parameters, compile_template
from scanner.sources.arm_template.bicep_file import declarations, template_of
from scanner.sources.arm_template.deployment import Deployment, Given
from scanner.sources.arm_template.inventory import inventory_of
from scanner.sources.arm_template.parameter_files import given_parameters, givens, parameter_values
from scanner.sources.arm_template.reading import Reading, Source
from scanner.sources.arm_template.resources import find_resources
from scanner.sources.arm_template.scopes import root_scope, scope_kind, scope_of_id
from scanner.sources.json_document import STDIN, JsonDocument
from scanner.sources.options import ReadOptions

__all__ = ["NAME", "is_bicep", "read", "read_bicep", "recognises", "resources_of_template"]

NAME = "arm-template"
_PARAMETERS = "deploymentparameters.json"


def recognises(document: Any) -> bool:
    """Say whether this is a template, by its schema or by the sections that only templates have; or its parameters."""
    if not isinstance(document, dict):
        return False
    if _schema(document).endswith(("deploymenttemplate.json", _PARAMETERS)):
        return True
    return isinstance(document.get("resources"), (list, dict)) and "contentVersion" in document


def read(document: JsonDocument, options: ReadOptions) -> Inventory:
    """Make an inventory of a template; raises SourceError where its parameters cannot be read, or it is parameters.

    What is wrong in the template, or lies where azgate cannot see it, is a gap.
    """
    if _schema(document.value).endswith(_PARAMETERS):
        hint = f"scan the template, with --template-parameters {document.file}"
        raise SourceError(Problem("holds the parameters of a template, not a template", document.file, hint=hint))
    path = None if document.file == STDIN else Path(document.file).resolve()
    given, undeclared = given_parameters(document.value, options.template_parameters)
    return _read(document.value, Source(document.file, path, document), given, undeclared, options)


def _schema(document: Json) -> str:
    schema = document.get("$schema")
    return schema.lower().rstrip("#") if isinstance(schema, str) else ""


def is_bicep(file: str) -> bool:
    """Say whether a file is Bicep, which its content does not tell."""
    return file.lower().endswith((SUFFIX, PARAMETERS_SUFFIX))


def read_bicep(file: str, options: ReadOptions) -> Inventory:
    """Compile and read a `.bicep` or `.bicepparam` file; raises SourceError. Resources get their lines here."""
    if file.lower().endswith(PARAMETERS_SUFFIX):
        template, parameters = compile_parameters(file)
        if not isinstance(template, dict):
            raise SourceError(Problem("is compiled without a template", file, hint="name the .bicep file as the input"))
        values = givens(parameter_values(parameters, file))
    else:
        template, values = compile_template(file), {}
    if not recognises(template):
        raise SourceError(Problem("is compiled to something that is no template", file))
    said, undeclared = given_parameters(template, options.template_parameters)
    path = Path(file).resolve()
    found = template_of(path, file) if file.lower().endswith(PARAMETERS_SUFFIX) else None
    written = found or declarations(path, file)
    source = Source(written.file if written is not None else file, path, None, written)
    return _read(template, source, {**values, **said}, undeclared, options)


def _read(
    template: Json, source: Source, given: Mapping[str, Given], undeclared: list[str], options: ReadOptions
) -> Inventory:
    base = Origin(NAME, source.file, declared=True)
    folder = source.path.parent if source.path is not None else None
    reading = Reading(options, base, find_resources, folder=folder)
    scope = root_scope(scope_kind(template.get("$schema")), options.subscription, options.resource_group)
    root = Deployment(reading, template, source, target=scope, given=given)
    return inventory_of(root, SourceInfo(NAME, source.file), undeclared)


def resources_of_template(
    template: Json,
    parameters: Mapping[str, Any],
    scope: str,
    origin: Origin,
    options: ReadOptions | None = None,
) -> Inventory:
    """Give what a template deploys that another input holds, such as a Terraform plan.

    `parameters` are values by name, or objects with a `value`, UNKNOWN where the other input does not know them;
    `scope` is the ARM id of what it is deployed to, `/subscriptions/{id}/resourceGroups/{name}`; every resource
    gets `origin`, with `declared` set. Raises SourceError where `scope` is no scope.
    """
    target = scope_of_id(scope)
    if target is None:
        raise SourceError(f"a template cannot be deployed to {scope}")
    reading = Reading(options or ReadOptions(), replace(origin, declared=True), find_resources, embedded=True)
    source = Source(origin.file or "", None)
    values = {name: _plain(value) for name, value in parameters.items()}
    root = Deployment(reading, template, source, target=target, given=givens(values))
    return inventory_of(root, SourceInfo(origin.source, source.file), [])


def _plain(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and value.keys() == {"value"} else value
