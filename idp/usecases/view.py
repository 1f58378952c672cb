"""An account as plugins see it."""

from idp.core.account import Account
from idp.sdk import AccountView


def view_of(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        email=account.email,
        email_proved=account.is_confirmed,
        phone_number=account.phone_number,
        phone_proved=account.phone_verified_at is not None,
        first_name=account.first_name,
        last_name=account.last_name,
        language=account.language,
    )
