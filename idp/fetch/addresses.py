"""Which addresses lead out into the world, and not back into the house."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# all of unicast IPv6 that is given out; mapped and compatible IPv4, NAT64, loopback, link-local and ULA lie outside
_GLOBAL_UNICAST = IPv6Network("2000::/3")

# IANA special-purpose registries (RFC 6890), as far as `is_global` of one Python or another takes them for global
_SPECIAL: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # the host of an Azure machine
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
            "2001::/23",  # protocol assignments, among them Teredo
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address in disguise
            "3fff::/20",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Way:
    """An address that may be dialled. `opened`: because the operator opened its network."""

    address: IPv4Address | IPv6Address
    opened: bool


def way_to(text: str, opened: Collection[Network] = ()) -> Way | None:
    """None for an address that is not to be dialled. A zone (`fe80::1%eth0`) leads nowhere but into the house."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if getattr(address, "scope_id", None):
        return None
    if any(address in network for network in opened):
        return Way(address, opened=True)
    return Way(address, opened=False) if is_public(address) else None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _SPECIAL):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast
