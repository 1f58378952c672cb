"""The OpenID Provider's endpoints behind one table."""

from dataclasses import dataclass

from idp.oauth.provider import OpenIDProvider
from idp.oauth.webfinger import WebFinger
from idp.web.middleware.client import ClientAddress
from idp.web.oidc.authorize import AuthorizationEndpoint, Visitors
from idp.web.oidc.check_session import check_session_route
from idp.web.oidc.device import DeviceDoor
from idp.web.oidc.introspect import TokenDesk
from idp.web.oidc.ofrep import FlagDoor
from idp.web.oidc.par import PushEndpoint
from idp.web.oidc.read import ReadForm
from idp.web.oidc.register import RegistrationDesk
from idp.web.oidc.token import TokenDoor
from idp.web.oidc.userinfo import UserInfoDoor
from idp.web.oidc.webfinger import WebFingerDoor
from idp.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcFace:
    """`addresses` says which proxies are believed, also about client certificates."""

    openid: OpenIDProvider
    addresses: ClientAddress
    visitors: Visitors

    def routes(self) -> list[Route]:
        openid, rules = self.openid, self.openid.world.rules
        read = ReadForm(issuer=rules.issuer, addresses=self.addresses, certificate_header=rules.certificate_header)
        desk = TokenDesk(
            read=read, authenticate=openid.authenticate, introspect=openid.introspect, revoke=openid.revoke
        )
        front = AuthorizationEndpoint(authorize=openid.authorize, visitors=self.visitors)
        push = PushEndpoint(read=read, push=openid.push)
        token = TokenDoor(read=read, endpoint=openid.token)
        userinfo = UserInfoDoor(read=read, verify=openid.verify_access, userinfo=openid.userinfo)
        flags = FlagDoor(read=read, verify=openid.verify_access, evaluate=openid.evaluate)
        registration = RegistrationDesk(rules=rules, register=openid.register_client, manage=openid.manage_registration)
        device = DeviceDoor(read=read, begin=openid.begin_device)
        finger = WebFingerDoor(finger=WebFinger(rules=rules))
        faces = (finger, device, registration, front, push, token, userinfo, flags, desk)
        return [check_session_route(), *(route for face in faces for route in face.routes())]
