"""Reads one JSON document from a file or standard input, and says clearly why it cannot."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import Problem, SourceError
from scanner.sources.json_comments import without_comments
from scanner.sources.json_positions import lines_of, stands_in

STDIN = "-"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no text file holds, however it was written."""
MAX_DEPTH = 200
_DEPTH_HINT = f"Azure's JSON is never nested more than {MAX_DEPTH} deep"


class _DuplicateKeyError(ValueError):
    pass


class _NoNumberError(ValueError):
    pass


def read_bytes(file: str, stdin: BinaryIO | None = None) -> bytes:
    """Read a file, or standard input for `-`; raises SourceError."""
    try:
        if file == STDIN:
            return _standard_input(stdin).read()
        return Path(file).read_bytes()
    except FileNotFoundError:
        raise SourceError(Problem("there is no such file", file)) from None
    except IsADirectoryError:
        raise SourceError(Problem("is a folder", file, hint="name the files in it")) from None
    except (OSError, ValueError) as error:
        raise SourceError(Problem(f"cannot be read: {getattr(error, 'strerror', None) or error}", file)) from None


def _standard_input(stdin: BinaryIO | None) -> BinaryIO:
    if stdin is None and sys.stdin is None:
        raise SourceError("standard input is closed")
    return stdin or sys.stdin.buffer


def shown_name(file: str) -> str:
    """Give what a message calls an input."""
    return "standard input" if file == STDIN else file


def decode(data: bytes, file: str) -> str:
    """Give the text of a JSON document, UTF-8 or UTF-16, with or without a byte order mark; raises SourceError."""
    name = shown_name(file)
    if not data.strip():
        raise SourceError(Problem("is empty", name, hint="a JSON document is expected"))
    try:
        return data.decode(json.detect_encoding(data), "strict").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        message = f"is neither UTF-8 nor UTF-16 text (byte {error.start})"
        raise SourceError(Problem(message, name, hint="is it a binary file?")) from None


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A parsed document: its value, the text it was parsed from (comments blanked out), the file as the user named it.

    `lenient` says that the text was no strict JSON, but JSON as templates may be written.
    """

    value: Any
    text: str
    file: str
    lenient: bool = False

    def lines(self, pointers: Iterable[str]) -> dict[str, int]:
        """Give the line, from 1, on which the value at each JSON pointer begins."""
        start = len(self.text) - len(self.text.lstrip())
        if self.text.find("\n", start, len(self.text.rstrip())) < 0:
            # One line, as Terraform and other programs write it: there is nothing to look for.
            line = self.text.count("\n", 0, start) + 1
            return {name: line for name in pointers if stands_in(self.value, name)}
        return lines_of(self.text, pointers)


def read_document(data: bytes, file: str) -> JsonDocument:
    """Parse JSON, with the comments, trailing commas and line breaks in texts that templates may have.

    Raises SourceError as `parse_json` does.
    """
    text = decode(data, file)
    try:
        return JsonDocument(_parse(text, file), text, file)
    except SourceError as strict:
        if _CONTROL.search(text):
            raise
        blanked = without_comments(text)
        try:
            return JsonDocument(_parse(blanked, file, strict=False), blanked, file, lenient=True)
        except SourceError as lenient:
            # Where there are no comments, the first error is the one that the writer will recognise.
            raise (lenient if blanked != text else strict) from None


def parse_json(data: bytes, file: str) -> Any:
    """Parse UTF-8 (or, as PowerShell writes it, UTF-16) JSON; raises SourceError with line and column.

    Refused: no content, text that is no JSON, a key that stands twice in one object (which of the two
    did the writer mean?), NaN and Infinity, nesting beyond any real resource.
    """
    return _parse(decode(data, file), file)


def _parse(text: str, file: str, *, strict: bool = True) -> Any:
    name = shown_name(file)
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, strict=strict)
    except _DuplicateKeyError as error:
        line = _line_of_second(text, str(error))
        raise SourceError(Problem(f"the key '{error}' stands twice in one object", name, line)) from None
    except json.JSONDecodeError as error:
        raise SourceError(Problem(f"is not JSON: {error.msg}", name, error.lineno, error.colno)) from None
    except RecursionError:
        raise SourceError(Problem("is nested too deeply", name, hint=_DEPTH_HINT)) from None
    except _NoNumberError as error:
        raise SourceError(Problem(f"is not JSON: {error}", name)) from None
    except ValueError:
        raise SourceError(Problem("holds a whole number of thousands of digits", name)) from None
    if _deeper_than(document, MAX_DEPTH):
        raise SourceError(Problem("is nested too deeply", name, hint=_DEPTH_HINT))
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return result


def _no_constant(word: str) -> Any:
    raise _NoNumberError(f"{word} is no JSON number")


def _line_of_second(text: str, key: str) -> int:
    """Give the line of the key's second appearance: exact where the key is rare, a start where it is not."""
    quoted = json.dumps(key, ensure_ascii=False)
    first = text.find(quoted)
    second = text.find(quoted, first + 1) if first >= 0 else -1
    return text.count("\n", 0, second) + 1 if second >= 0 else 0


def _deeper_than(document: Any, limit: int) -> bool:
    """Measure nesting level by level, without recursion: the document may be hostile."""
    level = [document]
    for _ in range(limit):
        level = (
            [
                child
                for node in level
                for child in (node.values() if isinstance(node, dict) else node)
                if isinstance(child, (dict, list))
            ]
            if level and isinstance(level[0], (dict, list))
            else []
        )
        if not level:
            return False
    return True
