"""The authorization endpoint as the faces see it (RFC 6749 §3.1, OIDC Core §3.1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from idp.core.authorization import AuthorizationRequest, Interaction
from idp.core.client import Client, Origin
from idp.core.ids import SessionId
from idp.core.secret import Digest
from idp.core.session import Source
from idp.oauth.authorize import assurance
from idp.oauth.authorize.answers import Answers, destination_of
from idp.oauth.authorize.destination import Answerable, Destination, is_registered
from idp.oauth.authorize.dispatch import AlreadyAnswered, Dispatch, Granted, Visit, again
from idp.oauth.authorize.needs import Situation, first_need, missing_claims, missing_scope, must_sign_in_again
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.authorize.push import PushedRequests
from idp.oauth.authorize.reading import Reading
from idp.oauth.authorize.steps import AuthorizationResponse, Need, PageView, ShowPage, Step
from idp.oauth.codes import digest_of_interaction
from idp.oauth.errors import AccessDenied, InvalidClient, InvalidRequest, OAuthRefusal
from idp.oauth.rules import PAGES
from idp.oauth.session_states import BrowserStates
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.guesses import subscriber_of

PAGE = Source(address="", contract=PAGES)
"""Where a page's answer comes from, for those who do not say it more exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A request that was posted, and waits under this name for the browser to come back by GET."""

    client_id: str
    request_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize:
    """`browser` is the digest of the cookie that interactions are bound to, `principal` who the browser's cookies name.

    An OAuthRefusal that is raised is for the error page; what may go to the client comes as an AuthorizationResponse.
    """

    store: Store
    clock: Clock
    entropy: Entropy
    digester: Digester
    reading: Reading
    pushed: PushedRequests
    dispatch: Dispatch
    answers: Answers
    states: BrowserStates

    async def begin(
        self, parameters: Iterable[tuple[str, str]], browser: Digest, principal: Principal | None, source: Source
    ) -> Step:
        """The first visit. What is satisfied already is answered at once, by one unit of work and no interaction."""
        sent = Parameters.of(parameters)
        client = await self.reading.client(sent, source)
        try:
            request = await self.reading.at_the_front(client, sent)
        except Answerable as error:
            return await self._refuse(error.destination, error.refusal, is_signed_in=principal is not None)
        visit = Visit(
            client=client,
            request=request,
            name=self.entropy.token(),
            browser=browser,
            session_id=_session_of(principal),
            source=source,
            now=self.clock.now(),
        )
        return await self._step(visit)

    async def set_aside(
        self, parameters: Iterable[tuple[str, str]], source: Source
    ) -> SetAside | AuthorizationResponse:
        """A request that came by POST, perhaps from another site and then without our cookies (SameSite=Lax).

        It is judged and kept like a pushed one, and the browser sent on by GET, with which they come.
        """
        sent = Parameters.of(parameters)
        client = await self.reading.client(sent, source)
        try:
            request = await self.reading.at_the_front(client, sent)
        except Answerable as error:
            return await self._refuse(error.destination, error.refusal, is_signed_in=False)
        if request.pushed_as is not None:
            return SetAside(client_id=client.id, request_uri=sent.values["request_uri"])
        kept = await self.pushed.keep(client, request, subscriber_of(source.address))
        return SetAside(client_id=client.id, request_uri=kept)

    async def resume(
        self, interaction: str, browser: Digest, principal: Principal | None, source: Source = PAGE
    ) -> Step:
        """After each page, and when the browser comes back. Raises InvalidRequest: it is over, or another browser's."""
        visit = await self._visit(interaction, browser, principal, source)
        return await self._step(visit)

    async def view(self, interaction: str, browser: Digest, principal: Principal | None) -> PageView:
        """What a page of this interaction shows. Raises InvalidRequest."""
        visit = await self._visit(interaction, browser, principal, PAGE)
        return _view(await self.store.read(lambda work: self.dispatch.look(work, visit)))

    async def signed_in(self, interaction: str, browser: Digest, session_id: SessionId) -> None:
        """A page opened this session, or the person chose it. Raises InvalidRequest."""
        digest = digest_of_interaction(self.digester, interaction)

        def note(work: UnitOfWork) -> None:
            self._find(work, digest, browser)
            work.oauth.interactions.sign_in(digest, session_id)

        await self.store.transact(note)

    async def consented(
        self, interaction: str, browser: Digest, principal: Principal | None, source: Source = PAGE
    ) -> None:
        """The person said yes. Raises InvalidRequest."""
        visit = await self._visit(interaction, browser, principal, source)
        await self.store.transact(lambda work: self.dispatch.agree(work, self._now(work, visit)))

    async def deny(self, interaction: str, browser: Digest, source: Source = PAGE) -> AuthorizationResponse:
        """The person said no, or went away from signing in. Raises InvalidRequest."""
        visit = await self._visit(interaction, browser, None, source)
        await self.store.transact(lambda work: self.dispatch.deny(work, self._now(work, visit)))
        refusal = AccessDenied("the person did not agree")
        return await self.answers.refuse(destination_of(visit.client, visit.request), refusal)

    async def _step(self, visit: Visit) -> Step:
        destination = destination_of(visit.client, visit.request)
        try:
            came = await self.store.transact(lambda work: self.dispatch.step(work, self._now(work, visit)))
        except AlreadyAnswered:
            raise
        except OAuthRefusal as refusal:
            return await self._refuse(destination, refusal, is_signed_in=visit.session_id is not None)
        if isinstance(came, Need):
            return ShowPage(need=came, interaction=visit.name)
        return await self._granted(visit, came)

    async def _refuse(self, to: Destination, refusal: OAuthRefusal, *, is_signed_in: bool) -> AuthorizationResponse:
        """A link to us must lead nobody on to whoever wrote a document (RFC 9700 §4.11.2): people go by a click.

        Who registered is answered at once: OpenID Connect's own `prompt=none` is.
        """
        answer = await self.answers.refuse(to, refusal)
        if is_signed_in or to.client.origin is not Origin.DOCUMENT:
            return answer
        return replace(answer, by_click=True)

    async def _granted(self, visit: Visit, came: Granted) -> AuthorizationResponse:
        """Who asked for an ID token may watch the session (OIDC Session Management 1.0 §2)."""
        destination, told = destination_of(visit.client, visit.request), {"code": came.code}
        is_watched = visit.request.is_openid and not self.dispatch.rules.is_fapi2(visit.client)
        if came.session_id is None or not is_watched:
            return await self.answers.give(destination, told)
        state = self.states.of(came.session_id)
        told["session_state"] = self.states.parameter(visit.client.id, visit.request.redirect_uri, state)
        return replace(await self.answers.give(destination, told), browser_state=state)

    async def _visit(self, name: str, browser: Digest, principal: Principal | None, source: Source) -> Visit:
        digest = digest_of_interaction(self.digester, name)
        interaction = await self.store.read(lambda work: self._find(work, digest, browser))
        request = interaction.request
        return Visit(
            client=await self._client(request),
            request=request,
            name=name,
            browser=browser,
            session_id=_session_of(principal),
            interaction=interaction,
            source=source,
            now=self.clock.now(),
        )

    async def _client(self, request: AuthorizationRequest) -> Client:
        """As it is now: what was taken from it while the person was typing is gone."""
        client = await self.reading.clients.find(request.client_id)
        if client is None:
            raise InvalidClient("the client is not known here")
        if not is_registered(client, request.redirect_uri):
            raise InvalidRequest("redirect_uri is not registered for this client")
        return client

    def _now(self, work: UnitOfWork, visit: Visit) -> Visit:
        """The visit by the row as this transaction sees it."""
        if visit.interaction is None:
            return visit
        return again(visit, self._find(work, visit.interaction.digest, visit.browser))

    def _find(self, work: UnitOfWork, digest: Digest, browser: Digest) -> Interaction:
        found = work.oauth.interactions.find(digest, browser, self.clock.now())
        if found is None:
            raise AlreadyAnswered("this sign-in is over, or was begun in another browser")
        return found


def _session_of(principal: Principal | None) -> SessionId | None:
    return principal.session.id if principal else None


def _view(situation: Situation) -> PageView:
    try:
        need, again = first_need(situation), must_sign_in_again(situation)
    except OAuthRefusal:
        need, again = None, False
    return PageView(
        client=situation.client,
        request=situation.request,
        need=need,
        account=situation.account,
        must_sign_in_again=situation.session is not None and again,
        second_factor=assurance.needs_second_factor(situation.request),
        new_scope=missing_scope(situation),
        new_claims=missing_claims(situation),
        login_hint=situation.request.login_hint or "",
    )
