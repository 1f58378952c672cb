"""One-time codes and links. Using one up deletes it: one guarded statement, so one winner (threat rows 46, 68, 71)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.challenge import Challenge, Purpose
from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.storage.columns import Instant
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import challenges

_NAMES = tuple(column.name for column in challenges.c)
_OF_ACCOUNT = challenges.c.account_id == bindparam("of_account")
_OF_PURPOSE = challenges.c.purpose == bindparam("of_purpose")
_OF_DIGEST = challenges.c.digest == bindparam("of_digest")
_LIVE = challenges.c.expires_at > bindparam("now", type_=Instant)

_INSERT = insertion(challenges)
_ISSUE = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[challenges.c.account_id, challenges.c.purpose],
        set_={name: _INSERT.excluded[name] for name in _NAMES if name not in {"account_id", "purpose"}},
    )
)
_PENDING = Statement(sa.select(*challenges.c).where(_OF_ACCOUNT, _OF_PURPOSE, _LIVE))
_CLAIM = Statement(sa.delete(challenges).where(_OF_ACCOUNT, _OF_PURPOSE, _OF_DIGEST, _LIVE).returning(*challenges.c))
_PEEK_LINK = Statement(sa.select(*challenges.c).where(_OF_PURPOSE, _OF_DIGEST, _LIVE))
_CLAIM_LINK = Statement(sa.delete(challenges).where(_OF_PURPOSE, _OF_DIGEST, _LIVE).returning(*challenges.c))
_DROP_ALL = Statement(sa.delete(challenges).where(_OF_ACCOUNT))
_DROP = Statement(sa.delete(challenges).where(_OF_ACCOUNT, _OF_PURPOSE))


class ChallengeShelf(Shelf):
    __slots__ = ()

    def issue(self, challenge: Challenge) -> None:
        self._count(_ISSUE, **{name: getattr(challenge, name) for name in _NAMES})

    def pending(self, account_id: AccountId, purpose: Purpose, now: datetime) -> Challenge | None:
        return _challenge(self._first(_PENDING, of_account=account_id, of_purpose=purpose, now=now))

    def claim(self, account_id: AccountId, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        row = self._first(_CLAIM, of_account=account_id, of_purpose=purpose, of_digest=digest, now=now)
        return _challenge(row)

    def claim_link(self, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        return _challenge(self._first(_CLAIM_LINK, of_purpose=purpose, of_digest=digest, now=now))

    def peek_link(self, purpose: Purpose, digest: Digest, now: datetime) -> Challenge | None:
        return _challenge(self._first(_PEEK_LINK, of_purpose=purpose, of_digest=digest, now=now))

    def drop(self, account_id: AccountId, purpose: Purpose | None = None) -> None:
        if purpose is None:
            self._count(_DROP_ALL, of_account=account_id)
        else:
            self._count(_DROP, of_account=account_id, of_purpose=purpose)


def _challenge(row: Values | None) -> Challenge | None:
    if row is None:
        return None
    values = dict(zip(_NAMES, row, strict=True))
    return Challenge(**values | {"purpose": Purpose(values["purpose"])})
