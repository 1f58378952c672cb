"""The end of a session, whoever ends it: its row, what apps were granted in it, and word to those apps.

Nothing else may call `sessions.revoke`: a session that ends unannounced lives on in every app it signed in to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.core.ids import AccountId, ClientId, MessageId, SessionId
from idp.ports.storage import UnitOfWork
from idp.usecases.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """Each in the transaction of the verb that ends a session.

    Grants with `offline_access` outlive their session (OIDC Core §11), but not what the account itself can lose: see
    `lock_out`. An app hears of it by a parcel of its own, so one that is down delays no other (OIDC Back-Channel
    Logout §2.5).
    """

    post: Post

    def one(self, work: UnitOfWork, session_id: SessionId, now: datetime) -> bool:
        """False when it was over already."""
        return self.told(work, session_id, now) is not None

    def told(self, work: UnitOfWork, session_id: SessionId, now: datetime) -> Sequence[MessageId] | None:
        """The same, and the messages that are now on their way; None when it was over already."""
        return self._after(work, (session_id,), now) if work.sessions.revoke(session_id, now) else None

    def all_of(self, work: UnitOfWork, account_id: AccountId, now: datetime, *, keep: SessionId | None = None) -> int:
        """Ends the account's sessions but `keep`: how many were live."""
        ending = [session.id for session in work.sessions.of(account_id, now) if session.id != keep]
        ended = work.sessions.revoke_all(account_id, now, keep=keep)
        self._after(work, ending, now)
        return ended

    def lock_out(self, work: UnitOfWork, account_id: AccountId, now: datetime, *, keep: SessionId | None = None) -> int:
        """The same, with all grants that were not given in `keep`: whoever had the account may have given them."""
        ended = self.all_of(work, account_id, now, keep=keep)
        for grant in work.oauth.grants.of(account_id, now):
            if keep is None or grant.session_id != keep:
                work.oauth.grants.revoke(grant.id, now)
        return ended

    def every(self, work: UnitOfWork, now: datetime) -> int:
        """Signs everybody out everywhere, apps included: how many sessions were live."""
        told = work.oauth.grants.signed_in(now)
        ended = work.sessions.revoke_every(now)
        work.oauth.grants.revoke_every(now)
        for session_id, client_id, subject in told:
            self._tell(work, session_id, client_id, subject, now)
        return ended

    def _after(self, work: UnitOfWork, ended: Sequence[SessionId], now: datetime) -> Sequence[MessageId]:
        messages = []
        for session_id in ended:
            work.oauth.grants.revoke_session(session_id, now)
            for client_id, subject in work.oauth.grants.clients_of(session_id):
                messages.append(self._tell(work, session_id, client_id, subject, now))
        return [message for message in messages if message is not None]

    def _tell(
        self, work: UnitOfWork, session_id: SessionId, client_id: ClientId, subject: str, now: datetime
    ) -> MessageId | None:
        """None where the client is known to want no word. One that a document describes has no row: it is told."""
        client = work.oauth.clients.by_id(client_id)
        if client is not None and client.metadata.backchannel_logout_uri is None:
            return None
        return self.post.logout(work, session_id=session_id, client_id=client_id, subject=subject, now=now)
