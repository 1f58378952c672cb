"""What the operator decided, in the verbs' own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from idp.core.lockout import Budget
from idp.core.password import PasswordPolicy
from idp.core.session import Lifetimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`app_urls` are the origins that links may lead to (`https://app.example.com`), the first being the default.

    `password_life`: None lets passwords live for ever (NIST SP 800-63B §5.1.1.2 advises against expiry).
    """

    issuer: str
    password_budget: Budget
    code_budget: Budget
    source_budget: Budget
    request_budget: Budget
    message_budget: Budget
    sms_budget: Budget
    lifetimes: Lifetimes
    code_length: int = 6
    code_life: timedelta = timedelta(minutes=10)
    confirmation_life: timedelta = timedelta(hours=24)
    reset_life: timedelta = timedelta(hours=1)
    password_life: timedelta | None = None
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    password_by_jurisdiction: Mapping[str, PasswordPolicy] = field(default_factory=dict)
    common_passwords: frozenset[str] = frozenset()
    app_urls: tuple[str, ...] = ()
    known_devices: bool = False
    default_jurisdiction: str | None = None
    audit_life: timedelta | None = None
