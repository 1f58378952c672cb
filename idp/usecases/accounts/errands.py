"""What a stranger may ask for by naming an address: looked up after the answer, so that the answer tells nothing."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.challenge import Purpose
from idp.core.events import Event, EventName
from idp.core.message import Letter, Template
from idp.core.session import Source
from idp.core.tenant import Tenant
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.links import app_origin, with_query
from idp.usecases.accounts.view import view_of
from idp.usecases.post import Post, in_minutes
from idp.usecases.rules import Rules
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.signin.request_mfa_code import first_jurisdiction
from idp.usecases.tenants.jurisdictions import named_jurisdiction

SIGN_IN_CODE = "sign_in_code"
RESET_LINK = "reset_link"
CONFIRMATION = "confirmation"

Arguments = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errands:
    """Run by the relay, at least once: a repeated errand replaces the code or link of the one before."""

    store: Store
    clock: Clock
    policy: Policy
    post: Post
    rules: Rules

    async def __call__(self, verb: str, arguments: Arguments, source: Source) -> None:
        email = EmailAddress(arguments.get("email") or "")
        found = await self.store.read(lambda work: self._look_up(work, email, arguments.get("jurisdiction")))
        if found is None:
            return
        standing, named = await self.policy.settle(found[0]), found[1]
        now = self.clock.now()
        match verb:
            case "sign_in_code":
                await self.store.transact(lambda work: self._send_code(work, standing, named, source, now))
            case "reset_link":
                await self.store.transact(lambda work: self._send_reset(work, standing, arguments, source, now))
            case "confirmation":
                await self.store.transact(lambda work: self.send_confirmation(work, standing, arguments, source, now))

    def _look_up(
        self, work: UnitOfWork, email: EmailAddress, jurisdiction: str | None
    ) -> tuple[Standing, Tenant | None] | None:
        account = work.accounts.by_email(email)
        if account is None or account.is_disabled:
            return None
        return self.policy.standing(work, account), named_jurisdiction(work, jurisdiction)

    def _send_code(
        self, work: UnitOfWork, standing: Standing, named: Tenant | None, source: Source, now: datetime
    ) -> None:
        account = standing.account
        for name, way_in in self.policy.extensions.code_sign_ins.items():
            address = way_in.address(view_of(account))
            if address is None or not self.policy.allows(standing, name, named):
                continue
            self.send_sign_in_code(work, standing, (way_in.channel, address), named, source, now)
            return

    def send_sign_in_code(  # noqa: PLR0917 - one letter, all its parts
        self,
        work: UnitOfWork,
        standing: Standing,
        where: tuple[str, str],
        named: Tenant | None,
        source: Source,
        now: datetime,
    ) -> None:
        channel, address = where
        account = standing.account
        code = self.post.code(work, account, Purpose.SIGN_IN, method=channel, to=address, now=now)
        letter = Letter(
            template=Template.SIGN_IN_CODE,
            channel=channel,
            to=address,
            language=account.language,
            jurisdiction=named.name if named else first_jurisdiction(standing),
            data={
                "code": code,
                "minutes": in_minutes(self.rules.code_life),
                "name": account.full_name,
                "confirmed": "yes" if account.is_confirmed else "",
            },
        )
        self.post.letter(work, letter, now)
        work.record(Event(name=EventName.CODE_SENT, account_id=account.id), source=source, now=now)

    def _send_reset(
        self, work: UnitOfWork, standing: Standing, arguments: Arguments, source: Source, now: datetime
    ) -> None:
        account = standing.account
        origin = app_origin(self.rules, arguments.get("app_url"))
        if origin is None and arguments.get("app_url"):
            return  # not one of the operator's apps: nothing leaves the house (row 67)
        life = self.rules.reset_life
        token = self.post.link_token(work, account, Purpose.RESET_PASSWORD, to=account.email, life=life, now=now)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name}
        if origin:
            data["link"] = with_query(origin, "/reset-password", token=token)
        self._mail(work, Template.RESET_PASSWORD, standing, account.email, data, now)
        work.record(Event(name=EventName.RESET_ASKED, account_id=account.id), source=source, now=now)

    def send_confirmation(
        self, work: UnitOfWork, standing: Standing, arguments: Arguments, source: Source, now: datetime
    ) -> None:
        """Nothing for a confirmed account: the answer was the same."""
        account = standing.account
        if account.is_confirmed:
            return
        life = self.rules.confirmation_life
        token = self.post.link_token(work, account, Purpose.CONFIRM_ACCOUNT, to=account.email, life=life, now=now)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name}
        if origin := app_origin(self.rules, arguments.get("app_url")) or app_origin(self.rules, None):
            path = "/users/confirm" if arguments.get("kind") == "partner" else "/"
            data["link"] = with_query(origin, path, token=token)
        self._mail(work, Template.CONFIRM_ACCOUNT, standing, account.email, data, now)
        work.record(Event(name=EventName.CONFIRMATION_SENT, account_id=account.id), source=source, now=now)

    def send_address_change(
        self, work: UnitOfWork, standing: Standing, new_email: EmailAddress, app_url: str | None, now: datetime
    ) -> None:
        """To the new address: the old one stays until the link was used (row 60)."""
        account = standing.account
        life = self.rules.confirmation_life
        token = self.post.link_token(work, account, Purpose.CHANGE_EMAIL, to=new_email, life=life, now=now)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name}
        if origin := app_origin(self.rules, app_url) or app_origin(self.rules, None):
            data["link"] = with_query(origin, "/", token=token)
        self._mail(work, Template.CONFIRM_EMAIL, standing, new_email, data, now)

    def _mail(  # noqa: PLR0917 - one letter, all its parts
        self,
        work: UnitOfWork,
        template: Template,
        standing: Standing,
        to: str,
        data: dict[str, str],
        now: datetime,
    ) -> None:
        account: Account = standing.account
        letter = Letter(
            template=template,
            channel="email",
            to=to,
            language=account.language,
            jurisdiction=first_jurisdiction(standing),
            data=data,
        )
        self.post.letter(work, letter, now)
