"""E-mail addresses: one canonical form, made once, at the edge."""

from typing import NewType

from email_validator import EmailNotValidError, validate_email

from idp.core.errors import MalformedRequest

EmailAddress = NewType("EmailAddress", str)
"""Lower case, ASCII local part, IDNA domain. Counters, indexes and comparisons know no other form."""

LONGEST = 254


def canonical_email(text: str) -> EmailAddress:
    """The canonical form of one address, or MalformedRequest.

    Never folds look-alikes into ASCII: `mıke@…` is refused, not matched with `mike@…` (CVE-2019-19844).
    """
    trimmed = text.strip()
    if len(trimmed) > LONGEST or (not trimmed.isascii() and not trimmed.rpartition("@")[0].isascii()):
        raise MalformedRequest("email must be an email")
    try:
        checked = validate_email(
            trimmed, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True
        )
    except EmailNotValidError:
        raise MalformedRequest("email must be an email") from None
    return EmailAddress(checked.normalized.rpartition("@")[0].lower() + "@" + checked.ascii_domain.lower())
