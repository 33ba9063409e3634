"""Values that JSON has no word for, and the three truth values.

`Truth` is `True`, `False` or `None`, where `None` means *unknown* (Kleene's third value).
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Truth: TypeAlias = bool | None


class Absent(Enum):
    """Why there is no value at a path."""

    MISSING = "missing"
    """The field is not there, or is null. Azure Policy treats both alike."""

    UNKNOWN = "unknown"
    """There is, or will be, a value, but it cannot be known here (a gap, known only after deployment)."""

    def __repr__(self) -> str:
        return self.name


MISSING = Absent.MISSING
UNKNOWN = Absent.UNKNOWN
