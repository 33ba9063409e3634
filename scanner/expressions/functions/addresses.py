"""`ipRangeContains`: addresses, CIDR ranges and ranges from one address to another."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from scanner.expressions.functions.arguments import Function, string

_Address = IPv4Address | IPv6Address


def _bounds(value: Any) -> tuple[_Address, _Address]:
    text = string(value).strip()
    if "/" in text:
        network = ip_network(text, strict=False)
        return network[0], network[-1]
    start, dash, end = text.partition("-")
    first = ip_address(start.strip())
    last = ip_address(end.strip()) if dash else first
    if int(last) < int(first):
        raise ValueError(value)
    return first, last


def _contains(outer: Any, inner: Any) -> bool:
    (first, last), (low, high) = _bounds(outer), _bounds(inner)
    if len({address.version for address in (first, last, low, high)}) != 1:
        raise ValueError(outer)
    return int(first) <= int(low) and int(high) <= int(last)


FUNCTIONS = {"iprangecontains": Function(_contains, 2, 2)}
