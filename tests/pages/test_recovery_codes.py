"""Recovery codes: shown once when a second factor is set up, each good once, told to the owner (row 57)."""

import re

import httpx2
import pytest

from idp.core.errors import TooManyRequests
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.pages.factors import OPERATOR, STEP, account_with_totp, secret_in, shown
from tests.pages.person import EMAIL, PASSWORD, Person

CODES = re.compile(r"<li><code>([0-9]{5} [0-9]{5})</code></li>")


def listed(answer: httpx2.Response) -> list[str]:
    return CODES.findall(answer.text)


async def set_up(idp: TestProvider, person: Person) -> tuple[str, list[str]]:
    """An authenticator app on the account page: its secret, and the codes that come with it."""
    await person.sign_in("/login?next=/account/factors")
    begun = await person.send("begin-totp")
    secret = secret_in(begun.text)
    answer = await person.send("factor-form", button="factor-confirm", code=shown(idp, secret))
    idp.clock.advance(STEP)
    return secret, listed(answer)


async def sign_in_with(person: Person, code: str) -> httpx2.Response:
    await person.sign_in("/login?next=/account/factors")
    await person.open(f"{person.path}&method=recovery")
    return await person.send("mfa-form", code=code)


async def sign_in_with_app(idp: TestProvider, person: Person, secret: str) -> None:
    await person.sign_in("/login?next=/account/factors")
    await person.send("mfa-form", code=shown(idp, secret))


async def test_who_sets_a_factor_up_is_shown_a_list_once(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    secret, codes = await set_up(idp, person)

    assert len(codes) == 10
    assert person.answer.headers["cache-control"] == "no-store"
    again = await person.open("/account/factors")
    assert not listed(again)
    assert "10 recovery codes left" in again.text
    assert secret not in again.text


async def test_a_code_takes_the_place_of_the_factor_once(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    _, codes = await set_up(idp, person)
    person.browser.cookies.clear()

    answer = await sign_in_with(person, codes[0])
    assert person.path == "/account/factors"
    assert "9 recovery codes left" in answer.text

    person.browser.cookies.clear()
    assert (await sign_in_with(person, codes[0])).status_code == 401


async def test_its_owner_is_told(idp: TestProvider, person: Person) -> None:
    """Whoever found the list signs in with it: the owner has to hear of it (ASVS 6.3.7)."""
    await idp.add_account(EMAIL, PASSWORD)
    _, codes = await set_up(idp, person)
    person.browser.cookies.clear()

    await sign_in_with(person, codes[0])

    mail = await idp.last_mail(EMAIL)
    assert "recovery code was used" in mail.subject
    assert codes[0].replace(" ", "") not in mail.text


async def test_who_lost_the_factor_removes_it_with_a_code_and_the_list_goes_with_it(
    idp: TestProvider, person: Person
) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    _, codes = await set_up(idp, person)
    person.browser.cookies.clear()
    await sign_in_with(person, codes[0])

    await person.send("remove-totp")
    assert "recovery-make" not in person.page.ids
    person.browser.cookies.clear()
    _, fresh = await set_up(idp, person)
    person.browser.cookies.clear()

    assert not set(codes) & set(fresh)
    assert (await sign_in_with(person, codes[1])).status_code == 401


async def test_a_new_list_ends_the_old_one_and_is_told(idp: TestProvider, person: Person) -> None:
    _, secret = await account_with_totp(idp)
    await sign_in_with_app(idp, person, secret)
    old = listed(await person.send("recovery-make"))
    await person.open("/account/factors")
    new = listed(await person.send("recovery-make"))
    told = await idp.last_mail(EMAIL)
    person.browser.cookies.clear()

    assert "sign-in methods" in told.subject
    assert (await sign_in_with(person, old[0])).status_code == 401
    await sign_in_with(person, new[0])
    assert person.path == "/account/factors"


async def test_nobody_gets_one_without_a_second_factor(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in("/login?next=/account/factors")
    form = person.page.forms[-1]

    answer = await person.browser.post("/account/factors", data={**form.fields, "do": "recovery"})

    assert answer.status_code == 400
    assert not listed(answer)


async def test_a_password_alone_gets_none(idp: TestProvider, person: Person) -> None:
    """Row 56: else a thief of the password buys the second factor with it."""
    await idp.add_account(EMAIL, PASSWORD)
    _, codes = await set_up(idp, person)  # the session is still the password's
    form = person.page.forms[-1] if person.page.forms else None
    assert form is not None

    answer = await person.browser.post("/account/factors", data={**form.fields, "do": "recovery"})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?again=1")
    person.browser.cookies.clear()
    await sign_in_with(person, codes[0])
    assert person.path == "/account/factors"


async def test_where_the_tenants_bar_them_there_are_none_and_none_passes(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    _, codes = await set_up(idp, person)
    await idp.set_flag("recovery_codes", False, jurisdiction="Bay Area")
    person.browser.cookies.clear()

    assert (await sign_in_with(person, codes[0])).status_code == 401


async def test_guesses_are_counted_with_those_at_the_other_factors(idp: TestProvider, person: Person) -> None:
    """Row 43: a second list of codes is no second budget."""
    await idp.add_account(EMAIL, PASSWORD)
    _, codes = await set_up(idp, person)
    person.browser.cookies.clear()
    await person.sign_in("/login?next=/account/factors")
    await person.open(f"{person.path}&method=recovery")
    for _ in range(5):
        await person.send("mfa-form", code="0000000000")

    answer = await person.send("mfa-form", code=codes[0])

    assert answer.status_code == 401
    assert "idp-session" not in person.browser.cookies


async def test_lists_are_made_five_times_in_ten_minutes(idp: TestProvider, person: Person) -> None:
    """Rows 42, 128: each costs its plugin as much as ten sign-ins; one account must not keep it from the others."""
    account, secret = await account_with_totp(idp)
    await sign_in_with_app(idp, person, secret)
    lists = [await Administration(idp.provider.verbs).spare.issue(account, OPERATOR) for _ in range(5)]

    answer = await person.send("recovery-make")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"
    person.browser.cookies.clear()
    await sign_in_with(person, lists[-1][0])
    assert person.path == "/account/factors"


async def test_a_factor_counts_although_there_is_no_list_now(idp: TestProvider, person: Person) -> None:
    account, secret = await account_with_totp(idp)
    for _ in range(5):
        await Administration(idp.provider.verbs).spare.issue(account, OPERATOR)
    await sign_in_with_app(idp, person, secret)
    await person.send("remove-totp")
    person.browser.cookies.clear()

    await set_up(idp, person)

    assert person.path == "/account/factors"
    assert "From now on we ask for it" in person.answer.text
    assert "recovery-make" in person.page.ids


async def test_one_accounts_lists_are_counted_for_it_alone(idp: TestProvider) -> None:
    """Else one person keeps all others from theirs."""
    spare = Administration(idp.provider.verbs).spare
    greedy, other = [(await account_with_totp(idp, f"{name}@example.com"))[0] for name in ("greedy", "other")]
    for _ in range(5):
        await spare.issue(greedy, OPERATOR)
    with pytest.raises(TooManyRequests):
        await spare.issue(greedy, OPERATOR)

    assert len(await spare.issue(other, OPERATOR)) == 10
