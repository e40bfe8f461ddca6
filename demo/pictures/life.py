"""What moves and grows: people, trees, bicycles, benches, laundry, strings of lights."""

from random import Random

from demo.pictures.canvas import (
    BLUE,
    BRICK,
    CREAM,
    DARK_WOOD,
    GREEN,
    INK,
    LEAF,
    MIST,
    MOSS,
    MUSTARD,
    OCHRE,
    PAPER,
    RED,
    SAGE,
    SKY,
    SLATE,
    TERRACOTTA,
    WOOD,
    Canvas,
    Point,
    around,
    curve_points,
)

SKINS = ("#f0c8a0", "#d9a273", "#a9714a", "#7c4f33", "#f4d5b5")
HAIRS = (INK, "#5a3825", "#8f5a2b", "#c9c4bb", "#d9a441")
COATS = (RED, BLUE, OCHRE, GREEN, TERRACOTTA, SKY, MUSTARD, CREAM, SLATE, BRICK)


def person(
    c: Canvas, x: float, base: float, h: float, rng: Random, coat: str | None = None, bag: bool = False
) -> None:
    """Draw a standing person; x is the middle, h the height."""
    coat = coat or rng.choice(COATS)
    skin, hair, legs = rng.choice(SKINS), rng.choice(HAIRS), rng.choice((INK, SLATE, "#5b6f86", DARK_WOOD))
    c.oval(x, base, h * 0.2, h * 0.035, "#17202b26")
    skirt = rng.random() < 0.35
    for side in (-1, 1):
        c.line(
            [(x + side * h * 0.055, base - h * 0.42), (x + side * h * 0.075, base - h * 0.03)],
            legs,
            h * 0.075,
        )
        c.rect(x + side * h * 0.075 - h * 0.045, base - h * 0.035, h * 0.1, h * 0.04, INK, h * 0.02)
    c.line([(x - h * 0.12, base - h * 0.72), (x - h * 0.17, base - h * 0.48)], coat, h * 0.065)
    c.line([(x + h * 0.12, base - h * 0.72), (x + h * 0.18, base - h * 0.5)], coat, h * 0.065)
    c.disc(x - h * 0.172, base - h * 0.455, h * 0.032, skin)
    c.disc(x + h * 0.182, base - h * 0.475, h * 0.032, skin)
    hem = 0.19 if skirt else 0.14
    c.poly([(x - h * 0.1, base - h * 0.76), (x + h * 0.1, base - h * 0.76),
            (x + h * hem, base - h * 0.36), (x - h * hem, base - h * 0.36)], coat)  # fmt: skip
    c.rect(x - h * 0.13, base - h * 0.79, h * 0.26, h * 0.12, coat, h * 0.06)
    c.rect(x - h * 0.03, base - h * 0.83, h * 0.06, h * 0.07, skin)
    c.disc(x, base - h * 0.9, h * 0.085, skin)
    c.pie(x, base - h * 0.91, h * 0.095, h * 0.095, 175, 365, hair)
    if skirt:
        c.rect(x - h * 0.095, base - h * 0.92, h * 0.045, h * 0.13, hair, h * 0.02)
    if bag:
        c.rect(x + h * 0.13, base - h * 0.46, h * 0.13, h * 0.17, OCHRE, h * 0.015)
        c.arc(x + h * 0.19, base - h * 0.46, h * 0.04, h * 0.05, 180, 360, OCHRE, h * 0.015)


def seated(c: Canvas, x: float, base: float, h: float, rng: Random, coat: str | None = None) -> None:
    """Draw a person sitting and looking right; base is the height of the seat."""
    coat = coat or rng.choice(COATS)
    skin, hair = rng.choice(SKINS), rng.choice(HAIRS)
    c.line([(x, base - 4), (x + h * 0.36, base - 4), (x + h * 0.38, base + h * 0.42)], SLATE, h * 0.12)
    c.rect(x + h * 0.32, base + h * 0.4, h * 0.2, h * 0.07, INK, h * 0.03)
    c.poly(
        [
            (x - h * 0.12, base),
            (x + h * 0.12, base),
            (x + h * 0.1, base - h * 0.55),
            (x - h * 0.14, base - h * 0.55),
        ],
        coat,
    )
    c.line(
        [(x, base - h * 0.46), (x + h * 0.1, base - h * 0.2), (x + h * 0.3, base - h * 0.22)], coat, h * 0.09
    )
    c.disc(x, base - h * 0.7, h * 0.13, skin)
    c.pie(x - h * 0.01, base - h * 0.72, h * 0.145, h * 0.145, 140, 350, hair)


def tree(c: Canvas, x: float, base: float, h: float, rng: Random, leaf: str = GREEN) -> None:
    """Draw a round tree with light on its left side."""
    c.oval(x + h * 0.06, base, h * 0.34, h * 0.04, "#17202b22")
    c.poly([(x - h * 0.035, base), (x + h * 0.035, base), (x + h * 0.018, base - h * 0.5), (x - h * 0.018, base - h * 0.5)],
           DARK_WOOD)  # fmt: skip
    c.line([(x, base - h * 0.36), (x + h * 0.12, base - h * 0.5)], DARK_WOOD, h * 0.024)
    c.line([(x, base - h * 0.42), (x - h * 0.1, base - h * 0.54)], DARK_WOOD, h * 0.02)
    crowns = [
        (-0.17, 0.57, 0.16),
        (0.17, 0.56, 0.17),
        (0.0, 0.7, 0.23),
        (-0.1, 0.8, 0.14),
        (0.13, 0.77, 0.15),
    ]
    for dx, dy, r in crowns:
        wobble = rng.uniform(0.92, 1.08)
        c.disc(x + dx * h, base - dy * h, r * h * wobble, leaf)
    light = {GREEN: LEAF, LEAF: "#62b488", MOSS: GREEN, OCHRE: "#f6cd7c"}.get(leaf, SAGE)
    for dx, dy, r in ((-0.12, 0.76, 0.1), (-0.2, 0.6, 0.07), (0.06, 0.83, 0.06), (0.1, 0.62, 0.06)):
        c.disc(x + dx * h, base - dy * h, r * h, light)


def poplar(c: Canvas, x: float, base: float, h: float, leaf: str = MOSS) -> None:
    """Draw a slim tree."""
    c.oval(x, base, h * 0.12, h * 0.025, "#17202b22")
    c.rect(x - h * 0.014, base - h * 0.3, h * 0.028, h * 0.3, DARK_WOOD)
    c.oval(x, base - h * 0.55, h * 0.12, h * 0.42, leaf)
    c.oval(x - h * 0.035, base - h * 0.6, h * 0.05, h * 0.3, "#ffffff16")


def bicycle(c: Canvas, x: float, base: float, s: float, colour: str = RED) -> None:
    """Draw a bicycle; x is the rear wheel's middle, s the wheel's radius."""
    front, y = x + s * 2.55, base - s
    c.oval(x + s * 1.3, base + 2, s * 2.4, s * 0.12, "#17202b22")
    for middle in (x, front):
        c.ring(middle, y, s, INK, s * 0.11)
        for degrees in range(0, 180, 30):
            c.line(
                [around(middle, y, s * 0.94, degrees), around(middle, y, s * 0.94, degrees + 180)],
                "#17202b55",
                1.2,
            )
        c.disc(middle, y, s * 0.1, SLATE)
    crank, seat, head = (x + s * 1.1, y + s * 0.1), (x + s * 0.8, y - s * 1.05), (x + s * 2.15, y - s * 1.05)
    for points in ([(x, y), crank, head, seat, (x, y)], [crank, seat], [head, (front, y)]):
        c.line(points, colour, s * 0.12)
    c.line([seat, (seat[0] - s * 0.08, seat[1] - s * 0.28)], INK, s * 0.09)
    c.rect(seat[0] - s * 0.38, seat[1] - s * 0.4, s * 0.62, s * 0.15, INK, s * 0.07)
    c.line(
        [head, (head[0] - s * 0.1, head[1] - s * 0.38), (head[0] + s * 0.34, head[1] - s * 0.45)],
        INK,
        s * 0.1,
    )
    c.disc(*crank, s * 0.22, SLATE)
    c.disc(*crank, s * 0.09, MIST)


def bench(c: Canvas, x: float, base: float, w: float = 190) -> None:
    """Draw a park bench from the front."""
    c.oval(x + w / 2, base, w * 0.55, 9, "#17202b22")
    for leg in (x + 12, x + w - 24):
        c.rect(leg, base - 92, 11, 92, INK)
    for y in (98, 76, 50):
        c.rect(x, base - y, w, 14, WOOD, 4)


def laundry_line(c: Canvas, start: Point, end: Point, rng: Random, size: float = 1.0) -> None:
    """Hang shirts, cloths and trousers on a line."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 26 * size)
    points = c.curve(start, middle, end, SLATE, 2)
    for x, y in points[3:-2:4]:
        colour = rng.choice((PAPER, RED, SKY, OCHRE, SAGE, BRICK, MIST))
        kind, w = rng.randrange(3), 34 * size
        if kind == 0:
            c.rect(x - w / 2, y, w, w * 1.2, colour)
            c.rect(x - w / 2, y + w * 0.9, w, 4, "#00000014")
        elif kind == 1:
            c.rect(x - w * 0.32, y, w * 0.64, w, colour)
            c.poly(
                [
                    (x - w * 0.32, y),
                    (x - w * 0.66, y + w * 0.4),
                    (x - w * 0.46, y + w * 0.52),
                    (x - w * 0.3, y + w * 0.3),
                ],
                colour,
            )
            c.poly(
                [
                    (x + w * 0.32, y),
                    (x + w * 0.66, y + w * 0.4),
                    (x + w * 0.46, y + w * 0.52),
                    (x + w * 0.3, y + w * 0.3),
                ],
                colour,
            )
        else:
            c.rect(x - w * 0.3, y, w * 0.26, w * 1.1, colour)
            c.rect(x + w * 0.04, y, w * 0.26, w * 1.1, colour)
            c.rect(x - w * 0.3, y, w * 0.6, w * 0.3, colour)


def string_lights(c: Canvas, start: Point, end: Point, sag: float = 70, glow: bool = True) -> None:
    """Hang a string of bulbs."""
    points = curve_points(start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + sag), end)
    c.line(points, INK, 2.5)
    for x, y in points[1:-1:2]:
        if glow:
            c.disc(x, y + 10, 20, "#f2b44140")
        c.disc(x, y + 10, 8, OCHRE)
        c.rect(x - 3, y - 2, 6, 7, INK)


def table(c: Canvas, x: float, base: float, w: float, cloth: str = PAPER) -> None:
    """Draw a laid table."""
    c.oval(x + w / 2, base, w * 0.5, 8, "#17202b22")
    for leg in (x + w * 0.1, x + w * 0.86):
        c.rect(leg, base - 70, 9, 70, WOOD)
    c.rect(x, base - 82, w, 14, cloth, 4)
    c.poly([(x, base - 74), (x + w, base - 74), (x + w - 8, base - 44), (x + 8, base - 44)], cloth)
    for offset, colour in ((0.22, OCHRE), (0.5, TERRACOTTA), (0.76, GREEN)):
        c.rect(x + w * offset - 8, base - 106, 16, 24, colour, 4)
