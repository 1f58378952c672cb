"""What happened, for the audit trail and for subscribers. Never a password, code, token, cookie or full number.

Names have three parts where they need them: subject, then what came of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from idp.core.ids import AccountId, SessionId


class EventName(StrEnum):
    LOGIN_OK = "login.ok"
    LOGIN_FAIL = "login.fail"
    LOGIN_LOCKED = "login.locked"
    LOGIN_ALARM = "login.alarm"
    MFA_NEEDED = "mfa.needed"
    MFA_SENT = "mfa.sent"
    MFA_FAIL = "mfa.fail"
    CODE_SENT = "code.sent"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    CONFIRMATION_SENT = "confirmation.sent"
    CONFIRMATION_DONE = "confirmation.done"
    RESET_ASKED = "reset.asked"
    RESET_DONE = "reset.done"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_REMOVED = "password.removed"
    EMAIL_CHANGE_ASKED = "email.change_asked"
    EMAIL_CHANGED = "email.changed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_UNLOCKED = "account.unlocked"
    ACCOUNT_DELETED = "account.deleted"
    SESSION_ENDED = "session.ended"
    SESSION_REVOKED = "session.revoked"
    REFRESH_REUSE = "refresh.reuse"
    CODE_REPLAYED = "code.replayed"
    TOKEN_EXCHANGED = "token.exchanged"
    CLIENT_REFUSED = "client.refused"
    CLIENT_CREATED = "client.created"
    CLIENT_UPDATED = "client.updated"
    CLIENT_DELETED = "client.deleted"
    CLIENT_SECRET_ROTATED = "client.secret_rotated"
    AUTHORIZATION_GRANTED = "authorization.granted"
    AUTHORIZATION_DENIED = "authorization.denied"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REVOKED = "consent.revoked"
    GRANT_REVOKED = "grant.revoked"
    FLAG_SET = "flag.set"
    TENANT_CREATED = "tenant.created"
    MEMBERSHIP_SET = "membership.set"
    KEYS_ROTATED = "keys.rotated"
    KEY_RETIRED = "keys.retired"
    MESSAGE_FAILED = "message.failed"


class Outcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `subject_hash` is a keyed hash of a name that belongs to no account.

    `detail` holds enumerations, ids and counts only.
    """

    name: EventName
    outcome: Outcome = Outcome.SUCCESS
    reason: str = ""
    account_id: AccountId | None = None
    session_id: SessionId | None = None
    subject_hash: str = ""
    jurisdiction: str = ""
    methods: tuple[str, ...] = ()
    detail: Mapping[str, str | int | bool] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """What differs from the default, by field name: what the audit trail and the outbox hold."""
        written: dict[str, object] = {"name": self.name.value, "outcome": self.outcome.value}
        written |= {field: value for field in _TEXTS if (value := getattr(self, field))}
        if self.methods:
            written["methods"] = list(self.methods)
        if self.detail:
            written["detail"] = dict(self.detail)
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Event":
        """The event that `to_json` wrote. Raises ValueError for a name that this version does not know."""
        return cls(
            name=EventName(written["name"]),
            outcome=Outcome(written["outcome"]),
            methods=tuple(written.get("methods", ())),
            detail=written.get("detail", {}),
            **{field: written[field] for field in _TEXTS if field in written},
        )


_TEXTS = ("reason", "account_id", "session_id", "subject_hash", "jurisdiction")
