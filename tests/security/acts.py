"""What people and attackers do, one word each."""

from typing import Any

import httpx2

from idp.testing.provider import TestProvider

EMAIL, PASSWORD, OTHER = "jane@example.com", "correct horse battery", "battery staple correct"
WRONG = "not the right one"
APP = "https://app.example.com"
PHONE = "+14155552671"
ENGLISH = {"languages": ["en"]}
CHEAPEST = {"memory_kib": 7168, "iterations": 5}
"""The hash that takes the least time of those that OWASP allows."""
BAY_AREA = "Bay Area"


async def login(
    browser: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **more: object
) -> httpx2.Response:
    """Bloom's."""
    return await browser.post("/auth/login", json={"email": email, "password": password, **more})


async def nodeloom_login(
    browser: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **more: object
) -> httpx2.Response:
    return await browser.post("/api/auth/login", json={"email": email, "password": password, **more})


async def ask_mfa_code(
    browser: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **more: object
) -> httpx2.Response:
    body = {"email": email, "password": password, "mfaType": "email", **more}
    return await browser.post("/auth/request-mfa-code", json=body)


async def ask_sign_in_code(browser: httpx2.AsyncClient, email: str = EMAIL, **headers: str) -> httpx2.Response:
    return await browser.post("/user/request-single-use-code", json={"email": email}, headers=headers)


async def code_login(
    browser: httpx2.AsyncClient, code: str, email: str = EMAIL, headers: dict[str, str] | None = None, **more: object
) -> httpx2.Response:
    body = {"email": email, "singleUseCode": code, **more}
    return await browser.post("/auth/loginViaSingleUseCode", json=body, headers=headers)


async def forgot(browser: httpx2.AsyncClient, email: str = EMAIL, **more: object) -> httpx2.Response:
    return await browser.put("/user/forgot-password", json={"email": email, "appUrl": APP, **more})


async def reset(browser: httpx2.AsyncClient, token: str, password: str = OTHER, **more: object) -> httpx2.Response:
    return await browser.put("/auth/update-password", json={"token": token, "password": password, **more})


async def confirm(browser: httpx2.AsyncClient, token: str, **more: object) -> httpx2.Response:
    return await browser.put("/auth/confirm", json={"token": token, **more})


async def resend(browser: httpx2.AsyncClient, email: str = EMAIL) -> httpx2.Response:
    return await browser.post("/user/resend-confirmation", json={"email": email, "appUrl": APP})


async def register(
    browser: httpx2.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **more: object
) -> httpx2.Response:
    names = {"firstName": "New", "lastName": "Person", "appUrl": APP}
    return await browser.post("/user/public", json={"email": email, "password": password, **names, **more})


async def refresh(browser: httpx2.AsyncClient, token: str | None = None) -> httpx2.Response:
    """With the browser's own cookies, or with this token alone."""
    return await browser.get("/auth/requestNewToken", headers=cookie("refresh-token", token))


async def profile(browser: httpx2.AsyncClient, token: str | None = None) -> httpx2.Response:
    return await browser.get("/user", headers=cookie("access-token", token))


def cookie(name: str, value: str | None) -> dict[str, str]:
    return {"cookie": f"{name}={value}"} if value is not None else {}


async def mailed_code(idp: TestProvider, to: str = EMAIL) -> str:
    return (await idp.last_mail(to)).data["code"]


async def mailed_token(idp: TestProvider, to: str = EMAIL) -> str:
    return (await idp.last_mail(to)).data["token"]


def another(code: str) -> str:
    """A wrong one of the same shape."""
    return "0" * len(code) if code != "0" * len(code) else "1" * len(code)


def seen(answer: httpx2.Response) -> tuple[Any, ...]:
    """All that tells one answer from another: status, body, and headers but for their times and ids."""
    varying = {"x-request-id", "date"}
    headers = sorted((name, value) for name, value in answer.headers.multi_items() if name not in varying)
    return answer.status_code, answer.content, headers
