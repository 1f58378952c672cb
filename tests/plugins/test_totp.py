"""The authenticator app's codes (RFC 6238)."""

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from idp.plugins.totp import Totp, TotpSettings
from idp.sdk import AccountView, Enrolment
from idp.testing.clock import MovableClock
from idp.testing.conformance import EnrollableConformance
from idp.testing.conformance.enrollables import CodeOf
from idp.testing.context import account_view, plugin_context

STEP = timedelta(seconds=30)
JANE = account_view()


class TestTotp(EnrollableConformance):
    @pytest.fixture
    def plugin(self, clock: MovableClock) -> Totp:
        return Totp(TotpSettings(), plugin_context("totp", clock=clock))

    @pytest.fixture
    def code_of(self, clock: MovableClock) -> CodeOf:
        return lambda enrolment: str(pyotp.TOTP(enrolment.secret).at(clock.now()))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def totp(clock: MovableClock) -> Totp:
    return Totp(TotpSettings(), plugin_context("totp", clock=clock))


def code(enrolment: Enrolment, at: datetime) -> str:
    return str(pyotp.TOTP(enrolment.secret).at(at))


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_one_step_off(totp: Totp, clock: MovableClock, steps: int, passes: bool) -> None:
    """RFC 6238 §5.2."""
    enrolment = await totp.enrol_proved(JANE)

    assert await totp.verify(JANE, code(enrolment, clock.now() + steps * STEP)) is passes


async def test_the_window_may_be_set(clock: MovableClock) -> None:
    strict = Totp(TotpSettings(window_steps=0), plugin_context("totp", clock=clock))
    enrolment = await strict.enrol_proved(JANE)

    assert await strict.verify(JANE, code(enrolment, clock.now() - STEP)) is False
    assert await strict.verify(JANE, code(enrolment, clock.now())) is True


async def test_a_step_before_the_last_accepted_one_never_counts_again(totp: Totp, clock: MovableClock) -> None:
    """Threat row 47: within the window, and after the clock was set back."""
    enrolment = await totp.enrol_proved(JANE)
    first = clock.now()
    assert await totp.verify(JANE, code(enrolment, first)) is True

    assert await totp.verify(JANE, code(enrolment, first - STEP)) is False
    clock.advance(-timedelta(hours=1))
    assert await totp.verify(JANE, code(enrolment, clock.now())) is False
    clock.advance(timedelta(hours=1) + STEP)
    assert await totp.verify(JANE, code(enrolment, clock.now())) is True


async def test_different_codes_that_race_move_the_step_forwards_only(totp: Totp, clock: MovableClock) -> None:
    enrolment = await totp.enrol_proved(JANE)
    codes = [code(enrolment, clock.now() + steps * STEP) for steps in (-1, 0, 1)]

    await asyncio.gather(*(totp.verify(JANE, one) for one in codes * 5))

    assert [await totp.verify(JANE, one) for one in codes[:1]] == [False]


@pytest.mark.parametrize("shape", [" {}", "{} ", "{}\n", "+{}", "{}x", "0x{}", "１{}"])
async def test_six_ascii_digits_and_nothing_else(totp: Totp, clock: MovableClock, shape: str) -> None:
    """Vault CVE-2025-6015, threat row 49."""
    enrolment = await totp.enrol_proved(JANE)
    right = code(enrolment, clock.now())

    assert await totp.verify(JANE, shape.format(right)) is False
    assert await totp.verify(JANE, shape.format(right[1:])) is False


async def test_the_uri_is_what_apps_read(totp: Totp) -> None:
    enrolment = await totp.enrol(JANE)
    uri = urlsplit(enrolment.uri)
    query = {key: values[0] for key, values in parse_qs(uri.query).items()}

    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/id.example.com:jane@example.com"
    assert query == {"secret": enrolment.secret, "issuer": "id.example.com"}
    assert len(enrolment.secret) == 32, "160 bits (RFC 4226 §4)"


async def test_the_issuers_name_may_be_set(clock: MovableClock) -> None:
    totp = Totp(TotpSettings(issuer="Bay Area Housing"), plugin_context("totp", clock=clock))

    assert "issuer=Bay%20Area%20Housing" in (await totp.enrol(JANE)).uri


async def test_it_agrees_with_the_test_vectors() -> None:
    """RFC 6238, appendix B, the last six digits."""
    clock = MovableClock(datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC))
    totp = Totp(TotpSettings(window_steps=0), plugin_context("totp", clock=clock))
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    await totp.context.credentials.put(JANE.id, b'{"proved": "%s", "last_step": -1, "begun": null}' % secret.encode())

    assert await totp.verify(JANE, "287082") is True


async def test_secrets_differ(totp: Totp) -> None:
    accounts: list[AccountView] = [JANE, account_view(email="john@example.com")]

    secrets = {(await totp.enrol(account)).secret for account in accounts * 3}

    assert len(secrets) == 6
