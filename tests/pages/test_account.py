"""The account page."""

from datetime import timedelta

import pyotp
import pytest

from idp.core.client import ClientTerms
from idp.core.grant import Consent
from idp.core.ids import ClientId
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from idp.web.pages.account.agents import described
from tests.pages.app import REDIRECT, add_app, answer_in, authorize
from tests.pages.factors import OPERATOR, STEP, account_with_totp, codes, secret_in, shown
from tests.pages.person import EMAIL, PASSWORD, Person

OTHER = "another horse battery"
OPEN = ("", "/password", "/sessions", "/apps", "/activity", "/data")
GUARDED = ("/email", "/phone", "/factors", "/export", "/delete")


@pytest.mark.parametrize("page", [*OPEN, *GUARDED])
async def test_strangers_sign_in_first_and_come_back(person: Person, page: str) -> None:
    answer = await person.browser.get(f"/account{page}")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?")
    assert f"next=%2Faccount{page.replace('/', '%2F')}" in answer.headers["location"]


@pytest.mark.parametrize("page", GUARDED)
async def test_what_only_the_owner_may_do_wants_a_fresh_sign_in(idp: TestProvider, person: Person, page: str) -> None:
    """ASVS 7.5.1, row 56."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    assert (await person.browser.get(f"/account{page}")).status_code == 200

    idp.clock.advance(timedelta(minutes=10))

    answer = await person.browser.get(f"/account{page}")
    assert answer.status_code == 303
    assert "again=1" in answer.headers["location"]
    await person.sign_in(answer.headers["location"])
    assert person.path == f"/account{page}"


async def test_a_guarded_form_wants_it_too(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    await person.open("/account/delete")
    idp.clock.advance(timedelta(minutes=10))

    await person.send("delete-form", email=EMAIL)

    assert person.path.startswith("/login?again=1")


async def test_the_profile_is_changed(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    answer = await person.send(
        "profile-form",
        first_name="Joan",
        last_name="Doe",
        date_of_birth="1990-02-03",
        language="es",
    )

    assert answer.headers["content-language"] == "es"
    fields = person.form("profile-form").fields
    assert (fields["first_name"], fields["date_of_birth"]) == ("Joan", "1990-02-03")


async def test_nothing_but_the_pages_fields_is_changed(idp: TestProvider, person: Person) -> None:
    """Row 122."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    typed = {
        "roles": "admin",
        "email": "other@example.com",
        "confirmed_at": "",
        "id": "x",
        "phone_number": "+14155550123",
    }
    await person.send("profile-form", **typed)

    kept = await idp.provider.store.read(lambda work: work.accounts.by_id(account.id))
    assert kept is not None
    assert (kept.roles, kept.email, kept.phone_number) == (frozenset(), EMAIL, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_name", ""), ("last_name", "http://x"), ("date_of_birth", "yesterday")],
)
async def test_what_is_wrong_stands_beside_its_field(idp: TestProvider, person: Person, field: str, value: str) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    answer = await person.send("profile-form", **{field: value})

    assert answer.status_code == 400
    assert person.page.ids[field]["aria-invalid"] == "true"


async def test_another_address_counts_once_its_link_was_used(idp: TestProvider, person: Person) -> None:
    """Row 60."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in("/login?next=/account/email")

    await person.send("email-form", email="new@example.com")
    before = await idp.provider.store.read(lambda work: work.accounts.by_id(account.id))
    link = (await idp.last_mail("new@example.com")).data["link"]
    await person.open(link.removeprefix("http://localhost:3100"))
    await person.send("confirm-form")

    after = await idp.provider.store.read(lambda work: work.accounts.by_id(account.id))
    assert before is not None
    assert after is not None
    assert (before.email, after.email) == (EMAIL, "new@example.com")


async def test_with_a_second_factor_it_takes_the_password(idp: TestProvider, person: Person) -> None:
    """Row 59."""
    await idp.enrol(await idp.add_account(EMAIL, PASSWORD), "email")
    await person.sign_in("/login?next=/account/email")
    await person.send("mfa-form", code=(await codes(idp))[-1])

    refused = await person.send("email-form", email="new@example.com", current_password="wrong")

    assert refused.status_code == 401
    assert not await idp.mails("new@example.com")


async def test_another_password_ends_every_other_session(idp: TestProvider, person: Person) -> None:
    """Row 21."""
    await idp.add_account(EMAIL, PASSWORD)
    async with idp.browser() as other:
        elsewhere = Person(other)
        await elsewhere.sign_in()
        await person.sign_in("/login?next=/account/password")

        await person.send("password-form", current_password=PASSWORD, password=OTHER, password_again=OTHER)

        assert "Your password is changed." in person.answer.text
        await elsewhere.open("/account")
        assert elsewhere.path.startswith("/login")


async def test_a_password_keeper_finds_the_accounts_name_beside_the_password(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    answer = await person.open("/account/password")

    assert f'value="{EMAIL}" autocomplete="username"' in answer.text


async def test_guessing_the_current_password_is_counted(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in("/login?next=/account/password")
    for _ in range(5):
        wrong = await person.send("password-form", current_password="wrong", password=OTHER, password_again=OTHER)
        assert wrong.status_code == 401

    answer = await person.send("password-form", current_password=PASSWORD, password=OTHER, password_again=OTHER)

    assert answer.status_code == 401


async def test_an_authenticator_app_is_set_up_proved_and_removed(idp: TestProvider, person: Person) -> None:
    """Row 57: it counts once a code of it was given."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in("/login?next=/account/factors")

    begun = await person.send("begin-totp")
    assert 'src="data:image/svg+xml' in begun.text
    secret = secret_in(begun.text)
    wrong = await person.send("factor-form", button="factor-confirm", code="000000")
    assert wrong.status_code == 401
    assert not (await held(idp, account.id))
    code = pyotp.TOTP(secret).at(int(idp.clock.now().timestamp()))
    await person.send("factor-form", button="factor-confirm", code=code)
    assert await held(idp, account.id) == {"totp"}
    await person.open("/account/factors")
    assert person.page.ids["factors-held"]

    await person.send("remove-totp")
    assert person.path.startswith("/login?again=1")  # the session is a password's alone
    idp.clock.advance(STEP)
    await person.send("login-form", email=EMAIL, password=PASSWORD)
    await person.send("mfa-form", code=shown(idp, secret))
    await person.send("remove-totp")

    assert not await held(idp, account.id)


async def test_a_factor_that_the_tenants_bar_is_not_offered(idp: TestProvider, person: Person) -> None:
    """Whoever set it up would never get in again: only what is enrolled counts, and this would not."""
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await person.sign_in("/login?next=/account/factors")
    form = person.page.forms[-1]
    await idp.set_flag("totp", False, jurisdiction="Bay Area")

    assert 'value="begin"' not in (await person.open("/account/factors")).text
    for do in ("begin", "confirm"):
        answer = await person.browser.post("/account/factors", data={**form.fields, "do": do, "code": "123456"})
        assert answer.status_code == 400
        assert 'data-code="factor_unavailable"' in answer.text
    assert not await held(idp, account.id)


@pytest.mark.parametrize("path", ["/account/factors", "/account/email", "/account/delete"])
async def test_who_came_in_before_the_factor_does_not_get_around_it(
    idp: TestProvider, person: Person, path: str
) -> None:
    """Row 56: a thief of the password is still signed in, and fresh, when the owner adds a second factor."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(f"/login?next={path}")
    form = person.page.forms[-1]
    await Administration(idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)

    for do in ("begin", "confirm", "remove"):
        typed = {"do": do, "method": "totp", "code": "000000", "email": EMAIL, "current_password": PASSWORD}
        answer = await person.browser.post(path, data={**form.fields, **typed})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?again=1")

    assert await held(idp, account.id) == {"totp"}


async def held(idp: TestProvider, account_id: str) -> frozenset[str]:
    account = await idp.provider.store.read(lambda work: work.accounts.by_email(EMAIL))  # type: ignore[arg-type]
    assert account is not None
    assert account.id == account_id
    return account.mfa_methods


async def test_a_session_elsewhere_is_ended_from_here(idp: TestProvider, person: Person) -> None:
    """Row 16."""
    await idp.add_account(EMAIL, PASSWORD)
    async with idp.browser(**{"user-agent": "Mozilla/5.0 (iPhone) AppleWebKit Safari/605"}) as other:
        elsewhere = Person(other)
        await elsewhere.sign_in()
        await person.sign_in("/login?next=/account/sessions")
        assert person.answer.text.index("this browser") < person.answer.text.index("Safari on iPhone")
        session = next(
            value for name, value in (b for f in person.page.forms for b in f.buttons.values()) if name == "session"
        )

        await person.send(session)

        await elsewhere.open("/account")
        assert elsewhere.path.startswith("/login")


async def test_a_strangers_session_is_not_ended(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    stranger = await idp.add_account("jim@example.com", PASSWORD)
    async with idp.browser() as other, idp.browser() as elsewhere:
        jim = Person(other)
        await jim.sign_in(email="jim@example.com")
        now = idp.clock.now()
        session = (await idp.provider.store.read(lambda work: work.sessions.of(stranger.id, now)))[0]
        await Person(elsewhere).sign_in()  # a second one, for the page to have a form
        await person.sign_in("/login?next=/account/sessions")

        form = person.form("end-others")
        token = {"csrf": form.fields["csrf"], "session": session.id}
        answer = await person.browser.post("/account/sessions", data=token)

        assert answer.status_code == 303
        await jim.open("/account")
        assert jim.path == "/account"


async def test_an_app_is_revoked_with_all_that_it_holds(idp: TestProvider, person: Person) -> None:
    """Row 98."""
    account = await idp.add_account(EMAIL, PASSWORD)
    client = await add_app(idp)
    await person.sign_in(authorize())
    answer = await person.send("consent-form", button="consent-allow")
    assert answer.headers["location"].startswith(REDIRECT)
    await person.open("/account/apps")
    assert "Rooms &amp; Roofs" in person.answer.text

    await person.send(client.id)

    assert "No app uses your account." in person.answer.text
    now = idp.clock.now()
    assert not await idp.provider.store.read(lambda work: work.oauth.grants.of(account.id, now))
    await person.open(authorize())
    assert person.path.startswith("/consent/")


async def test_an_app_whose_consent_is_skipped_is_there_too(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    answer = await person.sign_in(authorize())
    assert "code" in answer_in(answer.headers["location"])

    assert "Rooms &amp; Roofs" in (await person.open("/account/apps")).text


async def test_an_app_that_a_document_describes_is_there_too_and_can_be_revoked(
    idp: TestProvider, person: Person
) -> None:
    """It has no row of ours; what the person gave it can be taken back all the same (row 98)."""
    account = await idp.add_account(EMAIL, PASSWORD)
    app = ClientId("https://app.example.com/client.json")
    consent = Consent(
        account_id=account.id,
        client_id=app,
        scope=("openid", "email"),
        resources=(),
        claims=(),
        given_at=idp.clock.now(),
    )
    await idp.provider.store.transact(lambda work: work.oauth.consents.put(consent))
    await person.sign_in()

    assert f"<strong>{app}</strong>" in (await person.open("/account/apps")).text
    await person.send(app)

    assert "No app uses your account." in person.answer.text
    assert not await idp.provider.store.read(lambda work: work.oauth.consents.of(account.id))


async def test_what_happened_is_told_newest_first(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(password="wrong")
    await person.sign_in()

    text = (await person.open("/account/activity")).text

    assert text.index("<strong>Signed in</strong>") < text.index("<strong>A sign-in failed</strong>")


async def test_the_export_holds_everything_and_no_secret(idp: TestProvider, person: Person) -> None:
    await account_with_totp(idp)
    account = await idp.add_account("jim@example.com", PASSWORD, teams={"Red": "ADMIN"})
    app = await add_app(idp, terms=ClientTerms(skip_consent=True))
    await person.sign_in(authorize(), email="jim@example.com")

    answer = await person.open("/account/export")

    exported = answer.json()
    assert answer.headers["content-disposition"] == 'attachment; filename="account.json"'
    assert exported["account"]["id"] == account.id
    assert exported["memberships"] == [{"kind": "team", "tenant": "Red", "role": "ADMIN"}]
    assert exported["sessions"]
    assert exported["activity"]
    assert [grant["app"] for grant in exported["grants"]] == [app.id]
    assert "argon2" not in answer.text
    assert EMAIL not in answer.text


async def test_an_account_is_deleted_after_its_address_was_typed(idp: TestProvider, person: Person) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in("/login?next=/account/delete")

    slip = await person.send("delete-form", email="other@example.com")
    assert slip.status_code == 400
    await person.send("delete-form", email=EMAIL)

    assert person.path == "/goodbye"
    assert await idp.provider.store.read(lambda work: work.accounts.by_id(account.id)) is None
    await person.open("/account")
    assert person.path.startswith("/login")


async def test_signing_out_ends_the_session_on_the_server(idp: TestProvider, person: Person) -> None:
    """Row 16: a copy of the cookie is worth nothing afterwards."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    copy = person.browser.cookies["idp-session"]

    await person.send("sign-out")

    assert person.page.ids["logged-out"]
    person.browser.cookies.set("idp-session", copy)
    await person.open("/account")
    assert person.path.startswith("/login")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Safari/605", ("Safari", "macOS")),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", ("Chrome", "Android")),
        ("curl/8.0", ("curl", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, words: tuple[str, str]) -> None:
    assert described(agent) == words
