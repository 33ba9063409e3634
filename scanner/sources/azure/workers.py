"""Many calls at a time, answers in the order of the questions."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from scanner.model.resource import Resource

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = 32
"""More do not help: above that the threads spend their time waiting for the interpreter."""
_POLL = 0.1


def lane_path(resource: Resource) -> str:
    """Give the lane that questions about a resource go into: its subscription."""
    return f"/subscriptions/{resource.subscription_id}"


class Workers:
    """Threads that do not outlive an interrupted scan.

    `delay(lane)` gives the seconds until a lane can be asked again: a thread takes work from a lane that is
    ready rather than wait for one that is throttled. `tick(done, total)` is called while a `map` goes on.
    """

    def __init__(
        self,
        threads: int = THREADS,
        *,
        delay: Callable[[str], float] = lambda _: 0.0,
        tick: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._threads = threads
        self._delay = delay
        self._tick = tick
        self._work: _Work[Any, Any] | None = None
        self._interrupted = False

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], lane: Callable[[Item], str] = lambda _: ""
    ) -> list[Result]:
        """Give `function` of every item, in the items' order; an exception of one of them is raised here."""
        work = self._work = _Work(function, list(items), lane, self._delay)
        # Daemons: a call that hangs must not keep the process alive after an interrupt.
        for _ in range(0 if self._interrupted else min(self._threads, len(work.items))):
            threading.Thread(target=work.run, name="azgate", daemon=True).start()
        if self._interrupted:
            work.stop()
        work.wait(self._tick)
        return work.results()

    def call(self, function: Callable[[], Result]) -> Result:
        """Give `function()`; raises KeyboardInterrupt where the scan is interrupted before there is an answer.

        For what a scan cannot begin without: a thread of its own may hang on while this one goes.
        """
        answers: list[Result] = []
        work = self._work = _Work(lambda _: answers.append(function()), [None], lambda _: "", lambda _: 0.0)
        if not self._interrupted:
            threading.Thread(target=work.run, name="azgate", daemon=True).start()
            work.wait(lambda _done, _total: None)
        if self._interrupted:
            raise KeyboardInterrupt
        return answers[0]

    def interrupt(self) -> None:
        """Begin nothing more and wait for nothing; every call must fail at once from now on.

        Safe in a signal handler: it takes no lock.
        """
        self._interrupted = True
        if self._work is not None:
            self._work.stop()


class _Work(Generic[Item, Result]):
    """The state of one `map`: queues by lane, and results by position."""

    def __init__(
        self,
        function: Callable[[Item], Result],
        items: list[Item],
        lane: Callable[[Item], str],
        delay: Callable[[str], float],
    ) -> None:
        self.function = function
        self.items = items
        self._delay = delay
        self._condition = threading.Condition()
        self._queues: dict[str, deque[int]] = {}
        for index, item in enumerate(items):
            self._queues.setdefault(lane(item), deque()).append(index)
        self._turn = deque(self._queues)
        self._done: dict[int, Result] = {}
        self._error: BaseException | None = None
        self._stopped = False

    def run(self) -> None:
        """Work until nothing is left: the body of every thread."""
        while (index := self._next()) is not None:
            try:
                result = self.function(self.items[index])
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
                self._fail(error)
                return
            with self._condition:
                self._done[index] = result
                if len(self._done) == len(self.items):
                    self._condition.notify_all()

    def wait(self, tick: Callable[[int, int], None]) -> None:
        """Wait for all results, for `stop`, or for the first exception, which is raised."""
        with self._condition:
            while len(self._done) < len(self.items) and self._error is None and not self._stopped:
                tick(len(self._done), len(self.items))
                self._condition.wait(_POLL)
            if self._error is not None:
                raise self._error

    def stop(self) -> None:
        """Begin nothing more, and end `wait`."""
        self._stopped = True

    def results(self) -> list[Result]:
        """Give all results; what was not done is done now, which after an interrupt fails at once."""
        with self._condition:
            done = dict(self._done)
        return [done[index] if index in done else self.function(item) for index, item in enumerate(self.items)]

    def _fail(self, error: BaseException) -> None:
        with self._condition:
            self._error = self._error or error
            self._queues.clear()
            self._turn.clear()
            self._condition.notify_all()

    def _next(self) -> int | None:
        """Give the next item of the first lane, in turn, that is ready; None where nothing is left."""
        with self._condition:
            while self._turn and not self._stopped:
                shortest = _POLL
                for _ in range(len(self._turn)):
                    name = self._turn[0]
                    self._turn.rotate(-1)
                    delay = self._delay(name)
                    if delay <= 0:
                        return self._take(name)
                    shortest = min(shortest, delay)
                self._condition.wait(shortest)
            return None

    def _take(self, name: str) -> int:
        queue = self._queues[name]
        index = queue.popleft()
        if not queue:
            del self._queues[name]
            self._turn.remove(name)
        return index
