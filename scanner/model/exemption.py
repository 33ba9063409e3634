"""A person's decision to live with a finding for a while."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Which findings are exempted, by whom, for what reason, until when.

    `rules` are rule ids or globs, `scope` a resource id or a glob over ids, both in any case. `expires` is
    the date as it was written and `until` the same as a date; None, with the reason in `fault`, where it is
    none: then nothing is exempted. `file` and `line` say where it stands; `tag` that this is a resource's
    tag, and `file` then names the tag.
    """

    rules: tuple[str, ...]
    scope: str
    reason: str
    owner: str
    expires: str
    until: date | None
    fault: str = ""
    file: str = ""
    line: int = 0
    tag: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def in_force(self, as_of: datetime) -> bool:
        """Say whether it exempts at that time: its last day, in UTC, is inside."""
        return not self.fault and self.until is not None and as_of.astimezone(UTC).date() <= self.until


def parse_day(text: str) -> date | None:
    """Give an ISO 8601 calendar date (YYYY-MM-DD), None where `text` is none or there is no such day."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
