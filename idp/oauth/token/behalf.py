"""Tokens about somebody who is not there: nobody signed in for them, so nothing about a sign-in is said."""

from collections.abc import Collection
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.claims import LONGEST_TOKEN_LIFE
from idp.core.client import Client
from idp.core.grant import Grant
from idp.core.ids import AccountId, GrantId
from idp.oauth.errors import InvalidGrant, InvalidScope
from idp.oauth.neighbours import SubjectOf
from idp.oauth.rules import OFFLINE_ACCESS, SCOPES
from idp.oauth.token.families import OVER, Families
from idp.oauth.token.grant import Issue, TokenRequest
from idp.oauth.token.once import Once
from idp.oauth.token.targets import meant, reachable
from idp.ports.storage import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBehalf:
    families: Families
    subjects: SubjectOf

    def issue(
        self,
        work: UnitOfWork,
        asked: TokenRequest,
        account: Account,
        scope: tuple[str, ...],
        *,
        once: Once | None = None,
    ) -> Issue:
        """An access token alone, with a grant of its own behind it, so that it can be ended. Claims `once` for it."""
        known = {server.identifier: server for server in work.oauth.resources.all()}
        audience = reachable(asked.client, asked.resources, known, self.families.rules.issuer)
        token_scope = meant(scope, audience, known)
        if once is not None and not once.claim(work, asked.now):
            raise InvalidGrant(OVER)
        grant = self._grant(asked, account, scope, audience)
        work.oauth.grants.open(grant)
        return Issue(
            client=asked.client,
            subject=grant.subject,
            scope=scope,
            audience=audience,
            token_scope=token_scope,
            confirmation=asked.confirmation,
            grant=grant,
        )

    def _grant(self, asked: TokenRequest, account: Account, scope: tuple[str, ...], audience: tuple[str, ...]) -> Grant:
        return Grant(
            id=GrantId(self.families.entropy.id()),
            client_id=asked.client.id,
            account_id=account.id,
            subject=self.subjects.of(asked.client, account.id),
            session_id=None,
            scope=scope,
            resources=audience,
            authenticated_at=asked.now,
            created_at=asked.now,
            expires_at=asked.now + LONGEST_TOKEN_LIFE,
        )


def may_be_acted_for(work: UnitOfWork, account_id: AccountId) -> Account:
    """Raises InvalidGrant for an account that could not sign in either."""
    account = work.accounts.by_id(account_id)
    if account is None or account.is_disabled or not account.is_confirmed:
        raise InvalidGrant(OVER)
    return account


def allowed_scope(client: Client, asked: Collection[str], within: Collection[str]) -> tuple[str, ...]:
    """What was asked for, if all of it is `within`, and the client may have it. Raises InvalidScope.

    `offline_access` is for refresh tokens, and here are none.
    """
    registered = frozenset(client.metadata.scope or (*SCOPES, *within))
    wanted = tuple(word for word in asked if word != OFFLINE_ACCESS)
    if not set(wanted) <= set(within) or not set(wanted) <= registered:
        raise InvalidScope("more scope than was granted")
    return wanted
