"""What people install: the wheel that is built from the sdist, in an environment of its own, far from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from scanner.reports import REPORTS
from scanner.version import VERSION

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "contoso.inventory.json"


def run(*command: str | Path, cwd: Path, expected: int = 0) -> str:
    """Run a command in `cwd` without what would make it find the checkout; give its standard output."""
    strange = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in strange}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expected, f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from it, of what git would hand out; give the folder of both."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    unwanted = shutil.ignore_patterns(
        ".git", ".venv", "dist", "azgate-results", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, source, ignore=unwanted)
    # Without isolation: the build backend is one of the locked development packages.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source, cwd=folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def members(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a new environment that borrows the dependencies of this one; give its scripts folder."""
    home = tmp_path_factory.mktemp("home")
    venv.create(home / "venv", with_pip=False)
    scripts = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    (wheel,) = built.glob("*.whl")
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    options = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, cwd=home)
    borrowed = Path(pytest.__file__).parent.parent
    # A path file adds the folder behind the new environment's own, and runs none of the path files in it: the
    # editable azgate of the checkout stays out of sight.
    (site / "borrowed.pth").write_text(f"{borrowed}\n", "utf-8")
    return scripts


def test_the_wheel_holds_the_package_its_policies_and_its_templates_and_nothing_else(members: set[str]) -> None:
    assert {name.partition("/")[0] for name in members} == {"scanner", f"azgate-{VERSION}.dist-info"}
    code = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("scanner/**/*") if path.is_file()}
    code = {name for name in code if "__pycache__" not in name}
    policies = {f"scanner/_data/policies/{path.name}" for path in ROOT.glob("policies/*.yaml")}
    templates = {f"scanner/_data/templates/{path.name}" for path in ROOT.glob("reports/templates/*") if path.is_file()}
    assert policies
    assert templates
    assert {name for name in members if name.startswith("scanner/")} >= code | policies | templates
    data = {name for name in members if name.startswith("scanner/_data/") and "/tests/" not in name}
    assert data == policies | templates


def test_the_wheel_holds_no_tests_of_the_code(members: set[str]) -> None:
    assert [name for name in members if name.startswith("tests/") or Path(name).name.startswith("test_")] == []


def test_the_sdist_can_be_tested(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"tasks.py", "requirements.lock", "tests/test_wheel.py", "examples/contoso.inventory.json"} <= names


def test_the_installed_command_knows_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "azgate", "--version", cwd=tmp_path) == f"azgate {VERSION}\n"


def test_the_installed_code_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    where = "import scanner.scan, scanner.assets as a; print(scanner.scan.__file__); print(a.asset_folder('policies'))"
    lines = run(installed / "python", "-c", where, cwd=tmp_path).splitlines()

    assert [line for line in lines if not Path(line).is_relative_to(installed.parent)] == []


def test_the_installed_command_scans_with_the_pack_it_ships_and_draws_every_format(
    installed: Path, tmp_path: Path
) -> None:
    outputs = [word for name in REPORTS for word in ("-o", f"{name}={tmp_path / f'report.{name}'}")]

    run(installed / "azgate", "scan", EXAMPLE, *outputs, cwd=tmp_path, expected=1)

    assert [name for name in REPORTS if (tmp_path / f"report.{name}").stat().st_size < 1000] == []
    result = json.loads((tmp_path / "report.json").read_bytes())
    assert result["tool"] == {"name": "azgate", "version": VERSION}
    assert result["summary"]["outcomes"]["fail"] > 0
    assert all(policy["path"].startswith("builtin/") for policy in result["scan"]["policies"])


def test_the_installed_command_keeps_a_history(installed: Path, tmp_path: Path) -> None:
    for _ in range(2):
        run(installed / "azgate", "scan", EXAMPLE, "--history", "history.db", cwd=tmp_path, expected=1)
    listed = json.loads(
        run(installed / "azgate", "history", "list", "--history", "history.db", "-o", "json", cwd=tmp_path)
    )

    assert [one["id"] for one in listed] == [1, 2]
    assert run(installed / "azgate", "report", "--history", "history.db", cwd=tmp_path)


def test_the_installed_command_tests_the_pack_it_ships(installed: Path, tmp_path: Path) -> None:
    run(installed / "azgate", "policy", "validate", cwd=tmp_path)
    run(installed / "azgate", "policy", "test", cwd=tmp_path)
