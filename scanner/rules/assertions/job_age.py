"""`jobAge`: a job has not been under way for too long."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from scanner.expressions.times import parse_timestamp, write_duration
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, Duration, reader
from scanner.rules.environment import HOLDS, Environment, Judgement

_PATH = "systemData.createdAt"


class JobAge(Assertion):
    """A job was created at most `maxAge` ago.

    Azure Resource Manager tells when a job was created (`systemData.createdAt`), not when it began to run. Unknown
    where it does not.
    """

    max_age: Duration = Field(gt=timedelta(0), description="How long ago the job may have been created.")

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        expected = f"at most {write_duration(self.max_age.total_seconds())} ago"
        created = reader(_PATH)(resource, env)
        moment = parse_timestamp(created) if isinstance(created, str) else None
        if moment is None:
            shown = None if created in (MISSING, UNKNOWN) else created
            return Judgement(None, "when it was created is not known", (Evidence(_PATH, shown, expected),))
        age = env.as_of - moment
        if age <= self.max_age:
            return HOLDS
        message = f"it was created {write_duration(age.total_seconds())} ago; it must be {expected}"
        return Judgement(False, message, (Evidence(_PATH, created, expected),))
