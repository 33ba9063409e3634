"""What one rule says about one resource."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Outcome(StrEnum):
    """The four answers. A rule that does not apply gives none."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    ERROR = "error"


class Disposition(StrEnum):
    """The second axis: whether somebody already answered for a finding."""

    NEW = "new"
    BASELINED = "baselined"
    EXEMPTED = "exempted"


class Severity(StrEnum):
    """How bad a failure is; the first is the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, for sorting."""
        return _RANKS[self]

    def at_least(self, other: Self) -> bool:
        """Say whether this is as bad as `other` or worse."""
        return self.rank <= other.rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was looked at: the path, what is there (JSON or None), what a pass needs, in words.

    `line`, from 1, is where the path stands in the file that the resource was read from, or the nearest part of it that
    is there; None where that is not known.
    """

    path: str
    actual: Any
    expected: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome, a sentence, and what it rests on. A pass carries neither."""

    outcome: Outcome
    message: str = ""
    evidence: tuple[Evidence, ...] = ()


PASS = Verdict(Outcome.PASS)
