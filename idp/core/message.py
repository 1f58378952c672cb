"""Messages to people: what is to be said, and what was rendered from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from idp.core.ids import MessageId


class Template(StrEnum):
    """The texts that we send; an operator may override each, per language."""

    MFA_CODE = "mfa_code"
    SIGN_IN_CODE = "sign_in_code"
    CONFIRM_ACCOUNT = "confirm_account"
    RESET_PASSWORD = "reset_password"
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_REMOVED = "password_removed"
    FACTOR_CHANGED = "factor_changed"
    RECOVERY_CODE_USED = "recovery_code_used"
    EMAIL_IN_USE = "email_in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be said to whom, before a language was chosen. Lies sealed in the outbox until it was sent.

    `data` holds what the template needs and what a machine may read from the sender (`code`, `token`, `link`).
    """

    template: Template
    channel: str
    to: str
    language: str | None = None
    jurisdiction: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a Sender carries. `id` stays the same over retries: an idempotency key.

    `sender` is the mailbox that the jurisdiction writes from; None: the one of the plugin that sends it.
    """

    id: MessageId
    channel: str
    to: str
    subject: str
    text: str
    html: str | None = None
    sender: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
