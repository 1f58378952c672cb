"""A token for the client itself (RFC 6749 §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from idp.core.client import ResourceServer
from idp.oauth.errors import UnauthorizedClient
from idp.oauth.referee.grants import judge_client_credentials
from idp.oauth.rules import SCOPES, OAuthRules
from idp.oauth.token.grant import Decision, Inquiry, Issue, TokenRequest, TokenRule
from idp.oauth.token.targets import meant, reachable
from idp.ports.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class IssueToClient(TokenRule):
    """Nobody consents, so only what the operator let the client have: its registered scopes, its resource servers.

    Scopes that speak of a person mean nothing here. No grant, no refresh token (§4.4.3): the client can ask again.
    """

    grant_type = "client_credentials"
    parameters = frozenset({"scope"})

    rules: OAuthRules

    async def prepare(self, asked: TokenRequest) -> Decision | Issue:
        """The hot path: a client with scopes of its own and no resource servers takes no look at the database."""
        if asked.client.is_public:
            raise UnauthorizedClient("a public client cannot have tokens of its own")
        names_servers = asked.resources or asked.client.terms.resources or not asked.client.metadata.scope
        return Inquiry(partial(self._decide, asked)) if names_servers else self._issue(asked, {})

    def _decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        return self._issue(asked, {server.identifier: server for server in work.oauth.resources.all()})

    def _issue(self, asked: TokenRequest, known: Mapping[str, ResourceServer]) -> Issue:
        client = asked.client
        audience = reachable(client, asked.resources, known, self.rules.issuer)
        of_servers = tuple(word for one in audience if one in known for word in known[one].scopes)
        registered = [word for word in client.metadata.scope or of_servers if word not in SCOPES]
        wanted = judge_client_credentials(client, asked.known.method, asked.parameters, frozenset(registered))
        scope = wanted or tuple(dict.fromkeys(registered))
        return Issue(
            client=client,
            subject=client.id,
            scope=scope,
            audience=audience,
            token_scope=meant(scope, audience, known),
            confirmation=asked.confirmation,
        )
