"""The verbs of a session's end, each made when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property

from idp.oauth.neighbours import KnownClients, SubjectOf
from idp.oauth.session.back_channel import BackChannelLogout
from idp.oauth.session.logout import JudgeLogout
from idp.oauth.session.sign_out import SignOut
from idp.oauth.session_ids import SessionIds
from idp.oauth.world import OAuthWorld
from idp.usecases.sessions.ending import Endings


@dataclass(frozen=True, slots=True)
class Known:
    """How clients are found, and how they know people and sessions."""

    clients: KnownClients
    subjects: SubjectOf
    session_ids: SessionIds


class SessionVerbs:
    def __init__(self, world: OAuthWorld, endings: Endings, known: Known) -> None:
        self._world = world
        self._endings = endings
        self._known = known

    @cached_property
    def back_channel(self) -> BackChannelLogout:
        world = self._world.world
        return BackChannelLogout(
            clients=self._known.clients,
            session_ids=self._known.session_ids,
            signers=self._world.signers,
            ways_out=self._world.ways_out,
            rules=self._world.rules,
            clock=world.clock,
            entropy=world.entropy,
        )

    @cached_property
    def judge_logout(self) -> JudgeLogout:
        return JudgeLogout(clients=self._known.clients, hints=self._world.hints)

    @cached_property
    def sign_out(self) -> SignOut:
        world = self._world.world
        return SignOut(
            store=world.store,
            clock=world.clock,
            clients=self._known.clients,
            subjects=self._known.subjects,
            session_ids=self._known.session_ids,
            endings=self._endings,
            rules=self._world.rules,
        )
