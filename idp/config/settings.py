"""The settings: one value, checked as a whole, from which the application is built."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationInfo, model_validator

from idp.config import contradictions
from idp.config.addresses import Issuer, host_of, is_loopback, origin_of
from idp.config.clients import Client, ClientName, Resource, ResourceName
from idp.config.contracts import Apps, Bloom, NodeLoom, Origins, PublicRoute, SignIn
from idp.config.contradictions import Contradiction
from idp.config.guessing import Codes, Links, Lockout, Throttle
from idp.config.keys import Cookies, Keys, Sessions
from idp.config.oidc import Fetch, Oidc
from idp.config.operations import Audit, Fence, Messages, Outbox, Security
from idp.config.pages import Branding, Pages
from idp.config.passwords import Hashing, Password
from idp.config.problem import ConfigurationRefused
from idp.config.secret import Places
from idp.config.server import Database, Logging, Server
from idp.config.table import Switch, Table
from idp.config.tenants import FeatureName, Flags, Jurisdiction, JurisdictionName, OwnFeature, Team, TenantName
from idp.config.types import FilePath, Text


class Settings(Table):
    """All that an operator decides.

    Raises ConfigurationRefused when settings that are each right contradict one another.
    """

    issuer: Issuer = "http://localhost:3100"
    """Our own address as the world sees it: the `iss` of every token, byte by byte, and the base of every address we
    publish. https; http on loopback only. No slash at the end."""

    demo: Switch = False
    """Loads demo accounts at the first start. Only on a loopback issuer."""

    data: FilePath = Path("var")
    """The folder of all that we write. Wherever a path in this file begins with `var/`, this folder is meant."""

    default_jurisdiction: JurisdictionName | None = Field(default=None, examples=["Bay Area"])
    """The jurisdiction that a new account joins, and whose rules hold, where a request names none. Unset: none."""

    server: Server = Field(default_factory=Server)
    database: Database = Field(default_factory=Database)
    keys: Keys = Field(default_factory=Keys)
    cookies: Cookies = Field(default_factory=Cookies)
    sessions: Sessions = Field(default_factory=Sessions)
    sign_in: SignIn = Field(default_factory=SignIn)
    nodeloom: NodeLoom = Field(default_factory=NodeLoom)
    bloom: Bloom = Field(default_factory=Bloom)
    oidc: Oidc = Field(default_factory=Oidc)
    fetch: Fetch = Field(default_factory=Fetch)
    origins: Origins = Field(default_factory=Origins)
    apps: Apps = Field(default_factory=Apps)
    lockout: Lockout = Field(default_factory=Lockout)
    throttle: Throttle = Field(default_factory=Throttle)
    codes: Codes = Field(default_factory=Codes)
    links: Links = Field(default_factory=Links)
    password: Password = Field(default_factory=Password)
    hashing: Hashing = Field(default_factory=Hashing)
    messages: Messages = Field(default_factory=Messages)
    pages: Pages = Field(default_factory=Pages)
    branding: Branding = Field(default_factory=Branding)
    outbox: Outbox = Field(default_factory=Outbox)
    fence: Fence = Field(default_factory=Fence)
    audit: Audit = Field(default_factory=Audit)
    logging: Logging = Field(default_factory=Logging)
    security: Security = Field(default_factory=Security)

    public_routes: tuple[PublicRoute, ...] = ()

    flags: Flags = Field(default_factory=dict, examples=[{"mfa": False}])
    """Values of features everywhere. A tenant's own and those set at run time win."""

    features: dict[FeatureName, OwnFeature] = Field(default_factory=dict)
    jurisdictions: dict[JurisdictionName, Jurisdiction] = Field(default_factory=dict)
    teams: dict[TenantName, Team] = Field(default_factory=dict)
    clients: dict[ClientName, Client] = Field(default_factory=dict)
    resources: dict[ResourceName, Resource] = Field(default_factory=dict)

    plugins: dict[Text, dict[str, Any]] = Field(default_factory=dict)
    """A table enables the plugin of its name; an empty one will do. Its settings are the plugin's own:
    `idp plugins show NAME`."""

    @model_validator(mode="after")
    def _agrees_with_itself(self, info: ValidationInfo) -> Self:
        if isinstance(info.context, Places):
            return self  # the loader asks for contradictions itself, to tell them together with everything else
        if problems := tuple(found.problem for found in self.contradictions()):
            raise ConfigurationRefused(problems)
        return self

    def contradictions(self) -> Iterator[Contradiction]:
        """Settings that are each right and wrong together, each under the one that should change."""
        yield from contradictions.of_demo(self.issuer, demo=self.demo)
        yield from contradictions.of_cookies(self.cookies, self.issuer)
        yield from contradictions.of_cookie_names(self.nodeloom, self.bloom)
        yield from contradictions.of_sessions(self.sessions)
        yield from contradictions.of_keys(self.keys)
        yield from contradictions.of_lockout(self.lockout)
        yield from contradictions.of_codes(self.codes)
        yield from contradictions.of_outbox(self.outbox)
        yield from contradictions.of_hashing(self.hashing)
        yield from contradictions.of_features(self.features)
        yield from contradictions.of_oidc(self.oidc)
        if self.clients:
            # to judge them takes modules that most starts can do without
            from idp.config.declared_clients import of_clients

            yield from of_clients(self.clients, self.oidc)

    @property
    def is_https(self) -> bool:
        return self.issuer.startswith("https://")

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry Secure: as told, else when the issuer is https."""
        return self.is_https if self.cookies.secure is None else self.cookies.secure

    @property
    def hosts(self) -> frozenset[str]:
        """The host names to answer to, without ports. A loopback issuer has all three names of this machine."""
        own = host_of(self.issuer)
        local = {"localhost", "127.0.0.1", "::1"} if is_loopback(own) else set()
        return frozenset({own, *self.server.allowed_hosts, *local})

    @property
    def needed_channels(self) -> frozenset[str]:
        """The channels that an enabled plugin must carry: Bloom's resets and confirmations are mails."""
        return frozenset({"email"}) if self.bloom.enabled else frozenset()

    @property
    def asks_for_codes(self) -> bool:
        """Whether people can ask for a code: of the two contracts only Bloom has a request for it."""
        return self.bloom.enabled or not self.nodeloom.enabled

    @property
    def browser_origins(self) -> frozenset[str]:
        """The origins whose pages may send the cookies: our own and the allowed ones."""
        return frozenset({origin_of(self.issuer), *self.origins.allowed})

    @property
    def app_urls(self) -> tuple[str, ...]:
        """The origins that links may lead to, the default first."""
        public = (jurisdiction.public_url for jurisdiction in self.jurisdictions.values())
        return tuple(dict.fromkeys([*self.apps.urls, *(url for url in public if url)]))
