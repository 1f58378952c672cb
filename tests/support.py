"""What several folders share."""

from functools import cache
from typing import Any

import httpx2
from jsonschema import Draft202012Validator

from idp.web.openapi import openapi


@cache
def _described() -> dict[str, Any]:
    return openapi("test")


async def check_answer(response: httpx2.Response) -> None:
    """Fails when an answer of a described operation is not as openapi.json says."""
    operation = _operation(response.request.method, response.request.url.path)
    if operation is None:
        return
    described = operation["responses"].get(str(response.status_code))
    assert described is not None, f"{response.status_code} of {response.request.url.path} is not described"
    body = await response.aread()
    if "content" not in described or not body:
        return
    schema = {**described["content"]["application/json"]["schema"], "components": _described()["components"]}
    Draft202012Validator(schema).validate(response.json())


def _operation(method: str, path: str) -> dict[str, Any] | None:
    paths = _described()["paths"]
    plain = path.rstrip("/")
    known = {name.lower(): item for name, item in paths.items()}
    parent = plain.rpartition("/")[0]
    item: dict[str, Any] = known.get(plain.lower()) or next(
        (item for name, item in paths.items() if name.endswith("}") and name.rpartition("/")[0] == parent), {}
    )
    found: dict[str, Any] | None = item.get(method.lower())
    return found
