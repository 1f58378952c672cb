"""Settings that work, and are probably not what was meant: told at `idp check` and at the start, never refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from idp.config.addresses import is_loopback
from idp.config.problem import Problem
from idp.config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """`event` is its name in the log."""

    event: str
    problem: Problem


def cautions_of(settings: Settings) -> Iterator[Caution]:
    """Row 32: behind a proxy that is not named, all people share its address, and with it one throttle."""
    if settings.is_https and not is_loopback(settings.server.host) and not settings.server.trusted_proxies:
        yield Caution(
            event="config.no_trusted_proxies",
            problem=Problem(
                key="server.trusted_proxies",
                reason="is empty, and something in front of us speaks https: its address is taken for everybody's",
                mend="Name the addresses of your own proxies.",
            ),
        )
