"""What operators may do, over the same world as everybody else's verbs."""

from functools import cached_property

from idp.usecases.accounts.administer import AdministerAccounts
from idp.usecases.accounts.create import CreateAccount
from idp.usecases.accounts.import_accounts import ImportAccounts
from idp.usecases.accounts.set_password import SetPassword
from idp.usecases.factors.manage import ManageFactors
from idp.usecases.factors.spare import SpareCodes
from idp.usecases.housekeeping.trail import ReadTrail
from idp.usecases.sessions.administer import AdministerSessions
from idp.usecases.tenants.flags import ManageFlags
from idp.usecases.tenants.manage import ManageTenants
from idp.usecases.verbs import Verbs


class Administration:
    """Each is made when it is first asked for."""

    def __init__(self, verbs: Verbs) -> None:
        self.verbs = verbs
        self.world = verbs.world

    @cached_property
    def accounts(self) -> AdministerAccounts:
        return AdministerAccounts(
            store=self.world.store,
            clock=self.world.clock,
            guesses=self.verbs.guesses,
            endings=self.verbs.endings,
        )

    @cached_property
    def create_account(self) -> CreateAccount:
        return CreateAccount(
            store=self.world.store,
            clock=self.world.clock,
            entropy=self.world.entropy,
            policy=self.verbs.policy,
            passwords=self.verbs.passwords,
            factors=self.factors,
            errands=self.verbs.errands,
        )

    @cached_property
    def import_accounts(self) -> ImportAccounts:
        return ImportAccounts(
            store=self.world.store,
            clock=self.world.clock,
            digester=self.world.digester,
            hasher=self.world.hasher,
            extensions=self.world.extensions,
        )

    @cached_property
    def set_password(self) -> SetPassword:
        return SetPassword(
            store=self.world.store,
            clock=self.world.clock,
            passwords=self.verbs.passwords,
            guesses=self.verbs.guesses,
            post=self.verbs.post,
        )

    @cached_property
    def factors(self) -> ManageFactors:
        return ManageFactors(
            store=self.world.store,
            clock=self.world.clock,
            extensions=self.world.extensions,
            guesses=self.verbs.guesses,
            post=self.verbs.post,
            spare=self.spare,
        )

    @cached_property
    def spare(self) -> SpareCodes:
        return SpareCodes(
            store=self.world.store,
            clock=self.world.clock,
            extensions=self.world.extensions,
            guesses=self.verbs.guesses,
            post=self.verbs.post,
        )

    @cached_property
    def tenants(self) -> ManageTenants:
        return ManageTenants(
            store=self.world.store, clock=self.world.clock, entropy=self.world.entropy, book=self.world.book
        )

    @cached_property
    def flags(self) -> ManageFlags:
        return ManageFlags(store=self.world.store, clock=self.world.clock, book=self.world.book)

    @cached_property
    def sessions(self) -> AdministerSessions:
        return AdministerSessions(store=self.world.store, clock=self.world.clock, endings=self.verbs.endings)

    @cached_property
    def trail(self) -> ReadTrail:
        return ReadTrail(store=self.world.store)
