"""What may go wrong because of a person's input or environment; only the CLI turns these into exit codes.

A failure to *read Azure* is no exception of this tree: it is a `Gap` in the inventory.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in something a person wrote: where it stands, what is wrong, what to do.

    `line` and `column` count from 1; 0 means "not known" and is not printed.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""

    def __str__(self) -> str:
        """Give `file:line:column: message (hint)`, leaving out what is not known."""
        place = ":".join([self.file] + [str(n) for n in (self.line, self.column) if n]) if self.file else ""
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class ScannerError(Exception):
    """Base of every error that is somebody's to mend: exit code 2."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(Problem(p) if isinstance(p, str) else p for p in problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class ConfigError(ScannerError):
    """A wrong option, parameter, environment variable or output path."""


class PolicyError(ScannerError):
    """Wrong policy files; holds the problems of all of them."""


class SourceError(ScannerError):
    """An input that cannot be read or recognised, or live Azure that cannot be entered at all."""


class ReportError(ScannerError):
    """A saved result that cannot be drawn."""


class HistoryError(ScannerError):
    """A history database that cannot be opened, read or written."""
