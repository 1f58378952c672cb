"""Reading what a form of ours sent: small, urlencoded, each field once, from this browser."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from idp.core.errors import MalformedRequest
from idp.web.pages.csrf import FIELD
from idp.web.pages.desk import desk_of

MEDIA_TYPE = "application/x-www-form-urlencoded"
LARGEST = 8 * 1024
MOST_FIELDS = 40

Form = Mapping[str, str]


async def read_form(request: Request) -> Form:
    """Every field; one left empty is "". Raises MalformedRequest, FormRefused, ForeignOrigin (rows 9, 99, 117)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise MalformedRequest(f"Content-Type must be {MEDIA_TYPE}")
    body = await request.body()
    if len(body) > LARGEST:
        raise MalformedRequest("the form is too large")
    form = parsed(body)
    desk = desk_of(request)
    desk.csrf.check(request, desk.binding.of(request).digest, form.get(FIELD, ""))
    return form


def parsed(body: bytes) -> Form:
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise MalformedRequest("the form is malformed") from None
    form = dict(fields)
    if len(form) != len(fields):
        raise MalformedRequest("a field is there twice")
    if any("\x00" in value for value in form.values()):
        raise MalformedRequest("a field holds NUL")
    return form
