"""File names made of what people write into tags: safe on every file system, and never the same for two values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from hashlib import sha256
from typing import TypeVar

LONGEST = 120
"""Bytes of UTF-8: most file systems allow 255 for the whole name."""
_Key = TypeVar("_Key", bound=Hashable)
_KEPT = frozenset("_-.@+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Windows takes these for devices, whatever their extension."""


def file_names(values: Collection[str], nobody: str, longest: int = LONGEST) -> dict[str, str]:
    """Give a name for each value, in its own script; "" gets `nobody`, which is no other value's name.

    Names differ in more than upper and lower case. A value that would get the name of another one, none at all, or
    only the first `longest` bytes of its name gets eight digits of its hash behind it.
    """
    none = _plain(nobody) or "none"
    short = {value: _plain(value).encode()[:longest].decode(errors="ignore").rstrip("-. ") for value in values}

    def marked(value: str) -> str:
        return f"{short[value]}-{digits(value)}".lstrip("-") if value else none

    names = {value: name if name and name == _plain(value) else marked(value) for value, name in short.items()}
    names = kept_apart({**names, "": none}, marked)
    return {value: names[value] for value in values}


def kept_apart(names: Mapping[_Key, str], marked: Callable[[_Key], str]) -> dict[_Key, str]:
    """Give every key its name, or what `marked` calls it where the name is another one's too, in whatever case.

    What a key is called instead may be the name of a third one: then that one is called otherwise as well.
    """
    moved: set[_Key] = set()
    while True:
        made = {key: marked(key) if key in moved else name for key, name in names.items()}
        taken = Counter(map(_folded, made.values()))
        meeting = {key for key, name in made.items() if taken[_folded(name)] > 1} - moved
        if not meeting:
            return made
        moved |= meeting


def digits(value: str) -> str:
    """Give eight digits of a value's hash."""
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    kept = "".join(letter if _is_kept(letter) else "-" for letter in text)
    name = re.sub("-{2,}", "-", kept).strip("-. ")
    return f"_{name}" if _RESERVED.match(name) else name


def _is_kept(letter: str) -> bool:
    return letter in _KEPT or unicodedata.category(letter)[0] in "LMN"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
