"""The command line: parse, call, render, exit. The only room that prints and knows exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from scanner.cli.exit_codes import ExitCode


def main(argv: Sequence[str] | None = None) -> int:
    """Run azgate and give its exit code; see `ExitCode`."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closed by the shell (2>&-)
    try:
        return _run(arguments, debug)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python must not complain while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.PASSED
    except KeyboardInterrupt:
        sys.stderr.write("azgate: interrupted; nothing was written\n")
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence, and exit code 4
        if debug:
            _print_traceback()
        sys.stderr.write(
            f"azgate: a defect in azgate: {type(error).__name__}: {_printable(str(error))}\n"
            "Please report it; --debug shows the traceback.\n"
        )
        return ExitCode.DEFECT


def _run(arguments: list[str], debug: bool) -> int:
    from scanner.cli.parser import build_parser

    options = build_parser().parse_args(arguments)
    # After parsing: `--version`, `--help` and typing errors, which end there, need none of this.
    from scanner.errors import ScannerError

    if debug:
        import logging

        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        return int(options.run(options))
    except ScannerError as error:
        if debug:
            _print_traceback()
        for problem in error.problems:
            sys.stderr.write(f"azgate: error: {_printable(str(problem))}\n")
        return ExitCode.BAD_INPUT


def _print_traceback() -> None:
    import traceback

    from scanner.model.secrets import without_url_passwords

    sys.stderr.write(without_url_passwords(traceback.format_exc()))


def _printable(text: str) -> str:
    """Keep a hostile file's control characters, and the password of any URL, off the terminal."""
    from scanner.model.secrets import without_url_passwords

    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in without_url_passwords(text))
