"""The OpenID Provider's verbs over one world: what its faces and the command line are built from."""

from collections.abc import Mapping
from functools import cached_property

from idp.oauth.access.claims import ClaimsBook
from idp.oauth.access.evaluate import EvaluateFlags
from idp.oauth.access.introspect import Introspect
from idp.oauth.access.revoke import Revoke
from idp.oauth.access.tokens import LookUpTokens
from idp.oauth.access.userinfo import UserInfo
from idp.oauth.authorize.answers import Answers
from idp.oauth.authorize.dispatch import Dispatch
from idp.oauth.authorize.endpoint import Authorize
from idp.oauth.authorize.issue import Issue
from idp.oauth.authorize.judge import Judge
from idp.oauth.authorize.push import Push, PushedRequests
from idp.oauth.authorize.reading import Reading
from idp.oauth.authorize.request_object import RequestObjects
from idp.oauth.clients.administer import AdministerClients
from idp.oauth.clients.book import ClientBook
from idp.oauth.clients.declare import DeclareClients
from idp.oauth.clients.documents import MetadataDocuments
from idp.oauth.clients.register import ManageRegistration, RegisterClient, RegistrationTokens
from idp.oauth.clients.resources import AdministerInitialTokens, AdministerResources
from idp.oauth.clients.secrets import ClientSecrets
from idp.oauth.clients.sectors import CheckSector
from idp.oauth.clients.subjects import Subjects
from idp.oauth.devices.begin import BeginDevice
from idp.oauth.devices.decide import DecideDevice
from idp.oauth.session.verbs import Known, SessionVerbs
from idp.oauth.session_ids import SessionIds
from idp.oauth.session_states import BrowserStates
from idp.oauth.token.access_tokens import AccessTokens
from idp.oauth.token.assertions import ClientAssertions
from idp.oauth.token.authorization_code import RedeemCode
from idp.oauth.token.authorizations import Authorizations
from idp.oauth.token.behalf import OnBehalf
from idp.oauth.token.client_auth import ClientAuthentication
from idp.oauth.token.client_credentials import IssueToClient
from idp.oauth.token.device_code import RedeemDeviceCode
from idp.oauth.token.dpop import DpopProofs
from idp.oauth.token.endpoint import TokenEndpoint
from idp.oauth.token.exchange import ExchangeToken
from idp.oauth.token.families import Families
from idp.oauth.token.grant import TokenRule
from idp.oauth.token.id_tokens import IdTokens
from idp.oauth.token.jwt_bearer import RedeemAssertion
from idp.oauth.token.plugin_grant import PluginGrant
from idp.oauth.token.refresh_token import RedeemRefreshToken
from idp.oauth.token.verify import AccessTokenVerifier
from idp.oauth.world import OAuthWorld
from idp.usecases.verbs import Verbs


class OpenIDProvider:
    """Each verb is made when it is first asked for, as in `Verbs`."""

    def __init__(self, world: OAuthWorld, verbs: Verbs) -> None:
        self.world = world
        self.verbs = verbs

    @cached_property
    def clients(self) -> ClientBook:
        documents = self.client_documents if self.world.rules.client_documents else None
        return ClientBook(
            store=self.world.world.store,
            ways_out=self.world.ways_out,
            documents=documents,
            smallest_rsa=self.world.rules.smallest_rsa,
        )

    @cached_property
    def client_documents(self) -> MetadataDocuments:
        return MetadataDocuments(
            store=self.world.world.store,
            fetcher=self.world.ways_out.strangers,
            clock=self.world.world.clock,
            rules=self.world.rules,
            guesses=self.verbs.guesses,
            check_sector=self.check_sector,
        )

    @cached_property
    def check_sector(self) -> CheckSector:
        """For clients that nobody looked at."""
        return CheckSector(fetcher=self.world.ways_out.strangers)

    @cached_property
    def client_secrets(self) -> ClientSecrets:
        return ClientSecrets(entropy=self.world.world.entropy, sealer=self.world.world.sealer)

    @cached_property
    def registration_tokens(self) -> RegistrationTokens:
        return RegistrationTokens(digester=self.world.world.digester, entropy=self.world.world.entropy)

    @cached_property
    def declare_clients(self) -> DeclareClients:
        world = self.world.world
        return DeclareClients(store=world.store, clock=world.clock, secrets=self.client_secrets)

    @cached_property
    def administer_clients(self) -> AdministerClients:
        world = self.world.world
        return AdministerClients(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            rules=self.world.rules,
            secrets=self.client_secrets,
            check_sector=CheckSector(fetcher=self.world.ways_out.own),
        )

    @cached_property
    def administer_resources(self) -> AdministerResources:
        return AdministerResources(store=self.world.world.store, clock=self.world.world.clock)

    @cached_property
    def administer_initial_tokens(self) -> AdministerInitialTokens:
        world = self.world.world
        return AdministerInitialTokens(store=world.store, clock=world.clock, tokens=self.registration_tokens)

    @cached_property
    def register_client(self) -> RegisterClient:
        world = self.world.world
        return RegisterClient(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            rules=self.world.rules,
            guesses=self.verbs.guesses,
            secrets=self.client_secrets,
            tokens=self.registration_tokens,
            check_sector=self.check_sector,
        )

    @cached_property
    def manage_registration(self) -> ManageRegistration:
        world = self.world.world
        return ManageRegistration(
            store=world.store,
            clock=world.clock,
            secrets=self.client_secrets,
            tokens=self.registration_tokens,
            register=self.register_client,
        )

    @cached_property
    def authenticate(self) -> ClientAuthentication:
        world = self.world.world
        return ClientAuthentication(
            store=world.store,
            clock=world.clock,
            clients=self.clients,
            assertions=self.assertions,
            guesses=self.verbs.guesses,
        )

    @cached_property
    def assertions(self) -> ClientAssertions:
        world = self.world.world
        return ClientAssertions(
            clients=self.clients, sealer=world.sealer, digester=world.digester, rules=self.world.rules
        )

    @cached_property
    def proofs(self) -> DpopProofs:
        world = self.world.world
        return DpopProofs(store=world.store, clock=world.clock, digester=world.digester, rules=self.world.rules)

    @cached_property
    def session_ids(self) -> SessionIds:
        return SessionIds(digester=self.world.world.digester)

    @cached_property
    def access_tokens(self) -> AccessTokens:
        return AccessTokens(
            entropy=self.world.world.entropy,
            signers=self.world.signers,
            rules=self.world.rules,
            session_ids=self.session_ids,
        )

    @cached_property
    def id_tokens(self) -> IdTokens:
        return IdTokens(
            clients=self.clients,
            claims=self.claims,
            signers=self.world.signers,
            rules=self.world.rules,
            session_ids=self.session_ids,
        )

    @cached_property
    def families(self) -> Families:
        world = self.world.world
        return Families(
            entropy=world.entropy,
            digester=world.digester,
            rules=self.world.rules,
            tells_more=bool(world.extensions.claims_sources),
        )

    @cached_property
    def grants(self) -> Mapping[str, TokenRule]:
        """By `grant_type`. A plugin cannot take the place of one of ours."""
        world, behalf = self.world.world, OnBehalf(families=self.families, subjects=self.subjects)
        exchange = ExchangeToken(families=self.families, subjects=self.subjects, verifier=world.verifier)
        rules: list[TokenRule] = [
            *(PluginGrant(plugin, behalf) for plugin in world.extensions.token_grants.values()),
            RedeemCode(families=self.families),
            RedeemDeviceCode(families=self.families),
            RedeemRefreshToken(families=self.families, sealer=world.sealer),
            IssueToClient(rules=self.world.rules),
            RedeemAssertion(clients=self.clients, digester=world.digester, behalf=behalf),
            *([exchange] if self.world.rules.token_exchange else []),
        ]
        return {rule.grant_type: rule for rule in rules}

    @cached_property
    def token(self) -> TokenEndpoint:
        world = self.world.world
        return TokenEndpoint(
            store=world.store,
            clock=world.clock,
            authenticate=self.authenticate,
            proofs=self.proofs,
            grants=self.grants,
            access_tokens=self.access_tokens,
            id_tokens=self.id_tokens,
            authorizations=Authorizations(store=world.store),
            rules=self.world.rules,
        )

    @cached_property
    def verify_access(self) -> AccessTokenVerifier:
        world = self.world.world
        return AccessTokenVerifier(
            store=world.store,
            clock=world.clock,
            verifier=world.verifier,
            digester=world.digester,
            proofs=self.proofs,
        )

    @cached_property
    def subjects(self) -> Subjects:
        return Subjects(digester=self.world.world.digester)

    @cached_property
    def claims(self) -> ClaimsBook:
        world = self.world.world
        return ClaimsBook(store=world.store, policy=self.verbs.policy, extensions=world.extensions)

    @cached_property
    def look_up(self) -> LookUpTokens:
        world = self.world.world
        return LookUpTokens(verifier=world.verifier, digester=world.digester)

    @cached_property
    def userinfo(self) -> UserInfo:
        world = self.world.world
        return UserInfo(
            clock=world.clock,
            clients=self.clients,
            claims=self.claims,
            signers=self.world.signers,
            rules=self.world.rules,
        )

    @cached_property
    def introspect(self) -> Introspect:
        world = self.world.world
        return Introspect(
            store=world.store,
            clock=world.clock,
            look_up=self.look_up,
            clients=self.clients,
            signers=self.world.signers,
            rules=self.world.rules,
        )

    @cached_property
    def revoke(self) -> Revoke:
        world = self.world.world
        return Revoke(store=world.store, clock=world.clock, digester=world.digester, look_up=self.look_up)

    @cached_property
    def evaluate(self) -> EvaluateFlags:
        world = self.world.world
        return EvaluateFlags(store=world.store, book=world.book)

    @cached_property
    def session(self) -> SessionVerbs:
        return SessionVerbs(self.world, self.verbs.endings, Known(self.clients, self.subjects, self.session_ids))

    @cached_property
    def begin_device(self) -> BeginDevice:
        world = self.world.world
        return BeginDevice(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            guesses=self.verbs.guesses,
            authenticate=self.authenticate,
            clients=self.clients,
            rules=self.world.rules,
        )

    @cached_property
    def decide_device(self) -> DecideDevice:
        world = self.world.world
        return DecideDevice(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            guesses=self.verbs.guesses,
            clients=self.clients,
            subjects=self.subjects,
            rules=self.world.rules,
        )

    @cached_property
    def reading(self) -> Reading:
        world, rules = self.world.world, self.world.rules
        objects = RequestObjects(
            rules=rules,
            clients=self.clients,
            ways_out=self.world.ways_out,
            clock=world.clock,
            decrypter=self.world.decrypter,
        )
        return Reading(
            store=world.store,
            clock=world.clock,
            digester=world.digester,
            rules=rules,
            clients=self.clients,
            objects=objects,
            judge=Judge(rules=rules, clients=self.clients, hints=self.world.hints),
        )

    @cached_property
    def pushed_requests(self) -> PushedRequests:
        world = self.world.world
        return PushedRequests(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            rules=self.world.rules,
            guesses=self.verbs.guesses,
        )

    @cached_property
    def authorize(self) -> Authorize:
        world, rules = self.world.world, self.world.rules
        issue = Issue(entropy=world.entropy, digester=world.digester, rules=rules)
        return Authorize(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            reading=self.reading,
            pushed=self.pushed_requests,
            dispatch=Dispatch(
                rules=rules,
                digester=world.digester,
                subjects=self.subjects,
                issue=issue,
                guesses=self.verbs.guesses,
            ),
            answers=Answers(rules=rules, signers=self.world.signers, clock=world.clock, clients=self.clients),
            states=BrowserStates(entropy=world.entropy, digester=world.digester),
        )

    @cached_property
    def push(self) -> Push:
        return Push(
            authenticate=self.authenticate,
            proofs=self.proofs,
            reading=self.reading,
            pushed=self.pushed_requests,
            rules=self.world.rules,
        )
