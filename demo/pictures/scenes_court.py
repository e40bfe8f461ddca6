"""Courtyards: a house with galleries by day, and a film under the stars."""

from random import Random

from demo.pictures.canvas import (
    BLUE,
    BRICK,
    CREAM,
    GREEN,
    GREY,
    INK,
    LEAF,
    MIST,
    MOSS,
    OCHRE,
    PAPER,
    RED,
    SAND,
    SLATE,
    TERRACOTTA,
    WOOD,
    Canvas,
)
from demo.pictures.houses import paving, planter, roof, sky, skyline, window
from demo.pictures.life import bench, bicycle, laundry_line, person, string_lights, table, tree

FLOOR = 178


def ballatoio(c: Canvas, rng: Random) -> None:
    """Draw a courtyard house with its open galleries, laundry, a tree and neighbours."""
    sky(c, rng, 500)
    skyline(c, rng, 420, tallest=300)
    wall = rng.choice(("#f2c56b", "#efc9a0", "#f0b98d", "#e8d3a2"))
    base = 850
    roof(c, 110, 130, 1380, rng)
    c.rect(110, 130, 1380, base - 130, wall)
    c.rect(110, 140, 1380, 10, "#ffffff66")
    for floor in range(4):
        _gallery(c, rng, 150 + floor * FLOOR, ground_floor=floor == 3)
    c.rect(0, base, 1600, 150, SAND)
    paving(c, base + 4, 1000)
    _wing(c, rng, -20, 170, base)
    _wing(c, rng, 1450, 170, base)
    laundry_line(c, (170, 365), (640, 365), rng)
    laundry_line(c, (930, 543), (1420, 543), rng)
    tree(c, 420, 900, 420, rng, rng.choice((GREEN, LEAF)))
    planter(c, 180, 905)
    planter(c, 1330, 900, 100)
    bicycle(c, 1120, 900, 44, rng.choice((RED, BLUE, GREEN)))
    table(c, 690, 935, 260, CREAM)
    for x in (650, 1000):
        person(c, x, 950, 205, rng, bag=x == 650)
    person(c, 860, 905, 190, rng)
    bench(c, 250, 955, 190)


def _gallery(c: Canvas, rng: Random, y: float, ground_floor: bool) -> None:
    base = y + FLOOR
    c.rect(110, y, 1380, 18, "#17202b24")
    for index in range(9):
        x = 200 + index * 146
        if ground_floor and index == 4:
            c.top_round(x - 46, base - 158, 172, 180, SLATE, 80)
            c.top_round(x - 26, base - 140, 132, 162, "#9db8a6", 66)
            c.rect(x - 26, base - 20, 132, 42, SAND)
        elif index % 2:
            window(c, x + 10, y + 52, 44, 72, rng.choice((GREEN, MOSS)), rng.random() < 0.2)
        else:
            c.rect(x - 6, y + 34, 76, FLOOR - 12, PAPER)
            c.rect(x, y + 40, 64, FLOOR - 18, rng.choice((GREEN, "#8a5a3a", MOSS, "#7b94ab")))
            c.rect(x + 8, y + 52, 48, 50, "#ffffff40")
            c.disc(x + 54, y + 128, 4, OCHRE)
    if ground_floor:
        return
    for x in (420.0, 1010.0):
        if rng.random() < 0.6:
            person(c, x + rng.randint(-120, 120), base + 4, 148, rng)
    _railing(c, rng, base)


def _railing(c: Canvas, rng: Random, y: float) -> None:
    c.rect(96, y, 1408, 15, GREY)
    c.rect(96, y + 15, 1408, 8, "#17202b30")
    for x in range(104, 1500, 16):
        c.rect(x, y - 72, 3, 72, INK)
    c.rect(96, y - 76, 1408, 6, INK)
    c.rect(96, y - 40, 1408, 3, INK)
    for _ in range(6):
        x = rng.randint(130, 1460)
        c.poly([(x - 20, y - 74), (x + 20, y - 74), (x + 15, y - 46), (x - 15, y - 46)], TERRACOTTA)
        for dx, dy, r in ((-14, 88, 15), (12, 92, 17), (0, 104, 15)):
            c.disc(x + dx, y - dy, r, LEAF if dx else GREEN)
        for dx in (-16, 2, 16):
            c.disc(x + dx, y - 96 - dx % 7, 5, rng.choice((RED, OCHRE, PAPER)))


def _wing(c: Canvas, rng: Random, x: float, w: float, base: float) -> None:
    c.rect(x, 60, w, base - 40, rng.choice((BRICK, "#d7b48a")))
    edge = x if x > 700 else x + w - 22
    c.rect(edge, 60, 22, base - 40, "#17202b1c")
    for row in range(4):
        window(c, x + w / 2 - 22, 150 + row * FLOOR, 44, 74, None)


def cinema(c: Canvas, rng: Random) -> None:
    """Draw a courtyard at night, with a screen between the houses and the neighbours watching."""
    c.fade(0, 760, "#101a2c", "#34507a")
    for _ in range(70):
        c.disc(rng.randint(0, 1600), rng.randint(0, 420), rng.uniform(1, 2.6), "#ffffffb0")
    c.disc(1310, 150, 62, "#f7e6bd")
    c.disc(1284, 138, 56, "#16233a")
    _night_house(c, rng, -60, 440, 150)
    _night_house(c, rng, 1220, 440, 190)
    _night_house(c, rng, 380, 840, 330)
    c.rect(0, 800, 1600, 200, "#2b3a4c")
    _screen(c, rng)
    for y, sag in ((250, 120), (330, 150)):
        string_lights(c, (330, y), (1270, y + 20), sag)
    for row, (base, size) in enumerate(((880, 120), (940, 146), (1010, 176))):
        for index in range(9 - row):
            _viewer(c, rng, 190 + row * 50 + index * (150 + row * 18) + rng.randint(-14, 14), base, size)


def _night_house(c: Canvas, rng: Random, x: float, w: float, top: float) -> None:
    c.rect(x, top, w, 860 - top, rng.choice(("#2c3950", "#352f3f", "#26384a")))
    c.rect(x - 12, top - 16, w + 24, 20, "#1b2433")
    for row in range(int((800 - top) // 130)):
        for column in range(int(w // 110)):
            lit = rng.random() < 0.42
            left, upper = x + 34 + column * 110, top + 40 + row * 130
            if lit:
                c.rect(left - 8, upper - 8, 60, 92, "#f2b44126")
            c.rect(left, upper, 44, 76, OCHRE if lit else "#1d2838")
            c.rect(left + 20, upper, 4, 76, "#17202b88")


def _screen(c: Canvas, rng: Random) -> None:
    for x in (474, 1118):
        c.rect(x, 380, 12, 440, INK)
    c.poly([(490, 420), (1110, 420), (1290, 1000), (310, 1000)], "#f6ead510")
    c.rect(484, 376, 636, 384, "#f6ead5")
    c.rect(500, 392, 604, 352, "#9fc3dd")
    c.rect(500, 610, 604, 134, "#e0b973")
    c.disc(930, 500, 52, OCHRE)
    for x, h in ((540, 120), (610, 170), (690, 140), (990, 150), (1050, 110)):
        c.rect(x, 650 - h, 58, h, rng.choice((BRICK, CREAM, TERRACOTTA)))
    bicycle(c, 770, 712, 34, RED)
    person(c, 815, 694, 120, rng, RED)
    c.rect(484, 376, 636, 16, MIST)


def _viewer(c: Canvas, rng: Random, x: float, base: float, s: float) -> None:
    coat = rng.choice((RED, "#2f6f9f", "#a8703f", "#3c7a5c", "#c78a3a", "#5a6a7c", "#8c4a3c"))
    c.rect(x - s * 0.36, base - s * 0.34, s * 0.72, s * 0.5, coat, s * 0.2)
    c.disc(x, base - s * 0.52, s * 0.2, rng.choice((INK, "#4a3123", "#7d5233", "#b9b2a6")))
    c.rect(x - s * 0.44, base - s * 0.02, s * 0.88, s * 0.3, WOOD, 6)
    c.rect(x - s * 0.44, base + s * 0.08, s * 0.88, 5, "#17202b55")
