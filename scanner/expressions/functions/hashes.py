"""`guid` and `uniqueString`: the same arguments always give the same text."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from scanner.expressions.functions.arguments import MANY, Function, text

_NAMESPACE = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""Of the name-based UUID, version 5 of RFC 9562, that `guid` makes of its arguments, joined by hyphens.

learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string
"""
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_MASK = 0xFFFFFFFF


def _joined(values: tuple[Any, ...]) -> str:
    return "-".join(text(value) for value in values)


def _guid(*values: Any) -> str:
    return str(uuid5(_NAMESPACE, _joined(values)))


def _unique_string(*values: Any) -> str:
    """Write a 64-bit hash in 13 letters of base 32, the highest bits first.

    Microsoft documents the form alone. That it is this hash follows from what people recorded:
    uniqueString('tyeth') is zcztcwvu6iyg6 (stackoverflow.com/questions/43295720), uniqueString('hello', 'world') is
    a7wkljktk6wne (github.com/JasonWhall/go-azure-uniquestring); and the tests of Bicep itself have a third.
    """
    number = _murmur(_joined(values).encode())
    return "".join(_LETTERS[number << 5 * place >> 59 & 31] for place in range(13))


def _turn(number: int, by: int) -> int:
    return (number << by | number >> 32 - by) & _MASK


def _mixed(part: bytes, first: int, by: int, second: int) -> int:
    return _turn(int.from_bytes(part, "little") * first & _MASK, by) * second & _MASK


def _final(half: int) -> int:
    half = (half ^ half >> 16) * 0x85EBCA6B & _MASK
    half = (half ^ half >> 13) * 0xC2B2AE35 & _MASK
    return half ^ half >> 16


def _murmur(data: bytes) -> int:
    """Hash to 64 bits: two halves of MurmurHash3 (public domain, Austin Appleby) that are mixed into each other."""
    low = high = 0
    one, two = 0x239B961B, 0xAB0E9789
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        low = (_turn(low ^ _mixed(data[at : at + 4], one, 15, two), 19) + high) & _MASK
        low = (low * 5 + 0x561CCD1B) & _MASK
        high = (_turn(high ^ _mixed(data[at + 4 : at + 8], two, 17, one), 13) + low) & _MASK
        high = (high * 5 + 0x0BCAA747) & _MASK
    rest = data[whole:]
    low ^= _mixed(rest[:4], one, 15, two)
    high ^= _mixed(rest[4:], two, 17, one)
    low, high = low ^ len(data), high ^ len(data)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    low, high = _final(low), _final(high)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    return high << 32 | low


FUNCTIONS = {
    "guid": Function(_guid, 1, MANY),
    "uniquestring": Function(_unique_string, 1, MANY),
}
