"""What the OpenID Provider stands on."""

from dataclasses import dataclass

from idp.oauth.rules import OAuthRules
from idp.oauth.ways_out import WaysOut
from idp.ports.crypto import Decrypter
from idp.ports.oauth import HintVerifier, Signers
from idp.usecases.verbs import World


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthWorld:
    """What the protocol needs beside the verbs' own world. `decrypter` is None where nobody encrypts to us."""

    world: World
    rules: OAuthRules
    signers: Signers
    hints: HintVerifier
    ways_out: WaysOut
    decrypter: Decrypter | None = None
