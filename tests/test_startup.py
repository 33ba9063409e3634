"""Start-up time is a feature: what a command does not need is not imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "examples/contoso.inventory.json"
PROBE = """\
import sys
from scanner.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print("\\n".join(sys.modules), file=sys.stderr)
sys.exit(code)
"""
LIVE = {"azure", "msal", "msrest", "requests", "urllib3", "http.client", "ssl", "socket", "asyncio"}
"""What only a live scan needs."""
HISTORY = {"sqlalchemy", "alembic", "sqlite3", "psycopg"}
"""What only a history needs."""
HEAVY = {"pydantic", "yaml", "jinja2", "junitparser", "lxml", "json", "logging", "scanner.model.result"}
"""What a command that reads nothing does not need either."""


def imported_by(*arguments: str, code: int) -> set[str]:
    """Run the command and give every module it imported, and the packages those lie in."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    modules = done.stderr.split()
    return {module.partition(".")[0] for module in modules} | set(modules)


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("scan", "--help"), ("history", "list", "--help")])
def test_a_command_that_reads_nothing_imports_next_to_nothing(arguments: tuple[str, ...]) -> None:
    assert imported_by(*arguments, code=0) & (LIVE | HEAVY | HISTORY) == set()


def test_an_offline_scan_imports_neither_the_azure_sdk_nor_an_http_client(tmp_path: Path) -> None:
    reports = ("-o", f"json={tmp_path / 'result.json'}", "-o", f"html={tmp_path / 'report.html'}")

    imported = imported_by("scan", EXAMPLE, *reports, code=1)

    assert ({"azure", "msal", "msrest", "requests", "urllib3"} | HISTORY) & imported == set()
    assert "scanner.sources.azure.collect" not in imported


def test_only_the_formats_asked_for_are_imported(tmp_path: Path) -> None:
    imported = imported_by("scan", EXAMPLE, "-o", f"json={tmp_path / 'result.json'}", code=1)

    assert {"jinja2", "junitparser", "scanner.reports.html", "scanner.reports.junit"} & imported == set()
