"""What the recipes are run with: a folder for the runner's files, and azgate of this checkout on the PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / ".github" / "actions" / "azgate"
RECIPES = ROOT / "examples" / "ci"
WORKFLOWS = sorted((RECIPES / "github").glob("*.yml"))
CHANGE = ROOT / "examples" / "change"
TOOLS = Path(sys.executable).parent
"""Where the linters of the development lock are."""


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> Ran:
    """Run a command with nothing in its environment but a PATH and what is given."""
    path = f"{environment.pop('PATH', '')}:{TOOLS}:/usr/bin:/bin"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={"PATH": path, "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def tool(name: str) -> str:
    """Give a linter of the development lock; it is there wherever the tests are."""
    path = TOOLS / name
    assert os.access(path, os.X_OK), f"{name} is missing: python3 tasks.py test installs it"
    return str(path)


def document(path: Path) -> dict:
    """Give a YAML file; GitHub's key `on` stays a text."""
    return yaml.load(path.read_text("utf-8"), yaml.BaseLoader)


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    """Put `azgate` on a PATH of its own, with this interpreter and this checkout."""
    folder = tmp_path / "shim"
    folder.mkdir()
    command = folder / "azgate"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m scanner "$@"\n')
    command.chmod(0o755)
    return folder


Scripts = Callable[..., Ran]
