"""The extension points as the verbs get them: the same classes, each call through its plugin's fence."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from idp.core.errors import Refusal
from idp.core.feature import FeatureValue
from idp.core.ids import MessageId
from idp.registry import answers
from idp.registry.fence import Fence
from idp.sdk import (
    AccountView,
    ClaimsSource,
    ClaimValue,
    CodeChannel,
    CodeSignIn,
    Enrollable,
    Enrolment,
    Event,
    EventSubscriber,
    FeatureSource,
    FirstFactor,
    GrantDecision,
    LookUpSecrets,
    Message,
    OwnCredential,
    PasswordRule,
    SecondFactor,
    Sender,
    SenderFailed,
    TokenGrant,
)


class FencedFirstFactor(FirstFactor[Any]):
    def __init__(self, plugin: FirstFactor[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self.amr = plugin.amr
        self._plugin, self._fence = plugin, fence

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        call = partial(self._plugin.prove, account, secret)
        return await self._fence.ask("prove", call, answers.verdict, (Refusal,))


class FencedCodeSignIn(CodeSignIn[Any]):
    def __init__(self, plugin: CodeSignIn[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self.channel, self.amr = plugin.channel, plugin.amr
        self._plugin, self._fence = plugin, fence

    def address(self, account: AccountView) -> str | None:
        return self._fence.ask_now("address", partial(self._plugin.address, account), answers.address)


class FencedSecondFactor(SecondFactor[Any]):
    def __init__(self, plugin: SecondFactor[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self.method, self.amr = plugin.method, plugin.amr
        self._factor, self._fence = plugin, fence

    async def is_ready(self, account: AccountView) -> bool:
        return await self._fence.ask("is_ready", partial(self._factor.is_ready, account), answers.verdict)

    async def verify(self, account: AccountView, code: str) -> bool:
        return await self._fence.ask("verify", partial(self._factor.verify, account, code), answers.verdict)


class FencedCodeChannel(FencedSecondFactor, CodeChannel[Any]):
    def __init__(self, plugin: CodeChannel[Any], fence: Fence) -> None:
        super().__init__(plugin, fence)
        self.channel = plugin.channel
        self._plugin = plugin

    def address(self, account: AccountView) -> str | None:
        return self._fence.ask_now("address", partial(self._plugin.address, account), answers.address)


class FencedEnrollable(FencedSecondFactor, Enrollable[Any]):
    def __init__(self, plugin: Enrollable[Any], fence: Fence) -> None:
        super().__init__(plugin, fence)
        self._plugin = plugin

    async def enrol(self, account: AccountView) -> Enrolment:
        return await self._fence.ask("enrol", partial(self._plugin.enrol, account), answers.enrolment)

    async def enrol_proved(self, account: AccountView) -> Enrolment | None:
        call = partial(self._plugin.enrol_proved, account)
        return await self._fence.ask("enrol_proved", call, answers.enrolment_or_none)

    async def confirm(self, account: AccountView, code: str) -> bool:
        return await self._fence.ask("confirm", partial(self._plugin.confirm, account, code), answers.verdict)

    async def remove(self, account: AccountView) -> None:
        await self._fence.ask("remove", partial(self._plugin.remove, account), answers.nothing)


class FencedLookUpSecrets(FencedSecondFactor, LookUpSecrets[Any]):
    def __init__(self, plugin: LookUpSecrets[Any], fence: Fence) -> None:
        super().__init__(plugin, fence)
        self._plugin = plugin

    async def issue(self, account: AccountView) -> tuple[str, ...]:
        return await self._fence.ask("issue", partial(self._plugin.issue, account), answers.code_list)

    async def left(self, account: AccountView) -> int:
        return await self._fence.ask("left", partial(self._plugin.left, account), answers.count)

    async def without(self, account: AccountView, code: str) -> OwnCredential | None:
        return await self._fence.ask("without", partial(self._plugin.without, account, code), answers.credential)


class FencedSender(Sender[Any]):
    def __init__(self, plugin: Sender[Any], fence: Fence, channels: tuple[str, ...]) -> None:
        super().__init__(plugin.settings, plugin.context)
        self.channel = channels[0]
        self._plugin, self._fence, self._channels = plugin, fence, channels

    @property
    def channels(self) -> tuple[str, ...]:
        return self._channels

    async def send(self, message: Message) -> None:
        await self._fence.ask("send", partial(self._plugin.send, message), answers.nothing, (SenderFailed,))


class FencedPasswordRule(PasswordRule[Any]):
    def __init__(self, plugin: PasswordRule[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self._plugin, self._fence = plugin, fence

    async def objections(self, password: str, account: AccountView | None) -> Sequence[str]:
        call = partial(self._plugin.objections, password, account)
        return await self._fence.ask("objections", call, answers.objections_to(password))


class FencedFeatureSource(FeatureSource[Any]):
    def __init__(self, plugin: FeatureSource[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self._plugin, self._fence = plugin, fence

    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> FeatureValue | None:
        call = partial(self._plugin.value, feature, tenant_kind, tenant_name)
        return await self._fence.ask("value", call, answers.feature_value)


class FencedSubscriber(EventSubscriber[Any]):
    def __init__(self, plugin: EventSubscriber[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self._plugin, self._fence = plugin, fence

    async def notice(self, event: Event, *, at: datetime, delivery: MessageId) -> None:
        call = partial(self._plugin.notice, event, at=at, delivery=delivery)
        await self._fence.ask("notice", call, answers.nothing)


class FencedClaimsSource(ClaimsSource[Any]):
    def __init__(self, plugin: ClaimsSource[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self._plugin, self._fence = plugin, fence

    async def claims(self, account: AccountView, *, scope: Collection[str], client_id: str) -> Mapping[str, ClaimValue]:
        call = partial(self._plugin.claims, account, scope=scope, client_id=client_id)
        return await self._fence.ask("claims", call, answers.claims)


class FencedTokenGrant(TokenGrant[Any]):
    def __init__(self, plugin: TokenGrant[Any], fence: Fence) -> None:
        super().__init__(plugin.settings, plugin.context)
        self.grant_type, self.parameters = plugin.grant_type, plugin.parameters
        self._plugin, self._fence = plugin, fence

    async def decide(
        self, client_id: str, parameters: Mapping[str, str], *, scope: Collection[str]
    ) -> GrantDecision | None:
        call = partial(self._plugin.decide, client_id, parameters, scope=scope)
        return await self._fence.ask("decide", call, answers.grant_decision)
