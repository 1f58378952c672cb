"""The sockets to listen on, bound before anything else is done: a port in use is told at once."""

import errno
import os
import socket
from collections.abc import Sequence
from typing import Any

BACKLOG = 2048


class ListenRefused(Exception):
    """There is no listening there. `key` is the setting to change."""

    def __init__(self, key: str, reason: str, mend: str) -> None:
        super().__init__(f"{key}: {reason}; {mend}")
        self.key, self.reason, self.mend = key, reason, mend


def bind(host: str, port: int) -> list[socket.socket]:
    """One socket for each address of `host`, not yet listening. Port 0 takes a free one. Raises ListenRefused.

    `::` takes IPv4 as well.
    """
    bound: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            chosen = bound[0].getsockname()[1] if bound else port  # one port for all, the free one too
            bound.append(_bind(family, (address[0], chosen, *address[2:])))
    except OSError as error:
        for one in bound:
            one.close()
        raise _refusal(error, host, port) from error
    return bound


def listen(sockets: Sequence[socket.socket]) -> None:
    """From here on connections wait in line. Raises ListenRefused: another process may have been faster."""
    for one in sockets:
        try:
            one.listen(BACKLOG)
        except OSError as error:
            host, port, *_ = one.getsockname()
            raise _refusal(error, host, port) from error


def _refusal(error: OSError, host: str, port: int) -> ListenRefused:
    match error.errno:
        case errno.EADDRINUSE:
            mend = "stop what listens there, or take another port: --port N"
            return ListenRefused("server.port", f"{port} is in use on {host}", mend)
        case errno.EACCES:
            mend = "take a port above 1023 (--port N), and a proxy in front of it"
            return ListenRefused("server.port", f"{port} may be bound by the superuser only", mend)
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "the name is not known"
    return ListenRefused("server.host", f"{host} cannot be bound: {reason}", "take an address of this machine: --host")


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bind(family: socket.AddressFamily, address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address[0] != "::")
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made
