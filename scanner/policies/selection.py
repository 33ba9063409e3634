"""`--rule` and `--exclude-rule`: which rules of the loaded files take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from scanner.errors import ConfigError, Problem
from scanner.policies.loader import PolicyFile
from scanner.rules.place import suggestion


def select(files: Sequence[PolicyFile], chosen: Sequence[str], excluded: Sequence[str]) -> list[PolicyFile]:
    """Keep the rules that some pattern of `chosen` matches (all without any) and none of `excluded` does.

    Patterns are globs over rule ids, in any case. One that matches no rule is refused: it is misspelt, and
    ignoring it would check less than was asked for. Files left without a rule are dropped.
    """
    ids = [rule.info.id for file in files for rule in file.rules]
    problems = [
        Problem(f"{flag} {pattern}: no rule has this id", hint=suggestion(pattern, ids))
        for flag, patterns in (("--rule", chosen), ("--exclude-rule", excluded))
        for pattern in patterns
        if not matching(ids, pattern)
    ]
    if problems:
        raise ConfigError(*problems)
    kept = [
        replace(
            file,
            rules=tuple(
                rule
                for rule in file.rules
                if (not chosen or _matches(rule.info.id, chosen)) and not _matches(rule.info.id, excluded)
            ),
        )
        for file in files
    ]
    if not any(file.rules for file in kept):
        raise ConfigError("--rule and --exclude-rule leave no rule to evaluate")
    return [file for file in kept if file.rules]


def matching(ids: Sequence[str], pattern: str) -> list[str]:
    """Give the rule ids that one pattern matches."""
    return [name for name in ids if _matches(name, [pattern])]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
