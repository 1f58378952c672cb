"""We are a resource server ourselves: the names of our own API, and where it is described (RFC 8707 §2, RFC 9728)."""

USERINFO = "/oauth2/userinfo"
FLAGS = "/ofrep/v1/evaluate/flags"
METADATA = "/.well-known/oauth-protected-resource"
PARTS = ("", USERINFO, FLAGS)
"""The whole of it, then each part that answers with challenges: RFC 9728 §3.3 wants a document for the very address
that was asked."""


def names_us(resource: str, issuer: str) -> bool:
    """Whichever it is, the token is for userinfo's audience: one for the parts is one for all."""
    return resource.removeprefix(issuer) in PARTS and resource.startswith(issuer)


def described_at(part: str, issuer: str) -> str:
    """RFC 9728 §3.1: the part's path stands behind the well-known one."""
    return f"{issuer}{METADATA}{part}"
