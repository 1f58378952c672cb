"""Accounts."""

from dataclasses import replace

import pytest

from idp.core.address import EmailAddress
from idp.core.errors import EmailTaken, NotFound
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import (
    DESK,
    HOUR,
    NOW,
    a_challenge,
    a_full_account,
    a_refresh_token,
    a_session,
    a_team,
    an_account,
    keep,
)

NOBODY = AccountId("nobody")


async def test_an_account_comes_back_as_it_was_put_in(store: Store) -> None:
    full, bare = a_full_account(), an_account(2)

    await keep(store, full, bare)

    assert await store.read(lambda work: work.accounts.by_id(full.id)) == full
    assert await store.read(lambda work: work.accounts.by_email(bare.email)) == bare


async def test_nobody_is_found_under_an_unknown_name(store: Store) -> None:
    assert await store.read(lambda work: work.accounts.by_id(NOBODY)) is None
    assert await store.read(lambda work: work.accounts.by_email(EmailAddress("nobody@example.com"))) is None


async def test_an_address_belongs_to_one_account(store: Store) -> None:
    """Threat row 74: the unique index decides, not a look beforehand."""
    first = an_account(1)
    await keep(store, first)

    with pytest.raises(EmailTaken):
        await store.transact(lambda work: work.accounts.add(an_account(2, email=first.email)))

    assert await store.read(lambda work: work.accounts.by_email(first.email)) == first
    assert await store.read(lambda work: work.accounts.count()) == 1


async def test_an_update_writes_every_field_but_the_address(store: Store) -> None:
    before = an_account()
    await keep(store, before)
    wanted = replace(a_full_account(), email=EmailAddress("other@example.com"), updated_at=NOW + HOUR)

    await store.transact(lambda work: work.accounts.update(wanted))

    kept = await store.read(lambda work: work.accounts.by_id(before.id))
    assert kept == replace(wanted, email=before.email)


async def test_an_account_that_is_not_there_cannot_be_updated(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.accounts.update(an_account()))


async def test_an_address_can_be_changed(store: Store) -> None:
    account, fresh = an_account(), EmailAddress("fresh@example.com")
    await keep(store, account)

    await store.transact(lambda work: work.accounts.set_email(account.id, fresh, NOW + HOUR))

    changed = replace(account, email=fresh, updated_at=NOW + HOUR)
    assert await store.read(lambda work: work.accounts.by_email(fresh)) == changed
    assert await store.read(lambda work: work.accounts.by_email(account.email)) is None


async def test_a_change_to_a_taken_address_is_refused_and_what_came_before_it_stays(store: Store) -> None:
    taken, account = an_account(1), an_account(2)
    await keep(store, taken, account)

    def change(work: UnitOfWork) -> None:
        work.accounts.record_sign_in(account.id, NOW)
        work.accounts.set_email(account.id, taken.email, NOW)

    with pytest.raises(EmailTaken):
        await store.transact(change)

    assert await store.read(lambda work: work.accounts.by_id(account.id)) == replace(account, last_sign_in_at=NOW)


async def test_the_address_of_an_account_that_is_not_there_cannot_be_changed(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.accounts.set_email(NOBODY, EmailAddress("new@example.com"), NOW))


async def test_an_account_is_confirmed_once(store: Store) -> None:
    account = an_account()
    await keep(store, account)

    first = await store.transact(lambda work: work.accounts.confirm(account.id, NOW))
    second = await store.transact(lambda work: work.accounts.confirm(account.id, NOW + HOUR))

    assert (first, second) == (True, False)
    assert await store.read(lambda work: work.accounts.by_id(account.id)) == replace(account, confirmed_at=NOW)


async def test_a_number_may_be_named_while_none_is_proved(store: Store) -> None:
    """Threat row 59."""
    account = an_account()
    await keep(store, account)

    assert await store.transact(lambda work: work.accounts.name_phone(account.id, "+14155550101", NOW))
    await store.transact(lambda work: work.accounts.prove_phone(account.id, "+14155550101", NOW))
    assert not await store.transact(lambda work: work.accounts.name_phone(account.id, "+14155550199", NOW))

    proved = replace(account, phone_number="+14155550101", phone_verified_at=NOW)
    assert await store.read(lambda work: work.accounts.by_id(account.id)) == proved


async def test_sign_ins_and_changes_of_password_are_noted(store: Store) -> None:
    account = an_account()
    await keep(store, account)

    await store.transact(lambda work: work.accounts.record_sign_in(account.id, NOW))
    await store.transact(lambda work: work.accounts.record_password_change(account.id, NOW + HOUR))

    noted = replace(account, last_sign_in_at=NOW, password_changed_at=NOW + HOUR)
    assert await store.read(lambda work: work.accounts.by_id(account.id)) == noted


async def test_with_an_account_goes_all_that_is_its_own_and_the_trail_stays(store: Store) -> None:
    account, other, team = an_account(1), an_account(2), a_team()

    def settle(work: UnitOfWork) -> None:
        work.tenants.add(team)
        for number, owner in enumerate((account, other), start=1):
            work.accounts.add(owner)
            work.credentials.put(owner.id, "password", b"hash", NOW)
            work.sessions.open(a_session(number, number))
            work.refresh.add(a_refresh_token(number, number))
            work.challenges.issue(a_challenge(number))
            work.tenants.join(owner.id, team.id, "ADMIN", NOW)
            work.devices.add(Digest(b"device"), owner.id, NOW)
            work.record(Event(name=EventName.ACCOUNT_CREATED, account_id=owner.id), source=DESK, now=NOW)

    await store.transact(settle)

    assert await store.transact(lambda work: work.accounts.remove(account.id))

    def left_of(work: UnitOfWork, number: int) -> list[bool]:
        owner = an_account(number).id
        return [
            work.accounts.by_id(owner) is not None,
            work.credentials.get(owner, "password") is not None,
            work.sessions.by_id(a_session(number).id) is not None,
            work.refresh.find(a_refresh_token(number).digest) is not None,
            work.challenges.pending(owner, a_challenge().purpose, NOW) is not None,
            bool(work.tenants.of(owner)),
            work.devices.knows(Digest(b"device"), owner),
        ]

    assert not any(await store.read(lambda work: left_of(work, 1)))
    assert all(await store.read(lambda work: left_of(work, 2)))
    assert len(await store.read(lambda work: work.audit.page(account_id=account.id))) == 1


async def test_an_account_is_removed_once(store: Store) -> None:
    account = an_account()
    await keep(store, account)

    assert await store.transact(lambda work: work.accounts.remove(account.id))
    assert not await store.transact(lambda work: work.accounts.remove(account.id))


async def test_pages_follow_one_another_in_the_order_of_ids(store: Store) -> None:
    people = [an_account(number) for number in range(5)]
    await keep(store, *reversed(people))

    first = await store.read(lambda work: work.accounts.page(after=None, limit=2))
    rest = await store.read(lambda work: work.accounts.page(after=first[-1].id, limit=10))

    assert [*first, *rest] == people


@pytest.mark.parametrize("part", ["ÁNGEL", "ángel", "garcía", "PERSON7", "7@example"])
async def test_a_search_finds_parts_of_names_and_addresses_in_any_case(store: Store, part: str) -> None:
    found = an_account(7, first_name="Ángel", last_name="García")
    await keep(store, found, an_account(1))

    assert await store.read(lambda work: work.accounts.page(after=None, limit=10, search=part)) == [found]


@pytest.mark.parametrize("part", ["%", "_", "\\", "Ad%a"])
async def test_a_search_takes_every_sign_literally(store: Store, part: str) -> None:
    odd = an_account(2, last_name="100%_\\Ad%a")
    await keep(store, an_account(1), odd)

    assert await store.read(lambda work: work.accounts.page(after=None, limit=10, search=part)) == [odd]
