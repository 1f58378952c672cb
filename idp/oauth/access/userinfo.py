"""Who is this access token about? (OIDC Core §5.3)"""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.client import Client
from idp.core.grant import Grant
from idp.core.ids import ClientId
from idp.oauth.errors import InvalidToken
from idp.oauth.locales import spoken
from idp.oauth.neighbours import ClaimsOf, KnownClients
from idp.oauth.packing import packed
from idp.oauth.rules import OPENID, OAuthRules
from idp.oauth.token.verify import VerifiedAccess
from idp.ports.ambient import Clock
from idp.ports.oauth import Signers
from idp.ports.storage import UnitOfWork

TOKEN_TYPE = "userinfo+jwt"
"""No specification names one; `JWT` would let it pass for an ID token in an id_token_hint (row 77)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Of a good access token: who holds it, and whom it is about. `client` is None where no row of ours names it."""

    claims: Mapping[str, object]
    scope: tuple[str, ...]
    grant: Grant
    holder: ClientId
    client: Client | None
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """Raises InvalidToken, and InsufficientScope for a token without `openid`."""

    clock: Clock
    clients: KnownClients
    claims: ClaimsOf
    signers: Signers
    rules: OAuthRules

    def parties(self, work: UnitOfWork, access: VerifiedAccess) -> Parties:
        """Whom it concerns, read with the token's own state."""
        found = access.granted(OPENID)
        # of an exchanged token the grant is another client's (RFC 8693): who holds the token is told in its own terms
        holder = ClientId(str(access.claims["client_id"]))
        return Parties(
            claims=access.claims,
            scope=access.scope,
            grant=found.grant,
            holder=holder,
            client=self.clients.look(work, holder),
            account=work.accounts.by_id(found.grant.account_id),
        )

    async def __call__(self, parties: Parties) -> dict[str, object] | str:
        """JSON, or the JWT that the client registered for (§5.3.2)."""
        grant, holder, account = parties.grant, parties.holder, parties.account
        client = parties.client or await self.clients.find(holder)
        if client is None or account is None:
            raise InvalidToken("the access token is over")
        wishes = grant.claims if holder == grant.client_id else {}
        asked = wishes.get("userinfo")
        wanted = asked if isinstance(asked, Mapping) else {}
        about = spoken(await self.claims.of(account, parties.scope, wanted, client), wishes)
        # `sub` is always there and is the ID token's (§5.3.2)
        told = {"sub": str(parties.claims["sub"]), **about}
        return await self._packed(told, client) if _wants_a_token(client) else told

    async def _packed(self, told: dict[str, object], client: Client) -> str:
        """Signed even where only encryption was registered."""
        metadata = client.metadata
        algorithm = self.rules.signs_with(client, metadata.userinfo_signed_response_alg)
        iat = int(self.clock.now().timestamp())
        claims = {**told, "iss": self.rules.issuer, "aud": client.id, "iat": iat}
        signed = self.signers(algorithm).sign(claims, TOKEN_TYPE)
        alg, enc = metadata.userinfo_encrypted_response_alg, metadata.userinfo_encrypted_response_enc
        return await packed(signed, client, self.clients, alg=alg, enc=enc)


def _wants_a_token(client: Client) -> bool:
    metadata = client.metadata
    return bool(metadata.userinfo_signed_response_alg or metadata.userinfo_encrypted_response_alg)
