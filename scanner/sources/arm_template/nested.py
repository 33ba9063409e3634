"""Deployments inside a template: written out, or linked by a path beside it. What lies elsewhere is a gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.errors import SourceError
from scanner.expressions.syntax import ExpressionError
from scanner.model.inventory import GapReason
from scanner.model.values import Json
from scanner.sources.arm_template.deferred import LOCAL, as_text, deferred, is_deferred, kind_of, local_path
from scanner.sources.arm_template.deployment import Deployment, Given
from scanner.sources.arm_template.entry import Entry
from scanner.sources.arm_template.filling import compute, fill
from scanner.sources.arm_template.parameter_files import givens, parameter_values
from scanner.sources.arm_template.reading import Path_, Source
from scanner.sources.arm_template.spelling import DEPLOYMENT, spelt
from scanner.sources.json_document import read_bytes, read_document

_DEEPEST = 20


class _UnreadableError(Exception):
    """The template is somewhere else; says where."""


def inside(entry: Entry) -> Deployment | None:
    """Give the deployment that a resource of that type is; None, and a gap, where its template cannot be had."""
    reading = entry.deployment.reading
    try:
        return _deployment(entry, *_template(entry))
    except (_UnreadableError, SourceError) as error:
        reading.gap(entry.id, "resources", GapReason.UNSUPPORTED, f"this deployment is not read: {error}")
    except ExpressionError as error:
        entry.site.at(("properties",)).wrong(error)
    return None


def _deployment(entry: Entry, template: Json, source: Source, path: Path_) -> Deployment:
    properties = spelt(entry.raw["properties"], DEPLOYMENT)
    options = properties.get("expressionEvaluationOptions")
    evaluated = compute(options.get("scope"), entry.frame) if isinstance(options, dict) else None
    inner = isinstance(evaluated, str) and evaluated.lower() == "inner"
    written = isinstance(properties.get("template"), dict)
    linked = source.document is not None and not path
    return Deployment(
        entry.deployment.reading,
        template,
        source,
        path=path,
        target=entry.scope,
        given=_given(entry, properties),
        name=entry.name,
        location=lambda: fill(entry.raw.get("location"), entry.frame, entry.site.at(("location",))),
        # What an expression made of the template is not evaluated in the parent's scope again.
        outer=entry.frame if written and not inner and source is entry.deployment.source else None,
        depth=entry.deployment.depth + 1,
        anchor=None if linked else entry.deployment.anchor or (None if written else entry.path),
        made_by=entry,
    )


def _given(entry: Entry, properties: Json) -> Mapping[str, Given]:
    section = compute(properties.get("parameters"), entry.frame)
    linked = properties.get("parametersLink")
    if isinstance(linked, dict):
        source = _linked(entry, linked)
        return givens(parameter_values(source.document.value if source.document else None, source.file))
    return {name.lower(): _value(entry, name, part) for name, part in _members(section)}


def _members(section: Any) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) and not is_deferred(section) else ()


def _value(entry: Entry, name: str, part: Any) -> Given:
    """Give what computes a parameter: an object with its `value`, or whatever makes such an object."""
    site = entry.site.at(("properties", "parameters", name))
    if isinstance(part, dict) and "value" in part and "copy" not in part:
        return lambda: fill(part["value"], entry.frame, site.at(("value",)))

    def compute_value() -> Any:
        filled = fill(part, entry.frame, site)
        if isinstance(filled, dict) and "value" in filled:
            return filled["value"]
        return deferred(f"{entry.name}.{name}")

    return compute_value


def _template(entry: Entry) -> tuple[Json, Source, Path_]:
    """Give the template, the file it stands in, and where in it."""
    if entry.deployment.depth >= _DEEPEST:
        raise _UnreadableError(f"deployments lie in each other more than {_DEEPEST} deep")
    properties = entry.raw.get("properties")
    if not isinstance(properties, dict):
        raise ExpressionError("the deployment has no properties")
    properties = spelt(properties, DEPLOYMENT)
    link = properties.get("templateLink")
    if isinstance(link, dict):
        source = _linked(entry, link)
        value = source.document.value if source.document is not None else None
        if not isinstance(value, dict):
            raise ExpressionError(f"the linked template is {kind_of(value)}, not an object")
        return value, source, ()
    template = compute(properties.get("template"), entry.frame)
    if is_deferred(template):
        raise _UnreadableError("it is known only after deployment")
    if not isinstance(template, dict):
        raise ExpressionError("the deployment has neither a template nor a templateLink")
    return template, entry.deployment.source.inside(entry.symbol), (*entry.path, "properties", "template")


def _linked(entry: Entry, link: Json) -> Source:
    if "id" in link:
        raise _UnreadableError(f"it is the template spec {as_text(compute(link['id'], entry.frame))}")
    here = entry.deployment.source.path
    if "relativePath" in link:
        relative = as_text(compute(link["relativePath"], entry.frame))
        if here is None:
            raise _UnreadableError(f"it lies at {_without_secrets(relative)}, beside a file that is not there")
        return _read(entry, here.parent / relative, relative)
    address = compute(link.get("uri"), entry.frame)
    if is_deferred(address):
        raise _UnreadableError("its address is known only after deployment")
    text = as_text(address or "")
    if text.startswith(f"{LOCAL}/"):
        path = local_path(text)
        return _read(entry, path, path.name)
    if "://" in text:
        raise _UnreadableError(f"it lies at {_without_secrets(text)}, and azgate fetches nothing")
    if here is None or not text:
        raise _UnreadableError("it has no address")
    return _read(entry, here.parent / text, text)


def _without_secrets(address: str) -> str:
    """Leave out what may hold a signature or a password."""
    place = address.partition("?")[0]
    scheme, sign, rest = place.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{sign}{host.rpartition('@')[2]}{slash}{path}" if sign else place


def _read(entry: Entry, path: Path, address: str) -> Source:
    reading = entry.deployment.reading
    folder = reading.folder
    shown = _without_secrets(address)
    try:
        found = path.resolve()
    except (OSError, ValueError):
        raise _UnreadableError(f"{shown} is no path") from None
    if folder is None or not found.is_relative_to(folder):
        raise _UnreadableError(f"{shown} lies outside the folder of the template")
    if not found.is_file():
        raise _UnreadableError(f"there is no file {shown}")
    if found not in reading.linked:
        reading.budget.spend(1000)
        name = reading.shown(found)
        reading.linked[found] = Source(name, found, read_document(read_bytes(str(found)), name))
    return reading.linked[found]
