"""Everything that we keep about somebody, for that somebody (GDPR Article 15 and 20): values, never secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.ids import ClientId
from idp.ports.ambient import Clock
from idp.ports.storage import AuditEntry, Store, UnitOfWork
from idp.usecases.sessions.identify import Principal

MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAccount:
    """One value that JSON can hold. Hashes, digests and sealed secrets are not in it."""

    store: Store
    clock: Clock

    async def __call__(self, principal: Principal) -> Mapping[str, object]:
        now = self.clock.now()
        return await self.store.read(lambda work: _export(work, principal, now))


def _export(work: UnitOfWork, principal: Principal, now: datetime) -> Mapping[str, object]:
    account_id = principal.account.id
    account = work.accounts.by_id(account_id) or principal.account
    return {
        "exported_at": now.isoformat(),
        "account": _account(account),
        "memberships": [
            {"kind": item.tenant.kind.value, "tenant": item.tenant.name, "role": item.role}
            for item in work.tenants.of(account_id)
        ],
        "sessions": [
            {
                "signed_in_at": session.authenticated_at.isoformat(),
                "last_seen_at": session.last_seen_at.isoformat(),
                "expires_at": session.expires_at.isoformat(),
                "methods": list(session.methods),
                "address": session.address,
                "browser": session.agent,
            }
            for session in work.sessions.of(account_id, now)
        ],
        "consents": [_given(one.client_id, one.scope, one.given_at) for one in work.oauth.consents.of(account_id)],
        "grants": [_given(one.client_id, one.scope, one.created_at) for one in work.oauth.grants.of(account_id, now)],
        "activity": [
            _entry(entry) for entry in work.audit.page(account_id=account_id, limit=MOST_ENTRIES, newest_first=True)
        ],
    }


def _given(app: ClientId, scope: Sequence[str], at: datetime) -> Mapping[str, object]:
    return {"app": app, "scope": list(scope), "given_at": at.isoformat()}


def _account(account: Account) -> Mapping[str, object]:
    return {
        "id": account.id,
        "email": account.email,
        "first_name": account.first_name,
        "middle_name": account.middle_name,
        "last_name": account.last_name,
        "phone_number": account.phone_number,
        "phone_verified_at": _moment(account.phone_verified_at),
        "date_of_birth": account.date_of_birth.isoformat() if account.date_of_birth else None,
        "language": account.language,
        "roles": sorted(account.roles),
        "second_factors": sorted(account.mfa_methods),
        "agreed_to_terms": account.agreed_to_terms,
        "confirmed_at": _moment(account.confirmed_at),
        "password_changed_at": _moment(account.password_changed_at),
        "last_sign_in_at": _moment(account.last_sign_in_at),
        "created_at": _moment(account.created_at),
        "claims": dict(account.claims),
        "extra": dict(account.extra),
    }


def _entry(entry: AuditEntry) -> Mapping[str, object]:
    return {
        "at": entry.at.isoformat(),
        "event": entry.event.name.value,
        "outcome": entry.event.outcome.value,
        "address": entry.source.address,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
