"""The OpenID Provider's part of a unit of work, each shelf made when it is first asked for."""

from functools import cached_property

from idp.storage.oauth.clients import ClientShelf, ResourceShelf
from idp.storage.oauth.consents import ConsentShelf
from idp.storage.oauth.devices import DeviceAuthorizationShelf
from idp.storage.oauth.grants import GrantShelf
from idp.storage.oauth.once import InitialTokenShelf, ReplayShelf
from idp.storage.oauth.requests import InteractionShelf, PushedShelf
from idp.storage.oauth.tokens import CodeShelf, GrantTokenShelf
from idp.storage.shelf import Driver


class OAuthShelfSet:
    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    @cached_property
    def clients(self) -> ClientShelf:
        return ClientShelf(self._driver)

    @cached_property
    def resources(self) -> ResourceShelf:
        return ResourceShelf(self._driver)

    @cached_property
    def grants(self) -> GrantShelf:
        return GrantShelf(self._driver)

    @cached_property
    def codes(self) -> CodeShelf:
        return CodeShelf(self._driver)

    @cached_property
    def tokens(self) -> GrantTokenShelf:
        return GrantTokenShelf(self._driver)

    @cached_property
    def interactions(self) -> InteractionShelf:
        return InteractionShelf(self._driver)

    @cached_property
    def pushed(self) -> PushedShelf:
        return PushedShelf(self._driver)

    @cached_property
    def devices(self) -> DeviceAuthorizationShelf:
        return DeviceAuthorizationShelf(self._driver)

    @cached_property
    def consents(self) -> ConsentShelf:
        return ConsentShelf(self._driver)

    @cached_property
    def replays(self) -> ReplayShelf:
        return ReplayShelf(self._driver)

    @cached_property
    def initial_tokens(self) -> InitialTokenShelf:
        return InitialTokenShelf(self._driver)
