"""The exit codes, once."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What azgate's exit code says. The output format never changes it."""

    PASSED = 0
    """The gate passed."""
    FAILED = 1
    """At least one new failure at or above --fail-on."""
    BAD_INPUT = 2
    """Bad usage, configuration, policy or input; nothing was evaluated."""
    INCOMPLETE = 3
    """Gaps, or unknown or error findings at or above --fail-on, and no --allow-gaps."""
    DEFECT = 4
    """A defect in azgate itself."""
