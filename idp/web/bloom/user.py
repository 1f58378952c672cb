"""Bloom's /user endpoints, as far as they are identity."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.address import EmailAddress
from idp.core.errors import MalformedRequest
from idp.core.ids import AccountId
from idp.usecases.accounts.ask import Ask
from idp.usecases.accounts.confirm import ConfirmAddress
from idp.usecases.accounts.profile import ChangeAccount, Changes, Fields, ShowAccount, ShowOwnAccount
from idp.usecases.accounts.register import RegisterAccount, Registration
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.policy import Policy, Standing
from idp.web.answers import json_answer
from idp.web.bloom import bodies, refuse
from idp.web.bloom.answers import Success
from idp.web.bloom.face import BloomFace, jurisdiction_name
from idp.web.bloom.user_json import user_json
from idp.web.routing import Endpoint, Route

SUCCESS = Success().model_dump()


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomUser:
    """`password_days`: how long a password lives, None for ever."""

    face: BloomFace
    policy: Policy
    show: ShowAccount
    show_own: ShowOwnAccount
    change: ChangeAccount
    register: RegisterAccount
    ask: Ask
    confirm_address: ConfirmAddress
    password_days: int | None

    def routes(self) -> list[Route]:
        route = self.face.route
        return [
            route("GET", "/user", self.profile),
            route("GET", "/user/{id}", self.account),
            route("POST", "/user/public", self.sign_up),
            route("PUT", "/user/public", self.update),
            route("POST", "/user/request-single-use-code", self.request_single_use_code),
            route("PUT", "/user/forgot-password", self.forgot_password),
            route("POST", "/user/resend-confirmation", self._resend("public")),
            route("POST", "/user/resendConfirmation", self._resend("public")),
            route("POST", "/user/resend-partner-confirmation", self._resend("partner")),
            route("POST", "/user/is-confirmation-token-valid", self.is_confirmation_token_valid),
        ]

    async def profile(self, request: Request) -> Response:
        return json_answer(self._json(await self.show_own(self.face.access_token(request), BLOOM)))

    async def account(self, request: Request) -> Response:
        principal = await self.face.principal(request)
        return json_answer(self._json(await self.show(principal, AccountId(request.path_params["id"]))))

    async def sign_up(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.Register)
        if body.email_confirmation is not None and body.email_confirmation != body.email:
            return refuse.listed("")
        missing = [name for name in ("firstName", "lastName", "email") if not getattr(body, SNAKE[name])]
        if missing:
            raise MalformedRequest(*(f"{name} should not be empty" for name in missing))
        if not body.password:
            return refuse.listed("passwordTooWeak")
        wanted = Registration(
            email=EmailAddress(body.email or ""),
            password=body.password,
            first_name=body.first_name or "",
            last_name=body.last_name or "",
            middle_name=body.middle_name or None,
            date_of_birth=body.dob,
            phone_number=body.phone_number,
            language=body.language,
            agreed_to_terms=bool(body.agreed_to_terms),
            jurisdiction=jurisdiction_name(request),
            jurisdiction_ids=tuple(item.id for item in body.jurisdictions or () if item.id),
            app_url=body.app_url,
        )
        _, standing = await self.register(wanted, self.face.source(request))
        return json_answer(self._json(standing), 201)

    async def update(self, request: Request) -> Response:
        self.face.origins.check(request)
        principal = await self.face.principal(request)
        body = await self.face.body(request, bodies.Change)
        changes = Changes(
            fields=_fields(body),
            password=body.password,
            current_password=body.current_password,
            new_email=EmailAddress(body.new_email) if body.new_email else None,
            app_url=body.app_url,
        )
        account_id = AccountId(body.id or principal.account.id)
        return json_answer(self._json(await self.change(principal, account_id, changes, self.face.source(request))))

    async def request_single_use_code(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.EmailAndApp)
        email = _required(body.email)
        await self.ask.for_sign_in_code(email, jurisdiction_name(request), self.face.source(request))
        return json_answer(SUCCESS, 201)

    async def forgot_password(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.EmailAndApp)
        await self.ask.for_reset_link(_required(body.email), body.app_url, self.face.source(request))
        return json_answer(SUCCESS)

    def _resend(self, kind: str) -> Endpoint:
        async def resend(request: Request) -> Response:
            self.face.origins.check(request)
            body = await self.face.body(request, bodies.EmailAndApp)
            await self.ask.for_confirmation(_required(body.email), body.app_url, kind, self.face.source(request))
            return json_answer(SUCCESS, 201)

        return resend

    async def is_confirmation_token_valid(self, request: Request) -> Response:
        """An invalid one gets an empty body: `{"success":false}` would count as valid there (bloom.md §10.3)."""
        body = await self.face.body(request, bodies.TokenOnly)
        if body.token and await self.confirm_address.is_valid(body.token):
            return json_answer(SUCCESS, 201)
        return Response(status_code=201)

    def _json(self, standing: Standing) -> dict[str, object]:
        return user_json(standing, self.policy, self.password_days)


SNAKE = {"firstName": "first_name", "lastName": "last_name", "email": "email"}


def _fields(body: bodies.Change) -> Fields:
    """What was sent of the profile. A name cannot be emptied; other fields can, by null."""
    sent: Fields = {}
    if body.first_name:
        sent["first_name"] = body.first_name
    if body.last_name:
        sent["last_name"] = body.last_name
    if "middle_name" in body.model_fields_set:
        sent["middle_name"] = body.middle_name or None
    if "dob" in body.model_fields_set:
        sent["date_of_birth"] = body.dob
    if "phone_number" in body.model_fields_set:
        sent["phone_number"] = body.phone_number
    if "language" in body.model_fields_set:
        sent["language"] = body.language
    if body.agreed_to_terms is not None:
        sent["agreed_to_terms"] = body.agreed_to_terms
    return sent


def _required(email: str | None) -> EmailAddress:
    if not email:
        raise MalformedRequest("email must be an email")
    return EmailAddress(email)
