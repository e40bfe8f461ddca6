"""The nine Municipi of Milano as a drawing of the city's own: generalized, north up, 40 units to the kilometre.

The city is kept as lines, not as areas: the border between two boroughs is written once and belongs to both, so that no
gap opens between them. Another city changes this file and the names of its boroughs.
"""

#: What the drawing measures.
WIDTH, HEIGHT = 720, 640

Point = tuple[int, int]

#: Each line runs clockwise around the centre or outwards; "2-3" lies between two boroughs, "2" is the city's border.
LINES: dict[str, list[Point]] = {
    "1-2": [(462, 250), (478, 246), (490, 258)],
    "1-3": [(490, 258), (504, 274), (512, 298), (512, 316)],
    "1-4": [(512, 316), (512, 340), (508, 360), (498, 376)],
    "1-5": [(498, 376), (472, 384), (444, 382), (422, 378)],
    "1-6": [(422, 378), (400, 362), (390, 344), (376, 330)],
    "1-7": [(376, 330), (374, 312), (368, 294)],
    "1-8": [(368, 294), (390, 280), (398, 262), (426, 244)],
    "1-9": [(426, 244), (444, 240), (462, 250)],
    "2-9": [(462, 250), (478, 204), (494, 172), (514, 140), (532, 116), (546, 68)],
    "2-3": [(490, 258), (520, 234), (544, 222), (576, 198), (612, 186), (644, 162), (680, 150)],
    "3-4": [(512, 316), (556, 312), (596, 314), (624, 300), (656, 290), (690, 292)],
    "4-5": [(498, 376), (512, 412), (532, 444), (552, 476), (584, 492), (612, 516), (644, 512)],
    "5-6": [(422, 378), (416, 416), (398, 464), (378, 508), (344, 556)],
    "6-7": [(376, 330), (344, 332), (304, 346), (264, 354), (216, 374)],
    "7-8": [(368, 294), (340, 280), (316, 256), (272, 250), (224, 236), (184, 210), (140, 188), (104, 148)],
    "8-9": [(426, 244), (412, 212), (384, 188), (360, 156), (348, 124), (328, 96), (320, 60)],
    "2": [(546, 68), (576, 80), (600, 76), (636, 90), (656, 112), (684, 116), (680, 150)],
    "3": [(680, 150), (668, 180), (684, 208), (676, 236), (696, 264), (690, 292)],
    "4": [(690, 292), (704, 320), (692, 356), (712, 388), (708, 428), (680, 444), (664, 476), (644, 512)],
    "5": [
        (644, 512),
        (648, 544),
        (620, 572),
        (588, 580),
        (568, 612),
        (528, 632),
        (496, 604),
        (464, 616),
        (420, 584),
        (376, 596),
        (344, 556),
    ],
    "6": [(344, 556), (324, 520), (288, 504), (268, 468), (232, 456), (224, 416), (216, 374)],
    "7": [
        (216, 374),
        (180, 356),
        (148, 372),
        (112, 360),
        (76, 404),
        (24, 400),
        (8, 368),
        (52, 344),
        (64, 300),
        (48, 268),
        (68, 232),
        (36, 196),
        (56, 152),
        (104, 148),
    ],
    "8": [(104, 148), (136, 116), (180, 124), (208, 96), (248, 92), (260, 56), (296, 44), (320, 60)],
    "9": [
        (320, 60),
        (340, 16),
        (380, 28),
        (408, 8),
        (432, 44),
        (424, 76),
        (468, 92),
        (496, 64),
        (524, 60),
        (546, 68),
    ],
}

#: Where the number of each borough stands.
PLACES: dict[int, Point] = {
    1: (446, 314),
    2: (576, 146),
    3: (612, 252),
    4: (612, 392),
    5: (486, 490),
    6: (318, 434),
    7: (172, 302),
    8: (268, 172),
    9: (430, 150),
}

#: Who lives in each borough, rounded to the thousand: for comparing boroughs, not for counting people. About the end of
#: 2023; the city's statistics office has the exact figures.
INHABITANTS: dict[int, int] = {
    1: 98_000,
    2: 161_000,
    3: 143_000,
    4: 159_000,
    5: 125_000,
    6: 150_000,
    7: 174_000,
    8: 186_000,
    9: 187_000,
}


def outline(number: int) -> list[Point]:
    """Return the corners of a borough, clockwise; the last one is followed by the first."""
    if number == 1:
        lines = [LINES[f"1-{other}"] for other in range(2, 10)]
    else:
        before = "2-9" if number == 2 else f"{number - 1}-{number}"
        after = "2-9" if number == 9 else f"{number}-{number + 1}"
        lines = [LINES[before], LINES[str(number)], LINES[after][::-1], LINES[f"1-{number}"][::-1]]
    return [point for line in lines for point in line[:-1]]


def path(number: int) -> str:
    """Return a borough as the path of an SVG drawing."""
    return "M" + "L".join(f"{x} {y}" for x, y in outline(number)) + "Z"
