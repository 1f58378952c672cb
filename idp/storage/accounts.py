"""Accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import EmailTaken, NotFound
from idp.core.ids import AccountId
from idp.storage.columns import Instant
from idp.storage.faults import is_taken
from idp.storage.shelf import Driver, Shelf
from idp.storage.statements import Statement, Values, insertion
from idp.storage.tables import accounts

COLUMNS = tuple(column for column in accounts.c if column.name != "search_name")
_NAMES = tuple(column.name for column in COLUMNS)
_UPDATED = tuple(column.name for column in accounts.c if column.name not in {"id", "email", "created_at"})

_ADD = Statement(insertion(accounts).on_conflict_do_nothing(index_elements=[accounts.c.email]).returning(accounts.c.id))
_ONE = sa.select(*COLUMNS).where(accounts.c.id == bindparam("account_id"))
_NAMED = sa.select(*COLUMNS).where(accounts.c.email == bindparam("address"))
_BY_EMAIL = Statement(_NAMED)
_HELD_BY_EMAIL = Statement(_NAMED.with_for_update(key_share=True))
_UPDATE = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .values({name: bindparam(name) for name in _UPDATED})
)
_SET_EMAIL = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .values(email=bindparam("email"), updated_at=bindparam("updated_at"))
)
_CONFIRM = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("now", type_=Instant), updated_at=bindparam("now", type_=Instant))
)
_NAME_PHONE = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"), accounts.c.phone_verified_at.is_(None))
    .values(phone_number=bindparam("number"), updated_at=bindparam("now", type_=Instant))
)
_PROVE_PHONE = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .values(
        phone_number=bindparam("number"),
        phone_verified_at=bindparam("now", type_=Instant),
        updated_at=bindparam("now", type_=Instant),
    )
)
_PASSWORD_CHANGED = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .values(password_changed_at=bindparam("now", type_=Instant))
)
_SIGNED_IN = Statement(
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account_id"))
    .values(last_sign_in_at=bindparam("now", type_=Instant))
)
_REMOVE = Statement(sa.delete(accounts).where(accounts.c.id == bindparam("account_id")))
_SOME = (
    sa.select(*COLUMNS)
    .where(accounts.c.id > bindparam("after"))
    .order_by(accounts.c.id)
    .limit(bindparam("amount", type_=sa.Integer))
)
_PAGE = Statement(_SOME)
_SEARCH = Statement(
    _SOME.where(
        sa.or_(
            accounts.c.email.contains(bindparam("part", type_=sa.Text), autoescape=False, escape="\\"),
            accounts.c.search_name.contains(bindparam("part", type_=sa.Text), autoescape=False, escape="\\"),
        )
    )
)
_COUNT = Statement(sa.select(sa.func.count()).select_from(accounts))


class AccountShelf(Shelf):
    """In a writing unit, an account that was read is held until the commit.

    So what a verb decided by an account still holds when it writes, in PostgreSQL as in SQLite's single lane: no update
    is lost, no session is opened beside the change of password that ends them all (threat rows 20 to 22).
    """

    __slots__ = ("_by_email", "_by_id")

    def __init__(self, driver: Driver, *, holds: bool) -> None:
        super().__init__(driver)
        self._by_id = _HELD_BY_ID if holds else _BY_ID
        self._by_email = _HELD_BY_EMAIL if holds else _BY_EMAIL

    def add(self, account: Account) -> None:
        if self._first(_ADD, **_row(account)) is None:
            raise EmailTaken

    def by_id(self, account_id: AccountId) -> Account | None:
        found: Account | None = self._noun(self._by_id, account_id=account_id)
        return found

    def by_email(self, email: EmailAddress) -> Account | None:
        return _account_or_none(self._first(self._by_email, address=email))

    def update(self, account: Account) -> None:
        row = _row(account)
        if not self._count(_UPDATE, account_id=account.id, **{name: row[name] for name in _UPDATED}):
            raise NotFound

    def set_email(self, account_id: AccountId, email: EmailAddress, now: datetime) -> None:
        try:
            # the savepoint keeps the transaction usable: a Refusal commits what came before it
            with self._driver.savepoint():
                changed = self._count(_SET_EMAIL, account_id=account_id, email=email, updated_at=now)
        except Exception as error:
            if is_taken(error):
                raise EmailTaken from None
            raise
        if not changed:
            raise NotFound

    def confirm(self, account_id: AccountId, now: datetime) -> bool:
        return self._count(_CONFIRM, account_id=account_id, now=now) == 1

    def name_phone(self, account_id: AccountId, number: str, now: datetime) -> bool:
        return self._count(_NAME_PHONE, account_id=account_id, number=number, now=now) == 1

    def prove_phone(self, account_id: AccountId, number: str, now: datetime) -> None:
        self._count(_PROVE_PHONE, account_id=account_id, number=number, now=now)

    def record_sign_in(self, account_id: AccountId, now: datetime) -> None:
        self._count(_SIGNED_IN, account_id=account_id, now=now)

    def record_password_change(self, account_id: AccountId, now: datetime) -> None:
        self._count(_PASSWORD_CHANGED, account_id=account_id, now=now)

    def remove(self, account_id: AccountId) -> bool:
        return self._count(_REMOVE, account_id=account_id) == 1

    def page(self, *, after: AccountId | None, limit: int, search: str | None = None) -> Sequence[Account]:
        if search is None:
            rows = self._all(_PAGE, after=after or "", amount=limit)
        else:
            rows = self._all(_SEARCH, after=after or "", amount=limit, part=_literally(search.casefold()))
        return [account_from(row) for row in rows]

    def count(self) -> int:
        row = self._first(_COUNT)
        return row[0] if row else 0


def account_from(values: Values) -> Account:
    """The account in a row of COLUMNS."""
    row = dict(zip(_NAMES, values, strict=True))
    row["roles"] = frozenset(row["roles"])
    row["mfa_methods"] = frozenset(row["mfa_methods"])
    return Account(**row)


def _account_or_none(values: Values | None) -> Account | None:
    return None if values is None else account_from(values)


def _row(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in _NAMES} | {"search_name": account.full_name.casefold()}


def _literally(text: str) -> str:
    """`text` without wildcards: `%` finds a percent sign."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_BY_ID = Statement(_ONE, account_from, remembers=1024)
_HELD_BY_ID = Statement(_ONE.with_for_update(key_share=True), account_from, remembers=1024)
