"""An accent colour that people can read: WCAG 2.2 contrast for whatever an operator likes."""

from dataclasses import dataclass

ENOUGH = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""
ENOUGH_TO_SEE = 3.0
"""Contrast of what is no text, as the edge of a button (WCAG 2.2, 1.4.11)."""
STEPS = 20

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
LIGHT_GROUND: Colour = (246, 247, 249)
DARK_GROUND: Colour = (27, 31, 38)
"""The grounds of the style sheet on which an accent stands as text; a test keeps them equal to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    """`fill` for buttons, `on_fill` for the words on it and `edge` around it; `text` for links on the page's ground."""

    fill: str
    on_fill: str
    edge: str
    text: str


def accent_on(colour: str, ground: Colour) -> Accent:
    """`colour` as `#rrggbb`, moved towards black or white until it can be read on `ground`."""
    fill = _parse(colour)
    on_fill = max((WHITE, BLACK), key=lambda words: contrast(words, fill))
    text, edge = _shade(fill, ground, ENOUGH), _shade(fill, ground, ENOUGH_TO_SEE)
    return Accent(fill=_written(fill), on_fill=_written(on_fill), edge=_written(edge), text=_written(text))


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


def _shade(colour: Colour, ground: Colour, least: float) -> Colour:
    """The nearest that has this contrast to `ground`: black or white at the end of the way has it to any ground."""
    towards = BLACK if contrast(BLACK, ground) > contrast(WHITE, ground) else WHITE
    ways = (_mix(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(mixed for mixed in ways if contrast(mixed, ground) >= least)


def _mix(colour: Colour, towards: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _parse(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
