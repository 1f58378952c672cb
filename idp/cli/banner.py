"""What `idp serve` prints once it answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

from idp import __version__
from idp.config.addresses import host_of, is_loopback
from idp.config.settings import Settings


def banner(settings: Settings, port: int) -> str:
    """One line; in the demo everything that somebody needs to begin with, the passwords included."""
    lines = [f"{click.style(f'idp {__version__}', bold=True)} serves {click.style(settings.issuer, fg='cyan')}"]
    if _port_of(settings.issuer) != port:
        lines[0] += f" on {settings.server.host}:{port}"
    if settings.demo:
        lines += ["", *_demo(settings, _base(settings, port)), "", "Ctrl-C stops it."]
    return "\n".join(lines)


def _demo(settings: Settings, base: str) -> Iterator[str]:
    from idp.cli.demo import ACCOUNTS

    longest = max(len(account.email) for account in ACCOUNTS)
    yield click.style("Demo accounts: everybody knows their passwords", fg="yellow")
    for account in ACCOUNTS:
        yield f"  {account.email:<{longest}}  {account.password:<18}  {account.about}".rstrip()
    yield f"They sign in at {base}/account"
    yield ""
    yield "Try"
    yield from (f"  {line}" for line in curl_lines(settings, base))
    if (folder := outbox(settings)) is not None:
        yield ""
        yield f"Messages to people are dropped in {folder}"


def curl_lines(settings: Settings, base: str) -> list[str]:
    """Three to try, of what is switched on."""
    from idp.cli.demo import ACCOUNTS

    lines = []
    first, *_, last = ACCOUNTS
    if settings.nodeloom.enabled:
        lines.append(_sign_in(f"{base}/api/auth/login", first.email, first.password))
    if settings.bloom.enabled:
        lines.append(_sign_in(f"{base}/auth/login", last.email, last.password))
        lines.append(f"curl -b cookies.txt {base}/user")
    return [*lines, f"curl {base}/.well-known/jwks.json"][:3]


def outbox(settings: Settings) -> Path | None:
    """Where the `file` plugin drops messages, if it is enabled."""
    table = settings.plugins.get("file")
    directory = table.get("directory") if table is not None else None
    return settings.data / directory if isinstance(directory, str) else None


def _sign_in(address: str, email: str, password: str) -> str:
    body = json.dumps({"email": email, "password": password}, separators=(",", ":"))
    return f"curl -c cookies.txt -H 'Content-Type: application/json' -d '{body}' {address}"


def _base(settings: Settings, port: int) -> str:
    """An address that reaches us from this machine."""
    issuer = settings.issuer
    if is_loopback(host_of(issuer)) and not settings.is_https:
        return f"http://localhost:{port}"
    return issuer


def _port_of(address: str) -> int:
    parts = urlsplit(address)
    return parts.port or (443 if parts.scheme == "https" else 80)
