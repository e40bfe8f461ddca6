"""Open air: a vegetable garden, a park, a square with its green drinking fountain."""

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
    WOOD,
    Canvas,
    around,
)
from demo.pictures.houses import paving, planter, sky, skyline, street_row
from demo.pictures.life import bench, bicycle, person, poplar, seated, table, tree


def garden(c: Canvas, rng: Random) -> None:
    """Draw a neighbourhood garden with raised beds, a glasshouse and sunflowers."""
    sky(c, rng, 560)
    skyline(c, rng, 540, "#cbd8dc", 240)
    for x in (40, 190, 1480, 1570):
        poplar(c, x, 590, rng.randint(260, 360))
    c.rect(0, 560, 1600, 440, "#bcd0a4")
    c.oval(500, 610, 900, 90, "#a9c58f")
    _fence(c)
    _glasshouse(c, 930, 700)
    tree(c, 330, 690, 350, rng, LEAF)
    c.poly([(640, 600), (760, 600), (980, 1000), (520, 1000)], "#e3d3ad")
    for x, y, w in ((60, 770, 440), (1020, 790, 500), (-40, 930, 520), (1080, 950, 560)):
        _bed(c, rng, x, y, w)
    for x in (560, 610, 1010):
        _sunflower(c, x, 800, rng.randint(190, 250))
    person(c, 730, 850, 230, rng, RED)
    _watering_can(c, 800, 850)
    person(c, 860, 950, 250, rng, MUSTARD)


def _fence(c: Canvas) -> None:
    for x in range(0, 1600, 46):
        c.rect(x, 560, 8, 72, WOOD)
    for y in (576, 606):
        c.rect(0, y, 1600, 7, WOOD)


def _glasshouse(c: Canvas, x: float, base: float) -> None:
    c.poly(
        [(x, base), (x, base - 150), (x + 190, base - 240), (x + 380, base - 150), (x + 380, base)], "#e9f3f2"
    )
    for dx in (60, 150, 240, 320):
        c.disc(x + dx, base - 40, 34, LEAF)
        c.disc(x + dx + 20, base - 70, 22, GREEN)
        c.disc(x + dx - 6, base - 62, 7, RED)
    c.poly(
        [(x, base), (x, base - 150), (x + 190, base - 240), (x + 380, base - 150), (x + 380, base)],
        "#ffffff55",
    )
    for dx in (0, 95, 190, 285, 380):
        height = 150 + 90 * (1 - abs(dx - 190) / 190)
        c.line([(x + dx, base), (x + dx, base - height)], SLATE, 5)
    c.line([(x - 8, base - 146), (x + 190, base - 242), (x + 388, base - 146)], SLATE, 8)
    c.line([(x, base - 70), (x + 380, base - 70)], SLATE, 4)
    c.line([(x, base - 2), (x + 380, base - 2)], SLATE, 8)


def _bed(c: Canvas, rng: Random, x: float, y: float, w: float) -> None:
    kind = rng.randrange(4)
    c.oval(x + w / 2, y + 64, w * 0.53, 12, "#17202b1c")
    c.rect(x, y - 12, w, 26, "#6b4a33", 6)
    for index in range(int(w // 46)):
        px = x + 26 + index * 46
        if kind == 0:
            c.disc(px, y - 20, 22, SAGE)
            c.disc(px, y - 24, 13, LEAF)
        elif kind == 1:
            c.line([(px, y), (px, y - 88)], DARK_WOOD, 4)
            for step, side in enumerate((-1, 1, -1, 1)):
                c.disc(px + side * 11, y - 18 - step * 18, 12, GREEN)
                if step % 2:
                    c.disc(px + side * 15, y - 14 - step * 18, 8, RED)
        elif kind == 2:
            for lean in (-16, 0, 16):
                c.line([(px, y), (px + lean, y - 44)], LEAF, 6)
            c.disc(px, y - 4, 9, "#e07b2e")
        else:
            for lean in (-12, 0, 12):
                c.oval(px + lean, y - 22, 9, 26, GREEN if lean else LEAF)
    c.rect(x, y + 4, w, 58, WOOD, 4)
    c.rect(x, y + 32, w, 3, "#00000022")
    c.rect(x, y + 4, w, 6, "#ffffff33")


def _sunflower(c: Canvas, x: float, base: float, h: float) -> None:
    c.line([(x, base), (x, base - h)], MOSS, 7)
    for y, side in ((0.35, -1), (0.55, 1)):
        c.oval(x + side * 24, base - h * y, 24, 11, LEAF)
    for degrees in range(0, 360, 30):
        c.disc(*around(x, base - h, 27, degrees), 12, OCHRE)
    c.disc(x, base - h, 22, DARK_WOOD)


def _watering_can(c: Canvas, x: float, base: float) -> None:
    c.rect(x, base - 48, 50, 48, SKY, 6)
    c.line([(x + 46, base - 16), (x + 82, base - 46)], SKY, 8)
    c.arc(x + 24, base - 50, 22, 20, 180, 360, SKY, 6)


def park(c: Canvas, rng: Random) -> None:
    """Draw a park between apartment towers: a pond, a slide, a kite, long tables in the shade."""
    sky(c, rng, 600)
    for x, w, h in ((60, 170, 420), (270, 150, 330), (1130, 180, 460), (1350, 160, 360)):
        _tower(c, rng, x, w, h)
    c.rect(0, 590, 1600, 410, "#a8cb98")
    c.oval(1200, 640, 800, 120, "#93bd86")
    c.oval(330, 650, 640, 90, "#b9d7a7")
    for x in (30, 480, 640, 1010, 1090, 1560):
        tree(c, x, 660 + rng.randint(-20, 20), rng.randint(220, 290), rng, rng.choice((GREEN, LEAF, MOSS)))
    c.poly([(700, 640), (770, 640), (1180, 1000), (640, 1000)], "#ecdcb8")
    c.oval(1330, 840, 250, 74, "#d9ead0")
    c.oval(1330, 840, 236, 64, "#8fb9d6")
    for x, y, w in ((1240, 826, 110), (1380, 856, 90), (1290, 870, 60)):
        c.rect(x, y, w, 4, "#ffffff88", 2)
    _slide(c, 150, 800)
    _kite(c, rng, 905, 230)
    person(c, 860, 770, 150, rng, OCHRE)
    table(c, 300, 950, 280, PAPER)
    for x in (280, 440, 600):
        person(c, x, 965, 215, rng)
    bench(c, 980, 960, 210)
    seated(c, 1040, 900, 130, rng)
    bicycle(c, 760, 930, 42, BLUE)


def _tower(c: Canvas, rng: Random, x: float, w: float, h: float) -> None:
    colour = rng.choice((CREAM, "#e3b592", MIST, "#d8cbb5"))
    c.rect(x, 600 - h, w, h, colour)
    c.rect(x + w * 0.8, 600 - h, w * 0.2, h, "#17202b14")
    for row in range(int(h // 46)):
        for column in range(3):
            left = x + 14 + column * (w - 20) / 3
            c.rect(left, 600 - h + 18 + row * 46, 30, 22, SLATE)
            c.rect(left - 4, 600 - h + 38 + row * 46, 38, 7, rng.choice((GREEN, BRICK, PAPER, OCHRE)))


def _slide(c: Canvas, x: float, base: float) -> None:
    c.oval(x + 110, base, 170, 14, "#17202b1c")
    for dx in (0, 54):
        c.line([(x + dx, base), (x + 10 + dx * 0.8, base - 190)], RED, 10)
    for step in range(5):
        c.line([(x + 4, base - 30 - step * 34), (x + 52, base - 30 - step * 34)], RED, 6)
    outer = [(x + 46, base - 160), (x + 60, base - 172), (x + 250, base - 22), (x + 290, base - 20)]
    c.poly([*outer, (x + 290, base - 6), (x + 244, base - 4)], OCHRE)
    c.poly([(x - 14, base - 190), (x + 28, base - 236), (x + 70, base - 190)], GREEN)


def _kite(c: Canvas, rng: Random, x: float, y: float) -> None:
    c.curve((x, y + 60), (x - 100, y + 320), (880, 690), "#46535f", 2)
    c.poly([(x, y - 62), (x + 44, y), (x, y + 62), (x - 44, y)], RED)
    c.poly([(x, y - 62), (x + 44, y), (x, y)], OCHRE)
    c.poly([(x, y + 62), (x - 44, y), (x, y)], OCHRE)
    for step in range(1, 5):
        tail_x, tail_y = x - step * 9, y + 62 + step * 28
        c.poly([(tail_x - 12, tail_y - 8), (tail_x, tail_y), (tail_x - 12, tail_y + 8)], GREEN)
        c.poly([(tail_x + 12, tail_y - 8), (tail_x, tail_y), (tail_x + 12, tail_y + 8)], GREEN)


def square(c: Canvas, rng: Random) -> None:
    """Draw a small square: houses, trees in boxes, parasols and the green fountain that is always running."""
    sky(c, rng, 520)
    street_row(c, rng, 700, 420, 560)
    c.rect(0, 700, 1600, 300, SAND)
    paving(c, 706, 1000)
    for x in (170, 640, 1180):
        tree(c, x, 780, 330, rng, rng.choice((GREEN, LEAF)))
        c.rect(x - 60, 762, 120, 30, GREY, 6)
    _parasol(c, 420, 880, RED)
    _parasol(c, 900, 850, OCHRE)
    for x, y in ((330, 880), (510, 890), (815, 850), (985, 860)):
        person(c, x, y, 185, rng)
    fountain(c, 1290, 930)
    person(c, 1400, 950, 215, rng, BLUE, bag=True)
    _child_with_ball(c, rng, 680, 950)
    bench(c, 90, 945, 220)
    seated(c, 170, 885, 135, rng)
    planter(c, 1490, 900, 110)


def _parasol(c: Canvas, x: float, base: float, colour: str) -> None:
    table(c, x - 95, base, 190, PAPER)
    c.rect(x - 4, base - 290, 8, 220, WOOD)
    c.pie(x, base - 250, 170, 76, 180, 360, colour)
    for start in (200, 250, 300):
        c.pie(x, base - 250, 170, 76, start, start + 22, "#fbf7efcc")


def fountain(c: Canvas, x: float, base: float) -> None:
    """Draw the cast-iron drinking fountain of Milan's squares."""
    c.oval(x + 6, base, 78, 14, "#17202b26")
    c.rect(x - 46, base - 26, 92, 26, MOSS, 6)
    c.rect(x - 34, base - 200, 68, 176, GREEN)
    c.rect(x - 24, base - 184, 10, 140, LEAF)
    c.rect(x - 42, base - 214, 84, 18, MOSS, 5)
    c.pie(x, base - 212, 36, 46, 180, 360, GREEN)
    c.disc(x, base - 266, 11, OCHRE)
    c.disc(x + 34, base - 150, 13, OCHRE)
    c.curve((x + 46, base - 148), (x + 66, base - 140), (x + 66, base - 40), "#8fb9d6", 6)
    c.rect(x + 36, base - 42, 66, 34, GREY, 8)
    c.rect(x + 42, base - 40, 54, 8, "#8fb9d6", 4)


def _child_with_ball(c: Canvas, rng: Random, x: float, base: float) -> None:
    person(c, x, base, 140, rng, GREEN)
    c.disc(x + 64, base - 22, 22, PAPER)
    c.disc(x + 60, base - 26, 8, INK)
    c.disc(x + 74, base - 12, 5, TERRACOTTA)
