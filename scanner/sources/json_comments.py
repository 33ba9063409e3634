"""JSON as Azure Resource Manager and editors accept it: with comments, trailing commas and texts of several lines."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    # What is not closed goes on to the end: to look for its end again from every place in it takes for ever.
    r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'  # a text, within which nothing is a comment
    r"|//[^\n]*"
    r"|/\*.*?(?:\*/|\Z)"
    # Possessive: a comment that is followed by no bracket must not be stretched to the end of the next one.
    r"|,(?=(?>\s|//[^\n]*(?:\n|\Z)|/\*.*?\*/)*+[}\]])",
    re.DOTALL,
)
_TO_BLANK = re.compile(r"[^\n]")


def without_comments(text: str) -> str:
    """Give `text` with comments and trailing commas blanked out, so that every line and column stays where it was."""
    return _TOKEN.sub(_blanked, text)


def _blanked(match: re.Match[str]) -> str:
    token = match[0]
    open_comment = token.startswith("/*") and not token.endswith("*/")  # where it begins is where the writer erred
    return token if token[0] == '"' or open_comment else _TO_BLANK.sub(" ", token)
