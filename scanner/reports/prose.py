"""The little markup that policies use in rationale and remediation: paragraphs, lists, commands, backticks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_ITEM = re.compile(r"(?:[-*]|\d+[.)]) +")
_INDENTED = ("  ", "\t")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line), a list item (one line, without its mark), or code (lines, without margin)."""

    kind: Literal["paragraph", "item", "code"]
    text: str


def blocks(text: str) -> list[Block]:
    """Split prose into blocks, in order.

    Lines indented by two spaces or more that do not continue a list item, and lines between ``` fences, are
    code; a line that starts with "- ", "* " or "1. " is a list item; other lines flow into paragraphs.
    """
    found: list[Block] = []
    code: list[str] = []
    open_ = fenced = False

    def end_code() -> None:
        if any(line.strip() for line in code):
            found.append(Block("code", _without_margin(code)))
        code.clear()

    for line in text.expandtabs(4).splitlines():
        if line.strip().startswith("```"):
            end_code()
            fenced, open_ = not fenced, False
        elif fenced or _is_code(line, code, found, open_=open_):
            code.append(line)
            open_ = False
        elif not line.strip():
            open_ = False
            if code:
                code.append("")
        else:
            end_code()
            _add(found, line, open_=open_)
            open_ = True
    end_code()
    return found


def _is_code(line: str, code: list[str], found: list[Block], *, open_: bool) -> bool:
    continues = open_ and bool(found) and found[-1].kind == "item"
    marked = _ITEM.match(line.lstrip()) is not None
    return line.startswith(_INDENTED) and not continues and (bool(code) or not (marked and open_))


def _add(found: list[Block], line: str, *, open_: bool) -> None:
    words = " ".join(line.split())
    mark = _ITEM.match(words)
    if mark:
        found.append(Block("item", words[mark.end() :]))
    elif open_:
        last = found.pop()
        found.append(Block(last.kind, f"{last.text} {words}"))
    else:
        found.append(Block("paragraph", words))


def _without_margin(lines: list[str]) -> str:
    filled = [line for line in lines if line.strip()]
    margin = min(len(line) - len(line.lstrip()) for line in filled)
    return "\n".join(line[margin:].rstrip() for line in lines).strip("\n")


def spans(text: str) -> list[tuple[bool, str]]:
    """Split one line at its `backticks` into (is code, text); a backtick without a partner is text."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return [(bool(at % 2), part) for at, part in enumerate(parts) if part]
