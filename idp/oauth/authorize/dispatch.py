"""One step of the authorization endpoint, in one unit of work: a code, the page that comes next, or a refusal."""

from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.authorization import AuthorizationRequest, Interaction
from idp.core.client import Client
from idp.core.events import Event, EventName, Outcome
from idp.core.grant import Consent
from idp.core.ids import SessionId
from idp.core.secret import Digest
from idp.core.session import Session, Source
from idp.oauth.authorize.claims_parameter import names_of
from idp.oauth.authorize.issue import Issue
from idp.oauth.authorize.needs import Situation, first_need, may_skip_consent, refusal_of
from idp.oauth.authorize.steps import Need
from idp.oauth.codes import digest_of_interaction
from idp.oauth.errors import InvalidRequest, OAuthRefusal
from idp.oauth.neighbours import SubjectOf
from idp.oauth.rules import OAuthRules
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork
from idp.usecases.signin.guesses import Guesses, subscriber_of

BEGUN = "authorize"
"""The counter of sign-ins that were begun, by network address."""


class AlreadyAnswered(InvalidRequest):
    """Somebody else was quicker with the same request: there is nothing left to tell the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser at the endpoint. `name` is the id of the interaction that it is in, or gets if a page is needed.

    `session_id` is of the session that its cookies hold. `interaction` is None at the first visit.
    """

    client: Client
    request: AuthorizationRequest
    name: str
    browser: Digest
    session_id: SessionId | None
    interaction: Interaction | None = None
    source: Source
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The code, and the session that it was given in."""

    code: str
    session_id: SessionId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    rules: OAuthRules
    digester: Digester
    subjects: SubjectOf
    issue: Issue
    guesses: Guesses

    def step(self, work: UnitOfWork, visit: Visit) -> Need | Granted:
        """What comes next, or the code. Raises an OAuthRefusal for the client, and AlreadyAnswered for the browser.

        The code is issued by the transaction that ends the interaction and uses up the pushed request: of all who race,
        one gets it.
        """
        situation = self.look(work, visit, held=True)
        try:
            need = first_need(situation)
            if need is not None and "none" in visit.request.prompt:
                raise refusal_of(need, situation)
        except OAuthRefusal:
            self.close(work, visit)
            raise
        if need is not None:
            self._keep(work, visit, situation, need)
            return need
        self.close(work, visit)
        _record(work, visit, EventName.AUTHORIZATION_GRANTED, situation.session)
        session_id = situation.session.id if situation.session else None
        return Granted(code=self.issue(work, situation), session_id=session_id)

    def look(self, work: UnitOfWork, visit: Visit, *, held: bool = False) -> Situation:
        """The situation, by this transaction's own reading: a session that ended a moment ago is none (row 22).

        Nor is one that a page opened here, where nobody is signed in any more: somebody else signed in over it, whose
        sign-out meant the browser (row 16).
        """
        session, account = (None, None) if visit.session_id is None else self._signed_in(work, visit, held=held)
        consent = None
        if account is not None and not may_skip_consent(visit.client, visit.request):
            consent = work.oauth.consents.get(account.id, visit.client.id)
        return Situation(
            client=visit.client,
            request=visit.request,
            now=visit.now,
            interaction=visit.interaction,
            session=session,
            account=account,
            subject=self.subjects.of(visit.client, account.id) if account else None,
            consent=consent,
        )

    def agree(self, work: UnitOfWork, visit: Visit) -> None:
        """Writes down the yes of whoever is signed in. Nothing happens unless consent is what is needed now."""
        situation = self.look(work, visit)
        if situation.account is None or visit.interaction is None or first_need(situation) is not Need.CONSENT:
            return
        known, request = situation.consent, visit.request
        consent = Consent(
            account_id=situation.account.id,
            client_id=visit.client.id,
            scope=_joined(known.scope if known else (), request.scope),
            resources=_joined(known.resources if known else (), request.resources),
            claims=_joined(known.claims if known else (), names_of(request.claims)),
            given_at=visit.now,
        )
        work.oauth.consents.put(consent)
        work.oauth.interactions.consent(visit.interaction.digest)
        _record(work, visit, EventName.CONSENT_GIVEN, situation.session)

    def deny(self, work: UnitOfWork, visit: Visit) -> None:
        """Raises AlreadyAnswered."""
        session, _ = self._signed_in(work, visit)
        self.close(work, visit)
        _record(work, visit, EventName.AUTHORIZATION_DENIED, session)

    def close(self, work: UnitOfWork, visit: Visit) -> None:
        """Ends the interaction and uses up the pushed request. Raises AlreadyAnswered for all but one who race."""
        if visit.interaction is not None and not work.oauth.interactions.end(visit.interaction.digest, visit.now):
            raise AlreadyAnswered("this request was answered already")
        pushed = visit.request.pushed_as
        if pushed is not None and not work.oauth.pushed.claim(Digest(bytes.fromhex(pushed)), visit.now):
            raise AlreadyAnswered("this request was answered already")

    def _signed_in(
        self, work: UnitOfWork, visit: Visit, *, held: bool = False
    ) -> tuple[Session, Account] | tuple[None, None]:
        """Whom a page of this interaction signed in, or who is signed in at the browser anyway."""
        chosen = visit.interaction.signed_in_with if visit.interaction else None
        session_id = chosen or visit.session_id
        found = work.sessions.principal(session_id, held=held) if session_id else None
        if found is None:
            return None, None
        session, account = found
        is_good = session.is_live(visit.now) and account.is_confirmed and not account.is_disabled
        return found if is_good else (None, None)

    def _keep(self, work: UnitOfWork, visit: Visit, situation: Situation, need: Need) -> None:
        """Stores the interaction at the first visit. Raises TooManyRequests: strangers make rows here (row 140).

        What the consent page says is said to whom it shows: that session is the interaction's from here on.
        """
        asked = situation.session.id if situation.session and need is Need.CONSENT else None
        if visit.interaction is not None:
            if asked is not None and visit.interaction.signed_in_with is None:
                work.oauth.interactions.sign_in(visit.interaction.digest, asked)
            return
        self.guesses.take_turn(work, BEGUN, subscriber_of(visit.source.address), visit.now)
        interaction = Interaction(
            digest=digest_of_interaction(self.digester, visit.name),
            browser=visit.browser,
            request=visit.request,
            begun_at=visit.now,
            expires_at=visit.now + self.rules.interaction_life,
            signed_in_with=asked,
        )
        work.oauth.interactions.begin(interaction)


def again(visit: Visit, interaction: Interaction) -> Visit:
    """The visit by the interaction's row as it stands now."""
    return replace(visit, interaction=interaction, request=interaction.request)


def _joined(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))


def _record(work: UnitOfWork, visit: Visit, name: EventName, session: Session | None) -> None:
    event = Event(
        name=name,
        outcome=Outcome.FAILURE if name is EventName.AUTHORIZATION_DENIED else Outcome.SUCCESS,
        account_id=session.account_id if session else None,
        session_id=session.id if session else None,
        methods=session.methods if session else (),
        detail={"client": visit.client.id},
    )
    work.record(event, source=visit.source, now=visit.now)
