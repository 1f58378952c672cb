"""What operators may do, where plugins misbehave and where two of them do it at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.address import canonical_email
from idp.core.errors import CodeRejected, EmailTaken, MalformedRequest, NotFound, PluginFailed
from idp.core.events import EventName
from idp.core.ids import TenantId
from idp.core.session import Source
from idp.core.tenant import TenantKind
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.accounts.create import NewAccount
from idp.usecases.administration import Administration
from idp.usecases.housekeeping.trail import Which
from idp.usecases.phone import canonical_number, readable_number
from tests.usecases.strangers import ENROLMENT, Broken, Doubting, with_factor, with_flags_elsewhere

SOURCE = Source(address="cli", contract="cli")
JANE = NewAccount(
    email=canonical_email("jane@example.com"),
    password="correct horse battery",
    first_name="Jane",
    last_name="Doe",
    confirmed=True,
)
WITH_APP = replace(JANE, mfa="totp")


async def test_an_account_whose_factor_fails_is_not_left_behind_without_it(idp: TestProvider) -> None:
    administration = with_factor(idp, Broken)

    with pytest.raises(PluginFailed):
        await administration.create_account(WITH_APP, SOURCE)

    assert list(await administration.accounts.page(after=None, limit=10)) == []
    trail = await administration.trail.latest(Which(), 10)
    assert [entry.event.name for entry in trail] == [EventName.ACCOUNT_CREATED, EventName.ACCOUNT_DELETED]


async def test_a_factor_that_takes_nobodys_word_is_demanded_and_waits_for_its_proof(idp: TestProvider) -> None:
    """Until then the account lets nobody in: an interrupted set-up leaves too much asked for, never too little."""
    administration = with_factor(idp, Doubting)

    created = await administration.create_account(WITH_APP, SOURCE)

    assert (created.enrolment, created.counts) == (ENROLMENT, False)
    shown = await administration.accounts.show(created.account.id)
    assert shown.account.mfa_methods == {"totp"}


async def test_vouching_for_it_only_begins_it(idp: TestProvider) -> None:
    administration = with_factor(idp, Doubting)
    created = await administration.create_account(JANE, SOURCE)

    begun = await administration.factors.vouch(created.account, "totp", SOURCE)
    before = (await administration.accounts.show(created.account.id)).account.mfa_methods
    await administration.factors.confirm(created.account, "totp", "123456", SOURCE)
    after = (await administration.accounts.show(created.account.id)).account.mfa_methods

    assert begun.counts is False
    assert (before, after) == (frozenset(), frozenset({"totp"}))


async def test_a_right_code_gives_its_attempt_back_and_a_wrong_one_does_not(idp: TestProvider) -> None:
    administration = with_factor(idp, Doubting)
    account = (await administration.create_account(JANE, SOURCE)).account

    lefts = []
    for code in ("000000", "123456", "000000"):
        try:
            await administration.factors.confirm(account, "totp", code, SOURCE)
        except CodeRejected as rejected:
            lefts.append(rejected.attempts_left)

    assert lefts[1] == lefts[0] - 1


async def test_two_operators_make_one_account_of_an_address(administration: Administration) -> None:
    """Threat row 74: the unique index decides."""
    made = await asyncio.gather(
        *(administration.create_account(JANE, SOURCE) for _ in range(4)), return_exceptions=True
    )

    refused = [one for one in made if isinstance(one, EmailTaken)]
    assert len(refused) == 3
    assert len(await administration.accounts.page(after=None, limit=10)) == 1


async def test_two_operators_make_one_tenant_of_a_name(administration: Administration) -> None:
    made = await asyncio.gather(*(administration.tenants.create(TenantKind.TEAM, "North", SOURCE) for _ in range(4)))

    assert [new for _, new in made].count(True) == 1
    assert len({tenant.id for tenant, _ in made}) == 1


async def test_flags_that_a_plugin_keeps_are_not_set_here(idp: TestProvider) -> None:
    """What nobody would ever read must not look as if it were in effect."""
    administration = with_flags_elsewhere(idp)

    with pytest.raises(MalformedRequest, match="elsewhere"):
        await administration.flags.set("mfa", "true", None, SOURCE)
    with pytest.raises(MalformedRequest, match="elsewhere"):
        await administration.flags.unset("mfa", None, SOURCE)


async def test_what_that_plugin_says_is_what_is_explained(idp: TestProvider) -> None:
    administration = with_flags_elsewhere(idp)
    await administration.tenants.create(TenantKind.TEAM, "North", SOURCE)
    created = await administration.create_account(replace(JANE, teams=("North",)), SOURCE)

    explained = await administration.flags.explain("mfa", created.account.id, None)

    assert explained.value is True


async def test_disabling_kills_the_codes_and_links_that_are_on_their_way(
    idp: TestProvider, administration: Administration
) -> None:
    account = await idp.add_account("jane@example.com")
    await idp.provider.verbs.ask.for_reset_link(account.email, None, SOURCE)
    await idp.deliver()
    token = idp.inbox.latest("jane@example.com").data["token"]
    assert await _is_pending(idp, token)

    await administration.accounts.disable(account.id, SOURCE)
    await administration.accounts.enable(account.id, SOURCE)

    assert not await _is_pending(idp, token)


async def test_a_new_password_forgets_known_devices_and_starts_its_age(
    idp: TestProvider, administration: Administration
) -> None:
    account = await idp.add_account("jane@example.com")
    idp.clock.advance(timedelta(days=400))

    await administration.set_password(account.id, "another horse battery", SOURCE)

    shown = await administration.accounts.show(account.id)
    assert shown.account.password_changed_at == idp.clock.now()


async def _is_pending(idp: TestProvider, token: str) -> bool:
    from idp.core.challenge import Purpose

    verbs = idp.provider.verbs
    digest = verbs.post.link_digest(Purpose.RESET_PASSWORD, token)
    now = idp.clock.now()
    found = await idp.provider.store.read(lambda work: work.challenges.peek_link(Purpose.RESET_PASSWORD, digest, now))
    return found is not None


async def test_what_is_so_already_is_not_told_twice(idp: TestProvider, administration: Administration) -> None:
    account = await idp.add_account("jane@example.com")

    for verb in (administration.accounts.disable, administration.accounts.enable):
        await verb(account.id, SOURCE)
        await verb(account.id, SOURCE)

    names = [entry.event.name for entry in await administration.trail.latest(Which(), 10)]
    assert names == [EventName.ACCOUNT_DISABLED, EventName.ACCOUNT_ENABLED]


async def test_a_factor_for_an_account_that_went_meanwhile_is_refused(
    idp: TestProvider, administration: Administration
) -> None:
    account = await idp.add_account("jane@example.com")
    await administration.accounts.delete(account.id, SOURCE)

    with pytest.raises(NotFound):
        await administration.factors.vouch(account, "email", SOURCE)


async def test_what_was_recorded_since_an_entry_is_told_in_order(
    idp: TestProvider, administration: Administration
) -> None:
    assert await administration.trail.last_number() == 0
    for name in ("North", "South", "East"):
        await administration.tenants.create(TenantKind.TEAM, name, SOURCE)

    last = await administration.trail.last_number()
    since = await administration.trail.after(1, Which(event="tenant.created"), 10)

    assert last == 3
    assert [entry.number for entry in since] == [2, 3]


async def test_an_import_that_wants_codes_nobody_sends_is_refused(tmp_path: Path, template: Path) -> None:
    """Else its people could never sign in, or would without the second factor that they had."""
    async with provider_at(tmp_path, template=template, plugins={"email_code": None, "sms_code": None}) as idp:
        line = b'{"email":"a@example.com","firstName":"A","lastName":"B","mfaEnabled":true}'

        tally = await Administration(idp.provider.verbs).import_accounts([(1, line)], SOURCE, lambda _: None)

    assert [one.reason for one in tally.refused] == ["mfaEnabled: no enabled plugin sends codes by email or sms"]


async def test_values_of_every_type_are_set_listed_and_refused(tmp_path: Path, template: Path) -> None:
    features = {
        "colour": {"description": "The app's colour.", "type": "string", "default": "red"},
        "seats": {"description": "How many.", "type": "integer", "default": 1},
    }
    async with provider_at(tmp_path, template=template, features=features, teams={"North": {}}) as idp:
        flags = Administration(idp.provider.verbs).flags
        north = (TenantKind.TEAM, "North")

        await flags.set("colour", "blue", north, SOURCE)
        await flags.set("seats", "-3", None, SOURCE)
        for name, text in (
            ("colour", "a\nb"),
            ("colour", "x" * 513),
            ("seats", "9" * 16),
            ("seats", "--5"),
            ("seats", "1.5"),
        ):
            with pytest.raises(MalformedRequest):
                await flags.set(name, text, None, SOURCE)
        _, values = await flags.all()

    assert [(value.feature.name, value.tenant, value.value) for value in values] == [
        ("colour", "North", "blue"),
        ("seats", None, -3),
    ]


async def test_a_value_for_a_tenant_that_is_gone_is_not_listed(
    idp: TestProvider, administration: Administration
) -> None:
    now = idp.clock.now()
    await idp.provider.store.transact(lambda work: work.flags.put("mfa", TenantId("gone"), True, now))

    assert list((await administration.flags.all())[1]) == []


@pytest.mark.parametrize("text", ["", "abc", "1", "+1 415", "+999999999999999999"])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        canonical_number(text)


@pytest.mark.parametrize("text", ["+14155550123", "(415) 555-0123", "415.555.0123", "+1 415 555 0123"])
def test_a_telephone_number_has_one_form(text: str) -> None:
    assert canonical_number(text) == "+14155550123"


def test_a_telephone_number_is_read_as_people_write_it() -> None:
    assert readable_number("+14155550123") == "+1 415-555-0123"
    assert canonical_number(readable_number("+34912345678")) == "+34912345678"
    assert readable_number("") == ""
    assert readable_number("of an import") == "of an import"
