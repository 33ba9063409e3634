"""`holdsAiResources`: a subscription or resource group has something in it that is about AI."""

from __future__ import annotations

from scanner.model.resource import Resource
from scanner.model.verdict import Evidence
from scanner.rules.ai_resources import AI_TYPES, homes
from scanner.rules.assertions.base import Assertion
from scanner.rules.environment import HOLDS, Environment, Judgement


class HoldsAiResources(Assertion):
    """An AI resource lies in the subscription or resource group.

    That is an OpenAI or AIServices account, a machine learning workspace, a search service, a bot, a Fabric or a
    Security Copilot capacity. Unknown where none was found but a list of them could not be read.
    """

    def reads(self) -> frozenset[str]:
        """Give the types of AI resources."""
        return AI_TYPES

    def evaluate(self, resource: Resource, env: Environment) -> Judgement:
        """See the class."""
        truth = homes(env.inventory).get(resource.key, False)
        if truth:
            return HOLDS
        evidence = (Evidence("resources", None, "an AI resource"),)
        subscription = f"/subscriptions/{resource.subscription_id}"
        unread = [gap for kind in sorted(AI_TYPES) if (gap := env.inventory.gap(kind, subscription)) is not None]
        if unread:
            reason = f"the list of its {unread[0].what} could not be read ({unread[0].reason})"
            return Judgement(None, f"whether it holds AI resources is not known: {reason}", evidence)
        if truth is None:
            return Judgement(None, "whether it holds AI resources is not known: an account has no kind", evidence)
        return Judgement(False, "it holds no AI resource", evidence)
