"""A JWT of the client's own as a grant (RFC 7523 §2.1, §3)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Origin
from idp.core.grant import Consent
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import add_client, change_client
from tests.oidc.redeeming import KEYS, App, Told, claims_of, encoded, jwks, sign

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(slots=True)
class Robot:
    """A program that acts for people who are away."""

    app: App
    account: Account
    client: Client

    def assertion(self, **changes: Any) -> str:
        now = int(self.app.op.clock.now().timestamp())
        claims = {
            "iss": "robot",
            "sub": self.account.id,
            "aud": ISSUER,
            "jti": self.app.op.provider.ambient.entropy.id(),
            "exp": now + 60,
            **changes,
        }
        return sign({"alg": "ES256"}, claims, KEYS["ES256"])

    async def ask(self, assertion: str | None = None, **form: str | None) -> Told:
        sent = self.assertion() if assertion is None else assertion
        return await self.app.ask(GRANT, **{"assertion": sent, **form})

    async def consent(self, *scope: str) -> None:
        consent = Consent(
            account_id=self.account.id,
            client_id=self.client.id,
            scope=scope,
            resources=(),
            claims=(),
            given_at=self.app.op.clock.now(),
        )
        await self.app.op.provider.store.transact(lambda work: work.oauth.consents.put(consent))


@pytest.fixture
async def robot(op: TestProvider, account: Account) -> AsyncIterator[Robot]:
    client = await add_client(
        op,
        "robot",
        terms=ClientTerms(),
        grant_types=(GRANT,),
        redirect_uris=(),
        scope=("email", "profile"),
        jwks=jwks(KEYS["ES256"]),
    )
    async with op.browser() as browser:
        yield Robot(App(op, browser, "robot"), account, client)


async def test_a_client_acts_for_who_let_it_while_away(robot: Robot) -> None:
    """Consent with offline_access: a token about the person, of which no sign-in is told, and no refresh token."""
    await robot.consent("email", "offline_access")

    told = await robot.ask()

    assert set(told.body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (told.claims["sub"], told.claims["client_id"]) == (robot.account.id, "robot")
    assert told.claims["scope"] == "email"
    assert not {"auth_time", "amr", "acr", "sid"} & told.claims.keys()


async def test_who_did_not_let_it_is_not_acted_for(robot: Robot) -> None:
    assert (await robot.ask()).error == "invalid_grant"
    await robot.consent("email")
    assert (await robot.ask()).error == "invalid_grant"


async def test_scope_is_within_the_consent(robot: Robot) -> None:
    await robot.consent("email", "offline_access")

    assert (await robot.ask(scope="profile")).error == "invalid_scope"
    assert (await robot.ask(scope="email")).status == 200


async def test_half_a_character_names_nobody(robot: Robot) -> None:
    """Row 121: JSON can say what no database keeps. The client is told; nothing of ours has failed (row 115)."""
    parts = [json.dumps({"alg": "ES256"}), json.dumps({**claims_of(robot.assertion()), "sub": "\ud800"})]
    message = ".".join(encoded(part.encode()) for part in parts)
    signature = encoded(JWSRegistry.algorithms["ES256"].sign(message.encode(), KEYS["ES256"]))

    told = await robot.ask(f"{message}.{signature}")

    assert (told.status, told.error) == (400, "invalid_request")


async def test_a_client_of_the_operators_that_skips_consent_acts_for_all(robot: Robot) -> None:
    """And one that registered itself does not, whatever its terms say."""
    await change_client(robot.app.op, replace(robot.client, terms=ClientTerms(skip_consent=True)))
    assert (await robot.ask()).body["scope"] == "email profile"

    stranger = replace(robot.client, terms=ClientTerms(skip_consent=True), origin=Origin.REGISTRATION)
    await change_client(robot.app.op, stranger)
    assert (await robot.ask()).error == "invalid_grant"


async def test_an_assertion_serves_once_and_a_refusal_spends_none(robot: Robot) -> None:
    await robot.consent("email", "offline_access")
    assertion = robot.assertion()

    assert (await robot.ask(assertion, scope="profile")).error == "invalid_scope"
    assert (await robot.ask(assertion)).status == 200
    assert (await robot.ask(assertion)).error == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"iss": None},
        {"sub": "nobody"},
        {"sub": None},
        {"sub": 7},
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"exp": 0},
        {"exp": None},
        {"exp": 2 * 3600},
        {"nbf": 61},
        {"iat": "now"},
        {"jti": None},
        {"jti": ""},
    ],
)
async def test_an_assertion_with_a_wrong_claim_is_refused(robot: Robot, changes: dict[str, Any]) -> None:
    """RFC 7523 §3."""
    await robot.consent("email", "offline_access")
    now = int(robot.app.op.clock.now().timestamp())
    moved = {
        name: now + value if name in {"exp", "nbf"} and type(value) is int else value for name, value in changes.items()
    }

    assert (await robot.ask(robot.assertion(**moved))).error == "invalid_grant"


async def test_a_foreign_signature_is_refused(robot: Robot) -> None:
    await robot.consent("email", "offline_access")
    now = int(robot.app.op.clock.now().timestamp())
    claims = {"iss": "robot", "sub": robot.account.id, "aud": ISSUER, "jti": "1", "exp": now + 60}

    assert (await robot.ask(sign({"alg": "ES256"}, claims, ECKey.generate_key("P-256")))).error == "invalid_grant"
    assert (await robot.ask("nonsense")).error == "invalid_grant"
    assert (await robot.ask("")).error == "invalid_request"


async def test_nobody_is_acted_for_who_could_not_sign_in(robot: Robot) -> None:
    """Row 98: and a token that is out ends at once."""
    await robot.consent("email", "offline_access")
    token = (await robot.ask()).access_token
    assert (await robot.app.userinfo(token)).status_code == 403  # live, and without openid
    disabled = replace(robot.account, disabled_at=robot.app.op.clock.now())
    await robot.app.op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await robot.ask()).error == "invalid_grant"
    assert (await robot.app.userinfo(token)).status_code == 401


async def test_the_client_proves_itself_beside_the_assertion(robot: Robot) -> None:
    told = await robot.app.post(grant_type=GRANT, assertion=robot.assertion())

    assert told.error == "invalid_client"


async def test_public_and_pairwise_clients_act_for_nobody(robot: Robot) -> None:
    changes: list[dict[str, Any]] = [{"token_endpoint_auth_method": "none"}, {"subject_type": "pairwise"}]
    for change in changes:
        metadata: Any = replace(robot.client.metadata, **change)
        await change_client(robot.app.op, replace(robot.client, metadata=metadata))
        robot.app.method = metadata.token_endpoint_auth_method
        assert (await robot.ask()).error == "unauthorized_client"
