"""Recovery codes: a list on paper that takes the place of a lost second factor, each code once."""

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, replace

from pydantic import Field

from idp.sdk import AccountView, LookUpSecrets, OwnCredential, PluginSettings

DIGITS = 10
"""33 bits: with the guesses counted, NIST asks for 20 (SP 800-63B §3.1.2.2)."""
CODE = re.compile(rf"[0-9]{{{DIGITS}}}")

WORK, BLOCK = 2**14, 8
"""Of scrypt: 16 MiB and some 40 ms for each code that is shown. Whoever gets behind the seal still has to guess."""


class RecoveryCodesSettings(PluginSettings):
    codes: int = Field(default=10, ge=5, le=20)
    """How many are on a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What we keep for an account: the digests of the codes that were not used yet."""

    salt: str
    digests: tuple[str, ...]

    @classmethod
    def read(cls, data: bytes) -> "Kept":
        told = json.loads(data)
        return cls(salt=told["salt"], digests=tuple(told["digests"]))

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def digest(self, code: str) -> str:
        return _digest(self.salt, code)


class RecoveryCodes(LookUpSecrets[RecoveryCodesSettings]):
    """Second factor by a list of codes, for who lost the other one."""

    sdk_version = 1
    method = "recovery"
    time_out_seconds = 20.0  # for a list; on a busy machine its digests take longer than the usual five
    amr = ("otp",)

    async def issue(self, account: AccountView) -> tuple[str, ...]:
        codes: dict[str, None] = {}
        while len(codes) < self.settings.codes:
            codes[self.context.entropy.digits(DIGITS)] = None
        salt = self.context.entropy.token()
        # not on the loop of the lane: whoever waits for a list would keep everybody's codes waiting
        digests = await asyncio.to_thread(lambda: tuple(_digest(salt, code) for code in codes))
        kept = Kept(salt=salt, digests=digests)
        await self.context.credentials.put(account.id, kept.written())
        return tuple(codes)

    async def left(self, account: AccountView) -> int:
        found = await self.context.credentials.get(account.id)
        return len(Kept.read(found.data).digests) if found is not None else 0

    async def without(self, account: AccountView, code: str) -> OwnCredential | None:
        found = await self.context.credentials.get(account.id)
        if found is None or not CODE.fullmatch(code):
            return None
        kept = Kept.read(found.data)
        shown = await asyncio.to_thread(kept.digest, code)
        left = tuple(one for one in kept.digests if not hmac.compare_digest(one, shown))
        if len(left) == len(kept.digests):
            return None
        return replace(found, data=replace(kept, digests=left).written())


def _digest(salt: str, code: str) -> str:
    return hashlib.scrypt(code.encode(), salt=salt.encode(), n=WORK, r=BLOCK, p=1).hex()
