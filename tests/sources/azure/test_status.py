"""One line that says what a scan is doing."""

import pytest

from scanner.sources.azure.status import Status


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def lines():
    return []


def test_a_phase_is_said_when_it_begins(lines):
    Status(lines.append, lambda: 0.0).phase("reading accounts")
    assert lines == ["reading accounts"]


def test_what_is_done_and_how_long_the_rest_will_take(lines):
    clock = Clock()
    status = Status(lines.append, lambda: 0.0, clock)
    status.phase("reading deployments: 400 lists")
    clock.now = 1.0
    status.tick(10, 400)
    clock.now = 10.0
    status.tick(100, 400)
    status.tick(400, 400)
    assert lines[1:] == [
        "reading deployments: 400 lists, 10 of 400 done",
        "reading deployments: 400 lists, 100 of 400 done; about 30 s left",
        "reading deployments: 400 lists, 400 of 400 done",
    ]


def test_long_times_are_said_in_minutes(lines):
    clock = Clock()
    status = Status(lines.append, lambda: 0.0, clock)
    status.phase("reading")
    clock.now = 60.0
    status.tick(1, 11)
    assert lines[-1].endswith("about 10 min left")


def test_throttling_is_said(lines):
    status = Status(lines.append, lambda: 17.4)
    status.phase("reading")
    status.tick(1, 3)
    assert lines[-1] == "reading, 1 of 3 done; throttled by Azure, waiting 17 s"
