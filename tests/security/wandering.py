"""Two people at two browsers who do things in any order, and what must be so whatever they do.

What the pages showed to anybody is kept, so that it can come back at the wrong moment: an address out of the history or
out of the other browser, a form that was filled in long ago, the same form twice at once.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2

from idp.core.account import Account
from idp.core.ids import AccountId
from idp.testing.provider import TestProvider
from tests.oidc.asking import CALLBACK, Answer, bought, read_answer, usual
from tests.pages.person import PASSWORD, Form, Reading

ASKS, TRUSTED = "wandering-asks", "wandering-trusted"
"""Clients: people are asked whether they allow the one, and not asked for the other."""

WISHES: tuple[dict[str, str], ...] = (
    {},
    {"prompt": "login"},
    {"prompt": "consent"},
    {"prompt": "select_account"},
    {"prompt": "none"},
    {"max_age": "0"},
    {"acr_values": "https://refeds.org/profile/mfa"},
    {"login_hint": "somebody@example.com"},
)
SIGNING_IN = ("/login", "/second-factor", "/consent", "/select-account", "/logout")
OWN = (*SIGNING_IN, "/account", "/oauth2/")


@dataclass(slots=True)
class Seat:
    """A browser. `begun`: what apps asked for here, by `state`; `half`: whose password was right here, of those who
    need more; `proved`: who is signed in here.
    """

    browser: httpx2.AsyncClient
    begun: dict[str, str] = field(default_factory=dict)
    half: set[AccountId] = field(default_factory=set)
    proved: list[AccountId] = field(default_factory=list)
    last: str = "/login"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it once stood in a browser."""

    seat: Seat
    path: str
    form: Form


@dataclass(slots=True)
class Wandering:
    """`first` takes a code by mail as a second factor, `second` has none. Numbers choose among what there is."""

    idp: TestProvider
    first: Account
    second: Account
    seats: tuple[Seat, Seat]
    addresses: list[str] = field(default_factory=lambda: ["/login", "/logout", "/account"])
    sheets: list[Sheet] = field(default_factory=list)
    allowed: set[tuple[AccountId, str]] = field(default_factory=set)
    clients: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    async def step(self, act: str, seat: Seat, one: int, other: int) -> None:
        self.idp.clock.advance(timedelta(seconds=1))
        match act:
            case "ask":
                await self.ask(seat, (ASKS, TRUSTED)[one % 2], WISHES[other % len(WISHES)])
            case "follow":
                await self.open(seat, seat.last)
            case "open":
                await self.open(seat, self.addresses[-1 - one % len(self.addresses)])
            case "send" | "twice" if self.sheets:
                sheet = self.sheets[-1 - one % len(self.sheets)]
                await self.send(seat, sheet, other, times=2 if act == "twice" else 1)
            case "login":
                await self.log_in(seat, right=other % 4 < 3)

    async def ask(self, seat: Seat, client: str, wishes: dict[str, str]) -> None:
        state = f"state-{len(self.clients)}-{len(seat.begun)}-{self.idp.clock.now():%H%M%S}"
        seat.begun[state] = client
        answer = await seat.browser.get("/oauth2/authorize", params=usual(client_id=client, state=state, **wishes))
        page = read_answer(answer).page
        if page is not None:
            self.clients[page[1]] = client
        await self.look_at(seat, answer)

    async def open(self, seat: Seat, address: str) -> None:
        await self.look_at(seat, await seat.browser.get(address))

    async def send(self, seat: Seat, sheet: Sheet, chance: int, *, times: int) -> None:
        """With a button of the form's, or none, and what a person would type, rightly or not."""
        data, buttons = await self._typed(sheet.form, chance), [*sheet.form.buttons.values(), ("", "")]
        name, value = buttons[chance // 7 % len(buttons)]
        sent = {**data, name: value} if name else data
        here = seat.proved[-1] if seat.proved else None
        posts = (seat.browser.post(sheet.path, data=sent) for _ in range(times))
        for answer in await asyncio.gather(*posts):
            assert seat is sheet.seat or answer.status_code == 403
            await self._learn(seat, sheet, sent, answer, here)
            await self.look_at(seat, answer)

    async def log_in(self, seat: Seat, *, right: bool) -> None:
        """As a first-party app does, for who needs no second factor."""
        body = {"email": self.second.email, "password": PASSWORD if right else "wrong"}
        answer = await seat.browser.post("/api/auth/login", json=body)
        assert answer.is_success == right
        if right:
            self._signed_in(seat, self.second.id)

    async def look_at(self, seat: Seat, answer: httpx2.Response) -> None:
        """What must be so of every answer; and what is to be found on it, for later."""
        location = answer.headers.get("location", "")
        assert answer.status_code < 500
        assert not location or location.startswith((CALLBACK, *OWN))
        if location.startswith("/"):
            seat.last = location
            self.addresses.append(location)
        elif location:
            await self.judge(seat, read_answer(answer))
        path = str(answer.request.url.raw_path.decode())
        # the page's own form has an id, and is the likeliest to be sent
        forms = sorted(Reading(answer.text).forms, key=lambda form: form.id != "")
        shown = [Sheet(seat, form.action or path, form) for form in forms if form.method == "post"]
        self.sheets += [sheet for sheet in shown if sheet.path.startswith(SIGNING_IN)]

    async def judge(self, seat: Seat, answer: Answer) -> None:
        """What an app is told, it asked for in this browser; a code is for who is signed in here and allowed it."""
        state = answer.told["state"]
        assert state in seat.begun
        if answer.code is None:
            return
        assert state not in self.answered
        self.answered.add(state)
        code, grant = await bought(self.idp, answer.code)
        assert code.client_id == seat.begun[state]
        assert grant.account_id in seat.proved
        assert code.client_id == TRUSTED or (grant.account_id, code.client_id) in self.allowed

    async def _typed(self, form: Form, chance: int) -> dict[str, str]:
        """For who the number says, wrongly now and then."""
        typed = dict(form.fields)
        if "password" in typed:
            typed["email"] = (self.first, self.second)[chance % 2].email
            typed["password"] = PASSWORD if chance % 5 < 4 else "wrong"
        if "code" in typed:
            mailed = await self.mailed()
            typed["code"] = mailed[-1 - chance // 50 % len(mailed)] if mailed and chance % 5 < 4 else "000000"
        return typed

    async def mailed(self) -> list[str]:
        return [mail.data["code"] for mail in await self.idp.mails(self.first.email) if "code" in mail.data]

    async def _learn(
        self, seat: Seat, sheet: Sheet, sent: dict[str, str], answer: httpx2.Response, here: AccountId | None
    ) -> None:
        """What the person has done in this browser, by what was sent and whether it was taken."""
        if answer.status_code not in {200, 303}:
            return
        entered = "idp-session" in answer.headers.get("set-cookie", "")
        match sheet.path.split("/")[1].partition("?")[0]:
            case "login" | "consent" if answer.status_code != 303:
                assert not entered
            case "login" if sent.get("password") == PASSWORD and sent["email"] == self.first.email:
                assert not entered  # the password alone is not enough
                seat.half.add(self.first.id)
            case "login" if sent.get("password") == PASSWORD:
                self._signed_in(seat, self.second.id)
            case "second-factor" if entered:
                assert self.first.id in seat.half
                assert sent["code"] in await self.mailed()
                self._signed_in(seat, self.first.id)
            case "consent" if sent.get("decision") == "allow" and here is not None:
                self.allowed.add((here, self.clients[sheet.path.rpartition("/")[2]]))
            case "logout" if sent.get("decision") == "yes":
                seat.proved.clear()
            case _:
                assert not entered

    def _signed_in(self, seat: Seat, account_id: AccountId) -> None:
        seat.proved = [*(one for one in seat.proved if one != account_id), account_id]
