"""Parts of a city: skies, houses, windows, roofs, awnings, lamps."""

from random import Random

from demo.pictures.canvas import (
    CREAM,
    FACADES,
    GREEN,
    GREY,
    INK,
    MIST,
    MOSS,
    OCHRE,
    PAPER,
    SAGE,
    SAND,
    SHADE,
    SLATE,
    TERRACOTTA,
    WIDTH,
    Canvas,
)

AWNINGS = ((TERRACOTTA, PAPER), (GREEN, PAPER), ("#d99a2b", PAPER), ("#46535f", CREAM))


def sky(c: Canvas, rng: Random, horizon: int, upper: str = "#e4edf4", lower: str = "#f9efdc") -> None:
    """Fill the sky down to the horizon, with a pale sun and two long clouds."""
    c.fade(0, horizon, upper, lower)
    x, y = rng.randint(900, 1380), rng.randint(130, 230)
    c.disc(x, y, 120, "#f2b44133")
    c.disc(x, y, 78, "#f2b441")
    for _ in range(3):
        cloud(c, rng.randint(40, 1300), rng.randint(70, 250), rng.uniform(0.7, 1.2))


def cloud(c: Canvas, x: float, y: float, s: float) -> None:
    """Draw a flat cloud."""
    white = "#ffffffcc"
    c.rect(x, y, 230 * s, 34 * s, white, 17 * s)
    c.rect(x + 50 * s, y - 26 * s, 120 * s, 44 * s, white, 22 * s)


def skyline(c: Canvas, rng: Random, base: float, colour: str = "#c9d6df", tallest: int = 260) -> None:
    """Draw far roofs as one silhouette, with a dome, a thin tower and antennas."""
    x = -20.0
    while x < WIDTH:
        w, h = rng.randint(60, 150), rng.randint(tallest // 3, tallest)
        c.rect(x, base - h, w, h, colour)
        if rng.random() < 0.35:
            c.poly([(x - 4, base - h), (x + w / 2, base - h - 34), (x + w + 4, base - h)], colour)
        elif rng.random() < 0.4:
            c.line([(x + w / 2, base - h), (x + w / 2, base - h - 40)], colour, 4)
        x += w
    dome = rng.randint(200, 1300)
    c.rect(dome, base - tallest, 110, tallest, colour)
    c.pie(dome + 55, base - tallest, 55, 64, 180, 360, colour)
    c.rect(dome + 47, base - tallest - 92, 16, 40, colour)


def window(c: Canvas, x: float, y: float, w: float, h: float, shutter: str | None, lit: bool = False) -> None:
    """Draw a window with its frame, sill and open shutters."""
    c.rect(x - 4, y - 4, w + 8, h + 8, PAPER)
    c.rect(x, y, w, h, OCHRE if lit else SLATE)
    if not lit:
        c.poly(
            [(x, y + h), (x, y + h * 0.45), (x + w * 0.7, y), (x + w, y), (x + w, y + h * 0.1)], "#ffffff1c"
        )
    c.rect(x + w / 2 - 2, y, 4, h, PAPER)
    c.rect(x, y + h * 0.36, w, 3, PAPER)
    c.rect(x - 9, y + h + 4, w + 18, 7, GREY)
    if shutter:
        for side in (x - 8 - w * 0.46, x + w + 8):
            c.rect(side, y - 2, w * 0.46, h + 4, shutter)
            for step in range(1, 9):
                c.rect(side + 3, y + step * h / 9, w * 0.46 - 6, 2, "#00000026")


def roof(c: Canvas, x: float, y: float, w: float, rng: Random) -> None:
    """Draw a tiled roof with its gutter, a chimney and an antenna above a facade's upper edge."""
    chimney = x + w * rng.uniform(0.15, 0.75)
    c.rect(chimney, y - 84, 34, 60, "#c17a55")
    c.rect(chimney - 5, y - 90, 44, 10, SLATE)
    c.poly([(x - 14, y), (x + 22, y - 46), (x + w - 22, y - 46), (x + w + 14, y)], TERRACOTTA)
    for step in range(1, int(w // 18)):
        c.line([(x + step * 18, y - 44), (x + step * 18 - 6, y - 2)], "#00000018", 2)
    c.rect(x - 16, y - 3, w + 32, 9, SLATE)


def house(
    c: Canvas, x: float, base: float, w: float, h: float, rng: Random, colour: str | None = None
) -> None:
    """Draw a Milanese house: regular windows, shutters, a string course and a plinth."""
    colour = colour or rng.choice(FACADES)
    shutter = rng.choice((GREEN, MOSS, SLATE, "#8a5a3a", None))
    top = base - h
    roof(c, x, top, w, rng)
    c.rect(x, top, w, h, colour)
    c.rect(x + w * 0.86, top, w * 0.14, h, "#17202b12")
    c.rect(x, top + 8, w, 10, "#ffffff66")
    floors, columns = max(1, int((h - 150) // 122)), max(1, int(w // 108))
    step = w / columns
    for floor in range(floors):
        y = top + 42 + floor * 122
        for column in range(columns):
            window(c, x + column * step + step / 2 - 19, y, 38, 66, shutter, rng.random() < 0.1)
        if floor == 0:
            continue
        if rng.random() < 0.5:
            balcony(c, x + rng.randrange(columns) * step + step / 2, y + 70, 96)
    c.rect(x, base - 128, w, 9, "#ffffff77")
    c.rect(x, base - 26, w, 26, "#17202b1c")


def balcony(c: Canvas, middle: float, y: float, w: float) -> None:
    """Draw an iron balcony with two pots."""
    c.rect(middle - w / 2, y, w, 8, GREY)
    for step in range(13):
        c.rect(middle - w / 2 + step * (w - 3) / 12, y - 38, 3, 38, INK)
    c.rect(middle - w / 2, y - 41, w, 4, INK)
    for offset in (-0.32, 0.3):
        c.disc(middle + offset * w, y - 44, 13, GREEN)
        c.disc(middle + offset * w + 9, y - 50, 8, "#3c9a6c")


def awning(c: Canvas, x: float, y: float, w: float, drop: float, colours: tuple[str, str]) -> None:
    """Draw a striped awning with a scalloped edge."""
    count = max(4, round(w / 44))
    step = w / count
    flare = drop * 0.22
    for i in range(count):
        left, right = x + i * step, x + (i + 1) * step
        spread_left = x - flare + i * (w + 2 * flare) / count
        spread_right = x - flare + (i + 1) * (w + 2 * flare) / count
        colour = colours[i % 2]
        c.poly([(left, y), (right, y), (spread_right, y + drop), (spread_left, y + drop)], colour)
        middle, radius = (spread_left + spread_right) / 2, (spread_right - spread_left) / 2
        c.pie(middle, y + drop, radius, radius * 0.8, 0, 180, colour)
    c.rect(x - flare, y + drop - 3, w + 2 * flare, 3, SHADE)


def lamp_post(c: Canvas, x: float, base: float, h: float = 300, lit: bool = False) -> None:
    """Draw an old street lamp."""
    c.rect(x - 4, base - h, 8, h, INK)
    c.top_round(x - 13, base - 42, 26, 42, INK, 8)
    c.line([(x - 34, base - h + 16), (x + 34, base - h + 16)], INK, 5)
    for side in (-34, 34):
        if lit:
            c.disc(x + side, base - h + 38, 46, "#f2b44133")
        c.poly([(x + side - 10, base - h + 20), (x + side + 10, base - h + 20),
                (x + side + 15, base - h + 48), (x + side - 15, base - h + 48)], OCHRE if lit else MIST)  # fmt: skip
        c.poly(
            [(x + side - 16, base - h + 20), (x + side, base - h + 6), (x + side + 16, base - h + 20)], INK
        )


def street_row(c: Canvas, rng: Random, base: float, low: int = 430, high: int = 640) -> None:
    """Fill the width with houses side by side."""
    x = -40.0
    colours = list(FACADES)
    rng.shuffle(colours)
    index = 0
    while x < WIDTH:
        w = rng.choice((216, 270, 324))
        house(c, x, base, w, rng.randint(low, high), rng, colours[index % len(colours)])
        x += w
        index += 1


def ground(c: Canvas, top: float, colour: str = SAND, edge: str = GREY) -> None:
    """Fill everything below a height, with a kerb."""
    c.rect(0, top, WIDTH, 1000 - top, colour)
    c.rect(0, top, WIDTH, 10, edge)


def paving(c: Canvas, top: float, bottom: float, colour: str = "#17202b12") -> None:
    """Draw stone slabs seen from the front, larger towards the viewer."""
    y, gap, row = top, 18.0, 0
    while y < bottom:
        c.rect(0, y, WIDTH, 2, colour)
        width = gap * 5
        x = -(row % 2) * width / 2
        while x < WIDTH:
            c.rect(x, y, 2, gap, colour)
            x += width
        y += gap
        gap *= 1.16
        row += 1


def planter(c: Canvas, x: float, base: float, w: float = 90) -> None:
    """Draw a terracotta box with a bush."""
    for offset, r in ((0.2, 0.25), (0.5, 0.34), (0.8, 0.25)):
        c.disc(x + w * offset, base - 58, w * r, GREEN if offset == 0.5 else "#3c9a6c")
    c.disc(x + w * 0.4, base - 74, w * 0.12, SAGE)
    c.poly([(x, base - 48), (x + w, base - 48), (x + w * 0.9, base), (x + w * 0.1, base)], TERRACOTTA)
    c.rect(x - 4, base - 54, w + 8, 12, "#c4694b")
