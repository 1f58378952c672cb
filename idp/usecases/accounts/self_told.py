"""What people say of themselves for apps to read, checked once wherever it comes in (OIDC Core §5.1)."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from idp.core.errors import MalformedRequest
from idp.core.standard_claims import ADDRESS_PARTS, SELF_TOLD

LONGEST = 256
LONGEST_ADDRESS_PART = 512
ADDRESSES = frozenset({"profile", "picture", "website"})
ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")


def read_self_told(given: Mapping[str, object]) -> dict[str, object]:
    """The claims, without empty ones. Raises MalformedRequest, which names all that is wrong."""
    problems = [f"{name} is not one of {', '.join(SELF_TOLD)}" for name in given if name not in SELF_TOLD]
    problems += [f"{name} {flaw}" for name in SELF_TOLD if name in given and (flaw := _flaw(name, given[name]))]
    if problems:
        raise MalformedRequest(*problems)
    return {name: given[name] for name in SELF_TOLD if given.get(name) not in (None, "", {})}


def _flaw(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "address":
        return _address_flaw(value)
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        return f"must be one line of up to {LONGEST} characters"
    if name in ADDRESSES and value and not _is_web_address(value):
        return "must be an https address"
    if name == "zoneinfo" and value and not ZONE.fullmatch(value):
        return "must be a time zone such as Europe/Paris"
    return ""


def _address_flaw(value: object) -> str:
    if not isinstance(value, Mapping) or not set(value) <= set(ADDRESS_PARTS):
        return f"must be an object of {', '.join(ADDRESS_PARTS)}"
    for part in value.values():
        if not isinstance(part, str) or len(part) > LONGEST_ADDRESS_PART:
            return f"must hold texts of up to {LONGEST_ADDRESS_PART} characters"
        if not part.replace("\n", " ").isprintable():
            return "must hold printable text"
    return ""


def _is_web_address(text: str) -> bool:
    """What apps show as a link or an image: never a script (row 103)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "\\" not in text and " " not in text
