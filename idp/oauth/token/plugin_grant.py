"""Grant types that plugins add (RFC 6749 §4.5): the plugin decides, we check what it decided."""

from functools import partial
from typing import Any

from idp.oauth.errors import InvalidGrant, InvalidScope, UnauthorizedClient
from idp.oauth.token.behalf import OnBehalf, allowed_scope, may_be_acted_for
from idp.oauth.token.families import OVER
from idp.oauth.token.grant import Decision, Issue, TokenRequest, TokenRule
from idp.ports.storage import UnitOfWork
from idp.sdk import GrantDecision, TokenGrant


class PluginGrant(TokenRule):
    """A plugin that fails raises PluginFailed through its fence: then nobody gets a token."""

    def __init__(self, plugin: TokenGrant[Any], behalf: OnBehalf) -> None:
        self.grant_type = plugin.grant_type
        self.parameters = frozenset({*plugin.parameters, "scope"})
        self._plugin = plugin
        self._behalf = behalf

    async def prepare(self, asked: TokenRequest) -> Decision | Issue:
        declared = {name: value for name, value in asked.parameters.items() if name in self._plugin.parameters}
        decision = await self._plugin.decide(asked.client.id, declared, scope=frozenset(asked.scope or ()))
        if decision is None:
            raise InvalidGrant(OVER)
        return partial(self._decide, asked, decision)

    def _decide(self, asked: TokenRequest, decision: GrantDecision, work: UnitOfWork) -> Issue:
        if asked.scope is not None and not set(decision.scope) <= set(asked.scope):
            raise InvalidScope("more scope than was asked for")
        scope = allowed_scope(asked.client, decision.scope, decision.scope)
        if decision.account_id is not None:
            account = may_be_acted_for(work, decision.account_id)
            return self._behalf.issue(work, asked, account, scope)
        if asked.client.is_public:
            raise UnauthorizedClient("a public client cannot have tokens of its own")
        return Issue(client=asked.client, subject=asked.client.id, scope=scope, confirmation=asked.confirmation)
