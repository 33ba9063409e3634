"""Rules on a terminal: the table of `policy list`, the page of `policy explain`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from scanner.policies.catalogue_page import type_in_words
from scanner.policies.rule_sheet import ParameterSheet, RuleSheet
from scanner.policies.words import Line
from scanner.policy_tests.examples import ExampleCase
from scanner.reports.prose import blocks, spans
from scanner.reports.text import cells, one_line, visible, wrap
from scanner.rules.expectation import in_words

_GAP = "  "
_COMMAND = 40
"""Code longer than this is a command to copy."""
_BOLD, _RESET = "\033[1m", "\033[0m"


def rule_table(sheets: Sequence[RuleSheet], *, color: bool = False, width: int = 80) -> str:
    """Give a line for each rule: id, severity, phase, maturity, title; the title is wrapped to fit."""
    rows = [("RULE", "SEVERITY", "PHASE", "MATURITY", "TITLE")]
    rows += [(s.info.id, s.info.severity.value, s.info.phase, s.info.maturity, one_line(s.info.title)) for s in sheets]
    widths = [max(cells(row[column]) for row in rows) for column in range(4)]
    left = sum(widths) + len(_GAP) * 4
    lines: list[str] = []
    for number, row in enumerate(rows):
        head = _GAP.join(text.ljust(size) for text, size in zip(row[:4], widths, strict=True)) + _GAP
        for at, part in enumerate(wrap(row[4], max(16, width - left))):
            line = f"{head if not at else ' ' * left}{part}".rstrip()
            lines.append(f"{_BOLD}{line}{_RESET}" if color and not number else line)
    return "\n".join(lines) + "\n"


def rule_list(sheets: Iterable[RuleSheet]) -> str:
    """Give the rules as JSON."""
    return json.dumps([_as_json(sheet) for sheet in sheets], indent=2, ensure_ascii=False) + "\n"


def _as_json(sheet: RuleSheet) -> dict[str, Any]:
    info = sheet.info
    return {
        "id": info.id,
        "title": info.title,
        "severity": info.severity.value,
        "phase": info.phase,
        "maturity": info.maturity,
        "policy": {"name": sheet.policy, "path": info.policy},
        "resourceTypes": list(sheet.types),
        "parameters": {parameter.name: parameter.value for parameter in sheet.parameters},
        "rationale": info.rationale,
        "remediation": info.remediation,
        "references": list(info.references),
    }


def rule_page(
    sheet: RuleSheet, passing: ExampleCase | None, failing: ExampleCase | None, *, color: bool = False, width: int = 80
) -> str:
    """Give everything about one rule, wrapped at `width`; commands and JSON may be longer."""
    page = _Page(color, width)
    info = sheet.info
    page.heading(f"{info.id}: {info.title}", first=True)
    page.text(f"severity {info.severity}; FinOps phase {info.phase}, maturity {info.maturity}")
    page.text(f"policy {sheet.policy}")
    page.code(f"{info.policy}:{sheet.line}" if sheet.line else info.policy)
    _demands(page, sheet)
    _guidance(page, sheet)
    for word, example in (("passes", passing), ("fails", failing)):
        if example is not None:
            page.heading(f"An example that {word}: {example.name}")
            if example.message:
                page.text(example.message)
            page.code(json.dumps(example.resource, indent=2, ensure_ascii=False))
    return "\n".join(page.lines) + "\n"


def _demands(page: _Page, sheet: RuleSheet) -> None:
    page.heading("About")
    for kind in sheet.types:
        page.text(kind)
    if sheet.applies:
        page.heading("Applies where")
        page.items(sheet.applies)
    page.heading("Violated where" if sheet.violates else "Passes where")
    page.items(sheet.passes)
    if sheet.parameters:
        page.heading("Parameters")
    for parameter in sheet.parameters:
        page.text(_parameter(parameter), hang=2)


def _guidance(page: _Page, sheet: RuleSheet) -> None:
    for word, prose in (("Why", sheet.info.rationale), ("What to do", sheet.info.remediation)):
        if prose:
            page.heading(word)
            page.prose(prose)
    if sheet.info.references:
        page.heading("References")
    page.lines += [f"  {one_line(reference)}" for reference in sheet.info.references]


def _parameter(parameter: ParameterSheet) -> str:
    default = parameter.declared.default
    text = f"{parameter.name} = {in_words(parameter.value)}"
    if parameter.value is None:
        text = f"{parameter.name} (must be given)"
    elif parameter.value != default:
        text += " (no default)" if default is None else f" (default {in_words(default)})"
    description = parameter.declared.description
    return f"{text}: {type_in_words(parameter.declared)}" + (f". {description}" if description else "")


class _Page:
    def __init__(self, color: bool, width: int) -> None:
        self.color, self.width = color, max(40, width)
        self.lines: list[str] = []

    def heading(self, text: str, *, first: bool = False) -> None:
        if not first:
            self.lines.append("")
        for line in wrap(one_line(text), self.width):
            self.lines.append(f"{_BOLD}{line}{_RESET}" if self.color else line)

    def text(self, text: str, *, indent: int = 2, hang: int = 0) -> None:
        for at, line in enumerate(wrap(one_line(text), self.width - indent, hang=hang)):
            self.lines.append(" " * (indent + (hang if at else 0)) + line)

    def items(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.text(f"- {line.text.replace('**', '')}", indent=2 + 2 * line.depth, hang=2)

    def prose(self, text: str) -> None:
        """Add prose; a command stands on a line of its own, whole, so that it can be copied."""
        for block in blocks(text):
            if block.kind == "code":
                self.code(block.text)
                continue
            flowing = ""
            for is_code, part in spans(f"- {block.text}" if block.kind == "item" else block.text):
                if is_code and len(part) > _COMMAND:
                    self.text(flowing.strip(), hang=2 * (block.kind == "item"))
                    self.lines.append(f"    {one_line(part)}")
                    flowing = ""
                else:
                    flowing += f"`{part}`" if is_code else part
            if flowing.strip(" ."):
                self.text(flowing.strip(), hang=2 * (block.kind == "item"))

    def code(self, text: str) -> None:
        self.lines += [f"  {visible(line)}" for line in text.splitlines()]
