"""A client, and a person with a browser at the authorization endpoint. Pages are answered behind the scenes."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2

from idp.core.account import Account
from idp.core.client import Client, ClientMetadata, ClientSecret, ClientTerms, Origin
from idp.core.grant import AuthorizationCode, Grant
from idp.core.ids import ClientId, SessionId
from idp.core.secret import Digest
from idp.core.session import Session
from idp.oauth.authorize.endpoint import Authorize
from idp.oauth.authorize.steps import AuthorizationResponse, PageView
from idp.oauth.codes import digest_of_code
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider
from idp.usecases.sessions.identify import Principal

AUTHORIZE = "/oauth2/authorize"
CALLBACK = "https://app.example.com/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Of RFC 7636, appendix B."""
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
SECRET = "a-secret-of-the-test"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


async def add_client(
    op: TestProvider,
    client_id: str = "app",
    *,
    terms: ClientTerms | None = None,
    origin: Origin = Origin.OPERATOR,
    **metadata: Any,
) -> Client:
    """A client as an operator made it: confidential, with one redirect URI, and trusted by default (skip_consent)."""
    usual: dict[str, Any] = {
        "redirect_uris": (CALLBACK,),
        "grant_types": ("authorization_code", "refresh_token"),
        "client_name": "An App",
    }
    now = op.clock.now()
    client = Client(
        id=ClientId(client_id),
        metadata=ClientMetadata(**{**usual, **metadata}),
        terms=terms or ClientTerms(skip_consent=True),
        secrets=(ClientSecret(digest=ClientSecret.digest_of(SECRET)),),
        origin=origin,
        created_at=now,
        updated_at=now,
    )
    await op.provider.store.transact(lambda work: work.oauth.clients.add(client))
    return client


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser got, and what in it is for the client."""

    response: httpx2.Response
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("location", "")

    @property
    def code(self) -> str | None:
        return self.told.get("code")

    @property
    def error(self) -> str | None:
        return self.told.get("error")

    @property
    def page(self) -> tuple[str, str] | None:
        """The page that the browser is sent to, and its interaction."""
        parts = self.location.split("/")
        return (parts[1], parts[2]) if self.location.startswith("/") and len(parts) == 3 else None

    @property
    def error_page(self) -> str | None:
        """The code on the error page."""
        if self.location or self.status != 400:
            return None
        found = re.search(r'id="error"[^>]*>\s*([a-z_]+)\s*<', self.response.text)
        return found.group(1) if found else None


def read_answer(response: httpx2.Response) -> Answer:
    location = response.headers.get("location", "")
    if not location and _FIELD.search(response.text):
        fields = {html.unescape(name): html.unescape(value) for name, value in _FIELD.findall(response.text)}
        return Answer(response, fields)
    parts = urlsplit(location)
    return Answer(response, dict(parse_qsl(parts.fragment or parts.query, keep_blank_values=True)))


@dataclass(slots=True)
class Person:
    """Somebody with a browser. `await jane.ask()` is a request of the client `app` with the usual parameters."""

    op: TestProvider
    browser: httpx2.AsyncClient
    account: Account | None = None
    session: Session | None = None

    async def ask(self, more: str = "", /, **parameters: str | None) -> Answer:
        """`None` leaves a usual parameter out; `more` is added to the query as it is."""
        query = str(httpx2.QueryParams(usual(**parameters)))
        return read_answer(await self.browser.get(f"{AUTHORIZE}?{query}{more}"))

    async def post(self, **parameters: str | None) -> Answer:
        return read_answer(await self.browser.post(AUTHORIZE, data=usual(**parameters)))

    async def resume(self, interaction: str) -> Answer:
        return read_answer(await self.browser.get(f"{AUTHORIZE}/{interaction}"))

    async def sign_in(self, account: Account, *methods: str, ago: timedelta = timedelta(0)) -> Session:
        """A session as POST /auth/login opens one, with its cookie in the browser."""
        provider, now = self.op.provider, self.op.clock.now()
        session = Session(
            id=SessionId(provider.ambient.entropy.id()),
            account_id=account.id,
            contract="bloom",
            methods=methods or ("pwd",),
            authenticated_at=now - ago,
            last_seen_at=now,
            expires_at=now + timedelta(days=1),
            ends_at=now + timedelta(days=1),
        )
        await provider.store.transact(lambda work: work.sessions.open(session))
        self.browser.cookies.set("access-token", provider.verbs.tokens.mint(session), domain="localhost.local")
        self.account, self.session = account, session
        return session

    async def sign_in_on_page(self, interaction: str, account: Account, *methods: str) -> None:
        """What the sign-in page does."""
        session = await self.sign_in(account, *methods)
        await self.authorize.signed_in(interaction, self.digest, session.id)

    async def choose(self, interaction: str, session: Session) -> None:
        """What the page for choosing an account does."""
        await self.authorize.signed_in(interaction, self.digest, session.id)

    async def allow(self, interaction: str) -> None:
        await self.authorize.consented(interaction, self.digest, self.principal)

    async def deny(self, interaction: str) -> AuthorizationResponse:
        return await self.authorize.deny(interaction, self.digest)

    async def look(self, interaction: str) -> PageView:
        return await self.authorize.view(interaction, self.digest, self.principal)

    @property
    def authorize(self) -> Authorize:
        openid = self.op.provider.openid
        assert openid is not None
        return openid.authorize

    @property
    def digest(self) -> Digest:
        """What interactions of this browser are bound to."""
        return self.op.provider.verbs.world.digester.digest("browser", self.browser.cookies["idp-browser"])

    @property
    def principal(self) -> Principal | None:
        if self.account is None or self.session is None:
            return None
        return Principal(account=self.account, session=self.session)


def usual(**parameters: str | None) -> dict[str, str]:
    """A request that is in order, with changes."""
    sent: dict[str, str | None] = {
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "af0ifjsldkj",
        **PKCE,
        **parameters,
    }
    return {name: value for name, value in sent.items() if value is not None}


def query_of(location: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(location).query)


async def change_client(op: TestProvider, client: Client) -> None:
    await op.provider.store.transact(lambda work: work.oauth.clients.update(client))


async def bought(op: TestProvider, code: str | None) -> tuple[AuthorizationCode, Grant]:
    """A code and the grant behind it, as the database has them."""

    def find(work: UnitOfWork) -> tuple[AuthorizationCode, Grant]:
        assert code is not None
        kept = work.oauth.codes.find(digest_of_code(op.provider.verbs.world.digester, code))
        assert kept is not None
        grant = work.oauth.grants.by_id(kept.grant_id)
        assert grant is not None
        return kept, grant

    return await op.provider.store.read(find)
