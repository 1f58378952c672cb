"""Values of features in the file, in either spelling."""

import pytest

from idp.config.flags import ConfiguredFlag, demands_unmet, features_from, flags_from
from idp.core.feature import Feature, FeatureKind
from idp.core.tenant import TenantKind
from tests.config.conftest import Loading

CODE = Feature(
    name="single_use_code",
    alias="enableSingleUseCode",
    kind=FeatureKind.PERMISSION,
    default=False,
    description="Signs in by a code.",
)
QUOTA = Feature(name="quota", kind=FeatureKind.VALUE, default=5, description="How many.")


def feature_named(name: str) -> Feature | None:
    return {"single_use_code": CODE, "enableSingleUseCode": CODE, "quota": QUOTA}.get(name)


def test_values_are_found_everywhere_in_jurisdictions_and_in_teams(loaded: Loading) -> None:
    settings = loaded(
        """
        [flags]
        quota = 7
        [jurisdictions."Bay Area".flags]
        enableSingleUseCode = true
        [teams.Red]
        flags = { single_use_code = false }
        """
    )

    flags, problems = flags_from(settings, feature_named)

    assert problems == ()
    assert flags == (
        ConfiguredFlag(feature="quota", kind=None, tenant=None, value=7),
        ConfiguredFlag(feature="single_use_code", kind=TenantKind.JURISDICTION, tenant="Bay Area", value=True),
        ConfiguredFlag(feature="single_use_code", kind=TenantKind.TEAM, tenant="Red", value=False),
    )


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[flags]\nunknown = true", "flags.unknown", "names no feature"),
        ("[flags]\nsingle_use_code = 'true'", "flags.single_use_code", "is not true or false"),
        ("[flags]\nsingle_use_code = 1", "flags.single_use_code", "is not true or false"),
        ("[flags]\nquota = true", "flags.quota", "is not a whole number"),
        ("[jurisdictions.'B A'.flags]\nx = true", 'jurisdictions."B A".flags.x', "names no feature"),
        (
            "[flags]\nsingle_use_code = true\nenableSingleUseCode = false",
            "flags.enableSingleUseCode",
            "is there in both spellings",
        ),
    ],
)
def test_a_value_that_would_quietly_do_nothing_is_told(loaded: Loading, text: str, key: str, reason: str) -> None:
    _, (problem,) = flags_from(loaded(text), feature_named)

    assert problem.key == key
    assert problem.reason == reason


def test_an_operators_own_features_are_values(loaded: Loading) -> None:
    settings = loaded(
        """
        [features.enable_reports]
        description = "Shows the reports page."
        [features.theme]
        description = "Colours."
        type = "string"
        default = "blue"
        """
    )

    assert features_from(settings) == (
        Feature(name="enable_reports", kind=FeatureKind.VALUE, default=False, description="Shows the reports page."),
        Feature(name="theme", kind=FeatureKind.VALUE, default="blue", description="Colours."),
    )


MFA = Feature(name="mfa", alias="enableMfa", kind=FeatureKind.PERMISSION, default=False, description="Demands one.")
DEMANDS = """
[flags]
mfa = true
[jurisdictions."Bay Area".flags]
enableMfa = true
[jurisdictions.Alameda.flags]
mfa = false
[teams.Red.flags]
mfa = true
"""


def mfa_named(name: str) -> Feature | None:
    return {"mfa": MFA, "enableMfa": MFA}.get(name)


def test_a_second_factor_that_is_demanded_where_none_is_enabled_is_told(loaded: Loading) -> None:
    """Everybody there would be locked out."""
    problems = list(demands_unmet(loaded(DEMANDS), mfa_named, set()))

    assert [problem.key for problem in problems] == [
        "flags.mfa",
        'jurisdictions."Bay Area".flags.enableMfa',
        "teams.Red.flags.mfa",
    ]
    assert all(problem.reason and problem.mend for problem in problems)


def test_it_may_be_demanded_where_one_is_enabled(loaded: Loading) -> None:
    assert list(demands_unmet(loaded(DEMANDS), mfa_named, {"totp"})) == []
