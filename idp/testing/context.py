"""A plugin's surroundings for tests of its own: no server, no database."""

from dataclasses import replace
from typing import Any

from idp.core.ids import AccountId, MessageId
from idp.sdk import AccountView, Message, PluginContext
from idp.testing.clock import MovableClock
from idp.testing.entropy import PredictableEntropy
from idp.testing.memory import MemoryCredentials, MemoryLog, MemoryPasswords, MemoryStore


def plugin_context(name: str = "example", *, clock: MovableClock | None = None, **changes: Any) -> PluginContext:
    """A context in memory. `changes` are fields of PluginContext: `data={"folder": …}`, `log=…`."""
    clock = clock or MovableClock()
    context = PluginContext(
        name=name,
        issuer="https://id.example.com",
        clock=clock,
        entropy=PredictableEntropy(name),
        log=MemoryLog(),
        credentials=MemoryCredentials(),
        store=MemoryStore(clock),
        passwords=MemoryPasswords(),
        data={},
    )
    return replace(context, **changes)


def account_view(**changes: Any) -> AccountView:
    """Jane Doe, with address and number proved. `changes` are fields of AccountView."""
    jane = AccountView(
        id=AccountId("5b1c2f7e-6a53-4c0e-9f5b-2f4f6d1f0a01"),
        email="jane@example.com",
        email_proved=True,
        phone_number="+14155550123",
        phone_proved=True,
        first_name="Jane",
        last_name="Doe",
        language=None,
    )
    return replace(jane, **changes)


def message(**changes: Any) -> Message:
    """A code for Jane. `changes` are fields of Message."""
    code = Message(
        id=MessageId("0d9cf3a1-54c1-4f5e-8a50-3c1d7b8e9f02"),
        channel="email",
        to="jane@example.com",
        subject="483920 is your secure Example sign-in code",
        text="Your sign-in code is:\n\n    483920\n",
        data={"code": "483920"},
    )
    return replace(code, **changes)
