"""The command line as tests type it: through the real entry, on a real SQLite database."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from click.testing import CliRunner

from idp.app import Provider, open_provider
from idp.cli import main
from idp.config.loader import load
from idp.core.address import canonical_email
from idp.core.session import Source
from idp.ports.storage import UnitOfWork
from idp.sdk import Message
from idp.testing.inbox import Inbox
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from idp.usecases.signin.second_factor import NOTHING, Given

R = TypeVar("R")

CONFIG = """\
issuer = "http://localhost:3100"
data = "."
apps.urls = ["https://app.example.com"]
logging.level = "error"
messages.languages = ["en"]
[database]
url = "sqlite:///idp.db"
[keys]
master_key_file = "master.key"
[jurisdictions."Bay Area"]
flags = { single_use_code = true }
[features.seats]
description = "How many may be booked."
type = "integer"
default = 4
[plugins.password]
[plugins.email_code]
[plugins.sms_code]
[plugins.totp]
[plugins.single_use_code]
[plugins.file]
directory = "outbox"
"""

PASSWORD = "correct horse battery"
SOMEWHERE = Source(address="203.0.113.7", contract=BLOOM)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on the standard output."""
        return json.loads(self.out)

    @property
    def refusal(self) -> Any:
        """The one JSON object on the standard error stream."""
        return json.loads(self.err)


@dataclass(frozen=True, slots=True)
class CommandLine:
    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def run(self, *words: str, typed: str | bytes | None = None) -> Ran:
        """Runs `idp WORDS` in this process; nothing is a terminal."""
        result = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["--config", str(self.config), *words], input=typed)
        return Ran(result.exit_code, result.stdout, result.stderr)

    def ask(self, *words: str, typed: str | bytes | None = None) -> Any:
        """The JSON answer of what must succeed."""
        ran = self.run(*words, typed=typed)
        assert ran.code == 0, ran.err
        return ran.json

    def refuse(self, *words: str, typed: str | bytes | None = None) -> Any:
        """The refusal of what must be refused, with its exit code as `exit`."""
        ran = self.run(*words, typed=typed)
        assert ran.code != 0, ran.out
        assert ran.out == ""
        return {**ran.refusal, "exit": ran.code}

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[bytes]":
        """The same in a process of its own."""
        command = [sys.executable, "-m", "idp", "--config", str(self.config), *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, **{**pipes, "env": {**os.environ, "COLUMNS": "200"}, **options})

    def create(self, email: str, *words: str) -> Any:
        """An account with the usual password."""
        names = ("--first-name", "Jane", "--last-name", "Doe")
        return self.ask("user", "create", "--email", email, "--password", PASSWORD, *names, *words)

    async def beside(self, *words: str) -> Any:
        """The JSON answer, while something else runs in this process."""
        return await asyncio.to_thread(self.ask, *words)

    @asynccontextmanager
    async def server(self) -> AsyncIterator[Provider]:
        """A provider that runs beside the command line, on the same database."""
        async with open_provider(load(self.config, {})) as provider:
            yield provider

    def sign_in(self, email: str, password: str = PASSWORD, given: Given = NOTHING) -> SignedIn | SecondFactorNeeded:
        """Raises what the verb raises."""

        async def attempt() -> SignedIn | SecondFactorNeeded:
            async with self.server() as provider:
                return await sign_in(provider, email, password, given)

        return asyncio.run(attempt())

    def change(self, fn: Callable[[UnitOfWork, datetime], R]) -> R:
        """Does in the database what no verb of an operator does."""

        async def transact() -> R:
            async with self.server() as provider:
                now = provider.ambient.clock.now()
                return await provider.store.transact(lambda work: fn(work, now))

        return asyncio.run(transact())

    def wait_for_accounts(self, number: int, *, seconds: float = 20) -> None:
        """Until another process has committed so many."""

        async def wait() -> None:
            async with self.server() as provider, asyncio.timeout(seconds):
                while await provider.store.read(lambda work: work.accounts.count()) < number:  # noqa: ASYNC110 - another process writes
                    await asyncio.sleep(0.01)

        asyncio.run(wait())

    def messages(self, to: str) -> list[Message]:
        """Everything that waits for this address, sent."""

        async def deliver() -> None:
            async with self.server() as provider:
                while await provider.relay.deliver_due():
                    pass

        asyncio.run(deliver())
        return Inbox(self.folder / "outbox").messages(to)


async def sign_in(
    provider: Provider, email: str, password: str = PASSWORD, given: Given = NOTHING
) -> SignedIn | SecondFactorNeeded:
    """Raises what the verb raises."""
    claim = PasswordClaim(email=canonical_email(email), password=password, source=SOMEWHERE)
    return await provider.verbs.sign_in(claim, given)
