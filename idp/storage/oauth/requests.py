"""Authorization requests on their way: interactions, and those that were pushed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.authorization import AuthorizationRequest, Interaction, PushedRequest
from idp.core.ids import SessionId
from idp.core.secret import Digest
from idp.storage.columns import Instant
from idp.storage.oauth.documents import from_document, to_document
from idp.storage.oauth.tables import interactions, pushed_requests
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion

_NOW = bindparam("now", type_=Instant)
_OF_DIGEST: sa.BindParameter[bytes] = bindparam("of_digest", type_=sa.LargeBinary)

_COLUMNS = tuple(column for column in interactions.c if column.name != "client_id")
_NAMES = tuple(column.name for column in _COLUMNS)
_THIS = interactions.c.digest == _OF_DIGEST
_OPEN = interactions.c.ended_at.is_(None)
_BEGIN = Statement(insertion(interactions))
_FIND = Statement(
    sa.select(*_COLUMNS).where(
        _THIS, interactions.c.browser == bindparam("of_browser"), _OPEN, interactions.c.expires_at > _NOW
    )
)
_SIGN_IN = Statement(
    sa.update(interactions).where(_THIS, _OPEN).values(signed_in_with=bindparam("session_id", type_=sa.Text))
)
_CONSENT = Statement(sa.update(interactions).where(_THIS, _OPEN).values(consented=sa.true()))
_END = Statement(sa.update(interactions).where(_THIS, _OPEN, interactions.c.expires_at > _NOW).values(ended_at=_NOW))

_PUSHED_NAMES = tuple(column.name for column in pushed_requests.c)
_UNUSED = sa.and_(
    pushed_requests.c.digest == _OF_DIGEST, pushed_requests.c.used_at.is_(None), pushed_requests.c.expires_at > _NOW
)
_PUSH = Statement(insertion(pushed_requests))
_FIND_PUSHED = Statement(sa.select(*pushed_requests.c).where(_UNUSED))
_CLAIM_PUSHED = Statement(sa.update(pushed_requests).where(_UNUSED).values(used_at=_NOW))


class InteractionShelf(Shelf):
    __slots__ = ()

    def begin(self, interaction: Interaction) -> None:
        self._count(_BEGIN, **_row(interaction, _NAMES), client_id=interaction.request.client_id)

    def find(self, digest: Digest, browser: Digest, now: datetime) -> Interaction | None:
        row = self._first(_FIND, of_digest=digest, of_browser=browser, now=now)
        return None if row is None else Interaction(**_values(row, _NAMES))

    def sign_in(self, digest: Digest, session_id: SessionId) -> None:
        self._count(_SIGN_IN, of_digest=digest, session_id=session_id)

    def consent(self, digest: Digest) -> None:
        self._count(_CONSENT, of_digest=digest)

    def end(self, digest: Digest, now: datetime) -> bool:
        return self._count(_END, of_digest=digest, now=now) == 1


class PushedShelf(Shelf):
    __slots__ = ()

    def add(self, pushed: PushedRequest) -> None:
        self._count(_PUSH, **_row(pushed, _PUSHED_NAMES))

    def find(self, digest: Digest, now: datetime) -> PushedRequest | None:
        row = self._first(_FIND_PUSHED, of_digest=digest, now=now)
        return None if row is None else PushedRequest(**_values(row, _PUSHED_NAMES))

    def claim(self, digest: Digest, now: datetime) -> bool:
        return self._count(_CLAIM_PUSHED, of_digest=digest, now=now) == 1


def _row(noun: Interaction | PushedRequest, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in names} | {"request": to_document(noun.request)}


def _values(row: Values, names: tuple[str, ...]) -> dict[str, Any]:
    values = dict(zip(names, row, strict=True))
    return values | {"request": from_document(AuthorizationRequest, values["request"])}
