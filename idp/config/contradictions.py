"""Settings that are each right and wrong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.config.addresses import host_of, is_loopback
from idp.config.problem import Problem, dotted
from idp.config.types import render_span

if TYPE_CHECKING:
    from idp.config.settings import Settings

# OWASP Password Storage Cheat Sheet: least memory (KiB) by iterations, at one lane
_LEAST_MEMORY = {1: 47104, 2: 19456, 3: 12288, 4: 9216, 5: 7168}
_KINDS = {"boolean": (bool, "true or false"), "integer": (int, "a whole number"), "string": (str, "a text")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A problem between settings. `about`: every key it looked at; if one of them is wrong anyway, it says nothing."""

    about: tuple[str, ...]
    reason: str
    mend: str

    @property
    def problem(self) -> Problem:
        return Problem(key=self.about[0], reason=self.reason, mend=self.mend)

    def touches(self, keys: Iterable[str]) -> bool:
        """Whether it looked at one of these keys, at a part of one, or at the table around one."""
        return any(
            f"{mine}.".startswith(f"{other}.") or f"{other}.".startswith((f"{mine}.", f"{mine}["))
            for mine in self.about
            for other in keys
        )


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """All of them, each under the setting that should change."""
    yield from _demo(settings)
    yield from _cookies(settings)
    yield from _orders(settings)
    yield from _lockout(settings)
    yield from _hashing(settings)
    yield from _features(settings)


def _demo(settings: Settings) -> Iterator[Contradiction]:
    if settings.demo and not is_loopback(host_of(settings.issuer)):
        # its accounts' passwords are printed in the manual (row 139)
        yield Contradiction(
            about=("demo", "issuer"),
            reason="is on, and the issuer is not loopback: everybody knows the demo's passwords",
            mend="Set demo = false, or use the issuer http://localhost:3100.",
        )


def _cookies(settings: Settings) -> Iterator[Contradiction]:
    cookies = settings.cookies
    if cookies.secure is False and settings.is_https:
        yield Contradiction(
            about=("cookies.secure", "issuer"),
            reason="is false on an https issuer",
            mend="Leave it out: cookies are then Secure exactly when the issuer is https.",
        )
    for key, value, needs in (
        ("cookies.prefix", cookies.prefix, cookies.prefix != ""),
        ("cookies.same_site", cookies.same_site, cookies.same_site == "none"),
    ):
        if needs and not settings.is_https:
            mend = "Use an https issuer, or leave it out."
            yield Contradiction(about=(key, "issuer"), reason=f'"{value}" needs an https issuer', mend=mend)
    yield from _cookie_names(settings)


def _cookie_names(settings: Settings) -> Iterator[Contradiction]:
    keys: dict[str, str] = {}
    for key, name in (
        ("nodeloom.cookie", settings.nodeloom.cookie),
        ("bloom.access_cookie", settings.bloom.access_cookie),
        ("bloom.refresh_cookie", settings.bloom.refresh_cookie),
        ("bloom.available_cookie", settings.bloom.available_cookie),
    ):
        if (other := keys.setdefault(name, key)) != key:
            yield Contradiction(about=(key, other), reason=f"is the same name as {other}", mend="Give it its own name.")


def _orders(settings: Settings) -> Iterator[Contradiction]:
    keys, sessions = settings.keys, settings.sessions
    for smaller, low, greater, high in (
        ("sessions.access", sessions.access, "sessions.refresh", sessions.refresh),
        ("sessions.refresh", sessions.refresh, "sessions.longest", sessions.longest),
        ("lockout.cooldown", settings.lockout.cooldown, "lockout.longest_cooldown", settings.lockout.longest_cooldown),
        ("codes.cooldown", settings.codes.cooldown, "codes.longest_cooldown", settings.codes.longest_cooldown),
        ("outbox.backoff", settings.outbox.backoff, "outbox.longest_backoff", settings.outbox.longest_backoff),
    ):
        if low > high:
            limit = render_span(high)
            yield Contradiction(
                about=(smaller, greater),
                reason=f"is longer than {greater} ({limit})",
                mend=f"At most {limit}, or raise {greater}.",
            )
    # a key must be in every cache before it signs (row 88)
    for smaller, low, greater, high in (
        ("keys.jwks_max_age", keys.jwks_max_age, "keys.publish_lead", keys.publish_lead),
        ("keys.publish_lead", keys.publish_lead, "keys.rotate_every", keys.rotate_every),
    ):
        if low >= high:
            limit = render_span(high)
            yield Contradiction(
                about=(smaller, greater),
                reason=f"is not shorter than {greater} ({limit})",
                mend=f"Less than {limit}, or raise {greater}.",
            )


def _lockout(settings: Settings) -> Iterator[Contradiction]:
    lockout = settings.lockout
    if lockout.failed_attempts > lockout.ceiling:
        yield Contradiction(
            about=("lockout.failed_attempts", "lockout.ceiling"),
            reason=f"is more than lockout.ceiling ({lockout.ceiling})",
            mend=f"At most {lockout.ceiling}, or raise lockout.ceiling (to 100 at most).",
        )


def _hashing(settings: Settings) -> Iterator[Contradiction]:
    hashing = settings.hashing
    least = _LEAST_MEMORY[min(hashing.iterations, max(_LEAST_MEMORY))]
    if hashing.memory_kib < least:
        yield Contradiction(
            about=("hashing.memory_kib", "hashing.iterations"),
            reason=f"is below OWASP's minimum for {hashing.iterations} iterations",
            mend=f"At least {least}, or raise hashing.iterations.",
        )


def _features(settings: Settings) -> Iterator[Contradiction]:
    for name, feature in settings.features.items():
        kind, noun = _KINDS[feature.type]
        if type(feature.default) is not kind:
            key = dotted(("features", name))
            yield Contradiction(
                about=(f"{key}.default", f"{key}.type"),
                reason=f"is not {noun}",
                mend=f"Write {noun}, or change {key}.type.",
            )
