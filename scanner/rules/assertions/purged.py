"""`purged`: a deleted account leaves no provisioned throughput behind."""

from __future__ import annotations

from typing import Any

from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, reader
from scanner.rules.environment import HOLDS, Environment, Judgement

_KIND = "kind"
_DELETED, _PURGE = "properties.deletionDate", "properties.scheduledPurgeDate"
_MODEL_KINDS = frozenset({"openai", "aiservices"})


class Purged(Assertion):
    """A soft-deleted account is not of a kind that can hold provisioned deployments.

    Azure does not tell which deployments a soft-deleted account still holds, and bills provisioned ones until it is
    purged: every OpenAI and AIServices account that is listed as deleted is one too many.
    """

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        kind = reader(_KIND)(resource, env)
        expected = "no soft-deleted OpenAI or AIServices account"
        if not isinstance(kind, str):
            message = "it is soft-deleted, and its kind is not known"
            return Judgement(None, message, (Evidence(_KIND, None if kind in (MISSING, UNKNOWN) else kind, expected),))
        if kind.lower() not in _MODEL_KINDS:
            return HOLDS
        dates = [(path, reader(path)(resource, env)) for path in (_DELETED, _PURGE)]
        deleted, purge = (_day(value) for _, value in dates)
        since = f" on {deleted}" if deleted else ""
        until = f" (Azure does so on {purge})" if purge else ""
        message = f"deleted{since}; provisioned deployments in it are billed until it is purged{until}"
        evidence = [Evidence(_KIND, kind, expected)]
        evidence += [Evidence(path, value, "purged now") for path, value in dates if isinstance(value, str)]
        return Judgement(False, message, tuple(evidence))


def _day(value: Any) -> str:
    return value.partition("T")[0] if isinstance(value, str) else ""
