"""Streets and water: a tram before the shops, a canal with its bridge, a kiosk of books."""

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
    MOSS,
    MUSTARD,
    OCHRE,
    PAPER,
    RED,
    SAGE,
    SAND,
    SKY,
    SLATE,
    TERRACOTTA,
    WIDTH,
    WOOD,
    Canvas,
    curve_points,
)
from demo.pictures.houses import AWNINGS, awning, lamp_post, paving, planter, sky, skyline, street_row
from demo.pictures.life import bench, bicycle, person, seated, tree


def tram(c: Canvas, rng: Random) -> None:
    """Draw an old tram passing a row of small shops."""
    sky(c, rng, 500)
    street_row(c, rng, 740, 470, 600)
    colours = list(AWNINGS)
    rng.shuffle(colours)
    for index, x in enumerate((20, 340, 660, 980, 1300)):
        _small_shop(c, rng, x, 740, 250, colours[index % len(colours)])
    c.rect(0, 740, 1600, 60, SAND)
    c.rect(0, 796, 1600, 8, GREY)
    c.rect(0, 804, 1600, 196, "#8d979c")
    for y in (872, 926):
        c.rect(0, y, 1600, 7, SLATE)
        c.rect(0, y, 1600, 2, PAPER)
    for x in (90, 1530):
        person(c, x, 800, 190, rng, bag=True)
    lamp_post(c, 1430, 800, 420)
    c.line([(0, 262), (1600, 250)], INK, 2.5)
    _tram_car(c, rng, rng.randint(230, 330), 900)
    person(c, 1460, 960, 240, rng)
    bicycle(c, 60, 970, 60, RED)


def _small_shop(c: Canvas, rng: Random, x: float, base: float, w: float, colours: tuple[str, str]) -> None:
    c.rect(x, base - 186, w, 186, DARK_WOOD)
    c.rect(x + 10, base - 140, w * 0.58, 118, "#ffe9bd")
    for _ in range(7):
        c.disc(
            x + 24 + rng.random() * (w * 0.5),
            base - 40 - rng.randrange(3) * 30,
            11,
            rng.choice((RED, OCHRE, GREEN, SKY)),
        )
    c.rect(x + w * 0.68, base - 146, w * 0.26, 146, rng.choice((GREEN, SLATE, TERRACOTTA)))
    c.rect(x + w * 0.72, base - 130, w * 0.18, 70, MIST)
    awning(c, x - 4, base - 190, w + 8, 48, colours)


def _tram_car(c: Canvas, rng: Random, x: float, base: float) -> None:
    w = 1000
    c.oval(x + w / 2, base + 32, w * 0.52, 18, "#17202b40")
    for wheel in (170, 270, 730, 830):
        c.disc(x + wheel, base + 2, 36, INK)
        c.disc(x + wheel, base + 2, 15, GREY)
    c.rect(x + 110, base - 22, 220, 30, INK)
    c.rect(x + 670, base - 22, 220, 30, INK)
    c.rect(x + 26, base - 356, w - 52, 60, SLATE, 28)
    c.rect(x + 60, base - 372, w - 120, 40, GREY, 18)
    c.rect(x, base - 320, w, 300, OCHRE, 44)
    c.rect(x, base - 300, w, 150, CREAM, 30)
    c.rect(x, base - 170, w, 24, OCHRE)
    c.rect(x, base - 158, w, 6, MUSTARD)
    c.rect(x, base - 44, w, 12, MUSTARD)
    for index in range(9):
        left = x + 118 + index * 86
        c.rect(left, base - 286, 68, 106, SLATE, 10)
        c.poly(
            [(left, base - 190), (left, base - 240), (left + 50, base - 286), (left + 66, base - 286)],
            "#ffffff26",
        )
        if rng.random() < 0.7:
            c.disc(left + 34, base - 212, 17, rng.choice(("#f0c8a0", "#d9a273", "#a9714a")))
            c.rect(left + 14, base - 198, 40, 18, rng.choice((RED, BLUE, GREEN, BRICK)), 6)
    for door in (30, w - 100):
        c.rect(x + door, base - 286, 70, 250, DARK_WOOD, 8)
        c.rect(x + door + 8, base - 276, 24, 130, MIST, 4)
        c.rect(x + door + 38, base - 276, 24, 130, MIST, 4)
    c.disc(x + w - 16, base - 96, 18, PAPER)
    c.disc(x + w - 16, base - 96, 12, "#fff3c9")
    c.rect(x + w / 2 - 76, base - 392, 152, 30, INK, 6)
    c.rect(x + w / 2 - 66, base - 384, 132, 14, OCHRE, 3)
    c.line([(x + 380, base - 370), (x + 470, base - 500), (x + 400, base - 642)], INK, 5)
    c.line([(x + 350, base - 642), (x + 450, base - 642)], INK, 5)


def canal(c: Canvas, rng: Random) -> None:
    """Draw the Naviglio: coloured houses, an iron footbridge, a barge and the water that repeats them."""
    sky(c, rng, 480)
    street_row(c, rng, 600, 380, 500)
    c.rect(0, 600, 1600, 44, SAND)
    for x in (120, 480, 1230, 1520):
        tree(c, x, 622, 240, rng, rng.choice((GREEN, LEAF, OCHRE)))
    for x in (300, 700, 760, 1050, 1400):
        person(c, x, 638, 118, rng)
    c.rect(0, 640, 1600, 30, "#b08f70")
    for x in range(0, WIDTH, 54):
        c.rect(x, 640, 2, 30, "#17202b24")
    c.fade(670, 900, "#7fa9b4", "#4f8193")
    _reflections(c, rng)
    _bridge(c, rng)
    _barge(c, rng, 150, 815)
    c.rect(0, 890, 1600, 110, "#d8c7a8")
    paving(c, 900, 1000)
    for x in range(20, WIDTH, 84):
        c.rect(x, 826, 6, 74, INK)
    for y in (826, 858):
        c.rect(0, y, 1600, 5, INK)
    bicycle(c, 1130, 975, 62, RED)
    person(c, 1010, 985, 260, rng, BLUE, bag=True)
    lamp_post(c, 90, 985, 400)


def _reflections(c: Canvas, rng: Random) -> None:
    for _ in range(52):
        x, y = rng.randint(-60, 1560), rng.randint(682, 884)
        tone = rng.choice(("#f2c56b44", "#f6ead555", "#e9b08d44", "#ffffff44", "#2f5d6e44", "#c6d6c455"))
        c.rect(x, y, rng.randint(60, 210), rng.randint(4, 9), tone, 4)


def _bridge(c: Canvas, rng: Random) -> None:
    deck = curve_points((640, 690), (930, 440), (1220, 690), 40)
    lower = [(x, y + 26) for x, y in deck]
    c.poly(deck + lower[::-1], SLATE)
    arch = curve_points((660, 720), (930, 520), (1200, 720), 40)
    c.line(arch, INK, 7)
    for (x, y), (_, under) in zip(deck[2:-2:2], arch[2:-2:2], strict=False):
        c.line([(x, y + 20), (x, max(under, y + 24))], INK, 3)
        c.line([(x, y), (x, y - 52)], GREEN, 4)
    c.line([(x, y - 54) for x, y in deck], GREEN, 7)
    c.line([(x, y - 28) for x, y in deck], GREEN, 3)
    person(c, 880, deck[17][1] + 4, 112, rng, RED)
    person(c, 990, deck[24][1] + 4, 108, rng)
    c.line([(x, y - 54) for x, y in deck], GREEN, 7)
    for x in (624, 1206):
        c.rect(x, 620, 30, 80, "#b08f70")


def _barge(c: Canvas, rng: Random, x: float, base: float) -> None:
    c.oval(x + 220, base + 8, 250, 14, "#17202b33")
    c.poly([(x - 20, base - 56), (x + 470, base - 56), (x + 430, base + 8), (x + 20, base + 8)], MOSS)
    c.poly([(x - 20, base - 56), (x + 470, base - 56), (x + 464, base - 44), (x - 14, base - 44)], OCHRE)
    c.rect(x + 40, base - 116, 120, 62, WOOD, 6)
    c.rect(x + 56, base - 102, 36, 28, MIST, 4)
    c.rect(x + 106, base - 102, 36, 28, MIST, 4)
    for index in range(6):
        left = x + 186 + index * 42
        c.rect(left, base - 86, 36, 32, WOOD, 3)
        for dx in (8, 18, 28):
            c.disc(left + dx, base - 90, 8, rng.choice((RED, OCHRE, LEAF, TERRACOTTA)))
    person(c, x + 444, base - 52, 132, rng, CREAM)


def kiosk(c: Canvas, rng: Random) -> None:
    """Draw a green newsstand turned into a kiosk of books, under the trees."""
    sky(c, rng, 560)
    skyline(c, rng, 560, tallest=330)
    street_row(c, rng, 660, 300, 400)
    c.rect(0, 655, 1600, 345, SAND)
    paving(c, 662, 1000)
    for x in (120, 1490):
        tree(c, x, 790, 520, rng, rng.choice((GREEN, LEAF)))
    _stand(c, rng, 480, 880)
    bench(c, 1150, 905, 240)
    seated(c, 1220, 842, 150, rng, BLUE)
    _open_book(c, 1290, 796)
    person(c, 390, 930, 260, rng, bag=True)
    person(c, 300, 935, 180, rng, OCHRE)
    person(c, 1080, 945, 265, rng)
    planter(c, 1430, 930, 110)
    bicycle(c, 60, 960, 58, RED)


def _stand(c: Canvas, rng: Random, x: float, base: float) -> None:
    c.oval(x + 270, base + 4, 320, 22, "#17202b2c")
    c.rect(x, base - 400, 540, 400, GREEN)
    c.rect(x, base - 60, 540, 60, MOSS)
    c.poly([(x - 46, base - 400), (x + 40, base - 490), (x + 500, base - 490), (x + 586, base - 400)], MOSS)
    c.rect(x - 46, base - 404, 632, 22, LEAF)
    c.pie(x + 270, base - 488, 90, 60, 180, 360, MOSS)
    c.disc(x + 270, base - 556, 13, OCHRE)
    c.rect(x + 130, base - 470, 280, 48, CREAM, 8)
    for index in range(5):
        c.rect(x + 156 + index * 48, base - 456, 34, 20, (RED, INK, OCHRE, INK, RED)[index], 4)
    c.rect(x + 30, base - 356, 480, 232, "#ffe9bd")
    for shelf in range(3):
        floor = base - 290 + shelf * 78
        px = x + 40
        while px < x + 490:
            thick, tall = rng.randint(11, 22), rng.randint(40, 60)
            c.rect(
                px,
                floor - tall,
                thick,
                tall,
                rng.choice((RED, BLUE, OCHRE, SAGE, BRICK, TERRACOTTA, SKY, INK, PAPER)),
            )
            px += thick + 3
        c.rect(x + 30, floor, 480, 8, WOOD)
    person(c, x + 400, base - 58, 236, rng, CREAM)
    c.rect(x - 20, base - 126, 580, 18, WOOD, 4)
    for index in range(9):
        c.rect(x + 4 + index * 60, base - 110, 46, 62, rng.choice((RED, SKY, OCHRE, PAPER, BRICK, SAGE)), 3)


def _open_book(c: Canvas, x: float, y: float) -> None:
    c.poly([(x - 30, y - 6), (x, y + 4), (x, y + 30), (x - 30, y + 20)], PAPER)
    c.poly([(x + 30, y - 6), (x, y + 4), (x, y + 30), (x + 30, y + 20)], CREAM)
