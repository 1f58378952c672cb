"""What `idp client create` and `update` let one say of a client: RFC 7591's metadata and the operator's terms."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

MOST = 64 * 1024
SHORTEST = timedelta(seconds=30)
LIVES = ("access_life", "id_token_life", "refresh_life")


class Span(click.ParamType[timedelta]):
    """A duration as the configuration writes it: 30s, 15m, 1h, 7d."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from pydantic_core import PydanticCustomError

        from idp.config.types import parse_span

        try:
            return parse_span(value)
        except PydanticCustomError as error:
            self.fail(f"{(error.context or {}).get('mend', 'is not a duration')}", param, ctx)


class Life(Span):
    """A duration within the bounds that the configuration has for it; 0s means everybody's."""

    def __init__(self, longest: str) -> None:
        self.longest = longest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        life = super().convert(value, param, ctx)
        longest = super().convert(self.longest, param, ctx)
        if life and not SHORTEST <= life <= longest:
            self.fail(f"30s to {self.longest}, or 0s: everybody's.", param, ctx)
        return life


TOKEN, REFRESH = Life("24h"), Life("400d")
_OPTIONS = (
    click.option("--name", "client_name", metavar="TEXT", help="What people are shown."),
    click.option("--redirect-uri", "redirect_uris", multiple=True, metavar="U", help="Exact. Repeatable."),
    click.option("--post-logout-redirect-uri", "post_logout", multiple=True, metavar="U", help="Exact. Repeatable."),
    click.option("--grant-type", "grant_types", multiple=True, metavar="G", help="Repeatable."),
    click.option("--response-type", "response_types", multiple=True, metavar="R", help="code."),
    click.option(
        "--scope", metavar='"S S"', help="All that it may ask for. Unset: `oidc.default_scope`, else all of ours."
    ),
    click.option("--auth-method", metavar="M", help="How it proves itself: private_key_jwt, none, ..."),
    click.option("--jwks-uri", metavar="U", help="Where its public keys lie."),
    click.option("--metadata", metavar="JSON|@FILE", help="Anything that RFC 7591 and its extensions name."),
    click.option("--skip-consent/--ask-consent", default=None, help="Of your own: people are not asked."),
    click.option("--profile", type=click.Choice(["oauth21", "fapi2", "mcp", "none"]), help="What it must keep."),
    click.option("--jurisdiction", metavar="NAME", help="Whose looks the pages have for its people."),
    click.option("--resource", "resources", multiple=True, metavar="URI", help="Its tokens are for these only."),
    click.option("--exchange-from", "exchanges_from", multiple=True, metavar="ID", help="Whose tokens it exchanges."),
    click.option("--delegates/--impersonates", default=None, help="Exchanged tokens name it as the actor."),
    click.option("--access-life", type=TOKEN, metavar="15m", help="Of its access tokens; 0s: everybody's."),
    click.option("--id-token-life", type=TOKEN, metavar="15m", help="Of its ID tokens; 0s: everybody's."),
    click.option("--refresh-life", type=REFRESH, metavar="7d", help="Of its refresh tokens; 0s: everybody's."),
)


def client_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def document_of(given: dict[str, Any]) -> dict[str, object]:
    """The metadata: what `--metadata` says, and over it the options that were given."""
    document = _metadata(given["metadata"])
    options = {
        "client_name": given["client_name"],
        "redirect_uris": _listed(given["redirect_uris"]),
        "post_logout_redirect_uris": _listed(given["post_logout"]),
        "grant_types": _listed(given["grant_types"]),
        "response_types": _listed(given["response_types"]),
        "scope": given["scope"],
        "token_endpoint_auth_method": given["auth_method"],
        "jwks_uri": given["jwks_uri"],
    }
    return document | {name: value for name, value in options.items() if value}


def terms_of(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of ClientTerms that were given."""
    from idp.core.client import Profile

    terms = {
        "skip_consent": given["skip_consent"],
        "jurisdiction": given["jurisdiction"],
        "resources": _listed(given["resources"]) or None,
        "exchanges_from": _listed(given["exchanges_from"]) or None,
        "delegates": given["delegates"],
    }
    found = {name: value for name, value in terms.items() if value is not None}
    found |= {name: given[name] or None for name in LIVES if given[name] is not None}
    if given["profile"] is not None:
        found["profile"] = None if given["profile"] == "none" else Profile(given["profile"])
    return found


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    """Repeated, or several in one with blanks between: none of them holds a blank."""
    return tuple(part for value in values for part in value.split())


def _metadata(text: str | None) -> dict[str, object]:
    if text is None:
        return {}
    if text.startswith("@"):
        text = _read(Path(text[1:]))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise click.BadParameter("must be a JSON object, or @ and the name of a file that holds one", param_hint=_HINT)
    for member in ("client_id", "client_secret"):
        if member in found:
            raise click.BadParameter(f"holds {member}: give it as an option of its own", param_hint=_HINT)
    return found


_HINT = "--metadata"


def _read(path: Path) -> str:
    data = path.read_bytes()[: MOST + 1]
    if len(data) > MOST:
        raise click.BadParameter("names a file larger than 64 KiB", param_hint=_HINT)
    return data.decode(errors="replace")
