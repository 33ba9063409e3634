"""Where a Bicep file declares its resources and modules: what it is compiled to no longer says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_USING = re.compile(r"^[ \t]*using[ \t]+'([^'\n:]+)'", re.MULTILINE)
_DECLARATION = re.compile(r"^[ \t]*(resource|module)[ \t]+(\w+)[ \t]+'([^'\n]+)'", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BicepFile:
    """The declarations of one file, by symbolic name in lower case: the line, from 1, and the type or path.

    `file` is how a report names it. Where a module's own file cannot be had, `fallback` is the line that uses it.
    """

    file: str
    path: Path | None = None
    resources: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    modules: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    fallback: int | None = None

    def line(self, symbol: str, kind: str) -> int | None:
        """Give the line of a resource: by its symbolic name, else as the only one of its type; None: not found."""
        found = self.resources.get(symbol.rpartition("::")[2].lower())
        if found is not None:
            return found[0]
        alike = [line for line, name in self.resources.values() if name == kind.lower()]
        return alike[0] if len(alike) == 1 and not symbol else self.fallback

    def module(self, symbol: str) -> BicepFile:
        """Give the file that a module is in; this one where it lies elsewhere or cannot be read."""
        line, target = self.modules.get(symbol.lower(), (None, ""))
        if self.path is not None and target and ":" not in target:
            found = declarations(self.path.parent / target, (Path(self.file).parent / target).as_posix())
            if found is not None:
                return found
        return BicepFile(self.file, fallback=line)


def template_of(path: Path, shown: str) -> BicepFile | None:
    """Read what the template declares that a parameter file names; None where it names none that can be read."""
    used = _USING.search(_text(path) or "")
    if used is None:
        return None
    return declarations(path.parent / used[1], (Path(shown).parent / used[1]).as_posix())


def declarations(path: Path, shown: str) -> BicepFile | None:
    """Read what a file declares; None where it cannot be read."""
    text = _text(path)
    if text is None:
        return None
    resources: dict[str, tuple[int, str]] = {}
    modules: dict[str, tuple[int, str]] = {}
    for match in _DECLARATION.finditer(text):
        line = text.count("\n", 0, match.start(1)) + 1
        kind = match[3].partition("@")[0].lower()
        if match[1] == "resource":
            resources[match[2].lower()] = (line, kind)
        else:
            modules[match[2].lower()] = (line, match[3])
    return BicepFile(shown, path, resources, modules)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, ValueError):
        return None
