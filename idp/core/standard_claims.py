"""The claims that OpenID Connect names, and ours beside them: which scope opens which (OIDC Core §5.1, §5.4)."""

from collections.abc import Mapping
from types import MappingProxyType

BY_SCOPE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "profile": (
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ),
        "email": ("email", "email_verified"),
        "address": ("address",),
        "phone": ("phone_number", "phone_number_verified"),
        "roles": ("roles",),
        "teams": ("teams",),
        "jurisdictions": ("jurisdictions",),
        "features": ("features",),
    }
)

CLAIMS = tuple(claim for claims in BY_SCOPE.values() for claim in claims)

IN_LANGUAGES = frozenset({"name", "family_name", "given_name", "middle_name", "nickname"})
"""What somebody may be called in several languages and scripts (OIDC Core §5.2). We know it in one; a plugin may add
others (`name#ja-Kana-JP`)."""

SELF_TOLD = (
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "zoneinfo",
    "address",
)
"""What people say of themselves and no rule of ours reads: kept with the account, as `Account.claims`."""

ADDRESS_PARTS = ("formatted", "street_address", "locality", "region", "postal_code", "country")
"""OIDC Core §5.1.1."""

_REGISTERED = (
    "iss sub aud exp nbf iat jti azp nonce auth_time at_hash c_hash s_hash acr amr sid sub_jwk cnf act may_act"
)
_OTHERS = "scope client_id gid events _claim_names _claim_sources"
PROTOCOL = frozenset(f"{_REGISTERED} {_OTHERS}".split())
"""Claims that the protocol itself writes: no plugin and no profile may."""
