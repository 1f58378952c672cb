"""The values of features in the file, resolved to the features that exist."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from idp.config.problem import Problem, dotted
from idp.config.settings import Settings
from idp.core.feature import Feature, FeatureKind, FeatureValue
from idp.core.tenant import TenantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredFlag:
    """One value. `kind` and `tenant` are None for everywhere; `feature` is the feature's own name."""

    feature: str
    kind: TenantKind | None
    tenant: str | None
    value: FeatureValue


def features_from(settings: Settings) -> tuple[Feature, ...]:
    """The operator's own features."""
    return tuple(
        Feature(name=name, kind=FeatureKind.VALUE, default=own.default, description=own.description)
        for name, own in settings.features.items()
    )


def flags_from(
    settings: Settings, feature_named: Callable[[str], Feature | None]
) -> tuple[tuple[ConfiguredFlag, ...], tuple[Problem, ...]]:
    """All values, and what is wrong with them. `feature_named` knows both spellings of a name.

    A value of the wrong type is refused: only `True` switches anything on, and "true" would quietly be off.
    """
    flags: dict[tuple[str, TenantKind | None, str | None], ConfiguredFlag] = {}
    problems = []
    for kind, tenant, table, name, value in _written(settings):
        key = dotted((*table, name))
        feature = feature_named(name)
        if feature is None:
            mend = "Define it in [features], or enable the plugin whose switch it is."
            problems.append(Problem(key=key, reason="names no feature", mend=mend))
        elif type(value) is not type(feature.default):
            noun = _NOUNS[type(feature.default)]
            problems.append(Problem(key=key, reason=f"is not {noun}", mend=f"Write {noun}."))
        elif (place := (feature.name, kind, tenant)) in flags:
            problems.append(Problem(key=key, reason="is there in both spellings", mend=f"Keep {feature.name}."))
        else:
            flags[place] = ConfiguredFlag(feature=feature.name, kind=kind, tenant=tenant, value=value)
    return tuple(flags.values()), tuple(problems)


def demands_unmet(
    settings: Settings, feature_named: Callable[[str], Feature | None], second_factors: Collection[str]
) -> Iterator[Problem]:
    """A second factor is demanded, and no plugin of `second_factors` (the enabled ones) could be asked.

    Everybody there would be locked out, for want of a way to prove one.
    """
    if second_factors:
        return
    for _, _, table, name, value in _written(settings):
        feature = feature_named(name)
        if value is True and feature is not None and feature.name == _DEMAND:
            yield Problem(
                key=dotted((*table, name)),
                reason="demands a second factor, and none is enabled: nobody could sign in",
                mend="Enable one (email_code, sms_code, totp or another package's), or set it to false.",
            )


_DEMAND = "mfa"

_NOUNS: dict[type, str] = {bool: "true or false", int: "a whole number", str: "a text"}

_Written = tuple[TenantKind | None, str | None, tuple[str, ...], str, FeatureValue]


def _written(settings: Settings) -> Iterator[_Written]:
    """Each value with its tenant and the table it stands in."""
    for name, value in settings.flags.items():
        yield None, None, ("flags",), name, value
    for tenant, jurisdiction in settings.jurisdictions.items():
        for name, value in jurisdiction.flags.items():
            yield TenantKind.JURISDICTION, tenant, ("jurisdictions", tenant, "flags"), name, value
    for tenant, team in settings.teams.items():
        for name, value in team.flags.items():
            yield TenantKind.TEAM, tenant, ("teams", tenant, "flags"), name, value
