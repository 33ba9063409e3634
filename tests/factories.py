"""What tests are made of: resources, inventories, conditions and policy files, each with as little as it needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.model.inventory import Fact, Gap, GapReason, Inventory, SourceInfo
from scanner.model.resource import Origin, Resource
from scanner.model.values import Truth
from scanner.rules.assertions import ASSERTIONS
from scanner.rules.conditions import Compiler
from scanner.rules.environment import Condition, Environment
from scanner.rules.expressions import Scope, fill_in
from scanner.rules.place import Place, Problems
from scanner.sources.json_document import JsonDocument

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = "rg-ai"
AS_OF = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FACT_KINDS = frozenset({"metrics", "quotaUsages", "models"})

ACCOUNT = "Microsoft.CognitiveServices/accounts"
DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments"
PROJECT = "Microsoft.CognitiveServices/accounts/projects"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
JOB = "Microsoft.MachineLearningServices/workspaces/jobs"


def days_before(days: float) -> str:
    """Give the timestamp so many days before the tests' clock, as Azure writes it."""
    return (AS_OF - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def arm_id(kind: str, name: str, *, group: str = GROUP, subscription: str = SUBSCRIPTION) -> str:
    """Give the ARM id of `account/deployment`-like names of a type."""
    provider, *types = kind.split("/")
    pairs = "/".join(f"{word}/{part}" for word, part in zip(types, name.split("/"), strict=True))
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{pairs}"


def make_resource(kind: str, name: str, /, *, source: str = "azure", declared: bool = False, **body: Any) -> Resource:
    """Make a resource of an ARM type; `body` holds the rest of its JSON."""
    identity = body.pop("id", None) or arm_id(kind, name)
    document = {"id": identity, "name": name.rpartition("/")[2], "type": kind, **body}
    return Resource(document, Origin(source, declared=declared))


def json_document(value: Any, file: str = "file.json") -> JsonDocument:
    """Give a JSON value as the document that a reader of files gets."""
    return JsonDocument(value, json.dumps(value), file)


def make_group(tags: Any = None, *, name: str = GROUP, source: str = "azure") -> Resource:
    kind = "Microsoft.Resources/subscriptions/resourceGroups"
    identity = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
    return make_resource(kind, name, id=identity, source=source, tags=tags)


def make_subscription(tags: Any = None, *, source: str = "azure") -> Resource:
    kind = "Microsoft.Resources/subscriptions"
    return make_resource(kind, SUBSCRIPTION, id=f"/subscriptions/{SUBSCRIPTION}", source=source, tags=tags)


def make_inventory(
    *resources: Resource,
    facts: Iterable[Fact] = (),
    gaps: Iterable[Gap] = (),
    source: str = "azure",
    fact_kinds: frozenset[str] = FACT_KINDS,
) -> Inventory:
    """Make an inventory that one source read at the tests' clock."""
    return Inventory(
        resources, tuple(facts), tuple(gaps), (SourceInfo(source, "test", fact_kinds),), (), collected_at=AS_OF
    )


def make_gap(scope: str, what: str, reason: GapReason = GapReason.FORBIDDEN) -> Gap:
    return Gap(scope, what, reason, "no right to read it")


def compiled(tree: Any, parameters: Mapping[str, Any] | None = None) -> Condition:
    """Compile a condition tree that is expected to be right."""
    condition, problems = compiled_with_problems(tree, parameters)
    assert not problems.found, problems.found
    return condition


def compiled_with_problems(tree: Any, parameters: Mapping[str, Any] | None = None) -> tuple[Condition, Problems]:
    problems, place = Problems(), Place("test.yaml", {})
    filled = fill_in(tree, Scope(parameters or {}), place, problems)
    return Compiler(problems, ASSERTIONS).compile(filled, place), problems


def truth_of(tree: Any, resource: Resource | Mapping[str, Any], *others: Resource) -> Truth:
    """Give a condition's truth for a resource, or for a JSON body of no importance beside it."""
    subject = resource if isinstance(resource, Resource) else make_resource("Microsoft.Test/things", "it", **resource)
    return compiled(tree).test(subject, Environment(make_inventory(subject, *others), AS_OF))


def rule_body(**changes: Any) -> dict[str, Any]:
    """Give a correct rule as a policy file spells it; a change to None leaves the key out."""
    body: dict[str, Any] = {
        "id": "kind-is-openai",
        "title": "The kind is OpenAI",
        "severity": "medium",
        "resource": ACCOUNT,
        "assert": {"field": "kind", "equals": "OpenAI"},
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def write_policy(path: Path, *rules: Mapping[str, Any], **head: Any) -> str:
    """Write a policy file (JSON is YAML) and give its path."""
    body = {"version": 1, "name": path.stem, "rules": list(rules) or [rule_body()], **head}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    return str(path)
