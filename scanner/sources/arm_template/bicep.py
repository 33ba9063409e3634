"""Bicep files, compiled by the `bicep` command, or by `az bicep` where that is what there is."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

from scanner.errors import Problem, SourceError
from scanner.sources.json_document import parse_json

SUFFIX, PARAMETERS_SUFFIX = ".bicep", ".bicepparam"
_PATIENCE = 120.0
"""Seconds; a compilation that fetches modules from a registry takes some."""
_SHOWN = 5
_GET_ONE = (
    "install it as learn.microsoft.com/azure/azure-resource-manager/bicep/install says, "
    "or compile the file where it is and give azgate the JSON: bicep build FILE"
)


def compile_template(file: str) -> Any:
    """Give the template that a `.bicep` file is compiled to; raises SourceError."""
    return _printed(file, "build")


def compile_parameters(file: str) -> tuple[Any, Any]:
    """Give the template (None where the command does not say) and the parameter file of a `.bicepparam` file.

    Raises SourceError.
    """
    found = _printed(file, "build-params")
    if not isinstance(found, dict):
        raise SourceError(Problem("is compiled to something that is no parameter file", file))
    if not isinstance(found.get("parametersJson"), str):
        return None, found
    template = found.get("templateJson")
    parameters = parse_json(found["parametersJson"].encode(), file)
    return (parse_json(template.encode(), file) if isinstance(template, str) else None), parameters


def _command(file: str) -> list[str]:
    if (bicep := shutil.which("bicep")) is not None:
        return [bicep]
    if (az := shutil.which("az")) is not None:
        return [az, "bicep"]
    raise SourceError(Problem("is Bicep, and there is no `bicep` command to compile it", file, hint=_GET_ONE))


def _printed(file: str, verb: str) -> Any:
    """Give what the command prints; where it stands in that is no place in the file."""
    output = _run(file, verb)
    try:
        return parse_json(output, file)
    except SourceError as error:
        raise SourceError(Problem(f"is not compiled: what `bicep` prints {error.problems[0].message}", file)) from None


def _run(file: str, verb: str) -> bytes:
    command = _command(file)
    named = ["--file", file] if command[1:] else [file]
    try:
        # The command comes from PATH as the user set it, the file as the user named it; no shell reads either.
        done = subprocess.run(  # noqa: S603
            [*command, verb, *named, "--stdout"],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(Problem(f"is not compiled by `bicep` within {_PATIENCE:.0f} seconds", file)) from None
    except OSError as error:
        raise SourceError(Problem(f"cannot be compiled: {error.strerror or error}", file)) from None
    if done.returncode:
        raise SourceError(Problem(f"is not compiled: {_complaint(done.stderr)}", file))
    return done.stdout


def _complaint(output: bytes) -> str:
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()] or lines
    return "; ".join(errors[:_SHOWN]) or "the command says nothing"
