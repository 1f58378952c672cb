"""Word to an app's server that a session is over (OIDC Back-Channel Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.core.client import Client
from idp.core.ids import ClientId, SessionId
from idp.oauth.errors import InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.oauth.packing import packed
from idp.oauth.rules import OAuthRules
from idp.oauth.session_ids import SessionIds
from idp.oauth.ways_out import WaysOut
from idp.ports.ambient import Clock, Entropy
from idp.ports.oauth import FetchRefused, Signers
from idp.sdk import SenderFailed

LOGOUT_TOKEN_TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = timedelta(minutes=2)
"""§4: two minutes at most are recommended. Each try makes a token of its own, so a late one is as good as the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackChannelLogout:
    """Delivers what `Post.logout` wrote down."""

    clients: KnownClients
    session_ids: SessionIds
    signers: Signers
    ways_out: WaysOut
    rules: OAuthRules
    clock: Clock
    entropy: Entropy

    async def __call__(self, notice: Mapping[str, str]) -> None:
        """Raises SenderFailed for any answer but a success: then it is tried again (§2.8 knows no final one)."""
        client = await self.clients.find(notice["client_id"])
        if client is None or client.metadata.backchannel_logout_uri is None:
            return  # gone, or content without
        token = await self._token(client, SessionId(notice["session_id"]), notice["subject"])
        try:
            way_out = self.ways_out.of(client)
            status = await way_out.post_form(client.metadata.backchannel_logout_uri, {"logout_token": token})
        except FetchRefused as refused:
            raise SenderFailed(f"{client.id}: {refused}") from None
        if status // 100 != 2:
            raise SenderFailed(f"{client.id} answered with status {status}")

    async def _token(self, client: Client, session_id: SessionId, subject: str) -> str:
        """§2.4. There is no `nonce`, and `typ` is another, so none is taken for an ID token."""
        now = self.clock.now()
        claims = {
            "iss": self.rules.issuer,
            "sub": subject,
            "aud": client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFE).timestamp()),
            "jti": self.entropy.id(),
            "sid": self.session_ids.of(ClientId(client.id), session_id),
            "events": {EVENT: {}},
        }
        algorithm = self.rules.signs_with(client, client.metadata.id_token_signed_response_alg)
        signed = self.signers(algorithm).sign(claims, LOGOUT_TOKEN_TYPE)
        return await self._packed(signed, client)

    async def _packed(self, signed: str, client: Client) -> str:
        """§2.5: as ID tokens are."""
        alg, enc = client.metadata.id_token_encrypted_response_alg, client.metadata.id_token_encrypted_response_enc
        try:
            return await packed(signed, client, self.clients, alg=alg, enc=enc)
        except InvalidRequest:
            raise SenderFailed(f"{client.id} has no key to encrypt for") from None
