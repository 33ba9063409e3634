"""What to do about a failing rule, in one line and as commands, out of its remediation."""

from __future__ import annotations

import re

from scanner.reports.prose import blocks, spans
from scanner.reports.text import visible

_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")
_LEADS_OVER = re.compile(r"(?:,? (?:or|and)|, then)?:$")
_COMMAND = re.compile(r"(?:az|azd|gh|terraform) \S")


def first_step(remediation: str) -> str:
    """Give the first sentence of a remediation on one line, or its first command where it has no prose; "" for none.

    What leads over to a command ("Set the minimum to zero:") ends in a full stop instead of the colon.
    """
    for block in blocks(visible(remediation)):
        if block.kind == "code":
            return _joined(block.text)
        sentence = _first_sentence(block.text)
        if sentence:
            return sentence
    return ""


def commands(remediation: str) -> tuple[str, ...]:
    r"""Give the commands of a remediation, each once, whole and ready to be copied; lines go on after a `\\`."""
    found: dict[str, None] = {}
    for block in blocks(visible(remediation)):
        if block.kind == "code":
            if any(_COMMAND.match(line) for line in block.text.splitlines()):
                found[block.text] = None
            continue
        found.update({text: None for is_code, text in spans(block.text) if is_code and _COMMAND.match(text)})
    return tuple(found)


def _first_sentence(text: str) -> str:
    """Cut `text` after its first sentence; a full stop between backticks ends none."""
    sentence = ""
    for is_code, part in spans(text):
        if is_code:
            sentence += f"`{part}`"
            continue
        end = _SENTENCE_END.search(part)
        if end:
            sentence += part[: end.end()]
            break
        sentence += part
    return f"{_LEADS_OVER.sub('', sentence)}." if sentence.endswith(":") else sentence.strip()


def _joined(code: str) -> str:
    """Give the first command of some code on one line."""
    command: list[str] = []
    for line in code.splitlines():
        goes_on = line.endswith("\\")
        command.append(line.rstrip("\\").strip())
        if not goes_on:
            break
    return " ".join(command)
