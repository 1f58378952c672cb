"""Proof Key for Code Exchange (RFC 7636): S256, or none where it is not demanded (threat row 96)."""

import re

from idp.core.client import Client
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.errors import InvalidRequest
from idp.oauth.rules import OAuthRules

S256 = "S256"
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
"""SHA-256 in base64url: code challenges and the thumbprints of keys."""


def judge_challenge(client: Client, parameters: Parameters, rules: OAuthRules) -> str | None:
    """A challenge without a method means `plain` (§4.3), and that is refused (authentik CVE-2024-23647)."""
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if challenge is None:
        if method is not None:
            raise InvalidRequest("code_challenge_method without code_challenge")
        if is_demanded(client, rules):
            raise InvalidRequest("code_challenge is missing: PKCE by S256 is demanded")
        return None
    if method != S256:
        raise InvalidRequest("code_challenge_method must be S256")
    if not THUMBPRINT.fullmatch(challenge):
        raise InvalidRequest("code_challenge is malformed")
    return challenge


def is_demanded(client: Client, rules: OAuthRules) -> bool:
    """Of all where the operator says so (ASVS 10.4.6), else of public clients (RFC 9700 §2.1.1), of those that
    registered it, and by every profile.
    """
    if rules.require_pkce or client.is_public:
        return True
    return client.metadata.require_pkce or rules.profile_of(client) is not None


def judge_key(parameters: Parameters) -> str | None:
    """`dpop_jkt` (RFC 9449 §10)."""
    thumbprint = parameters.get("dpop_jkt")
    if thumbprint is not None and not THUMBPRINT.fullmatch(thumbprint):
        raise InvalidRequest("dpop_jkt is malformed")
    return thumbprint
