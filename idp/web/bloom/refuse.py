"""Refusals in Bloom's five shapes (bloom.md §1.1)."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from idp.core.errors import (
    Accident,
    AccountLocked,
    BadCredentials,
    CodeMissing,
    CodeRejected,
    EmailTaken,
    FactorUnavailable,
    FeatureOff,
    Forbidden,
    LinkRejected,
    MalformedRequest,
    NameRejected,
    NotConfirmed,
    NotFound,
    Overloaded,
    PasswordNeeded,
    PasswordOutdated,
    PasswordRejected,
    PhoneNumberFixed,
    PhoneNumberMissing,
    PluginFailed,
    Refusal,
    SessionExpired,
    SessionMissing,
    StorageUnavailable,
    TooManyRequests,
    UnknownTenant,
    WrongPassword,
)
from idp.web.answers import json_answer
from idp.web.bloom.answers import RefusedBare, RefusedFull, RefusedList, RefusedObject, timestamp
from idp.web.body import Malformed, UnsupportedMediaType

THROTTLED = "ThrottlerException: Too Many Requests"
REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


def full(status: int, message: str, *, retry_after: str | None = None, seconds: int | None = None) -> Response:
    """Shape A."""
    body = RefusedFull(message=message, error=REASONS[status], status_code=status, retry_after=retry_after)
    headers = {"retry-after": str(seconds)} if seconds is not None else None
    return json_answer(body.model_dump(exclude_none=True), status, headers=headers)


def bare(status: int) -> Response:
    """Shape B."""
    return json_answer(RefusedBare(message=REASONS[status], status_code=status).model_dump(), status)


def named(status: int, *, name: str | None = None, message: str | None = None, left: int | None = None) -> Response:
    """Shape C."""
    body = RefusedObject(name=name, message=message, failure_count_remaining=left)
    return json_answer(body.model_dump(exclude_none=True), status)


def listed(*messages: str) -> Response:
    """Shape D."""
    return json_answer(RefusedList(message=list(messages), error=REASONS[400], status_code=400).model_dump(), 400)


PLAIN: tuple[tuple[type[Refusal] | type[Accident], int, str], ...] = (
    (UnsupportedMediaType, 415, "Content-Type must be application/json"),
    (PhoneNumberFixed, 401, "phone number can only be specified the first time using mfa"),
    (FactorUnavailable, 401, "this mfa type is not available for the account"),
    (SessionExpired, 401, "no user found"),
    (LinkRejected, 400, "tokenExpired"),
    (EmailTaken, 409, "emailInUse"),
    (NameRejected, 403, "the name was found to be invalid"),
    (NotFound, 404, "Not Found"),
    (Forbidden, 403, "Forbidden resource"),
    (StorageUnavailable, 503, "not available right now"),
    (PluginFailed, 503, "not available right now"),
)


def refusal(error: Refusal | Accident, locked_status: int) -> Response:
    """The contract's answer. `locked_status`: the seed says 401, the real front end shows "locked" for 429 only."""
    match error:
        case PasswordRejected():
            return listed("passwordTooWeak")
        case BadCredentials():
            return named(401, left=error.attempts_left)
        case CodeRejected():
            return named(401, message="mfaUnauthorized", left=error.attempts_left)
        case AccountLocked():
            return full(locked_status, "Failed login attempts exceeded.", retry_after=timestamp(error.until))
        case _:
            return _refuse_plainly(error)


def _refuse_plainly(error: Refusal | Accident) -> Response:
    if (special := SPECIAL.get(type(error))) is not None:
        return special(error)
    for kind, status, message in PLAIN:
        if isinstance(error, kind):
            return full(status, message)
    if isinstance(error, MalformedRequest):
        return listed(*error.problems)
    return full(400, REASONS[400])


SPECIAL: dict[type[Refusal] | type[Accident], Callable[[Any], Response]] = {
    Malformed: lambda error: full(400, str(error)),
    TooManyRequests: lambda error: full(429, THROTTLED, seconds=error.retry_after_seconds),
    Overloaded: lambda error: full(503, "busy, try again", seconds=error.retry_after_seconds),
    SessionMissing: lambda _: bare(401),
    PhoneNumberMissing: lambda _: named(401, name="phoneNumberMissing", message="no valid phone number was found"),
    CodeMissing: lambda _: named(401, name="mfaCodeIsMissing"),
    NotConfirmed: lambda error: full(401, f"user {error.account_id} attempted to login, but is not confirmed"),
    PasswordOutdated: lambda error: full(
        401, f"user {error.account_id} attempted to login, but password is no longer valid"
    ),
    PasswordNeeded: lambda error: full(400, f"userID {error.account_id}: request missing currentPassword"),
    WrongPassword: lambda error: full(
        401, f"userID {error.account_id}: incoming password doesn't match stored password"
    ),
    UnknownTenant: lambda error: full(400, f"Jurisdiction {error.name} does not exists"),
    FeatureOff: lambda _: full(400, "Single use code login is not setup for this jurisdiction"),
}
