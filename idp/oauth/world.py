"""What the OpenID Provider stands on."""

from dataclasses import dataclass

from idp.oauth.rules import OAuthRules
from idp.ports.oauth import Fetcher, HintVerifier, Signers
from idp.usecases.verbs import World


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthWorld:
    """What the protocol needs beside the verbs' own world."""

    world: World
    rules: OAuthRules
    signers: Signers
    hints: HintVerifier
    fetcher: Fetcher
