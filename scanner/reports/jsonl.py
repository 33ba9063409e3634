"""JSON Lines for pipelines: the scan first, then each finding and each gap on a line of its own.

Each line is an object with a `kind`: the first, `scan`, is the JSON result without its findings and gaps; a `finding`
and a `gap` are what they are there. Passes are compact there and here.
"""

from __future__ import annotations

import json
from typing import Any

from scanner.model.result import ScanResult
from scanner.reports.finding_texts import FindingTexts, Layout
from scanner.reports.json import gap_json, scan_json
from scanner.reports.text import escape_unsafe
from scanner.reports.view import cleaned


def render(result: ScanResult) -> str:
    """Give the result as lines of strict JSON."""
    head = _line("scan", scan_json(result))
    gaps = [_line("gap", gap_json(gap)) for gap in result.gaps]
    return "".join([head, *FindingTexts(_LAYOUT).pieces(result.findings), *gaps])


def _line(kind: str, members: dict[str, Any]) -> str:
    return f'{{"kind":"{kind}",{_members(members)}}}\n'


def _members(members: dict[str, Any]) -> str:
    text = _ENCODE(cleaned(members))[1:-1]
    return text if text.isascii() and "\x7f" not in text else escape_unsafe(text)


_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_LAYOUT = Layout(_members, before='{"kind":"finding",', between=",", after="}\n")
