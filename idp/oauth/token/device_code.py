"""Redeeming a device code (RFC 8628 §3.4, §3.5)."""

from dataclasses import dataclass
from datetime import timedelta

from idp.core.authorization import DeviceAuthorization, DeviceState
from idp.oauth.devices.begin import DEVICE_CODE
from idp.oauth.devices.user_code import digest_of_device_code
from idp.oauth.errors import AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant, InvalidRequest, SlowDown
from idp.oauth.token.families import OVER, Families
from idp.oauth.token.grant import GrantRule, Issue, TokenRequest
from idp.ports.storage import UnitOfWork

SLOWER_SECONDS = 5
"""What each answer `slow_down` adds to the interval, for this and all later requests (§3.5)."""
LONGEST_INTERVAL_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class RedeemDeviceCode(GrantRule):
    """Every answer but the tokens is a refusal: it commits, so the interval that it earned is kept."""

    grant_type = DEVICE_CODE
    parameters = frozenset({"device_code"})

    families: Families

    def decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        device = self._find(asked, work)
        if asked.now >= device.expires_at:
            raise ExpiredToken("the device code has expired")
        if device.state is DeviceState.DENIED:
            raise AccessDenied("the person did not agree")
        if device.state is DeviceState.PENDING:
            self._wait(asked, work, device)
        if device.grant_id is None:
            raise InvalidGrant(OVER)
        grant = self.families.live(work, device.grant_id, asked.now)
        issue = self.families.judge(work, asked, grant, grant.scope)
        if not work.oauth.devices.redeem(device.digest, asked.now):
            raise InvalidGrant(OVER)
        return self.families.open(work, asked, issue)

    def _find(self, asked: TokenRequest, work: UnitOfWork) -> DeviceAuthorization:
        """This client's own: to others it tells nothing (row 95)."""
        code = asked.parameters.get("device_code")
        if not code:
            raise InvalidRequest("device_code is missing")
        device = work.oauth.devices.by_device_code(digest_of_device_code(self.families.digester, code))
        if device is None or device.client_id != asked.client.id:
            raise InvalidGrant(OVER)
        return device

    def _wait(self, asked: TokenRequest, work: UnitOfWork, device: DeviceAuthorization) -> None:
        interval, last = device.interval_seconds, device.polled_at
        is_too_soon = last is not None and asked.now < last + timedelta(seconds=interval)
        if is_too_soon:
            interval = min(interval + SLOWER_SECONDS, LONGEST_INTERVAL_SECONDS)
        work.oauth.devices.poll(device.digest, interval, asked.now)
        if is_too_soon:
            raise SlowDown("the device asks too often")
        raise AuthorizationPending("the person has not decided yet")
