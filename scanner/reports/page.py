"""Lines for a terminal or a log: wrapped, coloured where that is wanted, and never a command to whoever shows them."""

from __future__ import annotations

from functools import lru_cache

from scanner.reports.log_commands import no_command
from scanner.reports.text import wrap

BOLD, DIM = "1", "2"


class Page:
    """Lines that are wrapped at a width and, where asked for, coloured."""

    def __init__(self, *, color: bool, width: int) -> None:
        self._color, self._width = color, width
        self._lines: list[str] = []
        # Thousands of findings say the same.
        self._drawn = lru_cache(maxsize=1_024)(self._draw)

    def paint(self, text: str, code: str) -> str:
        """Give `text` in a colour (an ANSI code such as "1;31"), as it is where no colour is wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self._color and code and text else text

    def add(self, text: str = "", *, indent: int = 0, hang: int = 0, style: str = "", breaks: str = " ") -> None:
        """Add `text` wrapped at `indent`; further lines stand `hang` columns deeper."""
        self._lines += self._drawn(text, indent, hang, style, breaks)

    def _draw(self, text: str, indent: int, hang: int, style: str, breaks: str) -> list[str]:
        lines = []
        for at, line in enumerate(wrap(text, self._width - indent, hang=hang, breaks=breaks)):
            margin = " " * (indent + (hang if at else 0))
            lines.append(f"{margin}{self.paint(no_command(line), style)}" if line else "")
        return lines

    def put(self, line: str) -> None:
        """Add one line as it is, however long: a command that people copy is never broken."""
        self._lines.append(no_command(line).rstrip())

    def labelled(self, label: str, style: str, text: str, *, indent: int, room: int) -> None:
        """Add a coloured label of at most `room` columns and, beside it, bold text that is short."""
        head = f"{' ' * indent}{self.paint(label, style)}{' ' * (room - len(label))}"
        self._lines.append(f"{head}{self.paint(no_command(text), BOLD)}")

    def heading(self, title: str, count: str, explanation: str = "") -> None:
        """Add an empty line and a bold `TITLE (count): explanation`."""
        self.add()
        self.add(f"{title} ({count})" + (f": {explanation}" if explanation else ""), style=BOLD)

    def text(self) -> str:
        """Give all lines, each with its newline."""
        return "\n".join(self._lines) + "\n"
