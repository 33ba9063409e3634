"""Ctrl-C while Azure is read: the first ends the reading and keeps what there is, the second ends azgate."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interruptible(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at the first interrupt or request to terminate, and behave as usual at the next."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def handle(_number: int, _frame: Any) -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.stderr.write("\nazgate: interrupted; writing what was read (once more to end at once)\n")
        end()

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
