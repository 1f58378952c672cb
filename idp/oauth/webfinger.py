"""Whose issuer we are: WebFinger (OIDC Discovery §2, RFC 7033).

The answer is read off the resource and the configuration alone: it is the same whether an account exists or not, so
nobody fishes for people here (row 36).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.oauth.errors import InvalidRequest
from idp.oauth.rules import OAuthRules

PATH = "/.well-known/webfinger"
ISSUER = "http://openid.net/specs/connect/1.0/issuer"
LONGEST = 1024

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:(?:[\w.~!$&'()*+,;=:@/?#\[\]-]|%[0-9a-f]{2})+", re.ASCII | re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:acct|mailto):[^@/?#\[\]]+@([a-z0-9.-]+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFinger:
    rules: OAuthRules

    def __call__(self, resource: str, relations: Collection[str]) -> dict[str, object] | None:
        """A JRD (RFC 7033 §4.4); None for a resource that is not of a host of ours.

        `relations` choose among the links, of which there is one. Raises InvalidRequest for what is no address.
        """
        if not _is_ours(resource, self.rules):
            return None
        links = [{"rel": ISSUER, "href": self.rules.issuer}] if not relations or ISSUER in relations else []
        return {"subject": resource, "links": links}


def _is_ours(resource: str, rules: OAuthRules) -> bool:
    if len(resource) > LONGEST or not _ADDRESS.fullmatch(resource):
        raise InvalidRequest("resource is no address")
    scheme = resource.partition(":")[0].lower()
    own, others = urlsplit(rules.issuer), rules.webfinger_domains or ()
    if scheme in {"acct", "mailto"}:
        account = _ACCOUNT.fullmatch(resource)
        if account is None:
            raise InvalidRequest("resource is no address")
        return account[1].lower() in {own.hostname, *others}
    return scheme == own.scheme and _authority(resource) in {own.netloc, *others}


def _authority(resource: str) -> str:
    """Host and port, as an issuer is spelled."""
    try:
        return urlsplit(resource).netloc.rpartition("@")[2].lower()
    except ValueError:
        raise InvalidRequest("resource is no address") from None
