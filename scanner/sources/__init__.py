"""The outside world, turned into inventories.

`FILE_READERS` lists the kinds of file azgate reads, in the order in which they are tried; adding one is one
module with `NAME`, `recognises(value)` and `read(document, options)`, and one line here. Live Azure is
`scanner.sources.azure`, imported only when a live scan is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from scanner.model.inventory import Inventory
from scanner.sources import arm_json, arm_template, snapshot, terraform, what_if
from scanner.sources.json_document import JsonDocument
from scanner.sources.options import ReadOptions


class FileReader(NamedTuple):
    """One kind of file: its name, how its content is recognised, and what makes an inventory of it.

    `read` gives each resource the JSON pointer of the place it was read at; lines are found afterwards.
    """

    name: str
    recognises: Callable[[Any], bool]
    read: Callable[[JsonDocument, ReadOptions], Inventory]


FILE_READERS: tuple[FileReader, ...] = (
    FileReader(snapshot.NAME, snapshot.recognises, snapshot.read),
    FileReader(terraform.NAME, terraform.recognises, terraform.read),
    FileReader(what_if.NAME, what_if.recognises, what_if.read),
    FileReader(arm_template.NAME, arm_template.recognises, arm_template.read),
    FileReader(arm_json.NAME, arm_json.recognises, arm_json.read),
)
