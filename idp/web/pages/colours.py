"""An accent colour that people can read: WCAG 2.2 contrast for whatever an operator likes."""

from dataclasses import dataclass

ENOUGH = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""
STEPS = 20

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
LIGHT_GROUND: Colour = (246, 247, 249)
DARK_GROUND: Colour = (27, 31, 38)
"""The grounds of the style sheet on which an accent stands as text; a test keeps them equal to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    """`fill` for buttons and `on_fill` for the words on it; `text` for links on the page's ground."""

    fill: str
    on_fill: str
    text: str


def accent_on(colour: str, ground: Colour) -> Accent:
    """`colour` as `#rrggbb`, moved towards black or white until it can be read on `ground`."""
    fill = _parse(colour)
    towards = BLACK if _luminance(ground) > _luminance(BLACK) + 0.4 else WHITE
    text = next(
        mixed for step in range(STEPS + 1) if contrast(mixed := _mix(fill, towards, step / STEPS), ground) >= ENOUGH
    )
    on_fill = max((WHITE, BLACK), key=lambda words: contrast(words, fill))
    return Accent(fill=_written(fill), on_fill=_written(on_fill), text=_written(text))


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2, "contrast ratio"."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: Colour, towards: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _parse(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
