"""Inputs of the command line: each is read, recognised by its content, and made an inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from scanner.errors import Problem, SourceError
from scanner.model.garbage import collector_paused
from scanner.model.inventory import Inventory, merge
from scanner.sources import FILE_READERS
from scanner.sources.arm_template import is_bicep, read_bicep
from scanner.sources.json_document import STDIN, JsonDocument, read_bytes, read_document, shown_name
from scanner.sources.options import ReadOptions
from scanner.sources.terraform.hints import refuse_terraform


def read_inputs(files: Sequence[str], stdin: BinaryIO | None = None, options: ReadOptions | None = None) -> Inventory:
    """Make one inventory of several inputs; raises SourceError with every input that cannot be read."""
    if sum(file == STDIN for file in files) > 1:
        raise SourceError("standard input ('-') can be read only once")
    inventories: list[Inventory] = []
    problems: list[Problem | str] = []
    for file in files:
        try:
            with collector_paused():
                inventories.append(_read(file, stdin, options or ReadOptions()))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(*problems)
    return merge(inventories)


def _read(file: str, stdin: BinaryIO | None, options: ReadOptions) -> Inventory:
    if is_bicep(file):
        return read_bicep(file, options)
    data = read_bytes(file, stdin)
    refuse_terraform(data, file)
    document = read_document(data, file)
    for reader in FILE_READERS:
        if reader.recognises(document.value):
            return _with_lines(reader.read(document, options), document)
    what = f"is JSON, but of no kind that azgate reads ({_shape(document.value)})"
    raise SourceError(Problem(what, shown_name(file), hint=_HINT))


def _with_lines(inventory: Inventory, document: JsonDocument) -> Inventory:
    """Give each resource that was read at a place of this document the line of that place."""
    placed = [
        resource
        for resource in inventory.resources
        if resource.origin.file == document.file
        and resource.origin.line is None
        and resource.origin.pointer is not None
    ]
    lines = document.lines(resource.origin.pointer or "" for resource in placed)
    for resource in placed:
        # Nobody has seen the inventory yet: this is the last step of making it.
        resource.origin = replace(resource.origin, line=lines.get(resource.origin.pointer or ""))
    return inventory


_HINT = (
    "azgate reads its own snapshots, ARM JSON (a resource, an array, {value: [...]} or {data: [...]}), ARM templates, "
    "Terraform plans (terraform show -json PLAN) and the JSON of what-if"
)


def _shape(document: object) -> str:
    if isinstance(document, dict):
        keys = ", ".join(str(key)[:40] for key in list(document)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    return "null" if document is None else "a text" if isinstance(document, str) else "a single value"
