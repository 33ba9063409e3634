"""The shape of the code: who may import whom, how long a module may be, who may print."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import scanner
from tests.conftest import NetworkError

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(scanner.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def test_every_import_goes_the_one_way_down():
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("the contracts stand in pyproject.toml, which an installed copy has not")
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, check=False, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_is_short_and_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)) or path.name == "version.py"


def names_called(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" not in path.parts], ids=relative)
def test_only_the_command_line_prints_and_exits(path):
    called = names_called(ast.parse(path.read_text(encoding="utf-8")))
    assert not called & {"print", "exit", "quit", "sys.exit", "os._exit", "breakpoint", "input"}
    written = {name for name in called if re.match(r"sys\.(stdout|stderr)\b", name)}
    assert not written


def bare_handlers(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = "everything" if node.type is None else ast.unparse(node.type)
            if caught in {"everything", "Exception", "BaseException"}:
                found.append(caught)
    return found


def test_only_the_loop_and_the_command_line_catch_everything():
    catching = {relative(path): bare_handlers(path) for path in MODULES if bare_handlers(path)}
    allowed = {"scanner/cli/__init__.py", "scanner/evaluation/evaluate.py"}
    allowed |= {"scanner/sources/azure/workers.py"}  # carries it from a thread to the one that waits
    assert set(catching) <= allowed, catching


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "policies").rglob("*.yaml"))], ids=lambda p: p.name)
def test_no_file_names_a_machine_or_another_repository_of_packages(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.:])/(?:work|home|root|tmp|Users)/|localhost:\d|pypi\.|artifactory|nexus", text)


@pytest.mark.parametrize(("host", "port"), [("8.8.8.8", 53), ("2001:4860:4860::8888", 53)])
def test_no_test_leaves_the_machine(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe, pytest.raises(NetworkError):
        probe.connect((host, port))
    with pytest.raises(NetworkError):
        socket.getaddrinfo("management.azure.com", 443)
