"""All verbs over one world: what the faces and the command line are built from."""

from dataclasses import dataclass
from functools import cached_property

from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester, PasswordHasher, Sealer, TokenSigner, TokenVerifier
from idp.ports.storage import Store
from idp.usecases.accounts.apps import ConnectedApps
from idp.usecases.accounts.ask import Ask
from idp.usecases.accounts.confirm import ConfirmAddress
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.export import ExportAccount
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.accounts.profile import ChangeAccount, ShowAccount, ShowOwnAccount
from idp.usecases.accounts.register import RegisterAccount
from idp.usecases.accounts.reset import ResetPassword
from idp.usecases.accounts.sign_up import SignUp
from idp.usecases.extensions import Extensions
from idp.usecases.post import Post
from idp.usecases.rules import Rules
from idp.usecases.sessions.end import EndSession
from idp.usecases.sessions.ending import Endings
from idp.usecases.sessions.extend import ExtendSession
from idp.usecases.sessions.identify import Identify
from idp.usecases.sessions.own import OwnSessions
from idp.usecases.sessions.refresh import RefreshSession
from idp.usecases.sessions.refresh_tokens import RefreshTokens
from idp.usecases.sessions.tokens import Tokens
from idp.usecases.signin.door import Door
from idp.usecases.signin.first_factor import ProvePassword
from idp.usecases.signin.first_proof import FirstProof
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.policy import Policy
from idp.usecases.signin.request_mfa_code import RequestMfaCode
from idp.usecases.signin.second_factor import ProveSecondFactor
from idp.usecases.signin.single_use_code import SignInWithSingleUseCode
from idp.usecases.signin.stepwise import SignInStepwise
from idp.usecases.signin.strength import Strength
from idp.usecases.tenants.declare import DeclareTenants
from idp.usecases.tenants.features import FeatureBook
from idp.usecases.tenants.show import ShowJurisdictions


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The adapters and the operator's decisions, behind their ports."""

    store: Store
    clock: Clock
    entropy: Entropy
    hasher: PasswordHasher
    digester: Digester
    sealer: Sealer
    signer: TokenSigner
    verifier: TokenVerifier
    rules: Rules
    extensions: Extensions
    book: FeatureBook


class Verbs:
    """Each is made when it is first asked for, from the world and the verbs it builds on."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def tokens(self) -> Tokens:
        world = self.world
        return Tokens(clock=world.clock, entropy=world.entropy, signer=world.signer, rules=world.rules)

    @cached_property
    def refresh_tokens(self) -> RefreshTokens:
        world = self.world
        return RefreshTokens(entropy=world.entropy, digester=world.digester)

    @cached_property
    def policy(self) -> Policy:
        world = self.world
        return Policy(book=world.book, extensions=world.extensions)

    @cached_property
    def guesses(self) -> Guesses:
        world = self.world
        return Guesses(digester=world.digester, rules=world.rules)

    @cached_property
    def post(self) -> Post:
        world = self.world
        return Post(
            entropy=world.entropy,
            digester=world.digester,
            sealer=world.sealer,
            rules=world.rules,
        )

    @cached_property
    def door(self) -> Door:
        world = self.world
        return Door(
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            rules=world.rules,
            tokens=self.tokens,
            refresh_tokens=self.refresh_tokens,
            policy=self.policy,
        )

    @cached_property
    def passwords(self) -> NewPasswords:
        world = self.world
        return NewPasswords(hasher=world.hasher, extensions=world.extensions, rules=world.rules, endings=self.endings)

    @cached_property
    def identify(self) -> Identify:
        world = self.world
        return Identify(store=world.store, clock=world.clock, verifier=world.verifier, rules=world.rules)

    @cached_property
    def extend(self) -> ExtendSession:
        world = self.world
        return ExtendSession(store=world.store, clock=world.clock, tokens=self.tokens)

    @cached_property
    def endings(self) -> Endings:
        return Endings(post=self.post)

    @cached_property
    def end(self) -> EndSession:
        world = self.world
        return EndSession(store=world.store, clock=world.clock, endings=self.endings)

    @cached_property
    def refresh(self) -> RefreshSession:
        world = self.world
        return RefreshSession(
            store=world.store,
            clock=world.clock,
            sealer=world.sealer,
            rules=world.rules,
            tokens=self.tokens,
            refresh_tokens=self.refresh_tokens,
            endings=self.endings,
        )

    @cached_property
    def prove_password(self) -> ProvePassword:
        world = self.world
        return ProvePassword(
            store=world.store,
            clock=world.clock,
            digester=world.digester,
            extensions=world.extensions,
            rules=world.rules,
            guesses=self.guesses,
            policy=self.policy,
        )

    @cached_property
    def prove_second_factor(self) -> ProveSecondFactor:
        world = self.world
        return ProveSecondFactor(
            store=world.store,
            clock=world.clock,
            sealer=world.sealer,
            guesses=self.guesses,
            post=self.post,
            policy=self.policy,
        )

    @cached_property
    def sign_in(self) -> SignInWithPassword:
        world = self.world
        return SignInWithPassword(
            store=world.store,
            clock=world.clock,
            door=self.door,
            guesses=self.guesses,
            prove_password=self.prove_password,
            prove_second_factor=self.prove_second_factor,
        )

    @cached_property
    def sign_in_by_code(self) -> SignInWithSingleUseCode:
        world = self.world
        return SignInWithSingleUseCode(
            store=world.store,
            clock=world.clock,
            digester=world.digester,
            door=self.door,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            prove_second_factor=self.prove_second_factor,
            first_proof=self.first_proof,
        )

    @cached_property
    def first_proof(self) -> FirstProof:
        return FirstProof(endings=self.endings, post=self.post)

    @cached_property
    def strength(self) -> Strength:
        return Strength(store=self.world.store, policy=self.policy)

    @cached_property
    def request_mfa_code(self) -> RequestMfaCode:
        world = self.world
        return RequestMfaCode(
            store=world.store,
            clock=world.clock,
            rules=world.rules,
            prove_password=self.prove_password,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
        )

    @cached_property
    def sign_in_stepwise(self) -> SignInStepwise:
        world = self.world
        return SignInStepwise(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            digester=world.digester,
            rules=world.rules,
            door=self.door,
            guesses=self.guesses,
            policy=self.policy,
            sign_in=self.sign_in,
            sign_in_by_code=self.sign_in_by_code,
            prove_second_factor=self.prove_second_factor,
            request_code=self.request_mfa_code,
        )

    @cached_property
    def errands(self) -> Errands:
        world = self.world
        return Errands(
            store=world.store,
            clock=world.clock,
            rules=world.rules,
            policy=self.policy,
            post=self.post,
        )

    @cached_property
    def ask(self) -> Ask:
        world = self.world
        return Ask(
            store=world.store,
            clock=world.clock,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
        )

    @cached_property
    def reset(self) -> ResetPassword:
        world = self.world
        return ResetPassword(
            store=world.store,
            clock=world.clock,
            door=self.door,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            passwords=self.passwords,
        )

    @cached_property
    def confirm(self) -> ConfirmAddress:
        world = self.world
        return ConfirmAddress(
            store=world.store,
            clock=world.clock,
            door=self.door,
            policy=self.policy,
            post=self.post,
            passwords=self.passwords,
        )

    @cached_property
    def register(self) -> RegisterAccount:
        world = self.world
        return RegisterAccount(
            store=world.store,
            clock=world.clock,
            entropy=world.entropy,
            policy=self.policy,
            guesses=self.guesses,
            passwords=self.passwords,
            errands=self.errands,
        )

    @cached_property
    def sign_up(self) -> SignUp:
        world = self.world
        return SignUp(
            store=world.store,
            clock=world.clock,
            guesses=self.guesses,
            post=self.post,
            register=self.register,
            errands=self.errands,
            first_proof=self.first_proof,
        )

    @cached_property
    def own_sessions(self) -> OwnSessions:
        return OwnSessions(store=self.world.store, clock=self.world.clock, endings=self.endings)

    @cached_property
    def connected_apps(self) -> ConnectedApps:
        return ConnectedApps(store=self.world.store, clock=self.world.clock)

    @cached_property
    def export(self) -> ExportAccount:
        return ExportAccount(store=self.world.store, clock=self.world.clock)

    @cached_property
    def show(self) -> ShowAccount:
        world = self.world
        return ShowAccount(store=world.store, policy=self.policy)

    @cached_property
    def show_own(self) -> ShowOwnAccount:
        return ShowOwnAccount(identify=self.identify, policy=self.policy)

    @cached_property
    def change(self) -> ChangeAccount:
        world = self.world
        return ChangeAccount(
            store=world.store,
            clock=world.clock,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            passwords=self.passwords,
            prove_password=self.prove_password,
            errands=self.errands,
        )

    @cached_property
    def declare_tenants(self) -> DeclareTenants:
        world = self.world
        return DeclareTenants(store=world.store, clock=world.clock, entropy=world.entropy)

    @cached_property
    def show_jurisdictions(self) -> ShowJurisdictions:
        world = self.world
        return ShowJurisdictions(store=world.store, book=world.book)
