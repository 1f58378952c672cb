"""The second proof, on a page of its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.events import EventName
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.administration import Administration
from idp.usecases.housekeeping.trail import Which
from tests.pages.factors import OPERATOR, account_with_totp, codes, shown
from tests.pages.person import EMAIL, PASSWORD, Person


async def test_password_and_code_sign_in_and_the_session_says_so(idp: TestProvider, person: Person) -> None:
    account, secret = await account_with_totp(idp)

    await person.sign_in()
    assert person.path.startswith("/second-factor/")
    assert "idp-session" not in person.browser.cookies
    await person.send("mfa-form", code=shown(idp, secret))

    assert person.path == "/account"
    entry = (await Administration(idp.provider.verbs).trail.latest(Which(event="login.ok"), 1))[0]
    assert entry.event.name is EventName.LOGIN_OK
    assert (entry.event.account_id, entry.event.methods) == (account.id, ("pwd", "otp"))


async def test_a_wrong_code_is_said_beside_the_field(idp: TestProvider, person: Person) -> None:
    await account_with_totp(idp)
    await person.sign_in()

    answer = await person.send("mfa-form", code="000000")

    assert answer.status_code == 401
    assert person.page.ids["code"]["aria-describedby"] == "code-problem"


async def test_the_address_alone_is_worth_nothing(idp: TestProvider, person: Person) -> None:
    """Row 55: the ticket is bound to the browser that gave the password."""
    _, secret = await account_with_totp(idp)
    await person.sign_in()
    address = person.path

    async with idp.browser() as other:
        thief = Person(other)
        await thief.open("/login")
        answer = await thief.open(address)

    assert answer.status_code == 401
    assert "mfa-form" not in answer.text
    assert (await person.send("mfa-form", code=shown(idp, secret))).status_code == 200


async def test_a_ticket_is_used_up(idp: TestProvider, person: Person) -> None:
    _, secret = await account_with_totp(idp)
    await person.sign_in()
    address = person.path
    await person.send("mfa-form", code=shown(idp, secret))

    answer = await person.open(address)

    assert answer.status_code == 401
    assert person.page.ids["problem"]["data-code"] == "step_over"


async def test_a_ticket_lives_ten_minutes(idp: TestProvider, person: Person) -> None:
    await account_with_totp(idp)
    await person.sign_in()

    idp.clock.advance(timedelta(minutes=10))

    assert (await person.open(person.path)).status_code == 401


async def test_a_new_password_ends_a_sign_in_under_way(idp: TestProvider, person: Person) -> None:
    """Row 21: what the old password bought, the ticket included, ends with it."""
    _, secret = await account_with_totp(idp)
    await person.sign_in()
    await Administration(idp.provider.verbs).set_password(EMAIL, "another horse battery", OPERATOR)

    answer = await person.send("mfa-form", code=shown(idp, secret))

    assert answer.status_code == 401
    assert "idp-session" not in person.browser.cookies


async def test_a_disabled_account_gets_no_further(idp: TestProvider, person: Person) -> None:
    """Row 22."""
    _, secret = await account_with_totp(idp)
    await person.sign_in()
    await Administration(idp.provider.verbs).accounts.disable(EMAIL, OPERATOR)

    assert (await person.send("mfa-form", code=shown(idp, secret))).status_code == 401
    assert "idp-session" not in person.browser.cookies


async def test_codes_are_guessed_five_times_over_however_many_tickets(idp: TestProvider, person: Person) -> None:
    """Rows 44, 45 and 29: the budget is the account's, and a right password does not refill it."""
    _, secret = await account_with_totp(idp)
    for guess in range(6):
        await person.sign_in()
        await person.send("mfa-form", code=f"00000{guess}")

    await person.sign_in()
    answer = await person.send("mfa-form", code=shown(idp, secret))

    assert answer.status_code == 401
    assert "idp-session" not in person.browser.cookies


async def test_a_code_is_good_once(idp: TestProvider, person: Person) -> None:
    """Row 47."""
    _, secret = await account_with_totp(idp)
    await person.sign_in()
    await person.send("mfa-form", code=shown(idp, secret))

    async with idp.browser() as other:
        again = Person(other)
        await again.sign_in()
        answer = await again.send("mfa-form", code=shown(idp, secret))

    assert answer.status_code == 401


async def test_the_only_way_sends_its_code_at_once_to_a_masked_address(idp: TestProvider, person: Person) -> None:
    await idp.enrol(await idp.add_account(EMAIL, PASSWORD), "email")

    answer = await person.sign_in()

    assert "j•••@example.com" in answer.text
    assert EMAIL not in answer.text
    code = (await idp.last_mail(EMAIL)).data["code"]
    await person.send("mfa-form", code=f" {code[:3]} {code[3:]} ")
    assert person.path == "/account"


async def test_new_codes_have_a_cap(idp: TestProvider, person: Person) -> None:
    """Row 42."""
    await idp.enrol(await idp.add_account(EMAIL, PASSWORD), "email")
    await person.sign_in()
    for _ in range(4):
        assert (await person.send("mfa-send")).status_code == 200

    answer = await person.send("mfa-send")

    assert answer.status_code == 429
    assert len(await idp.mails(EMAIL)) == 5


async def test_who_has_two_ways_chooses(idp: TestProvider, person: Person) -> None:
    account, secret = await account_with_totp(idp)
    await idp.enrol(account, "totp", "email")
    await person.sign_in()
    assert not await codes(idp)

    await person.send("way-email")
    assert person.form("mfa-form").fields["method"] == "email"
    await person.open(f"{person.path}?method=totp")
    await person.send("mfa-form", code=shown(idp, secret))

    assert person.path == "/account"


@pytest.mark.parametrize("method", ["sms", "nonsense", ""])
async def test_a_way_that_the_account_has_not_sends_nothing(idp: TestProvider, person: Person, method: str) -> None:
    """Row 58."""
    await account_with_totp(idp)
    await person.sign_in()

    answer = await person.send("mfa-form", send=method)

    assert answer.status_code == 400
    assert not await codes(idp)


async def test_where_no_way_is_left_the_page_says_so(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"totp"}))

    answer = await person.sign_in()

    assert 'data-code="no_factor"' in answer.text


async def test_a_tenants_demand_is_met_by_mail(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_flag("mfa", True, jurisdiction="Bay Area")

    await person.sign_in()
    await person.send("mfa-form", code=(await idp.last_mail(EMAIL)).data["code"])

    assert person.path == "/account"


async def test_wrong_codes_count_against_where_they_come_from(tmp_path: Path, template: Path) -> None:
    """Row 43: a list of right passwords buys five codes for each, but not for all of them from one place."""
    people = [f"jane{number}@example.com" for number in range(5)]
    async with (
        provider_at(tmp_path / "data", template=template, throttle={"sources": "3/10m"}) as idp,
        idp.browser() as browser,
    ):
        secrets = [(await account_with_totp(idp, email))[1] for email in people]
        thief = Person(browser)
        statuses = []
        for email in people[:3]:
            await thief.sign_in(email=email)
            statuses.append((await thief.send("mfa-form", code="000000")).status_code)
        stopped = await thief.sign_in(email=people[3])

        assert statuses == [401] * 3
        assert stopped.status_code == 429
        async with idp.browser(address="192.0.2.7") as elsewhere:
            owner = Person(elsewhere)
            await owner.sign_in(email=people[4])
            await owner.send("mfa-form", code=shown(idp, secrets[4]))
            assert owner.path == "/account"


async def test_a_right_code_is_no_guess(tmp_path: Path, template: Path) -> None:
    """Else a household that signs in and out would lock itself out."""
    async with provider_at(tmp_path / "data", template=template, throttle={"sources": "3/10m"}) as idp:
        for number in range(5):
            email = f"jane{number}@example.com"
            _, secret = await account_with_totp(idp, email)
            async with idp.browser() as browser:
                person = Person(browser)
                await person.sign_in(email=email)
                await person.send("mfa-form", code=shown(idp, secret))
                assert person.path == "/account"


async def test_a_sign_in_for_an_app_that_is_over_uses_nothing_up(idp: TestProvider, person: Person) -> None:
    """Else a session is open that no browser has the cookie of."""
    account, secret = await account_with_totp(idp)
    await person.sign_in()
    ticket, form = person.path, person.form("mfa-form")

    answer = await person.browser.post(f"{ticket}?interaction=over", data={**form.fields, "code": shown(idp, secret)})

    assert answer.status_code == 400
    now = idp.clock.now()
    assert not await idp.provider.store.read(lambda work: work.sessions.of(account.id, now))
    await person.send("mfa-form", code=shown(idp, secret))
    assert person.path == "/account"
