"""Moments as people read them, in the language of the page.

We know nobody's time zone: what is near is told by how long ago it was, and the rest in UTC.
"""

from datetime import datetime, timedelta

NEAR = timedelta(days=1)


def ago(when: datetime, now: datetime, language: str) -> str:
    """`5 minutes ago`; from a day on as `moment` says it."""
    from babel.dates import format_timedelta  # noqa: PLC0415 - a start does not pay for it

    passed = now - when
    if not timedelta(0) <= passed < NEAR:
        return moment(when, language)
    shown = max(passed, timedelta(minutes=1))
    return format_timedelta(-shown, granularity="minute", add_direction=True, locale=_locale(language))


def moment(when: datetime, language: str) -> str:
    """`Mar 2, 2026, 9:00 AM UTC`, as the language writes it."""
    from babel.dates import format_time  # noqa: PLC0415 - a start does not pay for it

    return f"{day(when, language)}, {format_time(when, 'short', locale=_locale(language))} UTC"


def day(when: datetime, language: str) -> str:
    """`Mar 2, 2026`, as the language writes it."""
    from babel.dates import format_date  # noqa: PLC0415 - a start does not pay for it

    return format_date(when, locale=_locale(language))


def _locale(language: str) -> str:
    """English for a language of which nobody has written down how it writes dates."""
    from babel.core import Locale, UnknownLocaleError  # noqa: PLC0415 - a start does not pay for it

    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en"
