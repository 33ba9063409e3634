"""Which policies and which test files a PATH means: `policies/x.yaml` is tested by `policies/tests/x.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import PolicyError, Problem
from scanner.policies.discovery import POLICY_SUFFIXES, TESTS, PolicySource, inside, label_of, root_of
from scanner.policies.yaml_document import read_yaml
from scanner.rules.place import Problems


@dataclass(slots=True)
class Selection:
    """What was asked for: PATHs of policies, and test files by their real path.

    `partial` are policy PATHs that only give test files their rules: what those do not name is not asked to
    be tested.
    """

    policies: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    tests: dict[Path, PolicySource] = field(default_factory=dict)

    def add_test(self, label: str, path: Path) -> None:
        """Take a test file, once."""
        self.tests.setdefault(path.resolve(), PolicySource(label, path))


def find(paths: Iterable[str], problems: Problems) -> Selection:
    """Sort PATHs into policies and test files, and add the test files that belong to the policies."""
    found = Selection()
    for given in paths:
        root = root_of(given)
        if root.is_file() and is_test_file(root):
            found.add_test(given, root)
            _add_policies_of(root, found)
        elif root.is_file():
            found.policies.append(given)
            for suffix in sorted(POLICY_SUFFIXES):
                beside = root.parent / TESTS / f"{root.stem}{suffix}"
                if beside.is_file():
                    found.add_test(str(beside), beside)
        elif root.is_dir():
            _add_folder(given, root, found)
        else:
            problems.found.append(Problem("there is no such policy file or folder", given))
    return found


def _add_folder(given: str, root: Path, found: Selection) -> None:
    files = inside(root, POLICY_SUFFIXES)
    if root.name == TESTS and any(is_test_file(path) for path in files):
        for path in files:
            found.add_test(str(path), path)
            _add_policies_of(path, found)
        return
    found.policies.append(given)
    for path in files:
        if TESTS in path.relative_to(root).parts[:-1]:
            found.add_test(label_of(given, root, path), path)


def is_test_file(path: Path) -> bool:
    """Tell a test file from a policy: it has cases and no rules; where it cannot be read, its folder says."""
    try:
        documents = read_yaml(path.read_bytes(), str(path))
    except (PolicyError, OSError):
        return path.parent.name == TESTS
    return any(isinstance(d.value, dict) and "cases" in d.value and "rules" not in d.value for d in documents)


def _add_policies_of(test: Path, found: Selection) -> None:
    """Add the policy that a test file is about: the one of its name beside the `tests` folder, else all there."""
    tests = next((folder for folder in test.parents if folder.name == TESTS), None)
    home = test.parent if tests is None else tests.parent
    same = [home / f"{test.stem}{suffix}" for suffix in (*sorted(POLICY_SUFFIXES), ".json")]
    policy = next((path for path in same if path.is_file() and path.resolve() != test.resolve()), None)
    if policy is not None:
        found.policies.append(str(policy))
    elif tests is not None:
        found.partial.append(str(home))
