"""Reports draw a finished ScanResult as text. A format is one module and one line of `REPORTS`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from scanner.errors import ConfigError, Problem
from scanner.model.garbage import collector_paused

if TYPE_CHECKING:  # the help of `-o` lists the formats, and shall not wait for what they draw
    from scanner.model.result import ScanResult


class Report(NamedTuple):
    """Where a format's `render(result)` lives; a `terminal` format also takes `color` and `width`."""

    module: str
    terminal: bool = False


REPORTS: dict[str, Report] = {
    "console": Report("scanner.reports.console", terminal=True),
    "json": Report("scanner.reports.json"),
    "junit": Report("scanner.reports.junit"),
    "html": Report("scanner.reports.html"),
    "sarif": Report("scanner.reports.sarif"),
    "markdown": Report("scanner.reports.markdown"),
    "csv": Report("scanner.reports.csv"),
    "github": Report("scanner.reports.github"),
    "jsonl": Report("scanner.reports.jsonl"),
}


def render(format_name: str, result: ScanResult, *, color: bool = False, width: int = 80) -> str:
    """Give `result` in the named format, ending in a newline; it always encodes to UTF-8.

    `color` (ANSI escapes) and `width` (columns) matter to terminal formats only. Raises ConfigError for a
    format that does not exist. A format's module is imported when it is first asked for.
    """
    report = REPORTS.get(format_name)
    if report is None:
        known = ", ".join(REPORTS)
        raise ConfigError(Problem(f"there is no report format {format_name!r}", hint=f"one of {known}"))
    module = import_module(report.module)
    with collector_paused():
        text: str = module.render(result, color=color, width=width) if report.terminal else module.render(result)
    return text
