"""Where reports go: `-o FORMAT=PATH`. A file is written beside its place and then renamed: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scanner.errors import ConfigError, Problem
from scanner.model.result import ScanResult

STDOUT = "-"


class Output(NamedTuple):
    """One report: its format and its path."""

    format: str
    path: str


def parse_outputs(flags: Sequence[str], formats: Sequence[str] = ()) -> list[Output]:
    """Read `-o` flags; raises ConfigError for an unknown format, no path, or a path that cannot be written.

    `formats` are those of the command, those of reports by default; without flags it is the first of them.
    """
    from scanner.reports import REPORTS

    known = tuple(formats or REPORTS)
    if not flags:
        check_path(STDOUT)
        return [Output(known[0], STDOUT)]
    outputs: list[Output] = []
    for flag in flags:
        name, _, path = flag.partition("=")
        if name not in known:
            raise ConfigError(Problem(f"-o {flag}: unknown format '{name}'", hint=f"known are {', '.join(known)}"))
        if not path:
            raise ConfigError(Problem(f"-o {flag}: say where: {name}=PATH, or {name}=- for standard output"))
        (check_path if formats else _check_place)(path)
        outputs.append(Output(name, path))
    _refuse_same_places(outputs)
    return outputs


def _refuse_same_places(outputs: Sequence[Output]) -> None:
    from scanner.reports.portions import could_become

    places = [STDOUT if output.path == STDOUT else str(Path(output.path).resolve()) for output in outputs]
    for at, output in enumerate(outputs):
        others = places[:at] + places[at + 1 :]
        if any(place == places[at] or could_become(places[at], place) for place in others):
            where = "standard output" if output.path == STDOUT else output.path
            hint = "give each its own path, and parts a folder of their own"
            raise ConfigError(Problem(f"two reports would go to {where}", hint=hint))


def would_write(outputs: Iterable[Output], path: str) -> bool:
    """Say whether a report may go to the file `path`; one with placeholders may, where a tag says so."""
    from scanner.reports.portions import could_become

    target = str(Path(path).resolve())
    places = [str(Path(output.path).resolve()) for output in outputs if output.path != STDOUT]
    return any(place == target or could_become(place, target) for place in places)


def _check_place(path: str) -> None:
    """Check a report's path; with placeholders, `out/{team}.html`, only the folder before the first is known yet."""
    from scanner.reports.portions import fixed_folder, placeholders

    check_path(f"{fixed_folder(path)}.azgate-part" if placeholders(path) else path)


def check_path(path: str) -> None:
    """Raise ConfigError where `path` cannot become a file, before any work is done; makes its folder."""
    if path == STDOUT:
        if sys.stdout is None:
            raise ConfigError(Problem("standard output is closed", hint="name a file: -o FORMAT=PATH"))
        return
    target = Path(path)
    try:
        if target.is_dir():
            raise ConfigError(Problem("is a folder; name a file in it", path))
        target.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(Problem(f"cannot be written: {reason}", path)) from None
    if not os.access(target if _is_special(target) else target.parent, os.W_OK):
        raise ConfigError(Problem("cannot be written: its folder is not writable", path))


def write_reports(result: ScanResult, outputs: Sequence[Output]) -> None:
    """Render every report first and write then: a report that cannot be drawn leaves no file behind.

    A path with placeholders becomes one file for each part of the result.
    """
    parts = [part for output in outputs for part in _parts(result, output)]
    drawn = [(output.path, _drawn(part, output)) for output, part in parts]
    for path, text in drawn:
        write_output(path, text)


def _parts(result: ScanResult, output: Output) -> Iterator[tuple[Output, ScanResult]]:
    from scanner.reports.portions import placeholders, portions

    if not placeholders(output.path):
        yield output, result
        return
    for portion in portions(result, output.path):
        check_path(portion.path)
        yield Output(output.format, portion.path), portion.result


def _drawn(result: ScanResult, output: Output) -> str:
    from scanner.reports import render

    if output.format != "console":
        return render(output.format, result)
    terminal = output.path == STDOUT and sys.stdout.isatty()
    width = min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80
    return render("console", result, color=terminal and not os.environ.get("NO_COLOR"), width=width)


def write_output(path: str, text: str | Iterable[str]) -> None:
    """Write UTF-8 text, whole or in pieces, to a file, atomically, or to standard output.

    Raises ConfigError where that fails.
    """
    pieces = [text] if isinstance(text, str) else text
    try:
        if path == STDOUT:
            _to_standard_output(pieces)
        elif _is_special(Path(path)):
            with Path(path).open("wb") as stream:
                _write(stream, pieces)
        else:
            _replace(Path(path).resolve(), pieces)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python must not complain while it closes standard output.
        if path == STDOUT:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        name = "standard output" if path == STDOUT else path
        raise ConfigError(Problem(f"cannot be written: {error.strerror}", name)) from None


def _is_special(target: Path) -> bool:
    """Say whether this is a device or a pipe: those are written to, not replaced."""
    return target.exists() and not target.is_file()


def _write(stream: BinaryIO, pieces: Iterable[str], encoding: str = "utf-8") -> None:
    stream.writelines(piece.encode(encoding, "backslashreplace") for piece in pieces)


def _to_standard_output(pieces: Iterable[str]) -> None:
    sys.stdout.flush()
    _write(sys.stdout.buffer, pieces, sys.stdout.encoding or "utf-8" if sys.stdout.isatty() else "utf-8")
    sys.stdout.buffer.flush()


def _replace(target: Path, pieces: Iterable[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=".azgate-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            _write(stream, pieces)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
