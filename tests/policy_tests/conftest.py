"""Policies with test files beside them, in a folder of the test's own."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.policy_tests.loader import Suite, load_suite

POLICY = """\
version: 1
name: search
parameters:
  maxReplicas: {type: integer, default: 2, minimum: 1}
rules:
  - id: search-replicas
    title: Search stays small
    severity: high
    resource: Microsoft.Search/searchServices
    when: {field: sku.name, notEquals: free}
    assert: {field: properties.replicaCount, lessOrEquals: "[parameters('maxReplicas')]", ifMissing: unknown}
"""


class Bench:
    """A folder with `policies/search.yaml` and, beside it, test files."""

    def __init__(self, root: Path) -> None:
        self.root = root / "policies"
        (self.root / "tests").mkdir(parents=True)
        self.policy(POLICY)

    def policy(self, text: str, name: str = "search.yaml") -> Path:
        path = self.root / name
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def tests(self, text: str, name: str = "search.yaml") -> Path:
        path = self.root / "tests" / name
        path.write_text(textwrap.dedent(text), "utf-8")
        return path

    def cases(self, text: str, name: str = "search.yaml") -> Path:
        """Write a test file whose cases are these; `search` is a template of a search service."""
        head = (
            "version: 1\n"
            "templates:\n"
            "  search: {type: Microsoft.Search/searchServices, name: docs, "
            "sku: {name: basic}, properties: {replicaCount: 1}}\n"
            "cases:\n"
        )
        return self.tests(head + textwrap.indent(textwrap.dedent(text), "  "), name)

    def load(self, *paths: str | Path) -> Suite:
        return load_suite([str(path) for path in paths or (self.root,)])

    def problems(self, *paths: str | Path) -> list[str]:
        """Load, which must be refused, and give the problems without the folder's name."""
        with pytest.raises(PolicyError) as raised:
            self.load(*paths)
        return [str(problem).removeprefix(f"{self.root}/") for problem in raised.value.problems]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
