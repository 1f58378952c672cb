"""A second factor by an authenticator app (RFC 6238: SHA-1, 30 s, six digits, which every app speaks)."""

import base64
import hmac
import json
import re
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from pydantic import Field
from pyotp import TOTP

from idp.sdk import AccountView, Enrollable, Enrolment, PluginSettings

CODE = re.compile(r"[0-9]{6}")
SECRET_BYTES = 20  # as long as SHA-1's own output (RFC 4226 §4, R6)
STEP_SECONDS = 30
TRIES = 3


class TotpSettings(PluginSettings):
    issuer: str | None = Field(default=None, max_length=64)
    """The name that authenticator apps show above the code; without it, the host of the issuer."""

    window_steps: int = Field(default=1, ge=0, le=2)
    """How many steps of 30 s the person's clock may be ahead or behind (RFC 6238 §5.2 advises one)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What we keep for an account: the proved secret and the last step it was used in, and one being set up."""

    proved: str | None = None
    last_step: int = -1
    begun: str | None = None

    @classmethod
    def read(cls, data: bytes) -> "Kept":
        return cls(**json.loads(data))

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class Totp(Enrollable[TotpSettings]):
    """Second factor by the codes of an authenticator app."""

    sdk_version = 1
    method = "totp"
    amr = ("otp",)

    async def is_ready(self, account: AccountView) -> bool:
        found = await self.context.credentials.get(account.id)
        return found is not None and Kept.read(found.data).proved is not None

    async def verify(self, account: AccountView, code: str) -> bool:
        """A step is accepted once, and none before it ever again (RFC 6238 §5.2, threat rows 47 to 49)."""
        found = await self.context.credentials.get(account.id)
        if found is None:
            return False
        kept = Kept.read(found.data)
        step = self._step_of(kept.proved, code)
        if step is None or step <= kept.last_step:
            return False
        used = replace(kept, last_step=step).written()
        return await self.context.credentials.swap(account.id, used, found.version)

    async def enrol(self, account: AccountView) -> Enrolment:
        secret = self._new_secret()
        for _ in range(TRIES):
            found = await self.context.credentials.get(account.id)
            if found is None:
                await self.context.credentials.put(account.id, Kept(begun=secret).written())
                return self._enrolment(account, secret)
            begun = replace(Kept.read(found.data), begun=secret).written()
            if await self.context.credentials.swap(account.id, begun, found.version):
                return self._enrolment(account, secret)
        raise RuntimeError("others keep changing this account's credential")

    async def enrol_proved(self, account: AccountView) -> Enrolment:
        secret = self._new_secret()
        await self.context.credentials.put(account.id, Kept(proved=secret).written())
        return self._enrolment(account, secret)

    async def confirm(self, account: AccountView, code: str) -> bool:
        """The code that proves the set-up is used up by it."""
        found = await self.context.credentials.get(account.id)
        if found is None:
            return False
        begun = Kept.read(found.data).begun
        step = self._step_of(begun, code)
        if step is None:
            return False
        proved = Kept(proved=begun, last_step=step).written()
        return await self.context.credentials.swap(account.id, proved, found.version)

    async def remove(self, account: AccountView) -> None:
        await self.context.credentials.remove(account.id)

    def _step_of(self, secret: str | None, code: str) -> int | None:
        """The latest step whose code this is, within the window."""
        if secret is None or not CODE.fullmatch(code):
            return None
        now = int(self.context.clock.now().timestamp()) // STEP_SECONDS
        window, totp = self.settings.window_steps, TOTP(secret)
        steps = [step for step in range(now - window, now + window + 1) if step >= 0]
        right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
        return max(right, default=None)

    def _new_secret(self) -> str:
        token = self.context.entropy.token()
        chance = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return base64.b32encode(chance[:SECRET_BYTES]).decode()

    def _enrolment(self, account: AccountView, secret: str) -> Enrolment:
        issuer = self.settings.issuer or urlsplit(self.context.issuer).hostname or self.context.issuer
        return Enrolment(secret=secret, uri=TOTP(secret, name=account.email, issuer=issuer).provisioning_uri())
