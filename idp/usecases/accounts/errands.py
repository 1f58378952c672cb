"""What a stranger may ask for by naming an address: looked up after the answer, so that the answer tells nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.challenge import Purpose
from idp.core.errors import MalformedRequest
from idp.core.events import Event, EventName
from idp.core.message import Letter, Template
from idp.core.session import Source
from idp.core.tenant import Tenant
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.links import CONFIRM, CONFIRM_PARTNER, RESET, Landing, link_to
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post, Target, Until, in_minutes
from idp.usecases.rules import Rules
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.signin.request_mfa_code import first_jurisdiction
from idp.usecases.tenants.jurisdictions import named_jurisdiction
from idp.usecases.view import view_of

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
        occasion = Occasion(source=source, now=self.clock.now())
        match verb:
            case "sign_in_code":
                await self.store.transact(lambda work: self._send_code(work, standing, named, occasion))
            case "reset_link":
                await self.store.transact(lambda work: self.send_reset(work, standing, arguments, occasion))
            case "confirmation":
                await self.store.transact(lambda work: self.send_confirmation(work, standing, arguments, occasion))
            case _:
                raise MalformedRequest("no such errand")

    def _look_up(
        self, work: UnitOfWork, email: EmailAddress, jurisdiction: str | None
    ) -> tuple[Standing, Tenant | None] | None:
        account = work.accounts.by_email(email)
        if account is None or account.is_disabled:
            return None
        return self.policy.standing(work, account), named_jurisdiction(work, jurisdiction)

    def _send_code(self, work: UnitOfWork, standing: Standing, named: Tenant | None, occasion: Occasion) -> None:
        for name, way_in in self.policy.extensions.code_sign_ins.items():
            address = way_in.address(view_of(standing.account))
            if address is None or not self.policy.allows(standing, name, named):
                continue
            target = Target(method=way_in.channel, address=address)
            self.send_sign_in_code(work, standing, target, named, occasion)
            return

    def send_sign_in_code(
        self, work: UnitOfWork, standing: Standing, target: Target, named: Tenant | None, occasion: Occasion
    ) -> None:
        """In the name of the jurisdiction that the request named, if it did."""
        account, now = standing.account, occasion.now
        data = {
            "code": self.post.code(work, account, Purpose.SIGN_IN, target, now),
            "minutes": in_minutes(self.rules.code_life),
            "name": account.full_name,
            "confirmed": "yes" if account.is_confirmed else "",
        }
        letter = letter_to(standing, Template.SIGN_IN_CODE, target.address, data)
        if named is not None:
            letter = replace(letter, jurisdiction=named.name)
        self.post.letter(work, replace(letter, channel=target.method), now)
        work.record(Event(name=EventName.CODE_SENT, account_id=account.id), source=occasion.source, now=now)

    def send_reset(self, work: UnitOfWork, standing: Standing, arguments: Arguments, occasion: Occasion) -> None:
        account, now = standing.account, occasion.now
        life = self.rules.reset_life
        if link_to(self.rules, arguments.get("app_url"), RESET, "") is None:
            return  # not one of the operator's apps: nothing leaves the house (row 67)
        token = self.post.link_token(work, account, Purpose.RESET_PASSWORD, Until(account.email, now + life), now)
        link = self._link(arguments.get("app_url"), RESET, token)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name, "link": link}
        self.post.letter(work, letter_to(standing, Template.RESET_PASSWORD, account.email, data), now)
        work.record(Event(name=EventName.RESET_ASKED, account_id=account.id), source=occasion.source, now=now)

    def send_confirmation(self, work: UnitOfWork, standing: Standing, arguments: Arguments, occasion: Occasion) -> None:
        """Nothing for a confirmed account: the answer was the same."""
        account, now = standing.account, occasion.now
        if account.is_confirmed:
            return
        life = self.rules.confirmation_life
        token = self.post.link_token(work, account, Purpose.CONFIRM_ACCOUNT, Until(account.email, now + life), now)
        landing = CONFIRM_PARTNER if arguments.get("kind") == "partner" else CONFIRM
        link = self._link(arguments.get("app_url"), landing, token)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name, "link": link}
        self.post.letter(work, letter_to(standing, Template.CONFIRM_ACCOUNT, account.email, data), now)
        work.record(Event(name=EventName.CONFIRMATION_SENT, account_id=account.id), source=occasion.source, now=now)

    def send_address_change(
        self, work: UnitOfWork, standing: Standing, new_email: EmailAddress, app_url: str | None, now: datetime
    ) -> None:
        """To the new address: the old one stays until the link was used (row 60)."""
        account = standing.account
        life = self.rules.confirmation_life
        token = self.post.link_token(work, account, Purpose.CHANGE_EMAIL, Until(new_email, now + life), now)
        link = self._link(app_url, CONFIRM, token)
        data = {"token": token, "minutes": in_minutes(life), "name": account.full_name, "link": link}
        self.post.letter(work, letter_to(standing, Template.CONFIRM_EMAIL, new_email, data), now)

    def _link(self, app_url: str | None, landing: Landing, token: str) -> str:
        """An `app_url` that is not the operator's is as good as none."""
        return link_to(self.rules, app_url, landing, token) or link_to(self.rules, None, landing, token) or ""


def letter_to(standing: Standing, template: Template, to: str, data: dict[str, str]) -> Letter:
    """A letter by e-mail, in the person's language, in the name of their jurisdiction."""
    return Letter(
        template=template,
        channel="email",
        to=to,
        language=standing.language,
        jurisdiction=first_jurisdiction(standing),
        data=data,
    )
