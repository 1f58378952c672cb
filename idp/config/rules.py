"""The settings in the verbs' own terms."""

from collections.abc import Mapping
from datetime import timedelta

from idp.config.settings import Settings
from idp.config.types import Frequency
from idp.core.lockout import Budget
from idp.core.password import PRESETS, PasswordPolicy
from idp.core.session import Lifetimes
from idp.core.tenant import TenantKind
from idp.usecases.housekeeping.relay import Retries
from idp.usecases.rules import Rules
from idp.usecases.tenants.declare import Declared

DATABASE_PATIENCE = timedelta(seconds=5)
"""How long the database may take for what belongs to a delivery."""


def rules_from(settings: Settings, common_passwords: frozenset[str]) -> Rules:
    """`common_passwords` are those of `idp.config.common_passwords`, lower case."""
    return Rules(
        issuer=settings.issuer,
        password_budget=password_budget(settings),
        code_budget=code_budget(settings),
        source_budget=_budget(settings.throttle.sources),
        request_budget=_budget(settings.throttle.requests),
        message_budget=_budget(settings.throttle.messages),
        sms_budget=_budget(settings.throttle.sms),
        lifetimes=lifetimes(settings),
        code_length=settings.codes.length,
        code_life=settings.codes.life,
        confirmation_life=settings.links.confirmation,
        reset_life=settings.links.reset,
        password_life=settings.password.life,
        password=password_policy(settings),
        password_by_jurisdiction=password_policies(settings),
        common_passwords=common_passwords,
        app_urls=settings.app_urls,
        known_devices=settings.lockout.known_devices,
        default_jurisdiction=settings.default_jurisdiction,
        audit_life=settings.audit.keep,
    )


def password_policy(settings: Settings) -> PasswordPolicy:
    """What holds where a jurisdiction does not say otherwise."""
    return settings.password.policy(PRESETS["default"])


def password_policies(settings: Settings) -> Mapping[str, PasswordPolicy]:
    """The policies of the jurisdictions that have one of their own, by name."""
    otherwise = password_policy(settings)
    return {
        name: jurisdiction.password.policy(otherwise)
        for name, jurisdiction in settings.jurisdictions.items()
        if jurisdiction.password is not None
    }


def password_budget(settings: Settings) -> Budget:
    lockout = settings.lockout
    return Budget(
        limit=lockout.failed_attempts,
        cooldown=lockout.cooldown,
        longest_cooldown=lockout.longest_cooldown,
        ceiling=lockout.ceiling,
    )


def code_budget(settings: Settings) -> Budget:
    """One for all codes of an account (row 45), apart from the password's (row 65), under the same ceiling."""
    codes = settings.codes
    return Budget(
        limit=codes.guesses,
        cooldown=codes.cooldown,
        longest_cooldown=codes.longest_cooldown,
        ceiling=settings.lockout.ceiling,
    )


def lifetimes(settings: Settings) -> Lifetimes:
    sessions = settings.sessions
    return Lifetimes(
        access=sessions.access,
        refresh=sessions.refresh,
        session=sessions.longest,
        refresh_grace=sessions.refresh_grace,
    )


def _budget(rate: Frequency) -> Budget:
    """A rate knows no growing pauses and no ceiling."""
    return Budget(limit=rate.count, cooldown=rate.period, longest_cooldown=rate.period)


def declared_tenants(settings: Settings) -> list[Declared]:
    """The tenants that the file names."""
    jurisdictions = [
        Declared(
            kind=TenantKind.JURISDICTION,
            name=name,
            settings=own.model_dump(mode="json", exclude={"flags", "password", "branding"}, exclude_none=True),
        )
        for name, own in settings.jurisdictions.items()
    ]
    return [*jurisdictions, *(Declared(kind=TenantKind.TEAM, name=name) for name in settings.teams)]


def mailboxes(settings: Settings) -> dict[str, str]:
    """The addresses that mails of jurisdictions come from."""
    return {name: own.email_from for name, own in settings.jurisdictions.items() if own.email_from}


def retries(settings: Settings) -> Retries:
    """How often, and how far apart, what leaves the house is tried."""
    outbox = settings.outbox
    return Retries(
        tries=outbox.tries,
        first_pause=outbox.backoff,
        longest_pause=outbox.longest_backoff,
        lease=2 * settings.fence.timeout + DATABASE_PATIENCE,
    )
