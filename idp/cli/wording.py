"""Why a verb did not do it, in a sentence for the operator."""

from collections.abc import Callable, Mapping
from typing import Any

from idp.core.errors import (
    AccountLocked,
    CodeRejected,
    EmailTaken,
    FactorUnavailable,
    PasswordRejected,
    PhoneNumberMissing,
    Refusal,
    UnknownTenant,
)

OBJECTIONS = {
    "tooShort": "it is too short",
    "tooLong": "it is too long",
    "notText": "it is no text",
    "needsUpper": "it has no upper-case letter",
    "needsLower": "it has no lower-case letter",
    "needsDigit": "it has no digit",
    "needsSpecial": "it has none of #?!@$%^&*-",
    "tooCommon": "it is among the most common ones",
    "tooPersonal": "it is the name or the address",
}


def worded(refusal: Refusal) -> str:
    words = _WORDS.get(type(refusal))
    return words(refusal) if words else str(refusal) or refusal.code.replace("_", " ")


_WORDS: Mapping[type[Refusal], Callable[[Any], str]] = {
    UnknownTenant: lambda refusal: f"there is no jurisdiction or team named {refusal.name}",
    EmailTaken: lambda _: "another account has this address",
    PasswordRejected: lambda refusal: (
        "the password is refused: " + ", ".join(OBJECTIONS.get(name, name) for name in refusal.objections)
    ),
    FactorUnavailable: lambda refusal: f"no enabled plugin, or no factor of the account, is named {refusal.method}",
    PhoneNumberMissing: lambda _: "a code by SMS needs a telephone number: give --phone",
    CodeRejected: lambda _: "the code is wrong, used or expired",
    AccountLocked: lambda refusal: f"too many wrong codes: locked until {refusal.until:%H:%M:%S} UTC",
}
