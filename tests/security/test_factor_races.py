"""Second factors that are removed at once, at two servers on one database, SQLite or PostgreSQL."""

import asyncio

from idp.core.session import Source
from idp.usecases.administration import Administration
from tests.security.conftest import anyio_backend, database_url, postgresql_url
from tests.security.test_races import Two, two

__all__ = ["anyio_backend", "database_url", "postgresql_url", "two"]

OPERATOR = Source(address="cli")


async def test_no_list_of_recovery_codes_outlives_the_factors_that_are_removed_at_once(two: Two) -> None:
    """Row 57: nor the list that is made meanwhile; who sets a factor up again is not let in by an old one."""
    first, second = Administration(two.idp.provider.verbs), Administration(two.other.provider.verbs)
    for meanwhile in (False, True):
        account = await two.idp.add_account(two.name(), mfa_methods=frozenset({"email", "sms"}))
        await first.spare.issue(account, OPERATOR)

        await asyncio.gather(
            first.factors.remove(account, "email", OPERATOR),
            second.factors.remove(account, "sms", OPERATOR),
            *([second.spare.issue(account, OPERATOR)] if meanwhile else []),
            return_exceptions=True,
        )

        assert await first.spare.left(account) == 0
