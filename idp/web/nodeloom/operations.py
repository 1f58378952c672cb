"""NodeLoom's contract, for openapi.json and the schemas."""

from idp.web.nodeloom.bodies import Done, Login, Refused, User
from idp.web.operation import Crashed, Operation, Shape

EVERYWHERE: dict[int, Shape] = {403: Refused, 500: Crashed, 503: Refused}

OPERATIONS = (
    Operation(
        method="POST",
        path="/api/auth/login",
        summary="Authenticate and receive a JWT cookie.",
        request=Login,
        answers={200: User, 400: Refused, 401: Refused, 413: Refused, 415: Refused, 429: Refused, **EVERYWHERE},
        tag="nodeloom",
    ),
    Operation(
        method="POST",
        path="/api/auth/refresh",
        summary="Replace a cookie that is still valid by one with a later expiry.",
        answers={200: Done, 401: Refused, **EVERYWHERE},
        cookies=("token",),
        tag="nodeloom",
    ),
    Operation(
        method="POST",
        path="/api/auth/logout",
        summary="Clear the cookie and end the session on the server.",
        answers={200: Done, 401: Refused, **EVERYWHERE},
        cookies=("token",),
        tag="nodeloom",
    ),
)
