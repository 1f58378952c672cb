"""The clients and resource servers of the configuration, in the protocol's own terms, and what is wrong with them."""

from collections.abc import Iterator, Mapping

from idp.config.clients import Client, Resource
from idp.config.contradictions import Contradiction
from idp.config.oidc import Oidc
from idp.config.problem import dotted
from idp.core.client import ClientTerms, Profile
from idp.core.ids import ClientId
from idp.oauth.clients.declare import DeclaredClient, DeclaredResource
from idp.oauth.clients.metadata import MetadataTerms, examine_metadata, usual_auth_method
from idp.oauth.clients.secrets import SHORTEST, needs_secret
from idp.oauth.rules import SCOPES

_OWN_KEYS = (
    "client_name",
    "redirect_uris",
    "post_logout_redirect_uris",
    "grant_types",
    "scope",
    "token_endpoint_auth_method",
    "jwks_uri",
)
"""Members of the metadata that have a key of their own."""

OneOf = Mapping[str, Client]


def declared_clients(clients: OneOf, oidc: Oidc) -> list[DeclaredClient]:
    """The clients are without contradictions."""
    return [_declared(name, client, oidc) for name, client in clients.items()]


def declared_resources(resources: Mapping[str, Resource]) -> list[DeclaredResource]:
    return [
        DeclaredResource(identifier=identifier, scopes=resource.scopes, name=resource.name)
        for identifier, resource in resources.items()
    ]


def of_clients(clients: OneOf, oidc: Oidc) -> Iterator[Contradiction]:
    """What the parser of client metadata refuses, under the keys in which it stands."""
    for name, client in clients.items():
        key = dotted(("clients", name))
        metadata, flaws = examine_metadata(_document(client), _terms(client, oidc))
        for flaw in flaws:
            member = flaw.member if flaw.member in _OWN_KEYS else f"metadata.{flaw.member}"
            yield Contradiction(about=(f"{key}.{member}",), reason=flaw.reason, mend=flaw.mend)
        for member in client.metadata:
            if member in _OWN_KEYS or member in _NEVER:
                mend = _NEVER.get(member, f"Write it as {key}.{member}.")
                yield Contradiction(about=(f"{key}.metadata.{member}",), reason="has no place here", mend=mend)
        yield from _of_secret(key, client, needed=needs_secret(metadata))


_NEVER = {
    "client_id": "The name of the table is the id.",
    "client_secret": "Name the place of the secret: secret = { env = … }.",
}


def _of_secret(key: str, client: Client, *, needed: bool) -> Iterator[Contradiction]:
    about = (f"{key}.secret", f"{key}.token_endpoint_auth_method")
    if needed and client.secret is None:
        mend = "Add it: openssl rand -base64 32"
        yield Contradiction(about=about, reason="is missing: token_endpoint_auth_method needs it", mend=mend)
    elif client.secret is not None and not needed:
        mend = "Leave it out, or choose client_secret_basic."
        yield Contradiction(about=about, reason="is of no use: token_endpoint_auth_method takes none", mend=mend)
    elif client.secret is not None and len(client.secret.get_secret_value()) < SHORTEST:
        mend = "Make one: openssl rand -base64 32"
        yield Contradiction(about=about, reason=f"is shorter than {SHORTEST} characters", mend=mend)


def _document(client: Client) -> dict[str, object]:
    own = {name: getattr(client, name) for name in _OWN_KEYS}
    document: dict[str, object] = {**client.metadata, **{name: value for name, value in own.items() if value}}
    document.setdefault("token_endpoint_auth_method", usual_auth_method(document, has_secret=client.secret is not None))
    return document


def _terms(client: Client, oidc: Oidc) -> MetadataTerms:
    named = client.profile or oidc.profile
    return MetadataTerms(
        profile=Profile(named) if named else None,
        default_scope=oidc.default_scope or SCOPES,
        encrypted_requests=oidc.encrypted_requests,
        smallest_rsa=oidc.smallest_rsa,
    )


def _declared(name: str, client: Client, oidc: Oidc) -> DeclaredClient:
    metadata, _ = examine_metadata(_document(client), _terms(client, oidc))
    return DeclaredClient(
        id=ClientId(name),
        metadata=metadata,
        terms=ClientTerms(
            skip_consent=client.skip_consent,
            profile=Profile(client.profile) if client.profile else None,
            jurisdiction=client.jurisdiction,
            resources=client.resources,
            exchanges_from=client.exchanges_from,
            delegates=client.delegates,
            access_life=client.access_life,
            id_token_life=client.id_token_life,
            refresh_life=client.refresh_life,
        ),
        secret=client.secret.get_secret_value() if client.secret else None,
    )
