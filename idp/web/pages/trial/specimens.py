"""Somebody and something for every page to show, when an operator's templates are tried."""

from collections.abc import Mapping
from datetime import UTC, datetime

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.authorization import AuthorizationRequest
from idp.core.client import Client, ClientMetadata, Origin
from idp.core.events import Event, EventName
from idp.core.ids import AccountId, ClientId, SessionId
from idp.core.password import PasswordPolicy
from idp.core.session import Session, Source
from idp.oauth.authorize.steps import PageView
from idp.ports.storage import AuditEntry
from idp.sdk import Enrolment
from idp.usecases.accounts.apps import ConnectedApp
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.stepwise import Way
from idp.web.pages.branding import Brand
from idp.web.pages.onward import Onward
from idp.web.pages.render import Problems

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EMAIL = EmailAddress("jane@example.com")
ID = AccountId("jane")
ACCOUNT = Account(id=ID, email=EMAIL, first_name="Jane", last_name="Doe", created_at=NOW, updated_at=NOW)
SESSION = Session(
    id=SessionId("session"),
    account_id=ID,
    contract="pages",
    methods=("pwd",),
    authenticated_at=NOW,
    last_seen_at=NOW,
    expires_at=NOW,
    ends_at=NOW,
)
ADDRESS = "https://app.example.com"
CLIENT = Client(
    id=ClientId("app"),
    metadata=ClientMetadata(client_name="App", logo_uri=ADDRESS, policy_uri=ADDRESS, tos_uri=ADDRESS),
    origin=Origin.REGISTRATION,
    created_at=NOW,
    updated_at=NOW,
)
REQUEST = AuthorizationRequest(
    client_id=CLIENT.id,
    redirect_uri=ADDRESS,
    named_redirect_uri=ADDRESS,
    response_type="code",
    response_mode="query",
    scope=("openid", "profile"),
    resources=(ADDRESS,),
)
VIEW = PageView(
    client=CLIENT, request=REQUEST, account=ACCOUNT, new_scope=REQUEST.scope, new_claims=("phone_number", "own")
)
TYPED = dict.fromkeys(("first_name", "middle_name", "last_name", "email", "phone_number", "date_of_birth"), "")
FORM_FIELDS = ("email", "password", "password_again", "current_password", "code", "first_name", "last_name")
BY_MAIL, BY_APP = Way(method="email", address="jane@example.com"), Way(method="totp", address=None)

COMMON: Mapping[str, object] = {
    "csrf": "csrf",
    "csrf_for": lambda _path: "csrf",
    "here": "/here",
    "sheet": "/assets/site.css",
    "brand": Brand(name="Brand", logo="", sheet="", policy=ADDRESS, terms=ADDRESS, support=ADDRESS),
    "account": ACCOUNT,
    "principal": Principal(account=ACCOUNT, session=SESSION),
    "email": EMAIL,
    "typed": {**TYPED, "language": ""},
    "user_code": "BCDF-GHJK",
    "scope": REQUEST.scope,
    "method": "totp",
    "masked": "j•••@example.com",
    "languages": ("en", "es"),
    "code": "invalid_request",
    "fields": {},
    "ways": (BY_APP, BY_MAIL),
    "sessions": ((SESSION, ("Firefox", "Linux")),),
    "entries": (
        (AuditEntry(number=1, at=NOW, event=Event(name=EventName.LOGIN_OK), source=Source(address="")), ("", "")),
    ),
    "drawing": "data:,",
    "codes": ("0123456789",),
    "spare": True,
    "now": NOW,
    "policy": PasswordPolicy(classes=frozenset({"digit"})),
    "phone": "+1 415-555-0123",
    "stranger": "app.example.com",
    "address": ADDRESS,
    "script": ADDRESS,
}
"""What a page finds whatever happened."""

QUIET: Mapping[str, object] = {
    "client": None,
    "view": None,
    "onward": Onward(),
    "problems": Problems(),
    "problem": "",
    "objections": (),
    "told": "",
    "description": "",
    "back": "",
    "continue_to": "",
    "frames": (),
    "apps": (),
    "posted": {},
    "held": (),
    "offered": (),
    "resources": (),
    "enrolment": None,
    "chosen": BY_APP,
    "spare_left": 0,
    **dict.fromkeys(
        ("failed", "again", "offers_codes", "offers_sign_up", "sent", "over", "allowed", "asks_password", "is_added"),
        False,
    ),
}
"""Nobody's app, nothing wrong, nothing done."""

EVENTFUL: Mapping[str, object] = {
    "client": CLIENT,
    "view": VIEW,
    "onward": Onward(interaction="interaction"),
    "problems": Problems(dict.fromkeys(("form", *FORM_FIELDS), "needed")),
    "problem": "needed",
    "objections": ("tooShort",),
    "told": "saved",
    "description": "redirect_uri is not registered",
    "back": "/login",
    "continue_to": ADDRESS,
    "frames": (ADDRESS,),
    "posted": {"error": "login_required"},
    "apps": (ConnectedApp(client=CLIENT, scope=REQUEST.scope, since=NOW, offline=False),),
    "held": ("totp",),
    "offered": ("email",),
    "resources": REQUEST.resources,
    "enrolment": Enrolment(secret="SECRET", uri="otpauth://totp/"),
    "chosen": BY_MAIL,
    "spare_left": 2,
    **dict.fromkeys((name for name, value in QUIET.items() if value is False), True),
}
"""An app asks, everything is wrong, and something was done."""

OF_AN_APP = frozenset({"consent.html", "select_account.html", "device_confirm.html"})
"""Pages that nobody sees without an app."""


def occasions(page: str) -> tuple[Mapping[str, object], ...]:
    asked = {"client": CLIENT, "view": VIEW} if page in OF_AN_APP else {}
    return ({**COMMON, **QUIET, **asked}, {**COMMON, **EVENTFUL})
