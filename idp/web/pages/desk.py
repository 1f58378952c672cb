"""What every page is made with. One desk for all; a request finds it in its scope, put there by `late_faces`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from idp.usecases.verbs import World
from idp.web.browser import own_style
from idp.web.cookies import CookieStyle
from idp.web.origin import OriginRule
from idp.web.pages.branding import Branding, Brands
from idp.web.pages.browsers import BrowserBinding
from idp.web.pages.csrf import Csrf
from idp.web.pages.newcomers import Newcomers
from idp.web.pages.notices import Notices
from idp.web.pages.templating import Templates
from idp.web.pages.wording import Wording

SCOPE = "idp.pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """What the operator decided about pages. `templates` and `locale` are folders whose files come before ours.

    `sign_up`: strangers may make themselves an account.
    """

    languages: tuple[str, ...] = ("en", "es")
    branding: Branding = field(default_factory=lambda: Branding(name="Identity provider"))
    brandings: Mapping[str, Branding] = field(default_factory=dict)
    templates: Path | None = None
    locale: Path | None = None
    sign_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    binding: BrowserBinding
    csrf: Csrf
    notices: Notices
    newcomers: Newcomers
    templates: Templates
    wording: Wording
    brands: Brands
    cookies: CookieStyle
    sign_up: bool


def build_desk(settings: PageSettings, world: World, origins: OriginRule, *, secure: bool) -> Desk:
    """`secure`: the issuer is https, which decides how our own cookies are called."""
    wording = Wording(settings.languages, settings.locale)
    cookies = own_style(world.clock, https=secure)
    return Desk(
        binding=BrowserBinding(entropy=world.entropy, digester=world.digester, cookies=cookies),
        csrf=Csrf(digester=world.digester, origins=origins),
        notices=Notices(cookies=cookies, digester=world.digester),
        newcomers=Newcomers(cookies=cookies, digester=world.digester, entropy=world.entropy),
        templates=Templates(wording, settings.templates),
        wording=wording,
        brands=Brands(settings.branding, settings.brandings),
        cookies=cookies,
        sign_up=settings.sign_up,
    )


def desk_of(request: Request) -> Desk:
    desk = request.scope[SCOPE]
    if not isinstance(desk, Desk):
        raise TypeError("the application is not furnished with pages")
    return desk
