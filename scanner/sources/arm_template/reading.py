"""What all templates of one input have in common: the options, what was found wrong, and which resources there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.expressions.syntax import ExpressionError
from scanner.model.inventory import Gap, GapReason
from scanner.model.resource import Origin, normalise_id
from scanner.sources.arm_template.bicep_file import BicepFile
from scanner.sources.arm_template.deferred import Budget
from scanner.sources.json_document import JsonDocument
from scanner.sources.json_places import Places
from scanner.sources.json_positions import pointer
from scanner.sources.options import ReadOptions

if TYPE_CHECKING:
    from scanner.sources.arm_template.deployment import Deployment
    from scanner.sources.arm_template.entry import Entry

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a template stands in: how a report names it, where it lies (None: nowhere), and its text.

    A compiled template stands in a file of `bicep` instead, in which a resource is found by its declaration.
    """

    file: str
    path: Path | None = None
    document: JsonDocument | None = None
    bicep: BicepFile | None = None

    def inside(self, symbol: str) -> Source:
        """Give the source of a template that stands in this one: a module has a file of its own."""
        if self.bicep is None:
            return self
        module = self.bicep.module(symbol)
        return Source(module.file, None, None, module)


@dataclass(slots=True)
class Notes:
    """What a reader of the report should know of the input beside what is wrong."""

    missing: dict[str, None] = field(default_factory=dict)
    perhaps: dict[str, None] = field(default_factory=dict)
    uncounted: dict[str, None] = field(default_factory=dict)
    foreign: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """One input that is being read. `base` is the origin of all resources where the template is part of another file.

    `expand` finds the resources of a template; `folder` is what linked templates must lie in.
    """

    options: ReadOptions
    base: Origin
    expand: Callable[[Deployment], list[Entry]]
    budget: Budget = field(default_factory=Budget)
    gaps: dict[Gap, None] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    folder: Path | None = None
    embedded: bool = False
    entries: dict[str, Entry] = field(default_factory=dict)
    linked: dict[Path, Source] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)

    def gap(self, scope: str, what: str, reason: GapReason, detail: str) -> None:
        """Note what could not be read, once."""
        self.gaps[Gap(scope, what, reason, detail)] = None

    def shown(self, path: Path) -> str:
        """Give how a report names a linked file: from where the input itself is named from."""
        root = Path(self.base.file or "").parent
        return (root / path.relative_to(self.folder)).as_posix() if self.folder is not None else path.name

    def register(self, entry: Entry) -> None:
        """Make a resource known to whoever refers to its id; what is declared wins over what only exists."""
        key = normalise_id(entry.id)
        if key not in self.entries or self.entries[key].existing:
            self.entries[key] = entry

    def origin(self, source: Source, path: Path_, symbol: str, kind: str, *, judged: bool) -> Origin:
        """Give the origin of a resource; lines of the input itself are found later."""
        if self.embedded:
            return replace(self.base, judged=self.base.judged and judged)
        if source.bicep is not None:
            line = source.bicep.line(symbol, kind)
            return replace(self.base, file=source.file, line=line, address=symbol, judged=judged)
        place = pointer(*path)
        locate = self._places(source.document).locator(place) if source.document is not None else None
        return replace(self.base, file=source.file, pointer=place, address=symbol, judged=judged, locate=locate)

    def _places(self, document: JsonDocument) -> Places:
        return self.places.setdefault(document.file, Places(document))


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a template at which something may be wrong: whom it concerns, and where it stands."""

    reading: Reading
    scope: str
    what: str
    path: Path_ = ()

    def at(self, path: Sequence[str | int]) -> Site:
        """Give a place below this one."""
        return replace(self, path=(*self.path, *path))

    def wrong(self, error: ExpressionError) -> None:
        """Note that what stands here cannot be computed, because the template is wrong."""
        hint = f" ({error.hint})" if error.hint else ""
        self.reading.gap(self.scope, self.what, GapReason.MALFORMED, f"{pointer(*self.path)}: {error}{hint}")
