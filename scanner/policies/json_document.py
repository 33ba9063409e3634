"""Reads JSON into plain values plus the line and column of every node, as yaml_document does for YAML.

JSON is not quite YAML: tabs as indentation, escaped slashes and surrogate pairs are JSON's alone, and Azure's
tools write them.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any

from scanner.errors import PolicyError, Problem
from scanner.policies.yaml_document import MAX_BYTES, MAX_DEPTH, YamlDocument
from scanner.rules.place import Path, Place

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_json(data: bytes, file: str) -> YamlDocument:
    """Read a JSON document in UTF-8 or UTF-16, a byte order mark allowed; raises PolicyError with line and column."""
    if len(data) > MAX_BYTES:
        raise PolicyError(Problem(f"larger than {MAX_BYTES // 1_000_000} MB", file, hint="this is no policy file"))
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise PolicyError(Problem(f"is not UTF-8 text: {error.reason}", file, hint="save it as UTF-8")) from None
    if not text.strip():
        raise PolicyError(Problem("is empty", file, hint="a JSON document is expected"))
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise PolicyError(Problem(f"JSON cannot be read: {error.msg}", file, error.lineno, error.colno)) from None
    except RecursionError:
        raise PolicyError(Problem(f"is nested more than {MAX_DEPTH} deep", file)) from None
    except ValueError as error:
        raise PolicyError(Problem(f"JSON cannot be read: {error}", file)) from None
    builder = _Builder(text, file)
    value = builder.build(())
    return YamlDocument(value, Place(file, builder.marks))


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


class _Builder:
    """Goes once more through text that is known to be JSON, and notes where each node begins."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.lines = [match.end() for match in re.finditer("\n", text)]
        self.marks: dict[Path, tuple[int, int]] = {}

    def build(self, path: Path) -> Any:
        """Build the value that begins here."""
        self._skip()
        self.marks.setdefault(path, self._position())
        if len(path) > MAX_DEPTH:
            raise self._error(f"is nested more than {MAX_DEPTH} deep")
        sign = self.text[self.at]
        if sign == "{":
            return self._object(path)
        if sign == "[":
            return self._array(path)
        return self._plain()

    def _skip(self) -> str:
        """Go over blanks, and give the sign that follows."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at]

    def _position(self) -> tuple[int, int]:
        line = bisect_right(self.lines, self.at)
        return line + 1, self.at - (self.lines[line - 1] if line else 0) + 1

    def _error(self, message: str, hint: str = "") -> PolicyError:
        return PolicyError(Problem(message, self.file, *self._position(), hint))

    def _object(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.at += 1
        while self._skip() != "}":
            if self.text[self.at] == ",":
                self.at += 1
                self._skip()
            where = self._position()
            start = self.at
            key = self._plain()
            if key in result:
                self.at = start
                raise self._error(f"the key '{key}' stands twice", "remove one")
            self.marks[*path, key] = where
            self._skip()
            self.at += 1  # the colon
            result[key] = self.build((*path, key))
        self.at += 1
        return result

    def _array(self, path: Path) -> list[Any]:
        result: list[Any] = []
        self.at += 1
        while self._skip() != "]":
            if self.text[self.at] == ",":
                self.at += 1
            result.append(self.build((*path, len(result))))
        self.at += 1
        return result

    def _plain(self) -> Any:
        try:
            value, end = _DECODER.raw_decode(self.text, self.at)
        except ValueError:
            raise self._error("holds a whole number of thousands of digits") from None
        if isinstance(value, float) and abs(value) == float("inf"):
            raise self._error("holds a number that is too large")
        if isinstance(value, str) and _SURROGATE.search(value):
            raise self._error("holds half a character: a surrogate that is not one of a pair")
        self.at = end
        return value
