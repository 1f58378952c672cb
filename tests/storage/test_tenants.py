"""Jurisdictions, teams, memberships."""

from dataclasses import replace

import pytest

from idp.core.errors import NotFound
from idp.core.ids import TenantId
from idp.core.tenant import Membership, Tenant, TenantKind
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import NOW, a_jurisdiction, a_team, an_account, keep

ADA = an_account().id


async def _add(store: Store, *tenants: Tenant) -> list[bool]:
    return await store.transact(lambda work: [work.tenants.add(tenant) for tenant in tenants])


async def test_a_tenant_is_found_by_id_and_by_kind_and_name(store: Store) -> None:
    team = a_team()
    await _add(store, team)

    assert await store.read(lambda work: work.tenants.by_id(team.id)) == team
    assert await store.read(lambda work: work.tenants.by_name(TenantKind.TEAM, "My Team")) == team
    assert await store.read(lambda work: work.tenants.by_name(TenantKind.TEAM, "my team")) is None
    assert await store.read(lambda work: work.tenants.by_name(TenantKind.JURISDICTION, "My Team")) is None


async def test_a_name_is_given_once_within_its_kind(store: Store) -> None:
    second = replace(a_team("Alameda"), id=TenantId("another"))

    assert await _add(store, a_team("Alameda"), a_jurisdiction("Alameda"), second) == [True, True, False]
    assert await store.read(lambda work: work.tenants.by_id(second.id)) is None


async def test_name_and_settings_can_be_changed(store: Store) -> None:
    team = a_team()
    await _add(store, team)
    changed = replace(team, name="Our Team", settings={"public": True})

    await store.transact(lambda work: work.tenants.update(changed))

    assert await store.read(lambda work: work.tenants.by_id(team.id)) == changed
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.tenants.update(a_jurisdiction()))


async def test_tenants_of_a_kind_are_listed_by_name(store: Store) -> None:
    await _add(store, *map(a_jurisdiction, ("San Jose", "Álava", "Alameda")), a_team("Aardvarks"))

    listed = await store.read(lambda work: work.tenants.all(TenantKind.JURISDICTION))

    assert [tenant.name for tenant in listed] == ["Alameda", "San Jose", "Álava"]


async def test_memberships_name_jurisdictions_first(store: Store) -> None:
    tenants = [a_team("B"), a_jurisdiction("D"), a_team("A"), a_jurisdiction("C")]
    await keep(store, an_account(1), an_account(2))
    await _add(store, *tenants, a_team("Not hers"))

    def join(work: UnitOfWork) -> None:
        for tenant in tenants:
            work.tenants.join(ADA, tenant.id, "MEMBER", NOW)
        work.tenants.join(an_account(2).id, TenantId("team-Not hers"), "ADMIN", NOW)

    await store.transact(join)

    memberships = await store.read(lambda work: work.tenants.of(ADA))
    assert [membership.tenant.name for membership in memberships] == ["C", "D", "A", "B"]
    assert memberships[2] == Membership(account_id=ADA, tenant=a_team("A"), role="MEMBER")


async def test_joining_again_changes_the_role(store: Store) -> None:
    team = a_team()
    await keep(store)
    await _add(store, team)

    await store.transact(lambda work: work.tenants.join(ADA, team.id, "MEMBER", NOW))
    await store.transact(lambda work: work.tenants.join(ADA, team.id, "ADMIN", NOW))

    assert [membership.role for membership in await store.read(lambda work: work.tenants.of(ADA))] == ["ADMIN"]


async def test_nobody_joins_what_is_not_there(store: Store) -> None:
    await keep(store)

    with pytest.raises(NotFound):
        await store.transact(lambda work: work.tenants.join(ADA, TenantId("none"), "MEMBER", NOW))


async def test_a_tenant_is_left_once(store: Store) -> None:
    team = a_team()
    await keep(store)
    await _add(store, team)
    await store.transact(lambda work: work.tenants.join(ADA, team.id, "MEMBER", NOW))

    assert await store.transact(lambda work: work.tenants.leave(ADA, team.id))
    assert not await store.transact(lambda work: work.tenants.leave(ADA, team.id))

    assert await store.read(lambda work: work.tenants.of(ADA)) == ()
