"""Bloom's /auth endpoints."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.address import EmailAddress
from idp.core.errors import CodeRejected, SessionExpired, SessionMissing
from idp.usecases.accounts.confirm import ConfirmAddress
from idp.usecases.accounts.reset import ResetPassword
from idp.usecases.sessions.end import EndSession
from idp.usecases.sessions.refresh import RefreshSession
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import DoneWithoutSession, SecondFactorNeeded, SignedIn
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.request_mfa_code import RequestMfaCode
from idp.usecases.signin.second_factor import Given
from idp.usecases.signin.single_use_code import CodeClaim, SignInWithSingleUseCode
from idp.web.answers import json_answer
from idp.web.bloom import bodies, refuse
from idp.web.bloom.answers import DoneNotSignedIn, EmailCodeSent, SmsCodeSent, Success
from idp.web.bloom.face import BloomFace, jurisdiction_name
from idp.web.cookies import put_cookies
from idp.web.routing import Route
from idp.web.watched import unwatched

SUCCESS = Success().model_dump()


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomAuth:
    """POST commands answer 201 (bloom.md §1). `mfa_types` are the methods that the enabled plugins offer."""

    face: BloomFace
    sign_in: SignInWithPassword
    sign_in_by_code: SignInWithSingleUseCode
    request_code: RequestMfaCode
    refresh: RefreshSession
    end: EndSession
    reset: ResetPassword
    confirm_address: ConfirmAddress
    mfa_types: tuple[str, ...]

    def routes(self) -> list[Route]:
        route = self.face.route
        return [
            route("POST", "/auth/login", self.login),
            route("POST", "/auth/request-mfa-code", self.request_mfa_code),
            route("POST", "/auth/loginViaSingleUseCode", self.login_via_single_use_code),
            route("GET", "/auth/requestNewToken", self.request_new_token),
            route("GET", "/auth/logout", self.logout),
            route("PUT", "/auth/update-password", self.update_password),
            route("PUT", "/auth/confirm", self.confirm),
        ]

    async def login(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.Login)
        if not body.email or not body.password:
            return refuse.bare(401)
        if body.mfa_type is not None and body.mfa_type not in self.mfa_types:
            return refuse.listed(self._mfa_type_sentence())
        claim = self._claim(request, body.email, body.password)
        return self._signed_in(await self.sign_in(claim, Given(code=body.mfa_code, method=body.mfa_type)))

    async def request_mfa_code(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.RequestMfaCode)
        if body.mfa_type not in self.mfa_types:
            return refuse.listed(self._mfa_type_sentence())
        if not body.email or not body.password:
            return refuse.bare(401)
        claim = self._claim(request, body.email, body.password)
        sent = await self.request_code(claim, body.mfa_type or "", body.phone_number)
        if sent.method == "sms":
            answer = SmsCodeSent(phone_number=sent.address, phone_number_verified=sent.phone_verified)
            return json_answer(answer.model_dump(), 201)
        return json_answer(
            EmailCodeSent(email=sent.address, phone_number_verified=sent.phone_verified).model_dump(), 201
        )

    async def login_via_single_use_code(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.LoginViaSingleUseCode)
        if not body.email or not body.single_use_code:
            return refuse.bare(401)
        claim = CodeClaim(
            email=EmailAddress(body.email),
            code=body.single_use_code,
            jurisdiction=jurisdiction_name(request),
            source=self.face.source(request),
        )
        given = Given(code=body.mfa_code, method=body.mfa_type)
        try:
            return self._signed_in(await self.sign_in_by_code(claim, given))
        except CodeRejected as error:
            return refuse.named(401, message="singleUseCodeUnauthorized", left=error.attempts_left)

    async def request_new_token(self, request: Request) -> Response:
        """The refresh cookie alone suffices, as the seed promises (bloom.md §11)."""
        self.face.origins.check(request)
        token = self.face.cookie(request, self.face.names.refresh)
        try:
            refreshed = await self.refresh(token, self.face.source(request))
        except SessionMissing:
            return refuse.full(400, "No refresh token sent with request")
        except SessionExpired:
            return put_cookies(refuse.full(401, "no user found"), self.face.no_cookies())
        return json_answer(SUCCESS, cookies=self.face.session_cookies(refreshed))

    async def logout(self, request: Request) -> Response:
        self.face.origins.check(request)
        principal = await self.face.principal(request)
        await self.end(principal, self.face.source(request))
        return json_answer(SUCCESS, cookies=[*self.face.no_cookies(), *unwatched(request, self.face.cookies)])

    async def update_password(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.UpdatePassword)
        if not body.token:
            return refuse.full(400, "tokenMissing")
        if not body.password:
            return refuse.listed("passwordTooWeak")
        if body.password_confirmation is not None and body.password_confirmation != body.password:
            return refuse.listed("passwordConfirmation must match password")
        return self._done(await self.reset(body.token, body.password, self.face.source(request)))

    async def confirm(self, request: Request) -> Response:
        self.face.origins.check(request)
        body = await self.face.body(request, bodies.Confirm)
        if not body.token:
            return refuse.full(400, "tokenMissing")
        return self._done(await self.confirm_address(body.token, self.face.source(request), body.password))

    def _claim(self, request: Request, email: str, password: str) -> PasswordClaim:
        return PasswordClaim(
            email=EmailAddress(email),
            password=password,
            source=self.face.source(request),
            device_token=self.face.device.read(request),
        )

    def _signed_in(self, outcome: SignedIn | SecondFactorNeeded) -> Response:
        if isinstance(outcome, SecondFactorNeeded):
            return refuse.named(401, name="mfaCodeIsMissing")
        return json_answer(SUCCESS, 201, cookies=self.face.session_cookies(outcome))

    def _done(self, outcome: SignedIn | DoneWithoutSession) -> Response:
        if isinstance(outcome, DoneWithoutSession):
            return json_answer(DoneNotSignedIn().model_dump())
        return json_answer(SUCCESS, cookies=self.face.session_cookies(outcome))

    def _mfa_type_sentence(self) -> str:
        return f"mfaType must be one of the following values: {', '.join(self.mfa_types)}"
