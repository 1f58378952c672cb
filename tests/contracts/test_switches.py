"""Each contract can be switched off."""

from pathlib import Path
from typing import Any

import pytest

from idp.testing.provider import provider_at

CREDENTIALS: dict[str, Any] = {"email": "jane@example.com", "password": "correct horse battery"}


@pytest.mark.parametrize(
    ("off", "gone", "stays"),
    [("nodeloom", "/api/auth/login", "/auth/login"), ("bloom", "/auth/login", "/api/auth/login")],
)
async def test_a_contract_that_is_off_is_not_there(
    tmp_path: Path, template: Path, off: str, gone: str, stays: str
) -> None:
    without_codes = {"email_code": None, "sms_code": None}  # which only Bloom's people can ask for
    switched: dict[str, Any] = {off: {"enabled": False}, "plugins": without_codes if off == "bloom" else {}}
    async with provider_at(tmp_path, template=template, **switched) as idp, idp.browser() as browser:
        await idp.add_account(**CREDENTIALS)
        absent = await browser.post(gone, json=CREDENTIALS)
        present = await browser.post(stays, json=CREDENTIALS)
        verified = await browser.get("/auth/verify")

    assert absent.status_code == 404
    assert present.is_success
    assert verified.status_code == 200


async def test_a_plugin_that_is_not_enabled_is_no_way_in(tmp_path: Path, template: Path) -> None:
    sign_in = {"first_factors": ["password"]}
    async with (
        provider_at(tmp_path, template=template, plugins={"single_use_code": None}, sign_in=sign_in) as idp,
        idp.browser() as browser,
    ):
        await idp.add_account(**CREDENTIALS)
        asked = await browser.post("/user/request-single-use-code", json={"email": CREDENTIALS["email"]})
        tried = await browser.post(
            "/auth/loginViaSingleUseCode", json={"email": CREDENTIALS["email"], "singleUseCode": "123456"}
        )

        assert asked.status_code == 201
        assert tried.status_code == 401
        assert await idp.mails() == []
