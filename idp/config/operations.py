"""Messages to people, work after the answer, the fence around plugins, the audit trail."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from idp.config.addresses import Contact, Mailbox, Page
from idp.config.table import Number, Table
from idp.config.tenants import Language
from idp.config.types import FilePath, NotEmpty, Span, Text, Within


class Messages(Table):
    """The texts that people get."""

    languages: Annotated[tuple[Language, ...], NotEmpty()] = ("en", "es")
    """Languages to write in. The first is taken for people whose own is not among them."""

    templates: FilePath | None = Field(default=None, examples=["templates"])
    """A folder of templates that stand in for ours, by the same names."""

    from_address: Mailbox = "no-reply@localhost"
    """The address mails come from, where a jurisdiction does not say otherwise."""

    from_name: Text = "Identity provider"
    """The name beside it."""


class Outbox(Table):
    """What is done after the answer went out: messages, events, at least once."""

    tries: Annotated[Number, Field(ge=1, le=100)] = 10
    """How often it is tried before it is given up and the log says so."""

    backoff: Annotated[Span, Within(timedelta(milliseconds=100), timedelta(hours=1))] = timedelta(seconds=2)
    """The pause before the second try; each further one is twice as long."""

    longest_backoff: Annotated[Span, Within(timedelta(milliseconds=100), timedelta(days=1))] = timedelta(minutes=5)
    """The longest pause."""


class Fence(Table):
    """What stands around every call into a plugin. A plugin that fails denies what it guards, and nothing else."""

    timeout: Annotated[Span, Within(timedelta(milliseconds=10), timedelta(minutes=1))] = timedelta(seconds=5)
    """How long a call may take."""

    failures: Annotated[Number, Field(ge=1, le=1000)] = 5
    """Failures in a row after which the plugin is not called for a while."""

    pause: Annotated[Span, Within(timedelta(milliseconds=10), timedelta(hours=1))] = timedelta(seconds=30)
    """How long it then is not called."""


class Audit(Table):
    """The trail of what happened, in the database."""

    keep: Annotated[Span, Within(timedelta(days=1), timedelta(days=36500))] = timedelta(days=400)
    """How long entries are kept."""


class Security(Table):
    """/.well-known/security.txt (RFC 9116); served when `contact` is set."""

    contact: Contact | None = Field(default=None, examples=["mailto:security@example.com"])
    """Where to report a vulnerability: `mailto:` or an https address."""

    policy: Page | None = Field(default=None, examples=["https://example.com/security-policy"])
    """The page that says how reports are handled."""
