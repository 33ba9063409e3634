"""Text from outside as GitHub-flavoured Markdown that shows it and does nothing else.

Names and ids become code, where GitHub makes no mention, no issue link and no HTML of anything; sentences are
escaped. Both are one line.
"""

from __future__ import annotations

import re

from scanner.reports.prose import blocks, spans
from scanner.reports.text import one_line, visible

_SIGNS = re.compile(r"([\\`*_\[\]|~$]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_FIRST_SIGN = re.compile(r"^(\d{0,9})([#+\-=.)])")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# GitHub links @name, #12 and GH-12 after it has made HTML of Markdown, so that no escape of Markdown's holds it back.
_LINKED = re.compile(r"[@#](?=\w)|GH(?=-\d)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")


def clipped(text: str, most: int) -> str:
    """Give at most `most` characters of `text`, ending in an ellipsis where something is cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def code(text: str, most: int = 300) -> str:
    """Give `text` as a code span, at most `most` characters of it. Not for tables, where a pipe ends even code."""
    line = clipped(one_line(text), most) or " "
    fence = "`" * (max(map(len, _BACKTICKS.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def sentence(text: str, most: int = 500) -> str:
    """Give `text` on one line, escaped; what stands between backticks stays code. At most `most` characters of it."""
    parts = spans(clipped(one_line(text), most))
    line, after_code = "", False
    for is_code, part in parts:
        shown = is_code and bool(part.strip())
        # Two code spans without anything between them would be one.
        line += (" " if shown and after_code else "") + (code(part) if shown else _escaped(part))
        after_code = shown
    return _FIRST_SIGN.sub(r"\1\\\2", line.strip())


def _escaped(text: str) -> str:
    pieces: list[str] = []
    last = 0
    for match in _LINKED.finditer(text):
        pieces += [_plain(text[last : match.start()]), f"<span>{match.group()}</span>"]
        last = match.end()
    return "".join(pieces) + _plain(text[last:])


def _plain(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text).translate(_HTML)


def prose(text: str) -> str:
    """Give a policy's prose (paragraphs, items, commands) as Markdown of several lines, without an end of line."""
    made: list[str] = []
    for block in blocks(visible(text)):
        if block.kind == "code":
            fence = "`" * (max(map(len, _BACKTICKS.findall(block.text)), default=0) + 1)
            fence = fence if len(fence) >= 3 else "```"
            made.append(f"{fence}\n{block.text}\n{fence}")
        elif block.kind == "item":
            made.append(f"- {sentence(block.text, 10_000)}")
        else:
            made.append(sentence(block.text, 10_000))
    return "\n\n".join(made)
