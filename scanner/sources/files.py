"""Inputs of the command line: each is read, recognised by its content, and made an inventory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from scanner.errors import Problem, SourceError
from scanner.model.inventory import Inventory, merge
from scanner.sources import FILE_READERS
from scanner.sources.json_document import STDIN, parse_json, read_bytes, shown_name


def read_inputs(files: Sequence[str], stdin: BinaryIO | None = None) -> Inventory:
    """Make one inventory of several inputs; raises SourceError with every input that cannot be read."""
    if sum(file == STDIN for file in files) > 1:
        raise SourceError("standard input ('-') can be read only once")
    inventories: list[Inventory] = []
    problems: list[Problem | str] = []
    for file in files:
        try:
            inventories.append(_read(file, stdin))
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(*problems)
    return merge(inventories)


def _read(file: str, stdin: BinaryIO | None) -> Inventory:
    document = parse_json(read_bytes(file, stdin), file)
    for reader in FILE_READERS:
        if reader.recognises(document):
            return reader.read(document, file)
    what = f"is JSON, but of no kind that azgate reads ({_shape(document)})"
    raise SourceError(Problem(what, shown_name(file), hint=_HINT))


_HINT = "azgate reads its own snapshots and ARM JSON: a resource, an array, {value: [...]} or {data: [...]}"


def _shape(document: object) -> str:
    if isinstance(document, dict):
        keys = ", ".join(str(key)[:40] for key in list(document)[:6])
        return f"an object with the keys {keys}" if keys else "an empty object"
    return "null" if document is None else "a text" if isinstance(document, str) else "a single value"
