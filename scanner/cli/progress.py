"""Progress on standard error: one line that changes on a terminal, a log line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 30.0
_SECONDS_BETWEEN_DRAWINGS = 0.1


@contextmanager
def progress(clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done; on a terminal its line is gone at the end."""
    if sys.stderr.isatty():
        with _line(clock) as show:
            yield show
    else:
        yield _log(clock)


def _log(clock: Callable[[], float]) -> Callable[[str], None]:
    last = clock()

    def show(text: str) -> None:
        nonlocal last
        if clock() - last >= SECONDS_BETWEEN_LINES:
            last = clock()
            sys.stderr.write(f"azgate: {text}\n")
            sys.stderr.flush()

    return show


@contextmanager
def _line(clock: Callable[[], float]) -> Iterator[Callable[[str], None]]:
    width = shutil.get_terminal_size((80, 24)).columns - 1
    last, shown = -1.0, ""

    def show(text: str) -> None:
        nonlocal last, shown
        phase = text.partition(",")[0]
        if phase != shown or clock() - last >= _SECONDS_BETWEEN_DRAWINGS:
            last, shown = clock(), phase
            sys.stderr.write("\r\033[K" + text[:width])
            sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()
