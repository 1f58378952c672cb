"""Device authorizations (RFC 8628): pending, approved or denied, redeemed; each step by one of all who race."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.authorization import DeviceAuthorization, DeviceState
from idp.core.ids import AccountId, GrantId
from idp.core.secret import Digest
from idp.storage.columns import Instant
from idp.storage.oauth.tables import device_authorizations as devices
from idp.storage.oauth.tokens import live_grant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion

_NAMES = tuple(column.name for column in devices.c)
_NOW = bindparam("now", type_=Instant)
_THIS = devices.c.digest == bindparam("of_digest")
_LIVE = devices.c.expires_at > _NOW
_PENDING = devices.c.state == DeviceState.PENDING.value

_INSERT = insertion(devices)
_ADD = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[devices.c.user_code],
        set_={name: _INSERT.excluded[name] for name in _NAMES if name != "user_code"},
        where=devices.c.expires_at <= _INSERT.excluded.issued_at,
    ).returning(devices.c.digest)
)
_BY_DEVICE_CODE = Statement(sa.select(*devices.c).where(_THIS))
_BY_USER_CODE = Statement(
    sa.select(*devices.c).where(devices.c.user_code == bindparam("of_user_code"), _PENDING, _LIVE)
)
_DECIDE = Statement(
    sa.update(devices)
    .where(_THIS, _PENDING, _LIVE)
    .values(
        state=bindparam("new_state", type_=sa.Text),
        account_id=bindparam("by_account", type_=sa.Text),
        grant_id=bindparam("new_grant", type_=sa.Text),
    )
)
_POLL = Statement(
    sa.update(devices).where(_THIS).values(polled_at=_NOW, interval_seconds=bindparam("seconds", type_=sa.BigInteger))
)
_REDEEM = Statement(
    sa.update(devices)
    .where(
        _THIS,
        devices.c.state == DeviceState.APPROVED.value,
        _LIVE,
        devices.c.grant_id == live_grant(devices.c.grant_id),
    )
    .values(state=DeviceState.REDEEMED.value)
)


class DeviceAuthorizationShelf(Shelf):
    __slots__ = ()

    def add(self, device: DeviceAuthorization) -> bool:
        return self._first(_ADD, **_row(device)) is not None

    def by_device_code(self, digest: Digest) -> DeviceAuthorization | None:
        return _device(self._first(_BY_DEVICE_CODE, of_digest=digest))

    def by_user_code(self, user_code: Digest, now: datetime) -> DeviceAuthorization | None:
        return _device(self._first(_BY_USER_CODE, of_user_code=user_code, now=now))

    def decide(
        self, digest: Digest, state: DeviceState, account_id: AccountId, grant_id: GrantId | None, now: datetime
    ) -> bool:
        values = {"new_state": state.value, "by_account": account_id, "new_grant": grant_id}
        return self._count(_DECIDE, of_digest=digest, now=now, **values) == 1

    def poll(self, digest: Digest, interval_seconds: int, now: datetime) -> None:
        self._count(_POLL, of_digest=digest, seconds=interval_seconds, now=now)

    def redeem(self, digest: Digest, now: datetime) -> bool:
        return self._count(_REDEEM, of_digest=digest, now=now) == 1


def _row(device: DeviceAuthorization) -> dict[str, Any]:
    return {name: getattr(device, name) for name in _NAMES} | {"state": device.state.value}


def _device(row: Values | None) -> DeviceAuthorization | None:
    if row is None:
        return None
    values = dict(zip(_NAMES, row, strict=True))
    return DeviceAuthorization(
        **values
        | {
            "scope": tuple(values["scope"]),
            "resources": tuple(values["resources"]),
            "state": DeviceState(values["state"]),
        }
    )
