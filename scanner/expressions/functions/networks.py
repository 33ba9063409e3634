"""`parseCidr`, `cidrSubnet`, `cidrHost`.

learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from scanner.expressions.functions.arguments import Function, string, whole


def _network(value: Any) -> IPv4Network | IPv6Network:
    return ip_network(string(value), strict=False)


def _parse(value: Any) -> dict[str, Any]:
    network = _network(value)
    known = {"network": str(network.network_address), "netmask": str(network.netmask)}
    first, last = network[0], network[-1]
    if isinstance(network, IPv4Network):
        known["broadcast"] = str(network.broadcast_address)
        if network.prefixlen < 31:
            first, last = network[1], network[-2]
    return {**known, "firstUsable": str(first), "lastUsable": str(last), "cidr": network.prefixlen}


def _subnet(value: Any, prefix: Any, index: Any) -> str:
    network = _network(value)
    if not network.prefixlen <= whole(prefix) <= network.max_prefixlen:
        raise ValueError(prefix)
    if not 0 <= whole(index) < 2 ** (prefix - network.prefixlen):
        raise ValueError(index)
    start = int(network.network_address) + index * 2 ** (network.max_prefixlen - prefix)
    return f"{type(network.network_address)(start)}/{prefix}"


def _host(value: Any, index: Any) -> str:
    """Count from the first address that a host may have; both families leave out the network's own."""
    network = _network(value)
    if whole(index) < 0:
        raise ValueError(index)
    return str(network[index + 1])


FUNCTIONS = {
    "cidrhost": Function(_host, 2, 2),
    "cidrsubnet": Function(_subnet, 3, 3),
    "parsecidr": Function(_parse, 1, 1),
}
