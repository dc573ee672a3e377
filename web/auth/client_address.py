"""The address that a request comes from, as attempts to log in are counted by it."""

from __future__ import annotations

import ipaddress


def client_address(given: str | None) -> str:
    """The key for counting attempts by address: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(given or "")
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
