"""Claims in the languages that a client prefers (OIDC Core §5.2, `claims_locales` of §3.1.2.1)."""

from collections.abc import Mapping

from idp.core.languages import nearest

LOCALES = "claims_locales"
"""Beside `userinfo` and `id_token` in what a grant keeps of the wishes for claims."""


def with_locales(claims: Mapping[str, object], locales: tuple[str, ...]) -> Mapping[str, object]:
    """The wishes, and in which languages they are wished."""
    return {**claims, LOCALES: list(locales)} if locales else claims


def spoken(told: Mapping[str, object], wishes: Mapping[str, object]) -> Mapping[str, object]:
    """A claim that is there in several languages comes once, without a tag, in the first that the client reads.

    §5.2 recommends so where one language was asked for. What nobody said in any of them stays as it is.
    """
    wanted = wishes.get(LOCALES)
    if not isinstance(wanted, list):
        return told
    by_name: dict[str, dict[str, object]] = {}
    for member, value in told.items():
        name, has_tag, tag = member.partition("#")
        if has_tag:
            by_name.setdefault(name, {})[tag.lower()] = value
    found = {name: value for name, said in by_name.items() if (value := nearest(said, wanted)) is not None}
    kept = {member: value for member, value in told.items() if member.partition("#")[0] not in found}
    return kept | found
