"""The demo's people: loaded once, at the first start; whatever was changed since then stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from idp.core.address import EmailAddress, canonical_email
from idp.core.session import Source
from idp.core.tenant import TenantKind
from idp.ports.storage import UnitOfWork
from idp.usecases.occasion import Occasion

if TYPE_CHECKING:
    from idp.app import Provider
    from idp.usecases.accounts.create import NewAccount
    from idp.usecases.administration import Administration

TEAM = "My Team"
SOURCE = Source(address="cli", contract="cli", agent="demo")
PLACE, LOADED = ":demo", "loaded"
"""Where it is written down that the demo was loaded: beside plugins' values, under a name that none can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """`about` is for the banner. Everybody knows the password."""

    email: EmailAddress
    password: str = field(repr=False)
    first_name: str
    last_name: str
    middle_name: str | None = None
    phone_number: str | None = None
    language: str | None = None
    about: str = ""
    team: str | None = None
    mfa: str | None = None
    claims: Mapping[str, object] = field(default_factory=dict)
    date_of_birth: date | None = None


ACCOUNTS = (
    DemoAccount(
        email=canonical_email("jane@example.com"),
        password="securepassword123",
        first_name="Jane",
        middle_name="Quinn",
        last_name="Doe",
        phone_number="+15105550123",
        language="en",
        about=f"ADMIN of {TEAM}",
        team=f"{TEAM}:ADMIN",
        claims={
            "nickname": "Jane",
            "preferred_username": "jane",
            "profile": "https://example.com/jane",
            "picture": "https://example.com/jane.png",
            "website": "https://example.com",
            "gender": "female",
            "zoneinfo": "America/Los_Angeles",
            "address": {
                "formatted": "1 Main Street\nOakland, CA 94607\nUS",
                "street_address": "1 Main Street",
                "locality": "Oakland",
                "region": "CA",
                "postal_code": "94607",
                "country": "US",
            },
        },
        date_of_birth=date(1990, 2, 3),
    ),
    DemoAccount(
        email=canonical_email("mfa@example.com"),
        password="yourpassword",
        first_name="Mia",
        last_name="Factor",
        about="signs in with a code by e-mail as well",
        mfa="email",
    ),
    DemoAccount(
        email=canonical_email("user@example.com"), password="yourpassword", first_name="Uma", last_name="Sample"
    ),
)
"""The accounts of the seed documents' own examples, and one that needs a second factor. Jane has every claim that
OpenID Connect names (Core §5.1), for who tries an app out.
"""


async def load_demo(provider: "Provider") -> None:
    """Idempotent, and safe where several processes do it at once."""
    now = provider.ambient.clock.now()
    if await provider.store.read(lambda work: work.plugin_store.get(PLACE, LOADED, now)):
        return
    from idp.usecases.administration import Administration

    administration = Administration(provider.verbs)
    jurisdiction = provider.settings.default_jurisdiction or next(iter(provider.settings.jurisdictions), None)
    await administration.tenants.create(TenantKind.TEAM, TEAM, SOURCE)
    wanted = [(_wanted(demo, jurisdiction), await provider.verbs.passwords.hash(demo.password)) for demo in ACCOUNTS]
    occasion = Occasion(source=SOURCE, now=now)
    await provider.store.transact(lambda work: _load(work, administration, wanted, occasion))


def _wanted(demo: DemoAccount, jurisdiction: str | None) -> "NewAccount":
    from idp.usecases.accounts.create import NewAccount

    return NewAccount(
        email=demo.email,
        password=demo.password,
        first_name=demo.first_name,
        middle_name=demo.middle_name,
        last_name=demo.last_name,
        phone_number=demo.phone_number,
        language=demo.language,
        mfa=demo.mfa,
        claims=demo.claims,
        date_of_birth=demo.date_of_birth,
        jurisdictions=(jurisdiction,) if jurisdiction else (),
        teams=(demo.team,) if demo.team else (),
        confirmed=True,
    )


def _load(
    work: UnitOfWork, administration: "Administration", wanted: "list[tuple[NewAccount, bytes]]", occasion: Occasion
) -> None:
    """The rules for passwords are for people with secrets: here they are passed by."""
    if not work.plugin_store.add(PLACE, LOADED, b"1", None, occasion.now):
        return
    from idp.usecases.accounts.create import places_of

    create = administration.create_account
    for one, encoded in wanted:
        if work.accounts.by_email(one.email) is None:
            create.add(work, create.account(one, occasion), places_of(work, one), encoded, occasion)
