#!/usr/bin/env python3
"""Everything one does with a checkout of azgate: `python3 tasks.py TASK`.

Needs Python 3.11 or newer and a package index, nothing else: it makes `.venv` itself, with the versions that the
lock files name, and uses it again until they change.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "azgate-locks.json"
RUNTIME_LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
POSTGRESQL_LOCK = ROOT / "requirements-postgresql.lock"
RESULTS = ROOT / "azgate-results"
EXPECTED_OF_EXAMPLE = {1, 3}
UV = "uv==0.13.9"


class Outcome(NamedTuple):
    """How a step ended, and after how many seconds."""

    name: str
    code: int
    seconds: float


class TaskError(Exception):
    """Something that whoever called can mend; the message says how."""


def environment(**extra: str) -> dict[str, str]:
    """Give the environment without what would lead a child to another Python's packages."""
    strange = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in os.environ.items() if name not in strange} | extra


def run(*command: str | Path, **extra: str) -> int:
    """Run a command in the checkout, with more environment variables, and give its exit code."""
    sys.stdout.flush()
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, env=environment(**extra), check=False).returncode


def must(what: str, *command: str | Path) -> None:
    """Run a command that has to succeed."""
    code = run(*command)
    if code:
        raise TaskError(f"{what} failed (exit code {code}); its output is above")


def digest(lock: Path) -> str:
    """Give what an installation of `lock` depends on."""
    import tomllib  # not at the top: an older Python shall get as far as the message in main()

    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    parts = [list(sys.version_info[:2]), str(ROOT), metadata["build-system"], metadata["project"]]
    return hashlib.sha256(json.dumps(parts).encode() + lock.read_bytes()).hexdigest()


def installed() -> list[str]:
    """Give the digests of the locks that `.venv` holds."""
    try:
        held = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return held if PYTHON.exists() and isinstance(held, list) else []


def make_venv() -> None:
    """Make `.venv` where there is none that works with this Python."""
    probe = "import sys, pip; print(*sys.version_info[:2])"
    if PYTHON.exists():
        found = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, env=environment(), check=False)
        if found.returncode == 0 and found.stdout.split() == [str(part) for part in sys.version_info[:2]]:
            return
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise TaskError(
            f"{sys.executable} cannot make virtual environments: its module venv or ensurepip is missing. "
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}", flush=True)
    must("making the virtual environment", sys.executable, "-m", "venv", "--clear", VENV)


def install(lock: Path) -> None:
    """Bring `.venv` to what `lock` says, and azgate of this checkout into it; nothing is done twice."""
    if digest(lock) in installed():
        return
    make_venv()
    STAMP.unlink(missing_ok=True)
    print(f"Installing what {lock.name} names into {VENV.name}", flush=True)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
    must("installing the locked packages", *pip, "--require-hashes", "--requirement", lock)
    # The build backend is in the lock too: without isolation nothing unlocked is fetched.
    must("installing azgate", *pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    locks = [RUNTIME_LOCK] if lock == RUNTIME_LOCK else [RUNTIME_LOCK, DEV_LOCK]
    STAMP.write_text(json.dumps([digest(one) for one in locks]), "utf-8")


def demo(_: Sequence[str]) -> int:
    """Scan the example and write azgate-results/report.html and junit.xml."""
    install(RUNTIME_LOCK)
    html, junit = RESULTS / "report.html", RESULTS / "junit.xml"
    reports = ("-o", "console=-", "-o", f"html={html}", "-o", f"junit={junit}")
    code = run(BIN / "azgate", "scan", Path("examples", "contoso.inventory.json"), *reports)
    if code not in EXPECTED_OF_EXAMPLE:
        raise TaskError(f"the scan of the example ended with exit code {code}; it must find something (1 or 3)")
    print(f"\nThe findings above are expected: the example is made to have them (azgate's exit code was {code}).")
    print(f"Open {html.relative_to(ROOT)} in a browser; a CI reads {junit.relative_to(ROOT)}.")
    return 0


def check() -> list[Outcome]:
    """Run the checks that come before the tests, all of them."""
    commands: dict[str, tuple[str | Path, ...]] = {
        "ruff check": (BIN / "ruff", "check", "."),
        "ruff format": (BIN / "ruff", "format", "--check", "."),
        "mypy": (BIN / "mypy",),
        "import-linter": (BIN / "lint-imports",),
    }
    return [timed(name, partial(run, *command)) for name, command in commands.items()]


def lint(_: Sequence[str]) -> int:
    """Check style, types and layers."""
    install(DEV_LOCK)
    return summary(check())


def test(arguments: Sequence[str]) -> int:
    """Run every check and every test; what follows `test` goes to pytest."""
    install(DEV_LOCK)
    outcomes = check()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "tests.xml")
        # A file's tests stay together: they share what is expensive to make.
        parallel = ("-n", "auto", "--dist", "loadfile")
        command: tuple[str | Path, ...] = (PYTHON, "-m", "pytest", *parallel, "--junitxml", report, *arguments)
        outcomes.append(timed("pytest", partial(run, *command)))
        counts = count_tests(report)
    failed = summary(outcomes)
    print(counts)
    return failed


def timed(name: str, step: Callable[[], int]) -> Outcome:
    """Run one step under its name."""
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    return Outcome(name, step(), time.monotonic() - started)


def summary(outcomes: Sequence[Outcome]) -> int:
    """Say how every step ended; 1 where one failed."""
    print("\n=== summary")
    for one in outcomes:
        print(f"{one.name:<14} {'FAILED' if one.code else 'ok':<7} {one.seconds:6.1f} s")
    return int(any(one.code for one in outcomes))


def count_tests(report: Path) -> str:
    """Give the closing line that a CI reads: how many tests passed and failed."""
    try:
        suites = ET.parse(report).getroot().iter("testsuite")
    except (OSError, ET.ParseError):
        return "0 passed, 1 failed"
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for word in total:
            total[word] += int(suite.get(word, "0"))
    failed = total["failures"] + total["errors"]
    return f"{total['tests'] - failed - total['skipped']} passed, {failed} failed, {total['skipped']} skipped"


def format_code(_: Sequence[str]) -> int:
    """Format the code and mend what ruff can mend."""
    install(DEV_LOCK)
    return run(BIN / "ruff", "check", "--fix", ".") | run(BIN / "ruff", "format", ".")


def golden(_: Sequence[str]) -> int:
    """Write the golden reports, the example and the generated tables again; look at what changed before you commit."""
    install(DEV_LOCK)
    made = subprocess.run(
        [PYTHON, "examples/make_contoso.py"], cwd=ROOT, env=environment(), capture_output=True, check=True
    )
    (ROOT / "examples" / "contoso.inventory.json").write_bytes(made.stdout)
    tests = ("tests/reports", "tests/test_docs.py", "tests/policies/test_generated_files.py")
    return run(PYTHON, "-m", "pytest", "-q", *tests, AZGATE_UPDATE_GOLDEN="1")


def screenshot(_: Sequence[str]) -> int:
    """Take the README's picture of the HTML report again: docs/images/report.png, of the example."""
    install(DEV_LOCK)
    return run(PYTHON, Path("examples", "take_screenshot.py"))


def bench(names: Sequence[str]) -> int:
    """Run the benchmarks, or those that are named: startup, evaluation, plan, collection, report."""
    install(DEV_LOCK)
    every = ("startup", "evaluation", "plan", "collection", "report")
    return max(run(PYTHON, "-m", f"benchmarks.{name}") for name in names or every)


def wheel(_: Sequence[str]) -> int:
    """Build dist/*.tar.gz, and dist/*.whl from it."""
    install(DEV_LOCK)
    return run(PYTHON, "-m", "build", "--no-isolation", "--outdir", "dist", ".")


def lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies again for every platform and Python; --upgrade takes the newest versions."""
    with tempfile.TemporaryDirectory() as folder:
        tool = Path(folder, "uv")
        must("making a virtual environment", sys.executable, "-m", "venv", tool)
        scripts = tool / BIN.name
        must("installing uv", scripts / PYTHON.name, "-m", "pip", "install", "--quiet", UV)
        same = ("-c", RUNTIME_LOCK.name)
        locks = (
            ("build", RUNTIME_LOCK, ()),
            ("build", POSTGRESQL_LOCK, ("--extra", "postgresql", *same)),
            ("dev", DEV_LOCK, same),
        )
        for group, target, extra in locks:
            header = ("--custom-compile-command", "python3 tasks.py lock")
            options = ("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", *header, *extra)
            command = (scripts / "uv", "pip", "compile", "pyproject.toml", "--group", group, *options)
            must(f"resolving {target.name}", *command, *arguments, "-o", target.name)
    return 0


TASKS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "format": format_code,
    "golden": golden,
    "screenshot": screenshot,
    "bench": bench,
    "wheel": wheel,
    "lock": lock,
}


def main() -> int:
    """Read the command line and run one task."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python is told by
        print(f"tasks.py: azgate needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    words = "\n".join(f"  {name:<10} {(task.__doc__ or '').splitlines()[0]}" for name, task in TASKS.items())
    parser = argparse.ArgumentParser(
        description="Work with a checkout of azgate.",
        epilog=f"tasks:\n{words}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=TASKS, metavar="TASK")
    options, arguments = parser.parse_known_args()
    try:
        return TASKS[options.task](arguments)
    except TaskError as error:
        print(f"tasks.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
