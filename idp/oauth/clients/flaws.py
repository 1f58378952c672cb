"""What is wrong with client metadata, told all at once at every door through which clients come."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.oauth.errors import InvalidClientMetadata, InvalidRedirectUri, OAuthRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """`reason` continues the member's name ("is not a list"). No part quotes a value: it goes into answers and logs."""

    member: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.member}: {self.reason}. {self.mend}"


class Misfit(Exception):
    """A value does not fit. The reader that calls knows the member's name."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mend = mend


def refusal_of(flaws: Sequence[Flaw]) -> OAuthRefusal:
    """RFC 7591 §3.2.2: redirect URIs have a code of their own."""
    kind = InvalidRedirectUri if any(flaw.member == "redirect_uris" for flaw in flaws) else InvalidClientMetadata
    return kind(" ".join(map(str, flaws)))
