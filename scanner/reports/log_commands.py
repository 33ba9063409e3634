"""Keeps what a log shows from being taken for a command by the build agent that shows it.

GitHub's runner obeys a line that begins with `::name` (after white space), and `##[name]` anywhere in a line
(actions/runner, ActionCommand.cs); the agent of Azure Pipelines obeys `##vso[...]` anywhere in a line, and formats
it by `##[...]` (Azure Pipelines, "Logging commands"). A resource's name may hold any of them.
"""

from __future__ import annotations

import re

_ANYWHERE = re.compile(r"#(?=#(?:vso)?\[)", re.IGNORECASE)
_AT_THE_START = re.compile(r"^(\s*):(?=:)")


def no_command(line: str) -> str:
    """Give one line of text that no build agent obeys: a space between the signs that mark a command."""
    if "##" in line:
        line = _ANYWHERE.sub("# ", line)
    return _AT_THE_START.sub(r"\1: ", line) if "::" in line else line
