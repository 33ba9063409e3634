"""Where reports go: `-o FORMAT=PATH`. A file is written beside its place and then renamed: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scanner.errors import ConfigError, Problem
from scanner.model.result import ScanResult

STDOUT = "-"


class Output(NamedTuple):
    """One report: its format and its path."""

    format: str
    path: str


def parse_outputs(flags: Sequence[str]) -> list[Output]:
    """Read `-o` flags; raises ConfigError for an unknown format, no path, or a path that cannot be written."""
    from scanner.reports import REPORTS

    if not flags:
        return [Output("console", STDOUT)]
    outputs: list[Output] = []
    for flag in flags:
        name, _, path = flag.partition("=")
        if name not in REPORTS:
            raise ConfigError(Problem(f"-o {flag}: unknown format '{name}'", hint=f"known are {', '.join(REPORTS)}"))
        if not path:
            raise ConfigError(Problem(f"-o {flag}: say where: {name}=PATH, or {name}=- for standard output"))
        check_path(path)
        outputs.append(Output(name, path))
    paths = [output.path for output in outputs]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        where = "standard output" if twice == STDOUT else twice
        raise ConfigError(f"two reports would go to {where}; give each its own path")
    return outputs


def check_path(path: str) -> None:
    """Raise ConfigError where `path` cannot become a file, before any work is done; makes its folder."""
    if path == STDOUT:
        return
    target = Path(path)
    try:
        if target.is_dir():
            raise ConfigError(Problem("is a folder; name a file in it", path))
        target.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(Problem(f"cannot be written: {reason}", path)) from None
    if not os.access(target.parent, os.W_OK):
        raise ConfigError(Problem("cannot be written: its folder is not writable", path))


def write_reports(result: ScanResult, outputs: Sequence[Output]) -> None:
    """Render every report first and write then: a report that cannot be drawn leaves no file behind."""
    drawn = [(output, _drawn(result, output)) for output in outputs]
    for output, text in drawn:
        write_output(output.path, text)


def _drawn(result: ScanResult, output: Output) -> str:
    from scanner.reports import render

    if output.format != "console":
        return render(output.format, result)
    terminal = output.path == STDOUT and sys.stdout.isatty()
    width = min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80
    return render("console", result, color=terminal and not os.environ.get("NO_COLOR"), width=width)


def write_output(path: str, text: str) -> None:
    """Write UTF-8 text to a file, atomically, or to standard output."""
    data = text.encode("utf-8", "backslashreplace")
    if path == STDOUT:
        sys.stdout.flush()
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding or "utf-8"
            data = text.encode(encoding, "backslashreplace")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise ConfigError(Problem(f"cannot be written: {error.strerror}", path)) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except OSError as error:
        raise ConfigError(Problem(f"cannot be written: {error.strerror}", path)) from None
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
