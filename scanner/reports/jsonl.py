"""JSON Lines for pipelines: the scan first, then each finding and each gap on a line of its own.

Each line is an object with a `kind`: the first, `scan`, is the JSON result without its findings and gaps; a `finding`
and a `gap` are what they are there. Passes are compact there and here.
"""

from __future__ import annotations

import json
from typing import Any

from scanner.model.result import ScanResult
from scanner.reports.json import finding_json, gap_json, scan_json
from scanner.reports.text import escape_unsafe
from scanner.reports.view import cleaned


def render(result: ScanResult) -> str:
    """Give the result as lines of strict JSON."""
    lines = [_line("scan", scan_json(result))]
    lines += [_line("finding", finding_json(finding)) for finding in result.findings]
    lines += [_line("gap", gap_json(gap)) for gap in result.gaps]
    return "\n".join(lines) + "\n"


def _line(kind: str, members: dict[str, Any]) -> str:
    text = _ENCODE(cleaned({"kind": kind, **members}))
    return text if text.isascii() and "\x7f" not in text else escape_unsafe(text)


_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
