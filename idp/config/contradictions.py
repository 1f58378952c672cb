"""Settings that are each right and wrong together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.config.addresses import host_of, is_loopback
from idp.config.contracts import DEVICE_COOKIE, Bloom, NodeLoom
from idp.config.guessing import Codes, Lockout
from idp.config.keys import Cookies, Keys, Sessions
from idp.config.oidc import Oidc
from idp.config.operations import Outbox
from idp.config.pages import PAGES_COOKIES
from idp.config.passwords import Hashing
from idp.config.problem import Problem, dotted
from idp.config.tenants import OwnFeature
from idp.config.types import render_span

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


def of_demo(issuer: str, *, demo: bool) -> Iterator[Contradiction]:
    if demo and not is_loopback(host_of(issuer)):
        # its accounts' passwords are printed in the manual (row 139)
        yield Contradiction(
            about=("demo", "issuer"),
            reason="is on, and the issuer is not loopback: everybody knows the demo's passwords",
            mend="Set demo = false, or use the issuer http://localhost:3100.",
        )


def of_cookies(cookies: Cookies, issuer: str) -> Iterator[Contradiction]:
    is_https = issuer.startswith("https://")
    if cookies.secure is False and is_https:
        yield Contradiction(
            about=("cookies.secure", "issuer"),
            reason="is false on an https issuer",
            mend="Leave it out: cookies are then Secure exactly when the issuer is https.",
        )
    for key, value, needs_https in (
        ("cookies.prefix", cookies.prefix, cookies.prefix != ""),
        ("cookies.same_site", cookies.same_site, cookies.same_site == "none"),
    ):
        if needs_https and not is_https:
            mend = "Use an https issuer, or leave it out."
            yield Contradiction(about=(key, "issuer"), reason=f'"{value}" needs an https issuer', mend=mend)


def of_cookie_names(nodeloom: NodeLoom, bloom: Bloom) -> Iterator[Contradiction]:
    keys: dict[str, str] = {}
    for key, name in (
        ("nodeloom.cookie", nodeloom.cookie),
        ("bloom.access_cookie", bloom.access_cookie),
        ("bloom.refresh_cookie", bloom.refresh_cookie),
        ("bloom.available_cookie", bloom.available_cookie),
    ):
        if name == DEVICE_COOKIE:
            reason = "is the name of the cookie that lockout.known_devices sets"
            yield Contradiction(about=(key,), reason=reason, mend="Give it its own name.")
        if name in PAGES_COOKIES:
            reason = "is the name of a cookie of our pages"
            yield Contradiction(about=(key,), reason=reason, mend="Give it its own name.")
        if (other := keys.setdefault(name, key)) != key:
            yield Contradiction(about=(key, other), reason=f"is the same name as {other}", mend="Give it its own name.")


def of_sessions(sessions: Sessions) -> Iterator[Contradiction]:
    yield from _longer("sessions.access", sessions.access, "sessions.refresh", sessions.refresh)
    yield from _longer("sessions.refresh", sessions.refresh, "sessions.longest", sessions.longest)


def of_keys(keys: Keys) -> Iterator[Contradiction]:
    """A key must be in every cache before it signs (row 88)."""
    yield from _not_shorter("keys.jwks_max_age", keys.jwks_max_age, "keys.publish_lead", keys.publish_lead)
    yield from _not_shorter("keys.publish_lead", keys.publish_lead, "keys.rotate_every", keys.rotate_every)


def of_lockout(lockout: Lockout) -> Iterator[Contradiction]:
    yield from _longer("lockout.cooldown", lockout.cooldown, "lockout.longest_cooldown", lockout.longest_cooldown)
    if lockout.failed_attempts > lockout.ceiling:
        yield Contradiction(
            about=("lockout.failed_attempts", "lockout.ceiling"),
            reason=f"is more than lockout.ceiling ({lockout.ceiling})",
            mend=f"At most {lockout.ceiling}, or raise lockout.ceiling (to 100 at most).",
        )


def of_codes(codes: Codes) -> Iterator[Contradiction]:
    yield from _longer("codes.cooldown", codes.cooldown, "codes.longest_cooldown", codes.longest_cooldown)


def of_outbox(outbox: Outbox) -> Iterator[Contradiction]:
    yield from _longer("outbox.backoff", outbox.backoff, "outbox.longest_backoff", outbox.longest_backoff)


def of_hashing(hashing: Hashing) -> Iterator[Contradiction]:
    least = _LEAST_MEMORY[min(hashing.iterations, max(_LEAST_MEMORY))]
    if hashing.memory_kib < least:
        yield Contradiction(
            about=("hashing.memory_kib", "hashing.iterations"),
            reason=f"is below OWASP's minimum for {hashing.iterations} iterations",
            mend=f"At least {least}, or raise hashing.iterations.",
        )


def of_features(features: Mapping[str, OwnFeature]) -> Iterator[Contradiction]:
    for name, feature in features.items():
        kind, noun = _KINDS[feature.type]
        if type(feature.default) is not kind:
            key = dotted(("features", name))
            yield Contradiction(
                about=(f"{key}.default", f"{key}.type"),
                reason=f"is not {noun}",
                mend=f"Write {noun}, or change {key}.type.",
            )


def of_oidc(oidc: Oidc) -> Iterator[Contradiction]:
    if oidc.mtls_base is not None and oidc.certificate_header is None:
        yield Contradiction(
            about=("oidc.mtls_base", "oidc.certificate_header"),
            reason="is of no use while oidc.certificate_header is unset: nobody hands certificates on",
            mend="Name the header, or leave both out.",
        )


def _longer(key: str, span: timedelta, other: str, limit: timedelta) -> Iterator[Contradiction]:
    if span > limit:
        shown = render_span(limit)
        reason = f"is longer than {other} ({shown})"
        yield Contradiction(about=(key, other), reason=reason, mend=f"At most {shown}, or raise {other}.")


def _not_shorter(key: str, span: timedelta, other: str, limit: timedelta) -> Iterator[Contradiction]:
    if span >= limit:
        shown = render_span(limit)
        reason = f"is not shorter than {other} ({shown})"
        yield Contradiction(about=(key, other), reason=reason, mend=f"Less than {shown}, or raise {other}.")
