"""File names made of what people write into tags: safe on every file system, and never the same for two values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from hashlib import sha256

_LONGEST = 120
"""Bytes of UTF-8: most file systems allow 255 for the whole name."""
_KEPT = frozenset("_-.@+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Windows takes these for devices, whatever their extension."""


def file_names(values: Collection[str], nobody: str) -> dict[str, str]:
    """Give a name for each value, in its own script; "" gets `nobody`, which is no other value's name.

    Names differ in more than upper and lower case. A value that would get the name of another one, none at all, or
    only the beginning of its name gets eight digits of its hash behind it.
    """
    plain = {value: _plain(value) for value in values if value}
    none = _plain(nobody) or "none"
    taken = Counter(map(_folded, (none, *plain.values())))
    names = {"": none}
    for value, name in plain.items():
        cut = name.encode()[:_LONGEST].decode(errors="ignore").rstrip("-. ")
        names[value] = name if cut == name and taken[_folded(name)] == 1 and name else _marked(value, cut)
    return {value: names[value] for value in values}


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    kept = "".join(letter if _is_kept(letter) else "-" for letter in text)
    name = re.sub("-{2,}", "-", kept).strip("-. ")
    return f"_{name}" if _RESERVED.match(name) else name


def _is_kept(letter: str) -> bool:
    return letter in _KEPT or unicodedata.category(letter)[0] in "LMN"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _marked(value: str, name: str) -> str:
    digits = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name}-{digits}" if name else digits
