"""All pages behind one table of routes."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.provider import OpenIDProvider
from idp.usecases.administration import Administration
from idp.usecases.verbs import Verbs
from idp.web.browser import BrowserSession
from idp.web.cookies import CookieStyle
from idp.web.device import DeviceCookie
from idp.web.pages.account.apps import AppPages
from idp.web.pages.account.data import DataPages
from idp.web.pages.account.factors import FactorPages
from idp.web.pages.account.gate import Gate
from idp.web.pages.account.password import PasswordPages
from idp.web.pages.account.phone import PhonePages
from idp.web.pages.account.profile import ProfilePages
from idp.web.pages.account.sessions import SessionPages
from idp.web.pages.code_sign_in import CodeSignInPages
from idp.web.pages.consent import ConsentPages
from idp.web.pages.device import DevicePages
from idp.web.pages.end_session import EndSessionPages
from idp.web.pages.face import PagesFace, see_other
from idp.web.pages.files import file_routes
from idp.web.pages.interactions import Interactions, Respond
from idp.web.pages.recover import RecoverPages
from idp.web.pages.register import RegisterPages, closed
from idp.web.pages.second_factor import SecondFactorPages
from idp.web.pages.sign_in import SignInPages
from idp.web.pages.sign_out import SignOutPages
from idp.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesWorld:
    """`cookies` is the pages' own style.

    `interactions` and `respond` are the authorization endpoint's; None: the OpenID Provider is switched off.
    """

    verbs: Verbs
    interactions: Interactions | None
    respond: Respond
    sessions: BrowserSession
    cookies: CookieStyle
    device: DeviceCookie
    sign_up: bool = True
    openid: OpenIDProvider | None = None


def build_pages(world: PagesWorld) -> list[Route]:
    verbs = world.verbs
    face = PagesFace(
        clock=verbs.world.clock,
        cookies=world.cookies,
        device=world.device,
        sessions=world.sessions,
        authorization=world.interactions,
        respond=world.respond,
        session_life=verbs.world.rules.lifetimes.refresh,
    )
    stepwise, ask = verbs.sign_in_stepwise, verbs.ask
    sign_in = SignInPages(face=face, stepwise=stepwise, ask=ask, sign_up=world.sign_up)
    return [
        Route(method="GET", path="/", endpoint=_to_account),
        *file_routes(),
        *sign_in.routes(),
        *SecondFactorPages(face=face, stepwise=stepwise).routes(),
        *CodeSignInPages(face=face, stepwise=stepwise, ask=ask, sign_in=sign_in).routes(),
        *(RegisterPages(face=face, sign_up=verbs.sign_up).routes() if world.sign_up else closed(face)),
        *RecoverPages(face=face, ask=ask, reset=verbs.reset, confirm=verbs.confirm).routes(),
        *ConsentPages(face=face).routes(),
        *_sign_out(face, world),
        *(DevicePages(face=face, decide=world.openid.decide_device).routes() if world.openid else ()),
        *_account(face, verbs),
    ]


async def _to_account(_request: Request) -> Response:
    """Who types our name alone is a person, and wants their account."""
    return see_other("/account")


def _sign_out(face: PagesFace, world: PagesWorld) -> list[Route]:
    """Where apps sign people in, signing out at our own page tells them too."""
    openid = world.openid
    if openid is None:
        return SignOutPages(face=face, end=world.verbs.end).routes()
    return EndSessionPages(face=face, judge=openid.session.judge_logout, sign_out=openid.session.sign_out).routes()


def _account(face: PagesFace, verbs: Verbs) -> list[Route]:
    gate, operator = Gate(face=face, strength=verbs.strength), Administration(verbs)
    return [
        *ProfilePages(gate=gate, change=verbs.change, show=verbs.show, policy=verbs.policy).routes(),
        *PhonePages(gate=gate, change=verbs.change, show=verbs.show, policy=verbs.policy).routes(),
        *PasswordPages(gate=gate, change=verbs.change).routes(),
        *FactorPages(gate=gate, factors=operator.factors, show_account=verbs.show, policy=verbs.policy).routes(),
        *SessionPages(gate=gate, own=verbs.own_sessions).routes(),
        *AppPages(gate=gate, apps=verbs.connected_apps).routes(),
        *DataPages(gate=gate, trail=operator.trail, export=verbs.export, accounts=operator.accounts).routes(),
    ]
