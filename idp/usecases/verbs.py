"""All verbs over one world: what the faces and the command line are built from."""

from dataclasses import dataclass

from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester, PasswordHasher, Sealer, TokenSigner, TokenVerifier
from idp.ports.storage import Store
from idp.usecases.accounts.ask import Ask
from idp.usecases.accounts.confirm import ConfirmAddress
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.accounts.profile import ChangeAccount, ShowAccount
from idp.usecases.accounts.register import RegisterAccount
from idp.usecases.accounts.reset import ResetPassword
from idp.usecases.extensions import Extensions
from idp.usecases.post import Post
from idp.usecases.rules import Rules
from idp.usecases.sessions.end import EndSession
from idp.usecases.sessions.extend import ExtendSession
from idp.usecases.sessions.identify import Identify
from idp.usecases.sessions.refresh import RefreshSession
from idp.usecases.sessions.tokens import Tokens
from idp.usecases.signin.door import Door
from idp.usecases.signin.first_factor import ProvePassword
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.policy import Policy
from idp.usecases.signin.request_mfa_code import RequestMfaCode
from idp.usecases.signin.second_factor import ProveSecondFactor
from idp.usecases.signin.single_use_code import SignInWithSingleUseCode
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
    """Reads top to bottom: each line needs only those above it."""

    def __init__(self, world: World) -> None:
        store, clock, rules, extensions = world.store, world.clock, world.rules, world.extensions
        digester, entropy = world.digester, world.entropy
        self.world = world
        self.tokens = Tokens(clock=clock, entropy=entropy, signer=world.signer, rules=rules)
        self.policy = Policy(book=world.book, extensions=extensions)
        self.guesses = Guesses(digester=digester, rules=rules)
        self.post = Post(entropy=entropy, digester=digester, sealer=world.sealer, rules=rules)
        self.door = Door(clock=clock, entropy=entropy, digester=digester, rules=rules, tokens=self.tokens)
        self.passwords = NewPasswords(hasher=world.hasher, extensions=extensions, rules=rules)

        self.identify = Identify(store=store, clock=clock, verifier=world.verifier, rules=rules)
        self.extend = ExtendSession(store=store, clock=clock, tokens=self.tokens)
        self.end = EndSession(store=store, clock=clock)
        self.refresh = RefreshSession(
            store=store,
            clock=clock,
            entropy=entropy,
            digester=digester,
            sealer=world.sealer,
            tokens=self.tokens,
            rules=rules,
        )

        self.prove_password = ProvePassword(
            store=store,
            clock=clock,
            digester=digester,
            guesses=self.guesses,
            policy=self.policy,
            extensions=extensions,
            rules=rules,
        )
        self.prove_second_factor = ProveSecondFactor(store=store, clock=clock, guesses=self.guesses, post=self.post)
        self.sign_in = SignInWithPassword(
            store=store,
            clock=clock,
            door=self.door,
            policy=self.policy,
            guesses=self.guesses,
            prove_password=self.prove_password,
            prove_second_factor=self.prove_second_factor,
        )
        self.sign_in_by_code = SignInWithSingleUseCode(
            store=store,
            clock=clock,
            door=self.door,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            digester=digester,
            prove_second_factor=self.prove_second_factor,
        )
        self.request_mfa_code = RequestMfaCode(
            store=store,
            clock=clock,
            prove_password=self.prove_password,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            rules=rules,
        )

        self.errands = Errands(store=store, clock=clock, policy=self.policy, post=self.post, rules=rules)
        self.ask = Ask(store=store, clock=clock, policy=self.policy, guesses=self.guesses, post=self.post)
        self.reset = ResetPassword(
            store=store,
            clock=clock,
            door=self.door,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            passwords=self.passwords,
        )
        self.confirm = ConfirmAddress(
            store=store,
            clock=clock,
            door=self.door,
            policy=self.policy,
            post=self.post,
            passwords=self.passwords,
        )
        self.register = RegisterAccount(
            store=store,
            clock=clock,
            entropy=entropy,
            policy=self.policy,
            guesses=self.guesses,
            passwords=self.passwords,
            errands=self.errands,
        )
        self.show = ShowAccount(store=store, policy=self.policy)
        self.change = ChangeAccount(
            store=store,
            clock=clock,
            policy=self.policy,
            guesses=self.guesses,
            post=self.post,
            passwords=self.passwords,
            prove_password=self.prove_password,
            errands=self.errands,
        )
        self.show_jurisdictions = ShowJurisdictions(store=store, book=world.book)
