"""What every plugin is: settings, a context, a life."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from idp.core.ids import AccountId
from idp.ports.ambient import Clock, Entropy

SDK_VERSION = 1


class PluginSettings(BaseModel):
    """The table `[plugins.NAME]`. Unknown keys are refused; docstrings on fields become the manual.

    A secret is a `pydantic.SecretStr`: the operator writes `{ env = "NAME" }` or `{ file = "PATH" }`,
    and no log shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """What a plugin may know of an account: no session, no request, no roles (threat row 130)."""

    id: AccountId
    email: str
    email_proved: bool
    phone_number: str | None
    phone_proved: bool
    first_name: str
    last_name: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential:
    """What the plugin keeps for one account; `version` guards the next `swap`."""

    data: bytes
    version: int


class OwnCredentials(Protocol):
    """Sealed at rest, one value per account, under the plugin's name."""

    async def get(self, account_id: AccountId) -> OwnCredential | None: ...

    async def put(self, account_id: AccountId, data: bytes) -> None: ...

    async def swap(self, account_id: AccountId, data: bytes, version: int) -> bool:
        """Replaces the value if it still has `version`: True for one of all who race."""
        ...

    async def remove(self, account_id: AccountId) -> bool: ...


class OwnStore(Protocol):
    """Small values of the plugin's own, sealed at rest, with expiry."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> None: ...

    async def add(self, key: str, value: bytes, *, expires_at: datetime | None = None) -> bool:
        """False when a live value is there: True for one of all who race."""
        ...

    async def remove(self, key: str) -> None: ...


class Passwords(Protocol):
    """The passwords that we keep."""

    async def match(self, account_id: AccountId | None, password: str) -> bool:
        """Whether it is the account's password; None takes as long and is False. Renews an outdated hash."""
        ...


class Log(Protocol):
    """Structured: a short event name and fields. Codes, tokens and addresses do not belong here."""

    def info(self, event: str, **fields: Any) -> Any: ...

    def warning(self, event: str, **fields: Any) -> Any: ...

    def error(self, event: str, **fields: Any) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContext:
    """All that a plugin gets from us. `name` is the one of its table in the config; `issuer` our own address.

    `data` holds facts of the installation: `folder`, where its files lie; `from_address` and `from_name` of its mails.
    """

    name: str
    issuer: str
    clock: Clock
    entropy: Entropy
    log: Log
    credentials: OwnCredentials
    store: OwnStore
    passwords: Passwords
    data: Mapping[str, str] = field(default_factory=dict)


S = TypeVar("S", bound=PluginSettings)


class Plugin(ABC, Generic[S]):
    """The root of every extension point; a plugin's class derives from one or several of them, not from this.

    The first line of the class's docstring tells operators what the plugin does. Each plugin runs on an event loop of
    its own, in a thread of its own: a call that blocks stops no other plugin and no request, but it counts against
    `time_out_seconds` like any other. Anything that is raised and not declared denies what was asked.
    """

    sdk_version: ClassVar[int] = SDK_VERSION
    """The version it was written for: write the number down. Another than ours is refused at start."""

    Settings: ClassVar[type[PluginSettings]] = PluginSettings
    """The model of its table. Not written down, it is the base's type argument (`Sender[MySettings]`)."""

    time_out_seconds: ClassVar[float | None] = None
    """How long one call may take, at most 60; None: as long as the operator allows (5 s, unless configured)."""

    feature_alias: ClassVar[str | None] = None
    """A second spelling of the plugin's permission, where a contract has one."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "Settings" not in cls.__dict__:
            for base in cls.__dict__.get("__orig_bases__", ()):
                for argument in get_args(base):
                    if isinstance(argument, type) and issubclass(argument, PluginSettings):
                        cls.Settings = argument

    def __init__(self, settings: S, context: PluginContext) -> None:
        self.settings = settings
        self.context = context

    async def start(self) -> None:
        """Called once before the first request: open clients here. Raise to refuse to start; the text is shown."""

    async def stop(self) -> None:
        """Called once after the last request, if `start` was."""
