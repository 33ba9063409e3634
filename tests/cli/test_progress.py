"""Progress: a line that changes on a terminal, a log line now and then elsewhere."""

import io

from scanner.cli.progress import SECONDS_BETWEEN_LINES, progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_elsewhere_there_is_a_line_now_and_then(monkeypatch):
    out, clock = io.StringIO(), Clock()
    monkeypatch.setattr("sys.stderr", out)
    with progress(clock) as show:
        show("begins")
        clock.now = SECONDS_BETWEEN_LINES
        show("goes on")
        show("goes on and on")
        clock.now = 2 * SECONDS_BETWEEN_LINES
        show("nearly done")
    assert out.getvalue() == "azgate: goes on\nazgate: nearly done\n"


def test_on_a_terminal_one_line_changes_and_is_gone_at_the_end(monkeypatch):
    out, clock = Terminal(), Clock()
    monkeypatch.setattr("sys.stderr", out)
    monkeypatch.setenv("COLUMNS", "20")
    with progress(clock) as show:
        show("reading, 1 of 3 done")
        show("reading, 2 of 3 done")
        clock.now = 1.0
        show("reading, 3 of 3 done and a long tail")
        show("evaluating")
    drawn = out.getvalue().split("\r\033[K")
    assert drawn == ["", "reading, 1 of 3 don", "reading, 3 of 3 don", "evaluating", ""]
