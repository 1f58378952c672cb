"""Bloom's contract, for openapi.json and the schemas."""

from pydantic import BaseModel

from idp.web.bloom import answers, bodies
from idp.web.operation import Crashed, Operation

FULL, BARE, OBJECT, LIST = answers.RefusedFull, answers.RefusedBare, answers.RefusedObject, answers.RefusedList
UNAUTHORIZED = (BARE, FULL, OBJECT)
ACCESS = ("access-token",)


def _command(  # the shape that all commands share
    method: str,
    path: str,
    summary: str,
    request: type[BaseModel],
    *answered: type[BaseModel],
) -> Operation:
    success = answered or (answers.Success,)
    return Operation(
        method=method,
        path=path,
        summary=summary,
        request=request,
        answers={
            (201 if method == "POST" else 200): success if len(success) > 1 else success[0],
            400: (FULL, LIST),
            401: UNAUTHORIZED,
            403: FULL,
            404: FULL,
            409: FULL,
            413: FULL,
            415: FULL,
            429: FULL,
            500: Crashed,
            503: FULL,
        },
        tag="bloom",
    )


def _read(path: str, summary: str, answer: type[BaseModel] | list[type[BaseModel]], *cookies: str) -> Operation:
    return Operation(
        method="GET",
        path=path,
        summary=summary,
        answers={200: answer, 400: FULL, 401: UNAUTHORIZED, 403: FULL, 404: FULL, 500: Crashed, 503: FULL},
        cookies=cookies,
        tag="bloom",
    )


DONE = (answers.DoneNotSignedIn, answers.Success)

OPERATIONS = (
    _command("POST", "/auth/login", "Sign in; sets access-token and refresh-token cookies.", bodies.Login),
    _command(
        "POST",
        "/auth/request-mfa-code",
        "Request an MFA code before login.",
        bodies.RequestMfaCode,
        answers.EmailCodeSent,
        answers.SmsCodeSent,
    ),
    _command("POST", "/auth/loginViaSingleUseCode", "Sign in with a one-time code.", bodies.LoginViaSingleUseCode),
    _read("/auth/requestNewToken", "Exchange the refresh token.", answers.Success, "refresh-token"),
    _read("/auth/logout", "End the session and clear the cookies.", answers.Success, *ACCESS),
    _command("PUT", "/auth/update-password", "Set a new password via reset token.", bodies.UpdatePassword, *DONE),
    _command("PUT", "/auth/confirm", "Confirm a new account or a changed address.", bodies.Confirm, *DONE),
    _read("/user", "The profile of who is signed in.", answers.User, *ACCESS),
    _read("/user/{id}", "A profile: one's own, or one that one administers.", answers.User, *ACCESS),
    _command("POST", "/user/public", "Register.", bodies.Register, answers.User),
    _command("PUT", "/user/public", "Change profile, password or address.", bodies.Change, answers.User),
    _command("POST", "/user/request-single-use-code", "Request a one-time code to sign in.", bodies.EmailAndApp),
    _command("PUT", "/user/forgot-password", "Request a reset link.", bodies.EmailAndApp),
    _command("POST", "/user/resend-confirmation", "Send the confirmation again.", bodies.EmailAndApp),
    _command("POST", "/user/resendConfirmation", "The seed's spelling of resend-confirmation.", bodies.EmailAndApp),
    _command("POST", "/user/resend-partner-confirmation", "Send an invitation again.", bodies.EmailAndApp),
    _command("POST", "/user/is-confirmation-token-valid", "An empty body means no.", bodies.TokenOnly),
    _read("/jurisdictions", "All jurisdictions.", [answers.Jurisdiction]),
    _read("/jurisdictions/byName/{name}", "One jurisdiction with its public flags.", answers.PublicJurisdiction),
)
