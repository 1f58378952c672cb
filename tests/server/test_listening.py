"""Sockets to listen on, and why there are none."""

import socket

import pytest

from idp.server.listening import ListenRefused, bind, listen
from tests.server.echo import GET, served


def test_port_0_takes_a_free_one() -> None:
    (one,) = bind("127.0.0.1", 0)

    with one:
        assert one.getsockname()[1] > 0


def test_a_name_is_bound_at_each_of_its_addresses_on_one_port() -> None:
    sockets = bind("localhost", 0)

    ports = {one.getsockname()[1] for one in sockets}
    for one in sockets:
        one.close()
    assert len(ports) == 1


def test_a_port_in_use_names_the_port_and_the_option() -> None:
    (taken,) = bind("127.0.0.1", 0)
    with taken:
        listen([taken])
        port = taken.getsockname()[1]

        with pytest.raises(ListenRefused) as refused:
            bind("127.0.0.1", port)

    assert refused.value.key == "server.port"
    assert str(port) in refused.value.reason
    assert "--port" in refused.value.mend


def test_of_two_that_bound_one_port_the_second_to_listen_is_refused() -> None:
    (first,) = bind("127.0.0.1", 0)
    (second,) = bind("127.0.0.1", first.getsockname()[1])
    with first, second:
        listen([first])

        with pytest.raises(ListenRefused, match=r"server\.port"):
            listen([second])


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_names_the_host(host: str) -> None:
    with pytest.raises(ListenRefused, match=r"server\.host"):
        bind(host, 0)


def test_an_ipv4_client_on_a_socket_for_both_has_its_plain_address() -> None:
    """`::ffff:127.0.0.1` would match no network of IPv4 proxies, and no throttle's key."""
    if not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    with served("::") as running:
        assert running.first(GET).seen["client"] == "127.0.0.1"


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
