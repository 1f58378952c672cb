"""The ways out to what clients name: strangers have one of their own (threat row 102).

Whoever may make us ask for an address, by a client ID metadata document or an open registration, can name hosts that
are slow on purpose. They hold up each other, and never the keys and sign-outs of clients that the operator made.
"""

from dataclasses import dataclass

from idp.core.client import Client
from idp.ports.oauth import Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    own: Fetcher
    strangers: Fetcher

    def of(self, client: Client) -> Fetcher:
        return self.own if client.is_ours else self.strangers
