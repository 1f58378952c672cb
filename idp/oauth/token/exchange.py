"""Token exchange: one client's token for another's (RFC 8693)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.client import Client
from idp.core.errors import SessionExpired
from idp.core.events import Event, EventName
from idp.core.ids import GrantId
from idp.oauth.codes import REVOKED, digest_of_token_id
from idp.oauth.errors import InvalidGrant, InvalidRequest, InvalidTarget, UnauthorizedClient
from idp.oauth.neighbours import SubjectOf
from idp.oauth.token.behalf import allowed_scope
from idp.oauth.token.families import OVER, Families
from idp.oauth.token.grant import ACCESS_TOKEN, GrantRule, Issue, TokenRequest
from idp.oauth.token.targets import meant, reachable
from idp.ports.crypto import TokenVerifier
from idp.ports.storage import UnitOfWork

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
KINDS = frozenset({ACCESS_TOKEN, JWT})


@dataclass(frozen=True, kw_only=True)
class ExchangeToken(GrantRule):
    """Off by default, and then for pairs of clients that the operator named (`exchanges_from`) and no others.

    What comes out is never more than what went in: at most its scope, its life and its grant, which ends both. Its
    audience is what the operator lets the client reach. A client that `delegates` is named as the actor (§4.1).
    """

    grant_type = TOKEN_EXCHANGE
    parameters = frozenset(
        {
            "subject_token",
            "subject_token_type",
            "actor_token",
            "actor_token_type",
            "requested_token_type",
            "audience",
            "scope",
        }
    )

    families: Families
    subjects: SubjectOf
    verifier: TokenVerifier

    def decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        client, form = asked.client, asked.parameters
        if client.is_public:
            raise UnauthorizedClient("a public client cannot exchange tokens")
        if form.get("requested_token_type", ACCESS_TOKEN) not in KINDS:
            raise InvalidRequest("requested_token_type must be an access token")
        claims = self._shown(asked, work, "subject")
        _check_pair(client, str(claims.get("client_id")))
        if claims.get("gid") is None:
            raise InvalidGrant("the subject token is about no person")
        actor = self._actor(asked, work, claims)
        self._check_named(client, claims.get("may_act"), actor)
        return self._issue(asked, work, claims, actor)

    def _issue(
        self, asked: TokenRequest, work: UnitOfWork, claims: Mapping[str, object], actor: Mapping[str, object] | None
    ) -> Issue:
        client = asked.client
        grant = self.families.live(work, cast(GrantId, claims["gid"]), asked.now)
        had = tuple(str(claims.get("scope", "")).split())
        scope = allowed_scope(client, asked.scope if asked.scope is not None else _within(client, had), had)
        known = {server.identifier: server for server in work.oauth.resources.all()}
        audience = reachable(client, _targets(asked), known, self.families.rules.issuer)
        token_scope = meant(scope, audience, known)
        detail = {"client": client.id, "from": str(claims.get("client_id"))}
        event = Event(name=EventName.TOKEN_EXCHANGED, account_id=grant.account_id, detail=detail)
        work.record(event, source=asked.source, now=asked.now)
        return Issue(
            client=client,
            subject=self.subjects.of(client, grant.account_id),
            scope=scope,
            audience=audience,
            token_scope=token_scope,
            confirmation=asked.confirmation,
            grant=grant,
            actor=actor,
            expires_at=datetime.fromtimestamp(cast(int, claims["exp"]), UTC),
            issued_token_type=ACCESS_TOKEN,
        )

    def _shown(self, asked: TokenRequest, work: UnitOfWork, role: str) -> Mapping[str, object]:
        """The claims of the token that plays this role: an access token of ours, not revoked."""
        token, kind = asked.parameters.get(f"{role}_token"), asked.parameters.get(f"{role}_token_type")
        if token is None or kind is None:
            raise InvalidRequest(f"{role}_token and {role}_token_type are needed")
        if kind not in KINDS:
            raise InvalidRequest(f"{role}_token_type must be an access token")
        try:
            claims = self.verifier.verify_issued(token, ACCESS_TOKEN_TYPE)
        except SessionExpired:
            raise InvalidGrant(OVER) from None
        digest = digest_of_token_id(self.families.digester, str(claims.get("jti")))
        if "scope" not in claims or work.oauth.replays.knows(REVOKED, digest, asked.now):
            raise InvalidGrant(OVER)  # a cookie's, or a revoked one
        return claims

    def _actor(
        self, asked: TokenRequest, work: UnitOfWork, claims: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """Who acts, before whom others acted (§4.1). An actor token must be the client's own."""
        before = claims.get("act")
        earlier = before if isinstance(before, Mapping) else None
        names_actor = "actor_token" in asked.parameters or "actor_token_type" in asked.parameters
        if not asked.client.terms.delegates:
            if names_actor:
                raise UnauthorizedClient("this client may not delegate")
            return earlier
        acting: dict[str, object] = {"sub": asked.client.id}
        if names_actor:
            shown = self._shown(asked, work, "actor")
            if shown.get("client_id") != asked.client.id:
                raise InvalidGrant("the actor token is another client's")
            if shown.get("gid") is not None:
                self.families.live(work, cast(GrantId, shown["gid"]), asked.now)
            acting["sub"] = shown["sub"]
        return {**acting, "act": dict(earlier)} if earlier else acting

    def _check_named(self, client: Client, named: object, actor: Mapping[str, object] | None) -> None:
        """§4.4: whom the subject token names may act and nobody else may, though the operator lets more.

        A member that we cannot check names somebody whom we do not know.
        """
        if named is None:
            return
        acting = actor["sub"] if actor is not None and client.terms.delegates else client.id
        who = {"iss": self.families.rules.issuer, "sub": acting, "client_id": client.id}
        if not isinstance(named, Mapping) or {"sub", "client_id"}.isdisjoint(named):
            raise InvalidGrant("the subject token names nobody who may act")
        if any(who.get(member) != value for member, value in named.items()):
            raise InvalidGrant("the subject token names another who may act")


def _check_pair(client: Client, source: str) -> None:
    if source not in client.terms.exchanges_from:
        raise UnauthorizedClient("this client may not exchange tokens of that client")


def _within(client: Client, had: tuple[str, ...]) -> tuple[str, ...]:
    registered = client.metadata.scope
    return tuple(word for word in had if not registered or word in registered)


def _targets(asked: TokenRequest) -> tuple[str, ...]:
    """`audience` is a name for the same thing here (§2.1): resource servers have no other names."""
    named = asked.parameters.get("audience")
    if named is not None and any(char.isspace() for char in named):
        raise InvalidTarget("audience names one resource server")
    return (*asked.resources, named) if named is not None else asked.resources
