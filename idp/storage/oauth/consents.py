"""What accounts have said yes to."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.grant import Consent
from idp.core.ids import AccountId, ClientId
from idp.storage.oauth.tables import consents
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion

_NAMES = tuple(column.name for column in consents.c)
_OF_ACCOUNT = consents.c.account_id == bindparam("of_account")
_ONE = sa.and_(_OF_ACCOUNT, consents.c.client_id == bindparam("of_client"))

_INSERT = insertion(consents)
_PUT = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[consents.c.account_id, consents.c.client_id],
        set_={name: _INSERT.excluded[name] for name in ("scope", "resources", "claims", "given_at")},
    )
)
_GET = Statement(sa.select(*consents.c).where(_ONE))
_REMOVE = Statement(sa.delete(consents).where(_ONE))
_OF = Statement(sa.select(*consents.c).where(_OF_ACCOUNT).order_by(consents.c.client_id))


class ConsentShelf(Shelf):
    __slots__ = ()

    def get(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        row = self._first(_GET, of_account=account_id, of_client=client_id)
        return None if row is None else _consent_from(row)

    def put(self, consent: Consent) -> None:
        self._count(_PUT, **{name: getattr(consent, name) for name in _NAMES})

    def remove(self, account_id: AccountId, client_id: ClientId) -> bool:
        return self._count(_REMOVE, of_account=account_id, of_client=client_id) == 1

    def of(self, account_id: AccountId) -> Sequence[Consent]:
        return [_consent_from(row) for row in self._all(_OF, of_account=account_id)]


def _consent_from(row: Values) -> Consent:
    values = dict(zip(_NAMES, row, strict=True))
    return Consent(**values | {name: tuple(values[name]) for name in ("scope", "resources", "claims")})
