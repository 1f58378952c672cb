"""Telephone numbers: one canonical form, made once, at the edge."""

from idp.core.errors import MalformedRequest

HOME_REGION = "US"
"""Where a number without a country is from; write `+` to say otherwise."""


def canonical_number(text: str) -> str:
    """E.164 (`+14155550123`). Raises MalformedRequest."""
    import phonenumbers  # noqa: PLC0415 - a start does not pay for it

    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise MalformedRequest("the telephone number is none") from None
    if not phonenumbers.is_possible_number(number):
        raise MalformedRequest("the telephone number is none")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def readable_number(canonical: str) -> str:
    """As people write it, country first (`+1 415-555-0123`)."""
    if not canonical:
        return ""
    import phonenumbers  # noqa: PLC0415 - a start does not pay for it

    try:
        number = phonenumbers.parse(canonical)
    except phonenumbers.NumberParseException:
        return canonical  # of an import that took it as it was
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
