"""`seatActivity`: somebody uses the licence that is paid for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from scanner.expressions.times import parse_timestamp, write_duration
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, FieldPath, reader
from scanner.rules.environment import HOLDS, Environment, Judgement

_DAY_LENGTH = len("2026-11-24")


class SeatActivity(Assertion):
    """The seat was last used, or was given, within `window`.

    `lastActivity` and `created` are fields that hold a date or a timestamp; a date is the whole day. No last
    activity, or an empty text, means never used. Unknown where a date cannot be read and the other does not decide.
    """

    window: Duration = Field(gt=timedelta(0), description="How long ago the last activity may be.")
    last_activity: FieldPath = Field(min_length=1, description="Field with the last activity.")
    created: FieldPath = Field(default="", description="Field that says since when there is the seat.")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        window = write_duration(self.window.total_seconds())
        expected = f"within {window}"
        active = reader(self.last_activity)(resource, env)
        given = reader(self.created)(resource, env) if self.created else MISSING
        used, recent = self._within(active, env.as_of), self._within(given, env.as_of)
        if used or recent:
            return HOLDS
        evidence = [Evidence(self.last_activity, _shown(active), expected)]
        if self.created:
            evidence.append(Evidence(self.created, _shown(given), expected))
        if used is None or recent is None:
            path = self.last_activity if used is None else self.created
            return Judgement(None, f"{path} cannot be read, so whether the seat is used is not known", tuple(evidence))
        since = f"last used on {active[:_DAY_LENGTH]}" if isinstance(active, str) and active.strip() else "never used"
        return Judgement(False, f"{since}; it must be used {expected}", tuple(evidence))

    def _within(self, value: Any, as_of: datetime) -> Truth:
        if value is MISSING or (isinstance(value, str) and not value.strip()):
            return False
        moment = parse_timestamp(value) if isinstance(value, str) else None
        if moment is None:
            return None
        if len(str(value).strip()) <= _DAY_LENGTH:
            return moment.date() >= (as_of.astimezone(UTC) - self.window).date()
        return as_of - moment <= self.window


def _shown(value: Any) -> Any:
    return None if value is MISSING or value is UNKNOWN else value
