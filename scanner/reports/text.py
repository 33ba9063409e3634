"""Text from Azure, made safe to show: nothing invisible, nothing that a terminal or a parser obeys."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

# C0 (but tab and newline), DEL, C1; bidi marks, embeddings, overrides and isolates; line separators and
# other characters without a shape; lone surrogates; what XML 1.0 forbids; the invisible tag characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def escape_unsafe(text: str) -> str:
    r"""Write every unsafe character as JSON does: `\u001b`, a surrogate pair beyond U+FFFF."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def visible(text: str) -> str:
    r"""Give `text` with unsafe characters shown as `\u001b`; tabs and newlines stay.

    A reader sees that something was there, and a terminal, a browser or an XML parser does not act on it.
    """
    if text.isascii() and text.isprintable():
        return text
    return escape_unsafe(text.replace("\r\n", "\n"))


def is_link(text: str) -> bool:
    """Say whether a text may be a link: only http and https are harmless to follow."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and visible(text) == text


def one_line(text: str) -> str:
    """Give `visible(text)` on one line, each run of white space as one space."""
    return " ".join(visible(text).split())


def cells(text: str) -> int:
    """Give how many terminal columns `text` takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def wrap(text: str, width: int, *, hang: int = 0, breaks: str = " ") -> list[str]:
    """Break one line of text into lines of at most `width` columns; [""] for an empty text.

    Lines after the first are `hang` columns shorter. With `breaks` "/" an id is broken before its slashes
    and joins up again without a gap. A word that is longer than a line is broken where the line ends.
    """
    if cells(text) <= width:
        return [text]
    measure = len if text.isascii() else cells
    lines: list[str] = []
    line, used, room = "", 0, width
    for piece in _pieces(breaks).findall(text):
        size = measure(piece)
        if used and used + size > room:
            lines.append(line)
            line, used, room = "", 0, width - hang
            if breaks == " ":
                piece = piece.lstrip(" ")  # noqa: PLW2901 - the space at a break is not printed
                size = measure(piece)
        if size <= room:
            line += piece
            used += size
            continue
        for char in piece:
            step = _cell(char)
            if used and used + step > room:
                lines.append(line)
                line, used, room = "", 0, width - hang
            line += char
            used += step
    return [*lines, line]


@cache
def _pieces(breaks: str) -> re.Pattern[str]:
    """Find a text's pieces: each begins with the break characters before it, and one of them may be empty."""
    mark = re.escape(breaks)
    return re.compile(f"{mark}*[^{mark}]*")
