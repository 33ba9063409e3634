"""JSON as Azure Resource Manager and editors accept it: with comments, trailing commas and texts of several lines."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'  # a text, within which nothing is a comment
    r"|//[^\n]*"
    r"|/\*.*?\*/"
    # Possessive: a comment that is followed by no bracket must not be stretched to the end of the next one.
    r"|,(?=(?>\s|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*+[}\]])",
    re.DOTALL,
)
_TO_BLANK = re.compile(r"[^\n]")


def without_comments(text: str) -> str:
    """Give `text` with comments and trailing commas blanked out, so that every line and column stays where it was."""
    return _TOKEN.sub(lambda match: match[0] if match[0][0] == '"' else _TO_BLANK.sub(" ", match[0]), text)
