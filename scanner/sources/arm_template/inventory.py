"""Makes an inventory of a deployment and of all deployments in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.model.inventory import GapReason, Inventory, SourceInfo, distinct
from scanner.model.resource import Resource
from scanner.sources.arm_template.deferred import ExhaustedError, published
from scanner.sources.arm_template.deployment import Deployment
from scanner.sources.arm_template.entry import DEPLOYMENT, Entry
from scanner.sources.arm_template.reading import Notes, Reading
from scanner.sources.arm_template.repeats import Repeats, once
from scanner.sources.arm_template.tagging import tagged

_SHOWN = 10


def inventory_of(root: Deployment, info: SourceInfo, undeclared: list[str]) -> Inventory:
    """Give what the deployment makes, and what could not be read of it.

    The deployments in a template are no resources of the inventory: what they make is. A resource that only `exists`
    is there to be looked at, unless the context knows more of it.
    """
    reading = root.reading
    found: list[tuple[Entry, Resource]] = []
    existing: list[Resource] = []
    try:
        for entry in _walk(root):
            if entry.type.lower() != DEPLOYMENT:
                resource = _resource(entry)
                if entry.existing:
                    existing.append(resource)
                else:
                    found.append((entry, resource))
    except (ExhaustedError, RecursionError):
        detail = "the template multiplies itself beyond what Azure Resource Manager deploys; the rest is not read"
        reading.gap(root.source.file, "resources", GapReason.TRUNCATED, detail)
    declared, repeats = once(found)
    _find_lines(reading, [*declared, *existing])
    context = reading.options.context
    keys = {resource.key for resource in declared} | context.by_key.keys()
    others, _ = distinct(resource for resource in existing if resource.key not in keys)
    doubtful = frozenset(resource.key for entry, resource in found if entry.doubtful)
    return Inventory(
        tagged([*declared, *others], doubtful, context),
        gaps=tuple(reading.gaps),
        sources=(info,),
        notes=tuple(_sentences(reading.notes, repeats, root.source.file, undeclared)),
    )


def _walk(deployment: Deployment) -> Iterator[Entry]:
    waiting = [deployment]
    for at in waiting:
        for entry in at.entries:
            yield entry
            if entry.deployment_inside is not None:
                waiting.append(entry.deployment_inside)


def _resource(entry: Entry) -> Resource:
    deployment = entry.deployment
    path = deployment.anchor or entry.path
    origin = deployment.reading.origin(deployment.source, path, entry.symbol, entry.type, judged=not entry.existing)
    return Resource(published(entry.body, deployment.reading.budget), origin)


def _find_lines(reading: Reading, resources: list[Resource]) -> None:
    """Find the lines in linked templates; those in the input itself are found by whoever reads inputs."""
    for source in reading.linked.values():
        placed = [resource for resource in resources if resource.origin.file == source.file]
        if source.document is None or not placed or source.file == reading.base.file:
            continue
        lines = source.document.lines(resource.origin.pointer or "" for resource in placed)
        for resource in placed:
            resource.origin = replace(resource.origin, line=lines.get(resource.origin.pointer or ""))


def _sentences(notes: Notes, repeats: Repeats, file: str, undeclared: list[str]) -> Iterator[str]:
    for names, sentence in (
        (
            notes.missing,
            "{} parameters have no value, and what rests on them is unknown until --template-parameters gives it",
        ),
        (notes.perhaps, "{} resources are judged although only the deployment knows whether their condition holds"),
        (notes.uncounted, "{} kinds of resources are left out whose number is unknown, of types that no rule is about"),
        (notes.foreign, "{} kinds of resources are left out that are not Azure Resource Manager's"),
        (repeats.settled, "{} resources are declared more than once, of which what is deployed last is judged"),
        (
            repeats.unsettled,
            "{} resources are declared more than once, and what the declarations disagree on is unknown",
        ),
        (dict.fromkeys(undeclared), "{} parameters were given that the template does not declare"),
    ):
        if names:
            yield f"{file}: {_counted(sentence, len(names))}: {_listed(list(names))}"


def _counted(sentence: str, number: int) -> str:
    if number != 1:
        return sentence.format(number)
    singular = sentence.format(1)
    for many, one in (
        ("parameters have", "parameter has"),
        ("rests on them", "rests on it"),
        ("gives it", "gives one"),
        ("parameters were", "parameter was"),
        ("resources are judged", "resource is judged"),
        ("resources are declared", "resource is declared"),
        ("their condition", "its condition"),
        ("kinds of resources are", "kind of resource is"),
        ("that are not", "that is not"),
    ):
        singular = singular.replace(many, one)
    return singular


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
