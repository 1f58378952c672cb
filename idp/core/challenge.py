"""One-time codes and links: one live per account and purpose."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idp.core.ids import AccountId
from idp.core.secret import Digest


class Purpose(StrEnum):
    """Part of the key and of the digest: a code for one purpose is nothing to another (Keycloak CVE-2026-4325)."""

    SECOND_FACTOR = "second_factor"
    SIGN_IN = "sign_in"
    CONFIRM_ACCOUNT = "confirm_account"
    RESET_PASSWORD = "reset_password"
    CHANGE_EMAIL = "change_email"
    SECOND_STEP = "second_step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A pending code or link. `target` is the address it proves; `method` the second factor it was asked for.

    Of a second step, `method` holds what the first one proved, and `target` what the next has to know.
    """

    account_id: AccountId
    purpose: Purpose
    digest: Digest
    method: str
    target: str
    issued_at: datetime
    expires_at: datetime
