"""What happened, for the audit trail and for subscribers. Never a password, code, token, cookie or full number.

Names have three parts where they need them: subject, then what came of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from idp.core.ids import AccountId, SessionId


class EventName(StrEnum):
    LOGIN_OK = "login.ok"
    LOGIN_FAIL = "login.fail"
    LOGIN_LOCKED = "login.locked"
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
    EMAIL_CHANGE_ASKED = "email.change_asked"
    EMAIL_CHANGED = "email.changed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_UNLOCKED = "account.unlocked"
    ACCOUNT_DELETED = "account.deleted"
    SESSION_REFRESHED = "session.refreshed"
    SESSION_ENDED = "session.ended"
    SESSION_REVOKED = "session.revoked"
    REFRESH_REUSE = "refresh.reuse"
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
