"""Which addresses the guarded fetcher dials: threat row 102, by class of address."""

from ipaddress import ip_network

import pytest

from idp.fetch.addresses import way_to

INSIDE = {
    "this host": "0.0.0.0",  # noqa: S104 - not to listen on
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "shared (Alibaba's metadata)": "100.100.100.200",
    "loopback": "127.0.0.1",
    "any loopback": "127.255.255.254",
    "link-local (cloud metadata)": "169.254.169.254",
    "protocol assignments (Oracle's metadata)": "192.0.0.192",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "6to4 relay": "192.88.99.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "Azure's host": "168.63.129.16",
    "IPv6 unspecified": "::",
    "IPv6 loopback": "::1",
    "IPv4-mapped loopback": "::ffff:127.0.0.1",
    "IPv4-mapped public": "::ffff:8.8.8.8",
    "IPv4-compatible": "::127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64, local": "64:ff9b:1::7f00:1",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:7f00:1::1",
    "ORCHID": "2001:20::1",
    "discard": "100::1",
    "documentation IPv6": "2001:db8::1",
    "documentation IPv6, new": "3fff::1",
    "unique local (AWS's metadata)": "fd00:ec2::254",
    "IPv6 link-local": "fe80::1",
    "with a zone": "fe80::1%eth0",
    "public with a zone": "2606:4700::1111%eth0",
    "site-local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "no address": "localhost",
}


@pytest.mark.parametrize("address", INSIDE.values(), ids=INSIDE)
def test_no_special_use_address_is_dialled(address: str) -> None:
    """RFC 6890 and the IANA registries; each is a way back into the house, or into the machine beside it."""
    assert way_to(address) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_dialled(address: str) -> None:
    way = way_to(address)

    assert way is not None
    assert not way.opened


def test_an_operator_opens_a_network_by_name_and_nothing_beside_it() -> None:
    opened = [ip_network("10.20.0.0/16"), ip_network("fd00:1::/32")]

    assert [way is not None and way.opened for way in (way_to("10.20.1.1", opened), way_to("fd00:1::1", opened))] == [
        True,
        True,
    ]
    assert way_to("10.21.0.1", opened) is None
    assert way_to("::ffff:10.20.1.1", opened) is None
