"""Which files a policy PATH means: a file, a folder, or `builtin` for the pack that ships with azgate."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from scanner.assets import asset_folder
from scanner.errors import Problem
from scanner.rules.place import Problems

BUILTIN = "builtin"
POLICY_SUFFIXES = frozenset({".yaml", ".yml"})
TESTS = "tests"
"""Folders of this name hold the test cases of the policies beside them, and no policies."""


class PolicySource(NamedTuple):
    """A policy file: `label` as reports name it, `path` where it is."""

    label: str
    path: Path


def discover(paths: Iterable[str], problems: Problems) -> list[PolicySource]:
    """Give every policy file that `paths` name, each once; what is not there goes to `problems`."""
    found: dict[Path, PolicySource] = {}
    for given in paths:
        root = root_of(given)
        if not given.strip():
            problems.found.append(Problem("--policy names no file or folder", hint="is a variable empty?"))
            continue
        if root.is_file():
            found.setdefault(root.resolve(), PolicySource(given, root))
            continue
        if not root.is_dir():
            problems.found.append(Problem("there is no such policy file or folder", given))
            continue
        members = [path for path in inside(root, POLICY_SUFFIXES) if TESTS not in path.relative_to(root).parts[:-1]]
        members += [path for path in inside(root, frozenset({".json"})) if _is_azure_policy(path)]
        if not members:
            problems.found.append(
                Problem("there is no policy file (*.yaml, or an Azure Policy definition) in this folder", given)
            )
        for path in members:
            found.setdefault(path.resolve(), PolicySource(label_of(given, root, path), path))
    return list(found.values())


def _is_azure_policy(path: Path) -> bool:
    """Tell Azure Policy's JSON from the parameter files and results that may lie in the same folder."""
    try:
        # PowerShell writes UTF-16 and capital letters.
        text = path.read_bytes().replace(b"\0", b"").lower()
    except OSError:
        return True  # so that loading it says what is wrong
    return b'"policyrule"' in text or b'"policydefinitions"' in text


def root_of(given: str) -> Path:
    """Give the file or folder that a PATH of the command line names."""
    return asset_folder("policies") if given == BUILTIN else Path(given)


def inside(root: Path, suffixes: frozenset[str]) -> list[Path]:
    """Give the files below `root` with one of `suffixes`, sorted; what is hidden (`.github`, `.venv`) is not policy."""
    found = (path for path in root.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def label_of(given: str, root: Path, path: Path) -> str:
    """Give the name by which reports call a file: as given, or `builtin/...`."""
    return f"{BUILTIN}/{path.relative_to(root).as_posix()}" if given == BUILTIN else str(path)
