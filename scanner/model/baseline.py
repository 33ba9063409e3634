"""The failures that were known at one time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scanner.model.resource import normalise_id
from scanner.model.result import fingerprint


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One known failure: a rule and a resource, in the spelling of the policy and of Azure."""

    rule_id: str
    resource_id: str

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits: the finding's own fingerprint."""
        return fingerprint(self.rule_id, self.resource_id)


@dataclass(frozen=True)
class Baseline:
    """Known failures; `created_at` is ISO 8601 in UTC, `file` what the baseline was read from."""

    created_at: str
    entries: tuple[BaselineEntry, ...]
    file: str = ""

    @cached_property
    def by_fingerprint(self) -> dict[str, BaselineEntry]:
        """Entries by fingerprint, the first where two are alike, sorted by rule and resource."""
        found: dict[str, BaselineEntry] = {}
        for entry in sorted(self.entries, key=lambda entry: (entry.rule_id, normalise_id(entry.resource_id))):
            found.setdefault(entry.fingerprint, entry)
        return found
