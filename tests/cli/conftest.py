"""Runs azgate inside the test's own process, with byte streams for its standard ones."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanner.cli import main
from tests.factories import ACCOUNT, DEPLOYMENT, arm_id


class Run(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON report on standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document


Azgate = Callable[..., Run]


@pytest.fixture
def azgate(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Azgate:
    """Give a function that runs the command line; no run may be a defect or show a traceback."""

    def run(*arguments: str, stdin: bytes | None = None) -> Run:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        streams = capsysbinary.readouterr()
        found = Run(int(code), streams.out.decode(), streams.err.decode())
        assert found.code in {0, 1, 2, 3}, found.err
        if "--debug" not in arguments:
            assert "Traceback" not in found.err
        return found

    return run


@pytest.fixture
def document(tmp_path: Path) -> Callable[..., str]:
    """Give a function that writes a JSON document and gives its path."""

    def write(body: Any, name: str = "in.json") -> str:
        path = tmp_path / name
        path.write_text(json.dumps(body), encoding="utf-8")
        return str(path)

    return write


FEW = ("required-tags", "tag-values", "openai-deployment-rate-limit", "openai-quota-*", "openai-ptu-*")
CHOSEN = tuple(word for rule in FEW for word in ("--rule", rule))
"""Some rules of the built-in pack that know each other, so that the next rule changes no test here."""
TAGS = {"environment": "prod", "team": "search", "workload": "assistant", "cost-center": "42"}


def account(name: str = "acct", **body: Any) -> dict[str, Any]:
    return {"id": arm_id(ACCOUNT, name), "name": name, "type": ACCOUNT, "kind": "OpenAI", "tags": TAGS, **body}


def deployment(capacity: Any = 10, name: str = "acct/gpt", **body: Any) -> dict[str, Any]:
    sku = {"name": "Standard", "capacity": capacity}
    return {"id": arm_id(DEPLOYMENT, name), "name": name.rpartition("/")[2], "type": DEPLOYMENT, "sku": sku, **body}
