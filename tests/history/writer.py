"""A process that writes to a history: `python -m tests.history.writer PLACE ...`, for tests with several.

`runs N NAME` stores N runs that fail on NAME and on a shared resource. `killed` reads numbers from standard input:
for each, a child makes the history where there is none, stores a run, and dies of SIGKILL before the statement of
that number; what became of it is a line of standard output.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from scanner.history.store import Store
from tests.history.conftest import add
from tests.history.results import CHAT, SEARCH, account, finding, make_result


def write_runs(place: str, number: int, name: str) -> None:
    store = Store(place)
    store.open_for_writing()
    for day in range(number):
        add(store, make_result(finding(CHAT), finding(account(name)), day=day))


def write_and_die(place: str, at: int) -> None:
    count = 0

    def statement(*_: Any) -> None:
        nonlocal count
        count += 1
        if count > at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", statement)
    store = Store(place)
    store.open_for_writing()
    add(store, make_result(finding(CHAT, "pass"), finding(SEARCH), day=1))


def die_as_told(place: str) -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write_and_die(place, int(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write({0: "stored\n", -signal.SIGKILL: "killed\n"}.get(code, f"exit {code}\n"))
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[2] == "runs":
        write_runs(sys.argv[1], int(sys.argv[3]), sys.argv[4])
    else:
        die_as_told(sys.argv[1])
