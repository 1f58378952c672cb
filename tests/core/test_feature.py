"""Who decides about a feature (architecture, section 4)."""

from datetime import UTC, datetime

import pytest

from idp.core.feature import Feature, FeatureKind, FeatureValue, FlagTable, Level
from idp.core.ids import TenantId
from idp.core.tenant import Tenant, TenantKind

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def tenant(name: str, kind: TenantKind = TenantKind.JURISDICTION) -> Tenant:
    return Tenant(id=TenantId(name), kind=kind, name=name, created_at=NOW)


A, B = tenant("A"), tenant("B")
TEAM = tenant("T", TenantKind.TEAM)
MFA = Feature(name="mfa", kind=FeatureKind.REQUIREMENT, default=False, description="")
CODE = Feature(name="code", kind=FeatureKind.PERMISSION, default=False, description="")
COLOUR = Feature(name="colour", kind=FeatureKind.VALUE, default="grey", description="")


def set_at_run_time(feature: Feature, **values: FeatureValue) -> FlagTable:
    return FlagTable(config={}, run_time={(feature.name, TenantId(name)): value for name, value in values.items()})


@pytest.mark.parametrize(
    ("values", "needed"),
    [({}, False), ({"A": True}, True), ({"A": False, "B": True}, True), ({"T": True}, True), ({"A": False}, False)],
)
def test_a_requirement_is_on_when_any_tenant_demands_it(values: dict[str, bool], needed: bool) -> None:
    decision = set_at_run_time(MFA, **values).decide(MFA, [A, B, TEAM])

    assert decision.is_on is needed


def test_no_tenant_can_lift_a_requirement_that_holds_everywhere() -> None:
    table = FlagTable(config={}, run_time={("mfa", None): True, ("mfa", A.id): False})

    assert table.decide(MFA, [A]).is_on


@pytest.mark.parametrize(
    ("values", "allowed"),
    [({}, False), ({"A": True}, False), ({"A": True, "B": True}, True), ({"A": True, "B": False}, False)],
)
def test_a_permission_is_on_only_when_every_jurisdiction_allows_it(values: dict[str, bool], allowed: bool) -> None:
    decision = set_at_run_time(CODE, **values).decide(CODE, [A, B])

    assert decision.is_on is allowed


def test_a_team_grants_no_permission() -> None:
    assert not set_at_run_time(CODE, T=True).decide(CODE, [A, TEAM]).is_on


def test_an_account_of_no_jurisdiction_has_what_holds_everywhere() -> None:
    table = FlagTable(config={("code", None, ""): True}, run_time={})

    assert table.decide(CODE, []).is_on


def test_run_time_wins_over_the_config_and_a_tenant_over_everywhere() -> None:
    config: dict[tuple[str, TenantKind | None, str], FeatureValue] = {
        ("code", TenantKind.JURISDICTION, "A"): True,
        ("code", None, ""): True,
    }
    levels = [
        FlagTable(config, {("code", A.id): False, ("code", None): True}).say(CODE, A).level,
        FlagTable(config, {("code", None): False}).say(CODE, A).level,
        FlagTable({("code", None, ""): True}, {("code", None): False}).say(CODE, A).level,
        FlagTable({("code", None, ""): True}, {}).say(CODE, A).level,
        FlagTable({}, {}).say(CODE, A).level,
    ]

    assert levels == [
        Level.RUN_TIME_TENANT,
        Level.CONFIG_TENANT,
        Level.RUN_TIME_GLOBAL,
        Level.CONFIG_GLOBAL,
        Level.DEFAULT,
    ]


def test_a_jurisdiction_and_a_team_of_one_name_are_two_tenants() -> None:
    """Row 124."""
    table = FlagTable({("mfa", TenantKind.TEAM, "A"): True}, {})

    assert not table.decide(MFA, [A]).is_on
    assert table.decide(MFA, [tenant("A", TenantKind.TEAM)]).is_on


def test_a_value_comes_from_the_team_before_the_jurisdiction() -> None:
    table = set_at_run_time(COLOUR, A="red", T="blue")

    assert table.decide(COLOUR, [A, TEAM]).value == "blue"
    assert table.decide(COLOUR, [A]).value == "red"
    assert table.decide(COLOUR, [B]).value == "grey"


def test_only_true_is_on() -> None:
    table = set_at_run_time(CODE, A=1)

    assert not table.decide(CODE, [A]).is_on
