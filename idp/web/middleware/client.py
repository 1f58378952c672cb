"""Where a request came from: the peer, or what a configured proxy says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

from idp.core.session import Source

LONGEST_AGENT = 256
UNKNOWN = "unknown"

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """Counts X-Forwarded-For from the right, through configured proxies only (allauth 65.14.2)."""

    trusted: Sequence[Network]

    def of(self, scope: Scope) -> str:
        """The nearest that is no proxy of ours; an entry that does not parse ends the walk (CVE-2024-47070).

        Several fields of the name are one list (RFC 9110 §5.3): some proxies add theirs beside what they got.
        """
        peer = (scope.get("client") or (UNKNOWN, 0))[0]
        if not self.trusted or not self._is_trusted(peer):
            return str(peer)
        nearest = str(peer)
        told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        for entry in reversed(told.decode("latin-1").split(",")):
            address = _parse(entry.strip())
            if address is None:
                return nearest
            nearest = str(address)
            if not self._is_trusted(nearest):
                return nearest
        return nearest

    def trusts_peer_of(self, scope: Scope) -> bool:
        """Whether the request came through a proxy of ours, so that what only it can know is to be believed."""
        return self._is_trusted(str((scope.get("client") or (UNKNOWN, 0))[0]))

    def _is_trusted(self, text: str) -> bool:
        address = _parse(text)
        return address is not None and any(
            address in network for network in self.trusted if network.version == address.version
        )


def _parse(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def source_of(scope: Scope, contract: str) -> Source:
    """The source that the envelope wrote down for this request."""
    address, agent, request_id = scope["idp.source"]
    return Source(address=address, agent=agent, request_id=request_id, contract=contract)
