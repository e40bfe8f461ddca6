"""A shop on a street: bakery, laundry, printing workshop, tailor; one front, four windows."""

from collections.abc import Callable
from random import Random

from PIL import ImageFont

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
    SCALE,
    SKY,
    SLATE,
    TERRACOTTA,
    WOOD,
    Canvas,
)
from demo.pictures.houses import AWNINGS, awning, balcony, lamp_post, paving, planter, window
from demo.pictures.life import bench, bicycle, person, seated, tree

Goods = Callable[[Canvas, Random, float, float, float, float], None]


def bakery(c: Canvas, rng: Random) -> None:
    """Draw a bakery."""
    _front(c, rng, _loaves, ("#f2c56b", TERRACOTTA))
    _letters(c, "PANE", 595)


def laundry(c: Canvas, rng: Random) -> None:
    """Draw a neighbourhood laundry."""
    _front(c, rng, _machines, ("#c6d6c4", SLATE))
    c.mirror()
    _letters(c, "LAVANDERIA", 1005)


def printshop(c: Canvas, rng: Random) -> None:
    """Draw a printing workshop with movable type."""
    _front(c, rng, _posters, ("#e9b08d", INK))
    _letters(c, "TIPOGRAFIA", 595)


def tailor(c: Canvas, rng: Random) -> None:
    """Draw a tailoring school."""
    _front(c, rng, _dresses, ("#efd9b4", GREEN))
    c.mirror()
    _letters(c, "SARTORIA", 1005)


def _front(c: Canvas, rng: Random, goods: Goods, colours: tuple[str, str]) -> None:
    wall, wood = colours
    c.rect(0, 0, 1600, 830, wall)
    c.rect(1180, 0, 420, 830, rng.choice((CREAM, BRICK, MIST)))
    c.rect(1180, 0, 10, 830, "#17202b22")
    for x in (110, 360, 610, 860):
        window(c, x + 60, 60, 84, 150, rng.choice((GREEN, SLATE)) if x != 610 else GREEN)
    balcony(c, 462, 222, 190)
    for x in (1260, 1440):
        window(c, x, 60, 80, 150, None, lit=x == 1440)
        window(c, x, 330, 80, 150, None)
    c.rect(0, 262, 1180, 14, "#ffffff80")
    c.rect(70, 300, 1050, 530, wood)
    c.rect(84, 314, 1022, 76, "#00000022")
    c.rect(110, 480, 640, 270, "#fff3d6")
    goods(c, rng, 110, 480, 640, 270)
    c.poly([(110, 750), (110, 640), (360, 480), (470, 480)], "#ffffff2e")
    c.rect(426, 480, 8, 270, wood)
    c.rect(110, 750, 640, 14, "#ffffff44")
    _door(c, 830, 470)
    awning(c, 84, 392, 690, 84, rng.choice(AWNINGS))
    c.rect(0, 830, 1600, 170, SAND)
    paving(c, 834, 1000)
    c.rect(0, 826, 1600, 8, GREY)
    lamp_post(c, 1170, 900, 520)
    tree(c, 1400, 900, rng.randint(400, 500), rng, rng.choice((GREEN, LEAF)))
    planter(c, 770, 850, 70)
    bench(c, 130, 925, 230)
    if rng.random() < 0.6:
        seated(c, 210, 862, 150, rng)
    where = rng.randint(470, 640)
    person(c, where, 940, 300, rng, bag=True)
    person(c, where + rng.choice((120, 430)), 950, 285, rng)
    bicycle(c, rng.choice((1090, 1180)), 955, 56, rng.choice((RED, BLUE, GREEN)))


def _letters(c: Canvas, text: str, x: float) -> None:
    font = ImageFont.load_default(size=54 * SCALE)
    spaced = " ".join(text)
    c.pen.text((x * SCALE, 352 * SCALE), spaced, font=font, fill=PAPER, anchor="mm")


def _door(c: Canvas, x: float, y: float) -> None:
    c.rect(x, y - 60, 190, 420, "#00000030")
    c.rect(x + 10, y - 50, 170, 410, "#ffe9bd")
    c.rect(x + 20, y + 20, 150, 190, MIST)
    c.poly([(x + 20, y + 210), (x + 20, y + 140), (x + 150, y + 20), (x + 170, y + 20)], "#ffffff66")
    c.rect(x + 20, y + 230, 150, 116, WOOD)
    c.rect(x + 34, y + 244, 122, 88, DARK_WOOD)
    c.rect(x + 150, y + 190, 8, 60, OCHRE, 4)
    c.rect(x + 60, y + 80, 70, 40, PAPER, 4)
    c.rect(x + 70, y + 96, 50, 6, RED)


def _loaves(c: Canvas, rng: Random, x: float, y: float, w: float, h: float) -> None:
    for shelf in (0.34, 0.66, 0.99):
        floor = y + h * shelf
        c.rect(x, floor - 8, w, 8, WOOD)
        px = x + 26
        while px < x + w - 60:
            kind = rng.randrange(3)
            if kind == 0:
                c.oval(px + 36, floor - 32, 38, 25, "#c9853f")
                for dx in (18, 34, 50):
                    c.line([(px + dx, floor - 46), (px + dx + 8, floor - 24)], "#f3d9a8", 4)
                px += 84
            elif kind == 1:
                for dx in (0, 18, 36):
                    c.rect(px + dx, floor - 74, 15, 66, MUSTARD, 7)
                px += 64
            else:
                c.disc(px + 28, floor - 34, 27, "#b8743a")
                c.line([(px + 14, floor - 36), (px + 42, floor - 36)], "#f3d9a8", 4)
                c.line([(px + 28, floor - 50), (px + 28, floor - 22)], "#f3d9a8", 4)
                px += 68


def _machines(c: Canvas, rng: Random, x: float, y: float, w: float, h: float) -> None:
    c.rect(x, y, w, h, "#e4eef0")
    for index in range(5):
        left = x + 14 + index * 126
        c.rect(left, y + 106, 108, h - 106, PAPER, 6)
        c.rect(left + 8, y + 114, 92, 22, GREY, 4)
        c.disc(left + 86, y + 125, 6, rng.choice((RED, LEAF, OCHRE)))
        c.disc(left + 54, y + 202, 40, SLATE)
        c.disc(left + 54, y + 202, 31, SKY)
        for dx, dy in ((-12, 8), (10, 12), (2, -6)):
            c.disc(left + 54 + dx, y + 202 + dy, 12, rng.choice((RED, PAPER, OCHRE, SAGE)))
    c.rect(x, y + 66, w, 8, WOOD)
    for index in range(7):
        for level in range(rng.randint(1, 3)):
            c.rect(
                x + 30 + index * 86,
                y + 52 - level * 16,
                64,
                14,
                rng.choice((PAPER, SKY, OCHRE, BRICK, SAGE)),
                5,
            )


def _posters(c: Canvas, rng: Random, x: float, y: float, w: float, h: float) -> None:
    c.rect(x, y, w, h, "#f3e6cd")
    letters = list("MILANOABCDEQR&")
    rng.shuffle(letters)
    for index in range(5):
        left, upper = x + 20 + index * 124, y + 22
        tone = (RED, INK, OCHRE, GREEN, BLUE)[(index + rng.randrange(5)) % 5]
        c.rect(left, upper, 104, 150, PAPER)
        c.rect(left + 8, upper + 8, 88, 96, tone)
        font = ImageFont.load_default(size=78 * SCALE)
        c.pen.text(
            ((left + 52) * SCALE, (upper + 56) * SCALE), letters[index], font=font, fill=PAPER, anchor="mm"
        )
        for row in range(3):
            c.rect(left + 12, upper + 114 + row * 11, 80 - row * 16, 5, SLATE)
    c.rect(x, y + 190, w, 80, WOOD)
    for row in range(2):
        for index in range(16):
            c.rect(x + 12 + index * 39, y + 198 + row * 36, 31, 28, DARK_WOOD, 3)
            c.rect(x + 22 + index * 39, y + 208 + row * 36, 11, 8, OCHRE)


def _dresses(c: Canvas, rng: Random, x: float, y: float, w: float, h: float) -> None:
    for index in range(4):
        middle, colour = x + 84 + index * 158, rng.choice((RED, BLUE, GREEN, OCHRE, BRICK, SAGE, TERRACOTTA))
        c.line([(middle, y + 180), (middle, y + h)], DARK_WOOD, 8)
        c.line([(middle - 30, y + h - 6), (middle + 30, y + h - 6)], DARK_WOOD, 8)
        c.rect(middle - 8, y + 26, 16, 24, "#e3c9a5")
        c.poly(
            [(middle - 40, y + 52), (middle + 40, y + 52), (middle + 24, y + 122), (middle - 24, y + 122)],
            colour,
        )
        c.poly(
            [(middle - 25, y + 120), (middle + 25, y + 120), (middle + 60, y + 226), (middle - 60, y + 226)],
            colour,
        )
        c.rect(middle - 26, y + 116, 52, 9, PAPER)
        for dx in (-30, 0, 30):
            c.disc(middle + dx, y + 190, 6, "#ffffff88")
    for index in range(5):
        c.rect(x + 4 + index * 158, y + h - 34, 26, 34, rng.choice((RED, SKY, OCHRE, SAGE)), 4)
