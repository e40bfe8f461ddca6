"""Indoors: a bicycle workshop and a covered market."""

from random import Random

from demo.pictures.canvas import (
    BLUE,
    BRICK,
    CREAM,
    DARK_WOOD,
    GREEN,
    GREY,
    INK,
    LEAF,
    MIST,
    MUSTARD,
    OCHRE,
    PAPER,
    RED,
    SAGE,
    SAND,
    SKY,
    SLATE,
    TERRACOTTA,
    WOOD,
    Canvas,
    around,
)
from demo.pictures.houses import AWNINGS, awning, paving
from demo.pictures.life import bicycle, person, string_lights


def workshop(c: Canvas, rng: Random) -> None:
    """Draw a bicycle workshop: tools on the wall, a bicycle on its stand, two people at work."""
    c.rect(0, 0, 1600, 760, rng.choice(("#e9d9bb", "#dfe3d6", "#ecd2b8")))
    c.rect(0, 560, 1600, 200, "#17202b0e")
    for x in range(0, 1600, 92):
        c.rect(x, 560, 2, 200, "#17202b14")
    c.rect(0, 552, 1600, 10, WOOD)
    c.rect(0, 760, 1600, 240, "#b79b7b")
    for y, gap in ((772, 30), (806, 40), (850, 52), (906, 64)):
        c.rect(0, y, 1600, 3, "#17202b1c")
        c.rect((gap * 17) % 1600, y, 3, gap, "#17202b1c")
    _arched_window(c, 90, 120)
    _pegboard(c, rng, 560, 150)
    for x in (1180, 1330, 1480):
        c.line([(x, 0), (x, 110)], SLATE, 4)
        _wheel(c, x, 210, 100)
    for x in (400, 900, 1290):
        _pendant(c, x, 130 if x != 1290 else 60)
    _bench_with_vice(c, rng, 60, 770)
    c.line([(850, 900), (850, 640)], SLATE, 12)
    c.line([(780, 905), (920, 905)], SLATE, 12)
    bicycle(c, 745, 830, 84, RED)
    person(c, 640, 930, 330, rng, BLUE)
    person(c, 1060, 940, 310, rng, MUSTARD)
    bicycle(c, 1210, 945, 78, GREEN)
    _crate(c, rng, 480, 950)


def _arched_window(c: Canvas, x: float, y: float) -> None:
    c.top_round(x - 14, y - 14, 348, 384, PAPER, 172)
    c.top_round(x, y, 320, 356, MIST, 160)
    c.rect(x, y + 240, 320, 116, "#c4d6b8")
    for dx, r in ((60, 54), (130, 40), (250, 60)):
        c.disc(x + dx, y + 240, r, LEAF)
    c.rect(x + 170, y + 130, 60, 150, BRICK)
    for row in range(3):
        c.rect(x + 184, y + 146 + row * 40, 12, 20, PAPER)
        c.rect(x + 206, y + 146 + row * 40, 12, 20, PAPER)
    for dx in (104, 212):
        c.rect(x + dx, y, 8, 356, PAPER)
    c.rect(x, y + 150, 320, 8, PAPER)
    c.rect(x - 24, y + 356, 368, 18, WOOD)


def _pegboard(c: Canvas, rng: Random, x: float, y: float) -> None:
    c.rect(x, y, 520, 330, DARK_WOOD, 8)
    c.rect(x + 12, y + 12, 496, 306, "#c99b66", 4)
    for row in range(3):
        for column in range(8):
            tx, ty = x + 48 + column * 62, y + 44 + row * 100
            kind, colour = rng.randrange(4), rng.choice((SLATE, INK, RED, BLUE, GREEN))
            if kind == 0:
                c.line([(tx, ty + 20), (tx, ty + 70)], SLATE, 9)
                c.ring(tx, ty + 10, 13, SLATE, 7)
            elif kind == 1:
                c.line([(tx, ty), (tx, ty + 44)], GREY, 6)
                c.rect(tx - 8, ty + 36, 16, 38, colour, 6)
            elif kind == 2:
                c.line([(tx, ty + 10), (tx, ty + 72)], WOOD, 9)
                c.rect(tx - 22, ty, 44, 18, SLATE, 4)
            else:
                c.ring(tx, ty + 34, 24, INK, 6)
                c.disc(tx, ty + 34, 7, GREY)


def _wheel(c: Canvas, x: float, y: float, r: float) -> None:
    c.ring(x, y, r, INK, 11)
    c.ring(x, y, r - 14, GREY, 4)
    for degrees in range(0, 180, 20):
        c.line([around(x, y, r - 14, degrees), around(x, y, r - 14, degrees + 180)], "#17202b66", 1.6)
    c.disc(x, y, 11, SLATE)


def _pendant(c: Canvas, x: float, y: float) -> None:
    c.poly([(x - 54, y + 40), (x + 54, y + 40), (x + 190, 560), (x - 190, 560)], "#f2b44118")
    c.line([(x, 0), (x, y)], INK, 3)
    c.pie(x, y + 44, 64, 56, 180, 360, GREEN)
    c.disc(x, y + 46, 15, OCHRE)


def _bench_with_vice(c: Canvas, rng: Random, x: float, base: float) -> None:
    c.rect(x, base - 170, 460, 26, WOOD, 4)
    for leg in (x + 20, x + 410):
        c.rect(leg, base - 146, 26, 196, DARK_WOOD)
    c.rect(x + 60, base - 144, 330, 64, "#9a6638")
    for knob in (x + 140, x + 310):
        c.disc(knob, base - 112, 8, OCHRE)
    c.rect(x + 40, base - 216, 74, 46, SLATE, 6)
    c.rect(x + 22, base - 232, 40, 34, INK, 4)
    for index, colour in enumerate((RED, SKY, OCHRE, SAGE)):
        c.rect(x + 170 + index * 60, base - 170 - 40 - index % 2 * 16, 42, 40 + index % 2 * 16, colour, 6)
        c.rect(x + 170 + index * 60, base - 200, 42, 8, "#ffffff66")


def _crate(c: Canvas, rng: Random, x: float, base: float) -> None:
    c.rect(x, base - 70, 130, 70, WOOD, 4)
    for y in (22, 46):
        c.rect(x, base - y, 130, 4, DARK_WOOD)
    for dx in (24, 62, 100):
        c.ring(x + dx, base - 78, 20, rng.choice((INK, SLATE)), 8)


def market(c: Canvas, rng: Random) -> None:
    """Draw a covered market: iron roof, striped stalls, crates of fruit, people with bags."""
    c.fade(0, 640, "#f4ead6", "#fbf6ea")
    for index in range(7):
        x = index * 266
        c.rect(x + 22, 70, 222, 190, MIST)
        c.rect(x + 128, 70, 8, 190, PAPER)
        c.arc(x + 133, 330, 133, 110, 180, 360, SLATE, 11)
        c.rect(x - 9, 250, 18, 480, SLATE)
        c.rect(x - 16, 306, 32, 14, INK)
    c.rect(0, 46, 1600, 26, SLATE)
    c.rect(0, 262, 1600, 12, SLATE)
    c.rect(0, 640, 1600, 360, "#d9cdb6")
    paving(c, 646, 1000)
    string_lights(c, (0, 300), (800, 300), 60)
    string_lights(c, (800, 300), (1600, 300), 60)
    colours = list(AWNINGS)
    rng.shuffle(colours)
    for index, (x, base) in enumerate(((60, 800), (590, 780), (1120, 800))):
        _stall(c, rng, x, base, 420, colours[index])
    for x, base in ((520, 890), (1060, 900), (330, 950), (820, 940), (1290, 960)):
        person(c, x, base, 250, rng, bag=rng.random() < 0.7)
    bicycle(c, 80, 965, 54, RED)


def _stall(c: Canvas, rng: Random, x: float, base: float, w: float, colours: tuple[str, str]) -> None:
    for post in (x + 6, x + w - 16):
        c.rect(post, base - 380, 10, 380, WOOD)
    person(c, x + w * 0.5, base - 60, 236, rng, CREAM)
    c.rect(x, base - 128, w, 128, WOOD, 4)
    c.rect(x, base - 64, w, 5, DARK_WOOD)
    for index in range(4):
        left = x + 8 + index * (w - 16) / 4
        width = (w - 16) / 4 - 8
        fruit = rng.choice((RED, OCHRE, LEAF, "#e07b2e", TERRACOTTA, "#7b4d7a", SAGE, GREEN))
        c.poly(
            [
                (left, base - 128),
                (left + width, base - 128),
                (left + width - 6, base - 176),
                (left + 6, base - 176),
            ],
            DARK_WOOD,
        )
        for row in range(3):
            for column in range(5):
                px = left + 12 + column * (width - 24) / 4 + (row % 2) * 5
                c.disc(px, base - 140 - row * 18, 11, fruit)
                c.disc(px - 3, base - 144 - row * 18, 3, "#ffffff66")
        c.rect(left + width / 2 - 22, base - 116, 44, 30, PAPER, 3)
        c.rect(left + width / 2 - 14, base - 104, 28, 4, SLATE)
    awning(c, x - 10, base - 400, w + 20, 92, colours)
    c.rect(x, base - 4, w, 10, "#17202b30")
    c.rect(x, base, w, 6, SAND)
