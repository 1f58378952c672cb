"""The `claims` parameter (OIDC Core §5.5): what a client wishes to be told one by one."""

from collections.abc import Mapping

from idp.core import strictly
from idp.oauth.errors import InvalidRequest

MEMBERS = ("userinfo", "id_token")
MOST_CLAIMS = 64
MOST_VALUES = 16
LONGEST_NAME = 128
LARGEST_NUMBER = 2**53
PROTOCOL = frozenset({"sub", "acr", "auth_time", "amr"})
"""Claims about the sign-in: nobody is asked whether the client may know them."""


def read_claims(text: str | None) -> Mapping[str, Mapping[str, object]]:
    """`userinfo` and `id_token`, each claim with None or the members that we know. Raises InvalidRequest."""
    if text is None:
        return {}
    try:
        parsed = strictly.json_object(text)
    except ValueError:
        raise InvalidRequest("claims is no JSON object") from None
    return {member: _wishes(parsed[member]) for member in MEMBERS if parsed.get(member) is not None}


def names_of(claims: Mapping[str, object]) -> tuple[str, ...]:
    """The claims about the person, which consent is for, in order and each once."""
    named: dict[str, None] = {}
    for member in MEMBERS:
        wishes = claims.get(member)
        if isinstance(wishes, Mapping):
            named |= dict.fromkeys(wishes)
    return tuple(sorted(named.keys() - PROTOCOL))


def wish_for(claims: Mapping[str, object], name: str) -> Mapping[str, object]:
    """What is said of a claim of the ID token; an empty mapping where nothing is."""
    wishes = claims.get("id_token")
    wish = wishes.get(name) if isinstance(wishes, Mapping) else None
    return wish if isinstance(wish, Mapping) else {}


def values_of(wish: Mapping[str, object]) -> tuple[str, ...]:
    """`value` or `values`, as far as they are texts."""
    values = wish.get("values", [wish.get("value")])
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _wishes(member: object) -> Mapping[str, object]:
    if not isinstance(member, dict) or len(member) > MOST_CLAIMS:
        raise InvalidRequest("claims has a member that is no object, or names too many claims")
    return {_name(name): _wish(wish) for name, wish in member.items()}


def _name(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidRequest("claims names no claim")
    return name


def _wish(wish: object) -> Mapping[str, object] | None:
    """OIDC Core §5.5.1: null, or an object of `essential`, `value` and `values`; other members are ignored."""
    if wish is None:
        return None
    if not isinstance(wish, dict):
        raise InvalidRequest("claims asks for a claim by neither null nor an object")
    values = wish.get("values", [])
    if not isinstance(wish.get("essential", False), bool) or not isinstance(values, list) or len(values) > MOST_VALUES:
        raise InvalidRequest("claims has a malformed request for a claim")
    if any(not _is_plain(value) for value in (wish.get("value"), *values)):
        raise InvalidRequest("claims asks for a value that is neither text, number nor truth")
    return {name: wish[name] for name in ("essential", "value", "values") if name in wish}


def _is_plain(value: object) -> bool:
    """No NUL and no half characters: PostgreSQL takes neither. No number that other readers of JSON would change."""
    if isinstance(value, str):
        return not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, int | float):
        return abs(value) <= LARGEST_NUMBER
    return value is None
