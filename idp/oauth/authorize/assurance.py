"""How sure a sign-in is (`acr`), and how sure a client wants it (OIDC Core §3.1.2.1, §5.5.1.1; threat row 56)."""

from collections.abc import Sequence

from idp.core.authorization import AuthorizationRequest
from idp.oauth.authorize.claims_parameter import values_of, wish_for
from idp.oauth.rules import ACR_VALUES, MULTI_FACTOR

WAYS = {"sms": "otp", "tel": "otp", "mfa": "otp"}
"""What says by which way a code went, or that there were two, stands beside `otp` for no proof more (RFC 8176 §2)."""


def reached(methods: Sequence[str]) -> tuple[str, ...]:
    """The classes that a session's `amr` fulfils, the strongest first. Two methods are two factors here.

    No method counts twice, and nothing but a sign-in adds any: `acr_values` raise no assurance.
    """
    level = min(len({WAYS.get(method, method) for method in methods}), len(ACR_VALUES))
    return tuple(reversed(ACR_VALUES[:level]))


def essential(request: AuthorizationRequest) -> tuple[str, ...]:
    """The classes of which one must be reached; empty: any will do."""
    wish = wish_for(request.claims, "acr")
    return values_of(wish) if wish.get("essential") is True else ()


def voluntary(request: AuthorizationRequest) -> tuple[str, ...]:
    """The classes that are welcome, the best first."""
    return request.acr_values or values_of(wish_for(request.claims, "acr"))


def is_unreachable(request: AuthorizationRequest) -> bool:
    """Whether nobody could ever fulfil it here."""
    wanted = essential(request)
    return bool(wanted) and not set(wanted).intersection(ACR_VALUES)


def is_too_weak(request: AuthorizationRequest, methods: Sequence[str]) -> bool:
    """Whether what must be reached is not."""
    wanted = essential(request)
    return bool(wanted) and not set(wanted).intersection(reached(methods))


def needs_second_factor(request: AuthorizationRequest) -> bool:
    """Whether whoever signs in has to give two factors."""
    return MULTI_FACTOR in essential(request) and is_too_weak(request, ("one",))


def is_weaker_than_wished(request: AuthorizationRequest, methods: Sequence[str]) -> bool:
    wanted = set(voluntary(request)).intersection(ACR_VALUES)
    return bool(wanted) and not wanted.intersection(reached(methods))


def told(request: AuthorizationRequest, methods: Sequence[str]) -> str | None:
    """The `acr` of the ID token: the first that was asked for and is reached, else the strongest."""
    found = reached(methods)
    asked = (*essential(request), *voluntary(request))
    return next((value for value in asked if value in found), next(iter(found), None))
