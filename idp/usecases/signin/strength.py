"""Whether a session may touch what accounts are opened by: passwords, second factors, the address.

NIST SP 800-63B-4 §4.1.2.1: an authenticator is bound by who has proved what the account has. A mailbox is none to NIST:
it does where there is nothing else.
"""

from collections.abc import Set
from dataclasses import dataclass

from idp.core.password import PASSWORD
from idp.ports.storage import Store
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.first_factor import MULTIPLE
from idp.usecases.signin.policy import Policy

LINK = "otp"
"""What a link in a mail is called in `amr`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    store: Store
    policy: Policy

    async def is_mailbox_alone(self, principal: Principal) -> bool:
        """Whether nothing but a mailbox opened the session of an account that has a password."""
        if not set(principal.session.methods) <= self._mailed():
            return False
        account_id = principal.account.id
        return await self.store.read(lambda work: work.credentials.get(account_id, PASSWORD) is not None)

    def is_one_of_two(self, principal: Principal) -> bool:
        """Whether one factor opened the session of an account that has a second one, by now."""
        return bool(principal.account.mfa_methods) and not self._are_two(frozenset(principal.session.methods))

    def _are_two(self, methods: Set[str]) -> bool:
        """Whether they say more than any one way in: a first factor is a plugin, and not every one is called `pwd`."""
        firsts = [frozenset(factor.amr) for factor in self.policy.extensions.first_factors.values()]
        is_one = methods in firsts or methods <= self._mailed()
        return MULTIPLE in methods or (not is_one and any(first < methods for first in firsts))

    def _mailed(self) -> frozenset[str]:
        ways = self.policy.extensions.code_sign_ins.values()
        return frozenset({LINK, *(name for way in ways for name in way.amr)})
