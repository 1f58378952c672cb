"""Verbs' outcomes in NodeLoom's words."""

from starlette.responses import Response

from idp.core.errors import (
    Accident,
    AccountLocked,
    BadCredentials,
    CodeMissing,
    CodeRejected,
    Forbidden,
    MalformedRequest,
    NotConfirmed,
    Overloaded,
    PasswordOutdated,
    PluginFailed,
    Refusal,
    SessionExpired,
    SessionMissing,
    StorageUnavailable,
    TooManyRequests,
)
from idp.core.tenant import TenantKind, of_kind
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.web.answers import json_answer
from idp.web.body import UnsupportedMediaType
from idp.web.nodeloom.bodies import Done, Refused, TeamRole, User


def user(outcome: SignedIn) -> dict[str, object]:
    account = outcome.account
    teams = [
        TeamRole(team_id=membership.tenant.id, team_name=membership.tenant.name, role=membership.role)
        for membership in of_kind(outcome.memberships, TenantKind.TEAM)
    ]
    return User(
        id=account.id, first_name=account.first_name, last_name=account.last_name, email=account.email, teams=teams
    ).model_dump()


def done(message: str) -> dict[str, object]:
    return Done(message=message).model_dump()


def needs_more(outcome: SecondFactorNeeded) -> Response:
    return refused(401, "mfa_required", "A second factor is required", methods=list(outcome.methods))


def refused(
    status: int, error: str, message: str, *, methods: list[str] | None = None, retry_after: int | None = None
) -> Response:
    body = Refused(error=error, message=message, methods=methods).model_dump(exclude_none=True)
    headers = {"retry-after": str(retry_after)} if retry_after is not None else None
    return json_answer(body, status, headers=headers)


WORDS: tuple[tuple[type[Refusal] | type[Accident], int, str, str], ...] = (
    (UnsupportedMediaType, 415, "unsupported_media_type", "Content-Type must be application/json"),
    (CodeMissing, 401, "mfa_required", "A second factor is required"),
    (MalformedRequest, 400, "invalid_request", "Invalid request body or missing required fields"),
    # a locked account, a wrong password and an unknown name read the same (row 41)
    (BadCredentials, 401, "bad_credentials", "Invalid email or password"),
    (AccountLocked, 401, "bad_credentials", "Invalid email or password"),
    (PasswordOutdated, 401, "password_outdated", "The password is too old and must be reset"),
    (NotConfirmed, 401, "not_confirmed", "The email address is not confirmed"),
    (CodeRejected, 401, "code_rejected", "The code is not valid"),
    (SessionMissing, 401, "session_missing", "Invalid or expired token"),
    (SessionExpired, 401, "session_expired", "Invalid or expired token"),
    (Forbidden, 403, "foreign_origin", "The request came from another site"),
    (TooManyRequests, 429, "too_many_requests", "Too many requests"),
    (Overloaded, 503, "overloaded", "Busy, try again"),
    (StorageUnavailable, 503, "unavailable", "Not available right now, try again"),
    (PluginFailed, 503, "unavailable", "Not available right now, try again"),
)


def refusal(error: Refusal | Accident) -> Response:
    """The contract's words for it; what has none is a refusal without detail."""
    retry_after = error.retry_after_seconds if isinstance(error, TooManyRequests | Overloaded) else None
    for kind, status, code, message in WORDS:
        if isinstance(error, kind):
            return refused(status, code, message, retry_after=retry_after)
    return refused(400, "refused", "The request was refused")
