"""Azure Policy's condition operators over one value, in three truth values.

Strings compare without regard to case. ISO 8601 durations and timestamps compare as what they are. A missing
field equals null, fails every positive operator and holds every `not...` one. A value that cannot be
compared (a word against a number) gives unknown: Azure Policy calls that an evaluation error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.expressions.comparison import as_number, as_text, comparable, holds_unknown, same
from scanner.expressions.times import parse_duration, parse_timestamp
from scanner.expressions.truth import any_of, negate
from scanner.model.values import MISSING, UNKNOWN, Truth

Check = Callable[[Any], Truth]
"""Takes a value that is neither MISSING nor UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`prepare` turns what the policy expects into a check, and raises ValueError where that makes no sense.

    `missing` is the answer for a missing field, `words` how a report says what it must do; a `whole` operator
    looks at all of a list or mapping, and cannot tell where a part of it is unknown.
    """

    prepare: Callable[[Any], Check]
    words: str
    missing: Callable[[Any], Truth] = lambda _: False
    negated: bool = False
    needs_clock: bool = False
    whole: bool = False


def _is_time(text: str) -> bool:
    """Say whether a text is a duration or a timestamp, which another spelling may equal."""
    return parse_duration(text) is not None or parse_timestamp(text) is not None


def _equals(expected: Any) -> Check:
    if isinstance(expected, str) and not _is_time(expected):
        folded, number = expected.lower(), as_number(expected)
        if number is None and folded not in {"true", "false"}:
            return lambda actual: actual.lower() == folded if type(actual) is str else False
    return lambda actual: same(actual, expected)


def _in(expected: Any) -> Check:
    if not isinstance(expected, list):
        raise ValueError("takes a list")  # noqa: TRY004 - all refusals are alike
    if all(isinstance(item, str) for item in expected):
        folded = frozenset(item.lower() for item in expected)
        times = [item for item in expected if _is_time(item)]

        def check_text(actual: Any) -> Truth:
            if type(actual) is str:
                return actual.lower() in folded or any(same(actual, item) for item in times)
            return any(same(actual, item) for item in expected)

        return check_text
    return lambda actual: any(same(actual, item) for item in expected)


def _contains(expected: Any) -> Check:
    needle = as_text(expected)

    def check(actual: Any) -> Truth:
        if isinstance(actual, list):
            return any_of(None if holds_unknown(member) else same(member, expected) for member in actual)
        haystack = as_text(actual)
        return needle in haystack if haystack is not None and needle is not None else False

    return check


def _contains_key(expected: Any) -> Check:
    if not isinstance(expected, str):
        raise ValueError("takes the name of a key")  # noqa: TRY004
    folded = expected.lower()
    return lambda actual: isinstance(actual, dict) and any(str(key).lower() == folded for key in actual)


def _wildcard(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE | re.DOTALL)


def like(pattern: str) -> Callable[[str], bool]:
    """Give a test for a pattern in which `*` stands for anything; the case does not matter."""
    compiled = _wildcard(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _like(expected: Any) -> Check:
    if not isinstance(expected, str):
        raise ValueError("takes a text in which '*' stands for anything")  # noqa: TRY004
    matches = like(expected)
    return lambda actual: (text := as_text(actual)) is not None and matches(text)


_MATCH = {"#": r"[0-9]", "?": r"[A-Za-z]", ".": r"."}


def _match(flags: int) -> Callable[[Any], Check]:
    def prepare(expected: Any) -> Check:
        if not isinstance(expected, str):
            raise ValueError("takes a pattern: '#' a digit, '?' a letter, '.' any character")  # noqa: TRY004
        pattern = re.compile("".join(_MATCH.get(c, re.escape(c)) for c in expected), flags | re.DOTALL)
        return lambda actual: isinstance(actual, str) and pattern.fullmatch(actual) is not None

    return prepare


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any], Check]:
    def prepare(expected: Any) -> Check:
        limit, read = comparable(expected)
        if read is as_number:

            def check_number(actual: Any) -> Truth:
                kind = type(actual)
                if kind is int or kind is float:
                    return holds(actual, limit)
                worth = as_number(actual)
                return None if worth is None else holds(worth, limit)

            return check_number

        def check(actual: Any) -> Truth:
            worth = read(actual)
            return None if worth is None else holds(worth, limit)

        return check

    return prepare


def wanted_existence(expected: Any) -> bool:
    """Read the argument of `exists`: a boolean, or the word for one as Azure Policy allows."""
    if isinstance(expected, bool):
        return expected
    if isinstance(expected, str) and expected.lower() in {"true", "false"}:
        return expected.lower() == "true"
    raise ValueError("takes true or false")


def _exists(expected: Any) -> Check:
    wanted = wanted_existence(expected)
    return lambda _: wanted


def _age(older: bool) -> Callable[[Any], Check]:
    """Prepare a check of (timestamp, clock) pairs; `needs_clock` says that the caller must make them."""

    def prepare(expected: Any) -> Check:
        seconds = parse_duration(expected) if isinstance(expected, str) else None
        if seconds is None:
            raise ValueError("takes an ISO 8601 duration such as P7D")
        limit = timedelta(seconds=seconds)

        def check(pair: tuple[Any, datetime]) -> Truth:
            value, clock = pair
            moment = parse_timestamp(value) if isinstance(value, str) else None
            if moment is None:
                return None
            return clock - moment >= limit if older else clock - moment < limit

        return check

    return prepare


def _is_null(expected: Any) -> bool:
    return expected is None


def _has_null(expected: Any) -> bool:
    return None in expected


OPERATORS: dict[str, Operator] = {
    "equals": Operator(_equals, "be {}", missing=_is_null, whole=True),
    "notEquals": Operator(_equals, "not be {}", missing=_is_null, negated=True, whole=True),
    "like": Operator(_like, "be like {}"),
    "notLike": Operator(_like, "not be like {}", negated=True),
    "match": Operator(_match(0), "match {}"),
    "notMatch": Operator(_match(0), "not match {}", negated=True),
    "matchInsensitively": Operator(_match(re.IGNORECASE), "match {}"),
    "notMatchInsensitively": Operator(_match(re.IGNORECASE), "not match {}", negated=True),
    "contains": Operator(_contains, "contain {}"),
    "notContains": Operator(_contains, "not contain {}", negated=True),
    "in": Operator(_in, "be one of {}", missing=_has_null, whole=True),
    "notIn": Operator(_in, "be none of {}", missing=_has_null, negated=True, whole=True),
    "containsKey": Operator(_contains_key, "have the key {}"),
    "notContainsKey": Operator(_contains_key, "not have the key {}", negated=True),
    "less": Operator(_ordered(lambda a, b: a < b), "be less than {}"),
    "lessOrEquals": Operator(_ordered(lambda a, b: a <= b), "be at most {}"),
    "greater": Operator(_ordered(lambda a, b: a > b), "be more than {}"),
    "greaterOrEquals": Operator(_ordered(lambda a, b: a >= b), "be at least {}"),
    "exists": Operator(_exists, "exists: {}", missing=lambda expected: not wanted_existence(expected)),
    "olderThan": Operator(_age(older=True), "be older than {}", needs_clock=True),
    "youngerThan": Operator(_age(older=False), "be younger than {}", needs_clock=True),
}


def prepare(operator: Operator, expected: Any) -> Callable[[Any, Any], Truth]:
    """Give the whole test of a value, absence included: `(value, clock) -> Truth`."""
    check = operator.prepare(expected)
    when_missing = operator.missing(expected)
    whole = operator.whole
    if operator.negated:
        when_missing = negate(when_missing)

    def test(value: Any, clock: Any) -> Truth:
        if value is MISSING:
            return when_missing
        if value is UNKNOWN:
            return None
        if whole and type(value) is not str and holds_unknown(value):
            return None
        truth = check((value, clock)) if operator.needs_clock else check(value)
        return negate(truth) if operator.negated else truth

    return test
