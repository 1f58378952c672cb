"""What a client may give itself that no operator has looked at: one that registered, or is described by a document."""

from collections.abc import Iterable

from idp.core.client import ResourceServer
from idp.oauth.clients.metadata import MetadataTerms
from idp.oauth.clients.vocabulary import AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN
from idp.oauth.rules import OFFLINE_ACCESS, SCOPES, OAuthRules

USUAL_SCOPE = ("openid", "profile", "email", "address", "phone", OFFLINE_ACCESS)
GRANTS = frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE})
"""Those in which a person says yes. Tokens of its own, or of others, a client gets from an operator only."""


def strangers_terms(rules: OAuthRules, resources: Iterable[ResourceServer]) -> MetadataTerms:
    """Roles, teams and features are asked for by name; a resource server's scopes come along, for people to consent."""
    theirs = dict.fromkeys(scope for resource in resources for scope in resource.scopes if scope not in SCOPES)
    scopes = frozenset({*SCOPES, *theirs})
    usual = (*USUAL_SCOPE, *theirs) if rules.default_scope is None else rules.default_scope
    return MetadataTerms(
        profile=rules.profile,
        default_scope=tuple(scope for scope in usual if scope in scopes),
        scopes=scopes,
        grant_types=GRANTS,
        encrypted_requests=rules.encrypted_requests,
        smallest_rsa=rules.smallest_rsa,
    )
