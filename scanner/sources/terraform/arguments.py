"""What a plan says a resource's arguments will be: `after`, with what is unknown or sensitive taken out.

`after_unknown` and `after_sensitive` mirror `after`, with `true` where a value is known only after apply, or secret.
What they mark becomes UNKNOWN, exactly there: a secret has a value, which nobody may see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.model.values import UNKNOWN, Json


def known(after: Any, unknown: Any = None, sensitive: Any = None) -> Any:
    """Give a value with UNKNOWN for each part that is marked; None, which means "not set", stays None."""
    if unknown is True:
        return UNKNOWN
    if sensitive is True:
        return None if after is None else UNKNOWN
    if not unknown and not sensitive:
        return after
    if isinstance(after, dict) or (after is None and isinstance(unknown, dict) and unknown):
        return _object(after or {}, unknown, sensitive)
    if isinstance(after, list) or (after is None and isinstance(unknown, list) and unknown):
        return _array(after or [], unknown, sensitive)
    return after


def _object(after: Json, unknown: Any, sensitive: Any) -> Json:
    marks = unknown if isinstance(unknown, dict) else {}
    secrets = sensitive if isinstance(sensitive, dict) else {}
    names = [*after, *(name for name in marks if name not in after)]
    found = {name: known(after.get(name), marks.get(name), secrets.get(name)) for name in names}
    # A mark of a part that is not there, `{}` or `[]`, marks nothing.
    return {name: value for name, value in found.items() if value is not None or name in after}


def _array(after: list[Any], unknown: Any, sensitive: Any) -> list[Any]:
    marks = unknown if isinstance(unknown, list) else []
    secrets = sensitive if isinstance(sensitive, list) else []

    def at(members: list[Any], index: int) -> Any:
        return members[index] if index < len(members) else None

    size = max(len(after), len(marks))
    return [known(at(after, index), at(marks, index), at(secrets, index)) for index in range(size)]


def _marks(mark: Any) -> bool:
    """Say whether a mark may mark something: of a block of which all is known, Terraform writes `[{}]`."""
    return any(mark) if type(mark) is list else True


class _All(dict[str, Any]):
    """Marks everything."""

    def get(self, *_: Any) -> bool:
        return True


_ALL: Json = _All()
_NONE: Json = {}
_SET_BY_CONTENT = (str, list, dict)
"""Kinds of arguments that are not set where nothing is in them; false and 0 are values."""


class Arguments:
    """The arguments of a resource or of a block in it; each is looked at only when it is asked for.

    An argument that is null, an empty text or an empty list is not set. UNKNOWN is a value.
    """

    __slots__ = ("_after", "_sensitive", "_unknown")

    def __init__(self, after: Any, unknown: Any = None, sensitive: Any = None) -> None:
        self._after: Json = after if isinstance(after, dict) else {}
        self._unknown: Json = unknown if isinstance(unknown, dict) else _ALL if unknown is True else _NONE
        self._sensitive: Json = sensitive if isinstance(sensitive, dict) else _ALL if sensitive is True else _NONE

    def get(self, name: str, default: Any = None) -> Any:
        """Give an argument, UNKNOWN where it is not known yet, `default` where it is not set."""
        value = self._after.get(name)
        unknown, sensitive = self._unknown.get(name), self._sensitive.get(name)
        if (unknown and _marks(unknown)) or (sensitive and _marks(sensitive)):
            value = known(value, unknown, sensitive)
        return default if value is None or (not value and type(value) in _SET_BY_CONTENT) else value

    def text(self, name: str) -> str:
        """Give an argument that is a text; "" where it is not set, not known, or something else."""
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def block(self, name: str, make: Callable[[Arguments], Any]) -> Any:
        """Give what `make` makes of the first block of that name; UNKNOWN or None as `get`."""
        made = self.blocks(name, make)
        return made[0] if isinstance(made, list) else made

    def blocks(self, name: str, make: Callable[[Arguments], Any]) -> Any:
        """Give what `make` makes of every block of that name; UNKNOWN or None as `get`."""
        value = self.get(name)
        if isinstance(value, dict):
            value = [value]
        if not isinstance(value, list):
            return UNKNOWN if value is UNKNOWN else None
        members = [UNKNOWN if one is UNKNOWN else make(Arguments(one)) for one in value if one is not None]
        return members or None


def body(**parts: Any) -> Json:
    """Give an object of the parts that are set."""
    return {name: value for name, value in parts.items() if value is not None}


def negated(value: Any) -> Any:
    """Give `disable...` of `..._enabled`."""
    return not value if isinstance(value, bool) else value


def on_off(value: Any) -> Any:
    """Give Enabled or Disabled for a boolean."""
    return ("Enabled" if value else "Disabled") if isinstance(value, bool) else value
