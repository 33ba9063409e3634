"""What a scan is doing, in one line: the phase, how much of it is done, what it waits for, how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable

_SURE_AFTER = 2.0
"""Seconds after which the pace of a phase says something about its end."""


class Status:
    """Turns phases and counts into lines for `show`; `waiting` gives the seconds a 429 still holds a lane back."""

    def __init__(
        self,
        show: Callable[[str], None],
        waiting: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show = show
        self._waiting = waiting
        self._clock = clock
        self._phase = ""
        self._began = clock()

    def phase(self, text: str) -> None:
        """Begin a phase."""
        self._phase = text
        self._began = self._clock()
        self._show(text)

    def tick(self, done: int, total: int) -> None:
        """Say how far the phase is: `done` of `total` calls."""
        parts = [f"{self._phase}, {done} of {total} done"]
        waiting = self._waiting()
        if waiting >= 1:
            parts.append(f"throttled by Azure, waiting {waiting:.0f} s")
        spent = self._clock() - self._began
        if spent >= _SURE_AFTER and 0 < done < total:
            parts.append(f"about {_in_words(spent / done * (total - done))} left")
        self._show("; ".join(parts))


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
