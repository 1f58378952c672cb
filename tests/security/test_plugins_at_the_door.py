"""Plugins that raise, hang or answer nonsense, over HTTP: they deny, and others go on (threat rows 127 to 130)."""

import asyncio
import importlib
from dataclasses import fields
from typing import Any

import httpx2
import pytest

from idp.core.address import canonical_email
from idp.usecases.administration import Administration
from tests.pages.factors import OPERATOR, shown
from tests.pages.person import Person
from tests.plugins.packages import Site
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    OTHER,
    PASSWORD,
    PHONE,
    WRONG,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    confirm,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    register,
    reset,
)
from tests.security.conftest import Opened
from tests.security.strangers import WAYS, install, install_one_each
from tests.security.test_guessing import is_locked, left

SECRET = "secret-of-the-plugin"
CARD = """
from idp.sdk import FirstFactor, PluginSettings

class Card(FirstFactor[PluginSettings]):
    '''Takes whatever is shown.'''
    sdk_version = 1
    amr = {amr!r}
    async def prove(self, account, secret):
        return True
"""
SPARE = """
from idp.sdk import LookUpSecrets, OwnCredential, PluginSettings

class Spare(LookUpSecrets[PluginSettings]):
    '''Has a list for everybody, and kept none.'''
    sdk_version = 1
    method, amr = "recovery", ("otp",)
    async def issue(self, account):
        raise ValueError("secret-of-the-plugin")
    async def left(self, account):
        return 1
    async def without(self, account, code):
        if code == "11111111":
            raise ValueError("secret-of-the-plugin")
        return OwnCredential(data=b"[]", version=0) if code == "22222222" else True
"""


def denied(answer: httpx2.Response) -> bool:
    refused = answer.status_code in (401, 503) and "set-cookie" not in answer.headers
    return refused and SECRET not in answer.text


async def test_a_first_factor_lets_nobody_in_but_by_true(site: Site, opened: Opened) -> None:
    """Row 129: 1, "yes", None and a coroutine are no True."""
    async with opened(plugins=install_one_each(site, "First")) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        answers = [await login(browser, password=WRONG), await nodeloom_login(browser, password=WRONG)]
        answers += [await login(browser, "nobody@example.com"), await ask_mfa_code(browser, password=WRONG)]

        assert all(denied(answer) for answer in answers)
        assert (await login(browser)).status_code == 201, "our own password is still good"


async def test_guesses_count_although_a_plugin_beside_the_password_fails(site: Site, opened: Opened) -> None:
    """Row 28: our own factor had looked at each guess, so none of them is given back; nor does one more unlock."""
    install(site, "First")
    async with opened(plugins={"stranger": {"way": "raises"}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        for guesses in (5, 1, 6):
            for _ in range(guesses):
                assert denied(await login(browser, password=WRONG))

            assert denied(await login(browser))
            assert denied(await nodeloom_login(browser))


async def test_guesses_at_a_plugin_that_fails_for_wrong_ones_count(site: Site, opened: Opened) -> None:
    """Rows 28, 127: a directory that answers a wrong password by an exception must not make guesses free."""
    install(site, "First")
    alone = {"plugins": {"stranger": {"way": "raises"}, "password": None}, "sign_in": {"first_factors": ["stranger"]}}
    async with opened(**alone, fence={"failures": 1000}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        for _ in range(5):
            assert (await login(browser, password=WRONG)).status_code == 503
        guesses = idp.provider.verbs.guesses
        counter = guesses.name(canonical_email(EMAIL))
        until = await idp.provider.store.read(
            lambda work: work.attempts.locked_until(
                counter.scope, counter.key, guesses.rules.password_budget, idp.clock.now()
            )
        )

        assert until is not None


async def test_a_guess_that_one_factor_looked_at_counts_although_the_next_was_too_busy(
    site: Site, opened: Opened
) -> None:
    """Row 27: a storm over the hashing queue makes no guess at a directory free."""
    install(site, "First")
    order = {"plugins": {"stranger": {"way": "false"}}, "sign_in": {"first_factors": ["stranger", "password"]}}
    async with opened(**order, hashing={"threads": 1, "queue": 1}) as idp, idp.browser() as browser:
        names = [f"{number}@example.com" for number in range(8)]
        storm = await asyncio.gather(*(login(browser, name, WRONG) for name in names))
        turned_away = [name for name, answer in zip(names, storm, strict=True) if answer.status_code == 503]

        assert turned_away
        assert left(await login(browser, turned_away[0], WRONG)) == 4


@pytest.mark.parametrize(
    "code", [" 123456", "123456\n", "12 3456", "+123456", "123", "12345678901", "abcdef", "１２３４５６"]
)
async def test_what_is_no_code_reaches_no_plugin(site: Site, opened: Opened, code: str) -> None:
    """Row 49: one that accepts everything is asked about digits alone."""
    install(site, "Second")
    async with opened(plugins={"stranger": {"way": "true"}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, mfa_methods=frozenset({"second"}))

        assert denied(await login(browser, mfaCode=code))
        assert (await login(browser, mfaCode="123456")).status_code == 201


async def test_a_first_factor_that_accepts_everything_accepts_no_stranger_and_no_locked_name(
    site: Site, opened: Opened
) -> None:
    """Rows 22, 41: whether there is an account, and whether it may come in, is none of the plugin's business."""
    install(site, "First")
    async with opened(plugins={"stranger": {"way": "true"}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await idp.add_account("off@example.com", disabled_at=idp.clock.now())
        await idp.add_account("mfa@example.com", mfa_methods=frozenset({"email"}))

        assert denied(await login(browser, "nobody@example.com"))
        assert denied(await login(browser, "off@example.com"))
        assert (await login(browser, "mfa@example.com", WRONG)).json() == {"name": "mfaCodeIsMissing"}
        assert (await login(browser, password=WRONG)).status_code == 201


async def test_a_second_factor_lets_nobody_in_but_by_true(site: Site, opened: Opened) -> None:
    async with opened(plugins=install_one_each(site, "Second_{}")) as idp, idp.browser() as browser:
        for way in WAYS:
            email = f"{way}@example.com"
            await idp.add_account(email, mfa_methods=frozenset({way, "email"}))
            assert denied(await login(browser, email, mfaCode="123456", mfaType=way))
            assert denied(await nodeloom_login(browser, email, mfaCode="123456"))
            await ask_mfa_code(browser, email)
            other = await login(browser, email, mfaCode=await mailed_code(idp, email), mfaType="email")

            assert other.status_code == 201, "the other method is as good as ever"


@pytest.mark.parametrize("way", ["raises"])
async def test_a_second_factor_that_fails_for_wrong_codes_cannot_be_guessed_at_for_ever(
    site: Site, opened: Opened, way: str
) -> None:
    """Rows 44, 127: raising at a wrong code is a mistake that authors make; it must not make guesses free."""
    install(site, "Second")
    async with opened(plugins={"stranger": {"way": way}}, fence={"failures": 1000}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, mfa_methods=frozenset({"second"}))
        statuses = [(await login(browser, mfaCode="123456")).status_code for _ in range(7)]

        assert statuses == [503] * 5 + [401] * 2
        assert is_locked(await login(browser, mfaCode="123456"))
        assert (await login(browser)).json() == {"name": "mfaCodeIsMissing"}, "the password was never wrong"


@pytest.mark.parametrize("way", ["raises", "one"])
async def test_a_factor_that_cannot_say_whether_it_is_ready_is_not(site: Site, opened: Opened, way: str) -> None:
    install(site, "Unready")
    async with opened(plugins={"stranger": {"way": way}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, mfa_methods=frozenset({"unready"}))

        assert (await login(browser)).json() == {"name": "mfaCodeIsMissing"}
        assert denied(await login(browser, mfaCode="123456"))


@pytest.mark.parametrize("way", ["raises", "hangs", "none", "true"])
async def test_a_password_rule_that_does_not_answer_lets_no_password_pass(site: Site, opened: Opened, way: str) -> None:
    """Row 127: at every place where one is set; nothing is half done, and the link stays good."""
    install(site, "Rule")
    async with opened(plugins={"stranger": {"way": way}}, fence={"failures": 1000}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await forgot(browser)
        token = await mailed_token(idp)
        refused = [await reset(browser, token), await register(browser, "new@example.com")]
        await login(browser)
        refused.append(await browser.put("/user/public", json={"password": OTHER, "currentPassword": PASSWORD}))

        assert [answer.status_code for answer in refused] == [503] * 3
        assert (await login(browser)).status_code == 201
        assert denied(await login(browser, "new@example.com"))


@pytest.mark.parametrize("way", ["raises", "hangs", "coroutine"])
async def test_a_sender_that_fails_changes_no_answer_and_holds_no_other_channel_up(
    site: Site, opened: Opened, way: str
) -> None:
    """Row 38: success is told all the same, and the letter is tried again."""
    install(site, "Post")
    mail_only = {"directory": "outbox", "channels": ["email"]}
    async with opened(plugins={"stranger": {"way": way}, "file": mail_only}) as idp:
        phone: dict[str, Any] = {"phone_number": PHONE, "phone_verified_at": idp.clock.now()}
        await idp.add_account(EMAIL, mfa_methods=frozenset({"sms", "email"}), **phone)
        async with idp.browser() as browser:
            by_sms = await ask_mfa_code(browser, mfaType="sms")
            by_mail = await ask_mfa_code(browser)
            answer = await login(browser, mfaCode=await mailed_code(idp))

        assert (by_sms.status_code, by_mail.status_code, answer.status_code) == (201, 201, 201)


@pytest.mark.parametrize("way", ["hangs"])
async def test_a_listener_that_fails_is_nobodys_business(site: Site, opened: Opened, way: str) -> None:
    install(site, "Listener")
    async with opened(plugins={"stranger": {"way": way}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)

        assert (await login(browser)).status_code == 201
        await idp.deliver()
        assert (await browser.get("/user")).status_code == 200


@pytest.mark.parametrize("way", ["raises", "hangs"])
async def test_a_home_of_flags_that_fails_denies(site: Site, opened: Opened, way: str) -> None:
    """Rows 126, 127: what a tenant demands is demanded, and what it may switch off is off."""
    install(site, "Flags")
    flags = {"single_use_code": True}
    async with opened(plugins={"stranger": {"way": way}}, flags=flags) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, jurisdictions=[BAY_AREA], confirmed=False)
        await idp.add_account("nowhere@example.com")
        await ask_sign_in_code(browser)
        await browser.post("/user/resend-confirmation", json={"email": EMAIL})
        link = await mailed_token(idp)
        answers = [await login(browser), await nodeloom_login(browser), await confirm(browser, link)]

        assert all("set-cookie" not in answer.headers for answer in answers)
        assert answers[-1].json() == {"success": True, "loginRequired": True}
        assert not [mail for mail in await idp.mails(EMAIL) if "code" in mail.data]
        assert (await login(browser, "nowhere@example.com")).status_code == 201, "no tenant, nothing to ask"


async def test_a_home_of_flags_is_obeyed(site: Site, opened: Opened) -> None:
    """It is asked about the tenants of the account, before anything is opened."""
    install(site, "Flags")
    demanding, barring, allowing = ({"stranger": {"way": f"{way}"}} for way in ("mfa=true", "password=false", "x=true"))
    for plugins, status in ((demanding, 401), (barring, 401), (allowing, 201)):
        async with opened(plugins=plugins) as idp, idp.browser() as browser:
            email = f"{status}-{next(iter(plugins['stranger'].values()))}@example.com".replace("=", "-")
            await idp.add_account(email, jurisdictions=[BAY_AREA])

            assert (await login(browser, email)).status_code == status


async def test_a_flag_that_lives_elsewhere_kills_codes_already_sent(site: Site, opened: Opened) -> None:
    """Row 126."""
    install(site, "Flags")
    on, off = ({"stranger": {"way": f"single_use_code={value}"}} for value in ("true", "false"))
    async with opened(plugins=on) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
        await ask_sign_in_code(browser)
        first = await mailed_code(idp)
        assert (await code_login(browser, first)).status_code == 201
        await ask_sign_in_code(browser)
        second = await mailed_code(idp)
    async with opened(plugins=off) as idp, idp.browser() as browser:
        assert (await code_login(browser, second)).status_code == 401


async def test_a_plugin_is_told_who_and_what_and_nothing_of_the_request(site: Site, opened: Opened) -> None:
    """Row 130 (Vault CVE-2026-4525)."""
    install(site, "Looks")
    async with opened(plugins={"stranger": {"way": ""}}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await login(browser, password=WRONG)
        plugin, account, secret = importlib.import_module("idp_stranger").Looks.seen[-1]

        names = {field.name for field in fields(account)}
        assert names == {
            "id",
            "email",
            "email_proved",
            "phone_number",
            "phone_proved",
            "first_name",
            "last_name",
            "language",
        }
        assert secret == WRONG
        lent = {field.name for field in fields(plugin.context)}
        assert lent == {"name", "issuer", "clock", "entropy", "log", "credentials", "store", "passwords", "data"}


async def test_the_operator_hears_of_it_and_the_caller_does_not(
    site: Site, opened: Opened, capfd: pytest.CaptureFixture[str]
) -> None:
    install(site, "First")
    async with opened(plugins={"stranger": {"way": "raises"}}) as idp, idp.browser() as browser:
        answer = await login(browser, "nobody@example.com")

    written = "".join(capfd.readouterr())
    assert answer.status_code == 503
    assert "stranger" not in answer.text
    assert '"plugin":"stranger"' in written
    assert SECRET not in written


@pytest.mark.parametrize("amr", [("sc",), ("pwd", "sc")])
async def test_what_a_first_factor_is_called_makes_it_neither_two_nor_none(
    site: Site, opened: Opened, amr: tuple[str, ...]
) -> None:
    """Row 56: who shows it alone takes no second factor away, who proves both does."""
    site.install("idp-card", CARD.format(amr=amr), plugins={"card": "idp_card:Card"})
    alone = {"plugins": {"card": {}, "password": None}, "sign_in": {"first_factors": ["card"]}}
    async with opened(**alone) as idp, idp.browser() as browser:
        person = Person(browser)
        account = await idp.add_account(EMAIL)
        await person.sign_in("/login?next=/account/factors")
        form = person.page.forms[-1]
        remove = {**form.fields, "do": "remove", "method": "totp"}
        factored = await Administration(idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)
        assert factored.enrolment is not None
        early = await browser.post("/account/factors", data=remove)
        await person.open("/login?again=1&next=/account/factors")
        await person.send("login-form", email=EMAIL, password=PASSWORD)
        await person.send("mfa-form", code=shown(idp, factored.enrolment.secret))

        late = await browser.post("/account/factors", data=remove)

        assert early.headers["location"].startswith("/login?again=1")
        assert late.headers["location"] == "/account/factors"


async def test_recovery_codes_that_fail_let_nobody_in_and_keep_no_factor(site: Site, opened: Opened) -> None:
    """Row 127: of a list that is not kept no code can be used up."""
    site.install("idp-spare", SPARE, plugins={"spare": "idp_spare:Spare"})
    async with opened(plugins={"spare": {}, "recovery_codes": None}) as idp, idp.browser() as browser:
        factors = Administration(idp.provider.verbs).factors
        account = await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
        for code in ("11111111", "22222222", "33333333"):
            assert denied(await login(browser, mfaCode=code, mfaType="recovery"))

        assert not (await factors.remove(account, "email", OPERATOR)).mfa_methods
