"""Where in a person's file something stands, and the list of what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from scanner.errors import Problem

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a document: its path, and the (line, column) of every node, counted from 1."""

    file: str
    marks: Mapping[Path, tuple[int, int]]
    path: Path = ()

    def __truediv__(self, key: str | int) -> Place:
        """Give the place of a child."""
        return Place(self.file, self.marks, (*self.path, key))

    def position(self) -> tuple[int, int]:
        """Give line and column, of the nearest ancestor where the node itself has none."""
        path = self.path
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (0, 0))


@dataclass(slots=True)
class Problems:
    """Collects everything wrong, so that all of it can be said at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, message: str, hint: str = "") -> None:
        """Note one thing wrong at `place`."""
        line, column = place.position()
        self.note(Problem(message, place.file, line, column, hint))

    def note(self, problem: Problem) -> None:
        """Note a problem, once."""
        if problem not in self.found:
            self.found.append(problem)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Give a hint for a misspelt word: the nearest known one, else all of them where they are few."""
    names = sorted(known)
    folded = {name.lower(): name for name in names}
    near = get_close_matches(str(word).lower(), folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{folded[near[0]]}'?"
    return f"known are: {', '.join(names)}" if 0 < len(names) <= 30 else ""
