"""The OpenID Provider's verbs over one world: what its faces and the command line are built from."""

from dataclasses import dataclass

from idp.oauth.rules import OAuthRules
from idp.ports.oauth import Fetcher, HintVerifier, Signers
from idp.usecases.verbs import Verbs, World


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthWorld:
    """What the protocol needs beside the verbs' own world."""

    world: World
    rules: OAuthRules
    signers: Signers
    hints: HintVerifier
    fetcher: Fetcher


class OpenIDProvider:
    """Each verb is made when it is first asked for, as in `Verbs`."""

    def __init__(self, world: OAuthWorld, verbs: Verbs) -> None:
        self.world = world
        self.verbs = verbs
