"""Writing to people: challenges and letters leave with the commit that made them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.core.account import Account
from idp.core.challenge import Challenge, Purpose
from idp.core.ids import AccountId, ClientId, MessageId, SessionId
from idp.core.message import Letter, Template
from idp.core.secret import Digest
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester, Sealer
from idp.ports.outbox import Parcel
from idp.ports.storage import UnitOfWork
from idp.usecases.rules import Rules

LETTER = "letter"
ERRAND = "errand"
EVENT = "event"
LOGOUT = "logout"
SEAL = "outbox"

SIGN_UP_CODE = "sign_up"
"""The method of a sign-in code that a registration sent: it stands for the link of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a code goes: the second factor's method (or the channel of a sign-in code), and the address there.

    `kept_as` is written down in the method's place, where more than the channel is to be known later.
    """

    method: str
    address: str
    kept_as: str | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """The address that a link proves, and when it stops doing so."""

    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Puts letters and errands into the outbox, sealed. A slow mail server slows nobody's request (row 37)."""

    entropy: Entropy
    digester: Digester
    sealer: Sealer
    rules: Rules

    def code(self, work: UnitOfWork, account: Account, purpose: Purpose, target: Target, now: datetime) -> str:
        """Issues a code in place of any pending one of the purpose. The caller puts it into a letter, nowhere else."""
        code = self.entropy.digits(self.rules.code_length)
        work.challenges.issue(
            Challenge(
                account_id=account.id,
                purpose=purpose,
                digest=self.code_digest(purpose, account.id, code),
                method=target.kept_as or target.method,
                target=target.address,
                issued_at=now,
                expires_at=now + self.rules.code_life,
            )
        )
        return code

    def link_token(self, work: UnitOfWork, account: Account, purpose: Purpose, until: Until, now: datetime) -> str:
        """Issues a link's token in place of any pending one of the purpose."""
        token = self.entropy.token()
        work.challenges.issue(
            Challenge(
                account_id=account.id,
                purpose=purpose,
                digest=self.link_digest(purpose, token),
                method="link",
                target=until.address,
                issued_at=now,
                expires_at=until.expires_at,
            )
        )
        return token

    def code_digest(self, purpose: Purpose, account_id: AccountId, code: str) -> Digest:
        return self.digester.digest("code", purpose, account_id, code)

    def link_digest(self, purpose: Purpose, token: str) -> Digest:
        return self.digester.digest("link", purpose, token)

    def letter(self, work: UnitOfWork, letter: Letter, now: datetime) -> None:
        """A message to be rendered and carried after the commit."""
        body = {
            "template": letter.template.value,
            "channel": letter.channel,
            "to": letter.to,
            "language": letter.language,
            "jurisdiction": letter.jurisdiction,
            "data": dict(letter.data),
        }
        self._put(work, LETTER, letter.channel, body, now)

    def errand(self, work: UnitOfWork, verb: str, arguments: Mapping[str, str | None], now: datetime) -> None:
        """Something to be looked up and done in the background, so that the answer tells nothing (rows 37, 38)."""
        self._put(work, ERRAND, verb, dict(arguments), now)

    def logout(
        self, work: UnitOfWork, *, session_id: SessionId, client_id: ClientId, subject: str, now: datetime
    ) -> MessageId:
        """Word to an app that a session it knows is over (OIDC Back-Channel Logout 1.0)."""
        body = {"session_id": session_id, "client_id": client_id, "subject": subject}
        return self._put(work, LOGOUT, client_id, body, now)

    def notice(self, work: UnitOfWork, account: Account, template: Template, now: datetime) -> None:
        """Tells the owner of a change to the account, by mail (ASVS 6.3.7)."""
        self.letter(work, _notice(account, template, "email", account.email), now)

    def notice_by_text(
        self, work: UnitOfWork, account: Account, template: Template, now: datetime, *, number: str
    ) -> None:
        """The same by text message."""
        self.letter(work, _notice(account, template, "sms", number), now)

    def _put(self, work: UnitOfWork, kind: str, target: str, body: Mapping[str, object], now: datetime) -> MessageId:
        message_id = MessageId(self.entropy.id())
        work.outbox.put(
            Parcel(
                id=message_id,
                kind=kind,
                target=target,
                body=self.sealer.seal(json.dumps(body).encode(), SEAL),
                created_at=now,
                due_at=now,
            )
        )
        return message_id


def _notice(account: Account, template: Template, channel: str, to: str) -> Letter:
    return Letter(
        template=template, channel=channel, to=to, language=account.language, data={"name": account.full_name}
    )


def letter_from(body: Mapping[str, object]) -> Letter:
    """The letter that `Post.letter` wrote down."""
    data = body["data"]
    language, jurisdiction = body["language"], body["jurisdiction"]
    return Letter(
        template=Template(str(body["template"])),
        channel=str(body["channel"]),
        to=str(body["to"]),
        language=None if language is None else str(language),
        jurisdiction=None if jurisdiction is None else str(jurisdiction),
        data={str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {},
    )


def in_minutes(life: timedelta) -> str:
    return str(max(1, int(life.total_seconds() // 60)))
