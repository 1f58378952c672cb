"""One address is one address, and no header, mail or statement is written through one (rows 73, 75, 106, 107)."""

from datetime import timedelta
from urllib.parse import quote

import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.acts import EMAIL, WRONG, ask_sign_in_code, forgot, login, refresh, register, resend

NO_ADDRESS = [
    "jane",
    "jane@",
    "@example.com",
    "jane@example",
    "jane@@example.com",
    "jane@example.com@evil.example",
    "jane@example.com,evil@evil.example",
    "jane@example.com;evil@evil.example",
    "jane@example.com evil@evil.example",
    "jane@example.com\nevil@evil.example",
    "jane@example.com\r\nBcc: evil@evil.example",
    "jane\x00@example.com",
    "ja ne@example.com",
    '"jane"@example.com',
    '"jane@evil.example"@example.com',
    "Jane <jane@example.com>",
    "<jane@example.com>",
    "jane@[127.0.0.1]",
    "jane@[IPv6:::1]",
    "jane@127.0.0.1",
    "jane(comment)@example.com",
    "jane@example..com",
    ".jane@example.com",
    "jane.@example.com",
    "jane@-example.com",
    "jane@example.com.",
    "jane%evil.example@example.com\t\tx",
    "jane\\@example.com",
    "mailto:jane@example.com",
    "jane@example.com?bcc=evil@evil.example",
    "j" * 65 + "@example.com",
    "jane@" + "x" * 64 + ".com",
    "jane@" + "x." * 130 + "com",
    "' OR 1=1 --",
    "jane@example.com' OR '1'='1",
    "$(touch evil)@example.com",
    "j\u202eane@example.com",
    "m\u0131ke@example.com",  # a dotless i, which folds into mike (Django CVE-2019-19844)
    "\uff4aane@example.com",  # a full-width j
    "j\u0430ne@example.com",  # a Cyrillic a
    "\u212aim@example.com",  # the Kelvin sign, which folds into k
]


@pytest.mark.parametrize("text", NO_ADDRESS)
async def test_what_is_no_address_is_refused_wherever_one_is_read(
    stranger: httpx2.AsyncClient, shared: TestProvider, text: str
) -> None:
    before = len(shared.inbox.messages())
    answers = [
        await login(stranger, text),
        await stranger.post("/api/auth/login", json={"email": text, "password": "x"}),
        await forgot(stranger, text),
        await ask_sign_in_code(stranger, text),
        await resend(stranger, text),
        await register(stranger, text),
    ]

    assert [answer.status_code for answer in answers] == [400] * 6
    assert len(await shared.mails()) == before


@pytest.mark.parametrize("look_alike", ["jane@ex\u0430mple.com", "jane@example.c\u043em", "jane@\u0435xample.com"])
async def test_a_look_alike_domain_is_another_domain(
    idp: TestProvider, browser: httpx2.AsyncClient, look_alike: str
) -> None:
    """Row 73 (GitHub 2019): it is compared, and written to, in its ASCII form."""
    await idp.add_account(EMAIL)

    answer = await forgot(browser, look_alike)
    await register(browser, look_alike)

    assert answer.status_code == 200
    assert await idp.mails(EMAIL) == []
    assert {mail.to for mail in await idp.mails()} == {"jane@" + look_alike.partition("@")[2].encode("idna").decode()}


async def test_a_letter_goes_to_the_stored_address_and_not_to_what_was_typed(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 73."""
    await idp.add_account("jane@xn--exmple-cua.com")

    await forgot(browser, "JANE@EX\u00c4MPLE.COM")

    (mail,) = await idp.mails()
    assert mail.to == "jane@xn--exmple-cua.com"


@pytest.mark.parametrize("spelling", ["JANE@example.com", "jane@EXAMPLE.COM", " jane@example.com\n"])
async def test_no_second_account_has_the_same_address_in_another_spelling(
    idp: TestProvider, browser: httpx2.AsyncClient, spelling: str
) -> None:
    """Row 74."""
    await idp.add_account(EMAIL)

    assert (await register(browser, spelling)).status_code == 409


CONTROL = ["A\r\nBcc: evil@evil.example", "A\nB", "A\x1b[31mB", "A\u2028B", "A\u202eB", "A\x7fB", "A\u200fB", "A\tB"]


@pytest.mark.parametrize("field", ["firstName", "middleName", "lastName"])
async def test_a_name_breaks_no_line_of_a_mail_or_log(
    idp: TestProvider, browser: httpx2.AsyncClient, field: str
) -> None:
    """Row 107 (CPython CVE-2024-6923): refused at entry, whatever the mail library would do."""
    await idp.add_account(EMAIL)
    await login(browser)

    for name in CONTROL:
        registered = await register(browser, "new@example.com", **{field: name})
        changed = await browser.put("/user/public", json={field: name})
        assert (registered.status_code, changed.status_code) == (403, 403), name

    assert (await browser.get("/user")).json()["firstName"] == "Jane"
    assert await idp.mails() == []


INJECTIONS = ["' OR '1'='1", "'; DROP TABLE accounts; --", '" OR ""="', "\\' OR 1=1 --", "%", "_", "${7*7}", "{{7*7}}"]


async def test_text_is_never_part_of_a_statement_or_template(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 106 (Ory CVE-2026-33504): stored as it came, found by nothing but itself, and not evaluated in a mail."""
    account = await idp.add_account(EMAIL)
    await login(browser)
    for text in INJECTIONS:
        await browser.put("/user/public", json={"firstName": text, "language": text[:8]})
        answers = [
            await browser.get(f"/jurisdictions/byName/{quote(text)}"),
            await browser.get(f"/user/{quote(text)}"),
            await browser.post("/user/is-confirmation-token-valid", json={"token": text}),
            await browser.put("/auth/update-password", json={"token": text, "password": WRONG}),
        ]
        idp.clock.advance(timedelta(minutes=11))
        await refresh(browser)
        await forgot(browser)
        user = (await browser.get("/user")).json()

        assert [answer.status_code for answer in answers] == [404, 403, 201, 400], text
        assert answers[2].content == b""
        assert (user["firstName"], user["id"]) == (text, account.id)
        assert f"Hello {text} Doe" in (await idp.last_mail(EMAIL)).text
