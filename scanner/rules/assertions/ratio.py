"""`ratio`: of what there is, enough is used."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from scanner.expressions.comparison import as_number
from scanner.model.resource import Resource
from scanner.model.values import MISSING, UNKNOWN
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, FieldPath, in_percent, reader
from scanner.rules.environment import HOLDS, Environment, Judgement


class Ratio(Assertion):
    """One field of the resource, divided by another, is at least, or at most, a share.

    Unknown where one of the two is not known or no number, or the denominator is 0.
    """

    numerator: FieldPath = Field(min_length=1, description="Field with the part.")
    denominator: FieldPath = Field(min_length=1, description="Field with the whole.")
    greater_or_equals: float | None = Field(default=None, description="Smallest share, such as 0.8.")
    less_or_equals: float | None = Field(default=None, description="Largest share, such as 0.9.")

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if (self.greater_or_equals is None) == (self.less_or_equals is None):
            raise ValueError("takes exactly one of greaterOrEquals, lessOrEquals")
        return self

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        least = self.greater_or_equals is not None
        limit = self.greater_or_equals if self.greater_or_equals is not None else self.less_or_equals or 0.0
        expected = f"at {'least' if least else 'most'} {in_percent(limit)}"
        read = [(path, reader(path)(resource, env)) for path in (self.numerator, self.denominator)]
        evidence = tuple(Evidence(path, _shown(value), expected) for path, value in read)
        part, whole = (as_number(value) for _, value in read)
        if part is None or whole is None or whole <= 0:
            path, value = read[0] if part is None else read[1]
            state = "is not known" if _shown(value) is None else f"is {value!r}"
            return Judgement(None, f"{path} {state}, so the share is not known; it must be {expected}", evidence)
        share = part / whole
        if share >= limit if least else share <= limit:
            return HOLDS
        return Judgement(False, f"{part:g} of {whole:g}, {in_percent(share)}; it must be {expected}", evidence)


def _shown(value: Any) -> Any:
    return None if value is MISSING or value is UNKNOWN else value
