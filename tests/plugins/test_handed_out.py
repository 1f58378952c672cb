"""What second factors hand out is whole, or nonsense and denied (threat row 129)."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

from typing import Any

import pytest

from idp.core.errors import PluginFailed
from idp.sdk import AccountView, Enrollable, Enrolment, LookUpSecrets, OwnCredential, PluginSettings
from idp.testing.context import account_view
from tests.plugins.bad import SECRET, Answers, fenced

JANE = account_view()


class Enrolling(Answers, Enrollable[PluginSettings]):
    """Enrols as it was told."""

    enrolment: object = Enrolment(secret="S", uri="otpauth://totp/x")

    async def enrol(self, account: AccountView) -> Any:
        return self.enrolment

    async def confirm(self, account: AccountView, code: str) -> bool:
        return True

    async def remove(self, account: AccountView) -> None: ...


@pytest.mark.parametrize("nonsense", [None, "secret", Enrolment(secret="", uri="u"), Enrolment(secret="s", uri="")])
async def test_an_enrolment_is_whole_or_nonsense(nonsense: object) -> None:
    async with fenced(Enrolling) as good:
        factor = good.factor
        assert isinstance(factor, Enrollable)
        assert await factor.enrol(JANE) == Enrolling.enrolment
        assert await factor.confirm(JANE, SECRET) is True
        assert await factor.enrol_proved(JANE) is None
        await factor.remove(JANE)
    async with fenced(type("Odd", (Enrolling,), {"enrolment": nonsense})) as bad:
        factor = bad.factor
        assert isinstance(factor, Enrollable)
        with pytest.raises(PluginFailed):
            await factor.enrol(JANE)


class Listing(LookUpSecrets[PluginSettings]):
    """Keeps a list of codes."""

    method = "second"
    amr = ("otp",)
    rest: Any = OwnCredential(data=b"[]", version=1)

    async def issue(self, account: AccountView) -> tuple[str, ...]:
        return ("12345678",)

    async def left(self, account: AccountView) -> int:
        return 1

    async def without(self, account: AccountView, code: str) -> Any:
        return self.rest


@pytest.mark.parametrize(
    "nonsense",
    [True, False, b"[]", OwnCredential(data=SECRET, version=1), OwnCredential(data=b"[]", version=True)],  # type: ignore[arg-type]
)
async def test_what_is_left_of_a_list_is_whole_or_nonsense(nonsense: object) -> None:
    for rest in (Listing.rest, None):
        async with fenced(type("Even", (Listing,), {"rest": rest})) as good:
            assert isinstance(good.factor, LookUpSecrets)
            assert await good.factor.without(JANE, SECRET) == rest
    async with fenced(type("Odd", (Listing,), {"rest": nonsense})) as bad:
        assert isinstance(bad.factor, LookUpSecrets)
        with pytest.raises(PluginFailed):
            await bad.factor.without(JANE, SECRET)
