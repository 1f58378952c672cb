"""The parameters of an authorization request as they were sent, before any of them is believed (RFC 6749 §3.1)."""

from collections import Counter
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

KNOWN = frozenset(
    {
        *LONGEST,
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "request_uri"),
        *("code_challenge", "code_challenge_method", "dpop_jkt"),
        *("prompt", "max_age", "login_hint", "acr_values", "display", "ui_locales", "claims_locales"),
    }
)
RESOURCE = "resource"
_LINES = str.maketrans("\t\r\n", "   ")
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

        Sent twice, too long or with control characters in it, a parameter is flawed (rows 99, 121).
        """
        sent = [(name, value) for name, value in pairs if name in KNOWN or name == RESOURCE]
        single = [(name, value) for name, value in sent if name != RESOURCE]
        times = Counter(name for name, _ in single)
        resources = tuple(dict.fromkeys(value for name, value in sent if name == RESOURCE and value))
        flawed = {name for name, value in sent if not _is_sound(name, value)}
        flawed |= {name for name, count in times.items() if count > 1}
        flawed |= {RESOURCE} if len(resources) > MOST_RESOURCES else set()
        return cls(
            values={name: value for name, value in single if value and name not in flawed},
            resources=() if RESOURCE in flawed else resources,
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
    if name == "claims":
        value = value.translate(_LINES)  # JSON may be written in lines
    return not any(char < " " or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\udfff" for char in value)
