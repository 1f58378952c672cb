"""The parameters of an authorization request as they were sent, before any of them is believed (RFC 6749 §3.1)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from idp.oauth.errors import InvalidRequest

LONGEST_VALUE = 2048
LONGEST: Mapping[str, int] = {
    "request": 48 * 1024,
    "claims": 16 * 1024,
    "state": 8 * 1024,
    "nonce": 8 * 1024,
    "id_token_hint": 8 * 1024,
}
"""Characters. What a client gets back is echoed whole, so state and nonce may be long."""

LONGEST_ALTOGETHER = 24 * 1024
"""Of those that are kept: all but what is opened and thrown away."""
OPENED = frozenset({"request", "id_token_hint"})

KNOWN = frozenset(
    {
        *LONGEST,
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "request_uri"),
        *("code_challenge", "code_challenge_method", "dpop_jkt"),
        *("prompt", "max_age", "login_hint", "acr_values", "display", "ui_locales", "claims_locales"),
    }
)
RESOURCE = "resource"
# control characters and half characters; JSON may be written in lines
_UNSOUND = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSOUND_IN_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MOST_RESOURCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Those that we know, each once. `flawed` are the names of those that cannot be used, whatever they say.

    `resource` alone may repeat (RFC 8707 §2).
    """

    values: Mapping[str, str]
    resources: tuple[str, ...] = ()
    flawed: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Parameters":
        """What is unknown is ignored, and what has no value was not sent (RFC 6749 §3.1).

        Raises InvalidRequest for what is too large to be kept until somebody has signed in (row 140).

        Sent twice, too long or with control characters in it, a parameter is flawed (rows 99, 121).
        """
        values: dict[str, str] = {}
        resources: dict[str, None] = {}
        flawed: set[str] = set()
        for name, value in pairs:
            if name == RESOURCE and value:
                resources[value] = None
            elif name not in KNOWN:
                continue
            elif name in values:
                flawed.add(name)
            else:
                values[name] = value
            if not _is_sound(name, value):
                flawed.add(name)
        if len(resources) > MOST_RESOURCES:
            flawed.add(RESOURCE)
        kept = (value for name, value in values.items() if name not in OPENED)
        if sum(len(value) for value in (*kept, *resources)) > LONGEST_ALTOGETHER:
            raise InvalidRequest("the request is too large")
        return cls(
            values={name: value for name, value in values.items() if value and name not in flawed},
            resources=() if RESOURCE in flawed else tuple(resources),
            flawed=frozenset(flawed),
        )

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def words(self, name: str) -> tuple[str, ...]:
        """A list that is written with spaces, each word once."""
        return tuple(dict.fromkeys(word for word in self.values.get(name, "").split(" ") if word))

    def require_sound(self, *names: str) -> None:
        """Raises InvalidRequest if any of them is flawed; without names, if any at all is."""
        found = self.flawed.intersection(names) if names else self.flawed
        if found:
            raise InvalidRequest(f"{min(found)} is given more than once, is too long or holds a control character")


def _is_sound(name: str, value: str) -> bool:
    if len(value) > LONGEST.get(name, LONGEST_VALUE):
        return False
    return not (_UNSOUND_IN_LINES if name == "claims" else _UNSOUND).search(value)
