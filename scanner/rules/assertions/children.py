"""`children`: a resource holds some number of resources of a type."""

from __future__ import annotations

from pydantic import Field, field_validator

from scanner.expressions.comparison import as_text
from scanner.model.resource import Resource
from scanner.model.values import UNKNOWN, Truth
from scanner.model.verdict import Evidence
from scanner.rules.assertions.base import Assertion, FieldPath, reader
from scanner.rules.children import children_of
from scanner.rules.environment import HOLDS, Environment, Judgement
from scanner.rules.patterns import matching


class Children(Assertion):
    """At least `atLeast` resources of the ARM type `type` lie in the resource.

    With `whose` (a field) and `like` only those count whose field matches the pattern. Unknown where too few were found
    and the list of them could not be read, or not the field of one of them.
    """

    type: str = Field(description="ARM type of the children, such as Microsoft.CognitiveServices/accounts/deployments.")
    at_least: int = Field(default=1, ge=1, description="Fewest of them.")
    whose: FieldPath = Field(default="", description="A field of the child.")
    like: str = Field(default="*", description="What that field must be like; `*` stands for anything.")

    @field_validator("type")
    @classmethod
    def _is_a_type(cls, value: str) -> str:
        if "/" not in value:
            raise ValueError("must be an ARM type such as Microsoft.CognitiveServices/accounts/deployments")
        return value

    def reads(self) -> frozenset[str]:
        """Give the type of the children."""
        return frozenset({self.type.lower()})

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        kind = self.type.lower()
        truths = [self._counts(child, env) for child in children_of(resource.key, kind, env.inventory)]
        sure = sum(truth is True for truth in truths)
        if sure >= self.at_least:
            return HOLDS
        word = self.type.rpartition("/")[2]
        what = f"{word} whose {self.whose} is like {self.like}" if self.whose else word
        expected = f"at least {self.at_least}"
        evidence = (Evidence(f"children[{word}]", sure, expected),)
        gap = env.inventory.gap(kind, resource.id)
        if gap is not None:
            return Judgement(None, f"its {word} could not all be read ({gap.reason})", evidence)
        if sum(truth is not False for truth in truths) >= self.at_least:
            return Judgement(None, f"it has {sure} {what} for certain; it must have {expected}", evidence)
        return Judgement(False, f"it has {sure or 'no'} {what}; it must have {expected}", evidence)

    def _counts(self, child: Resource, env: Environment) -> Truth:
        if not self.whose:
            return True
        value = reader(self.whose)(child, env)
        if value is UNKNOWN:
            return None
        text = as_text(value)
        return text is not None and matching(text, (self.like,)) is not None
