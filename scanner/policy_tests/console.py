"""Results of policy tests as a test runner prints them: a line for each case, what differs, a summary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from scanner.policy_tests.run import CaseResult, Mismatch, SuiteResult
from scanner.reports.text import one_line, wrap

_GREEN, _RED, _BOLD, _RESET = "\033[32m", "\033[31m", "\033[1m", "\033[0m"


def render(result: SuiteResult, *, color: bool = False, width: int = 80) -> str:
    """Give the text; `color` adds ANSI escapes, `width` is where long lines break."""
    paint = (lambda text, code: f"{code}{text}{_RESET}") if color else (lambda text, _: text)
    lines: list[str] = []
    for file in result.files:
        lines.append(paint(one_line(file.path), _BOLD))
        for case in file.cases:
            word = paint("ok    ", _GREEN) if case.met else paint("FAILED", _RED)
            lines.append(f"  {word} {_title(case)}")
            if not case.met:
                lines.extend(f"           {line}" for line in difference(case, width - 11))
        lines.append("")
    lines.extend(_coverage(result, width))
    total = f"{result.passed} passed, {result.failed} failed"
    lines.append(paint(total, _GREEN if result.good else _RED))
    return "\n".join(lines) + "\n"


def _title(result: CaseResult) -> str:
    return f"{result.case.rule.info.id}: {one_line(result.case.name)}"


def difference(result: CaseResult, width: int = 100) -> list[str]:
    """Say what of a case is not met, resource by resource, and where the case stands."""
    lines: list[str] = []
    for mismatch in result.mismatches:
        for label, text in _rows(mismatch):
            breaks = "/" if label == "resource" else " "
            for index, line in enumerate(wrap(one_line(text), max(20, width - 10), breaks=breaks)):
                lines.append(f"{label if not index else '':<10}{line}")
    number, _ = result.case.place.position()
    lines.append(f"{'case':<10}{result.case.place.file}:{number}")
    return lines


def _rows(mismatch: Mismatch) -> Iterator[tuple[str, str]]:
    yield "resource", mismatch.resource
    yield "expected", mismatch.expected
    yield "actual", mismatch.actual
    if mismatch.reason:
        yield "because", mismatch.reason
    if mismatch.finding is not None and mismatch.finding.message:
        yield "message", mismatch.finding.message
    for item in mismatch.finding.evidence if mismatch.finding else ():
        yield "evidence", f"{item.path}: {_shown(item.actual)} (expected: {item.expected})"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _coverage(result: SuiteResult, width: int) -> list[str]:
    lines: list[str] = []
    for word, ids in (("passing", result.no_pass), ("failing", result.no_fail)):
        lines.extend(_listed(f"FAILED: no {word} case for", ids, width))
    lines.extend(_listed("no unknown case for", result.no_unknown, width))
    return [*lines, ""] if lines else []


def _listed(words: str, ids: Sequence[str], width: int) -> list[str]:
    return wrap(f"{words} {', '.join(ids)}", width, hang=0) if ids else []
