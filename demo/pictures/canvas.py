"""A canvas of 1600 by 1000 that draws at twice the size and shrinks at the end, so that every edge is smooth."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT, SCALE = 1600, 1000, 2

RED, BLUE, INK = "#c9302c", "#0b5cad", "#17202b"
OCHRE, MUSTARD, BRICK, TERRACOTTA = "#f2b441", "#d99a2b", "#d98a5f", "#b0563b"
GREEN, LEAF, SAGE, MOSS = "#00764f", "#3c9a6c", "#a9c4ad", "#0b5a40"
PAPER, CREAM, SAND, STONE = "#fbf7ef", "#f6ead5", "#e8dfcd", "#cfd8ce"
MIST, SKY, GREY, SLATE = "#dce8f2", "#82a6cc", "#b9c2c6", "#46535f"
WOOD, DARK_WOOD = "#a8703f", "#7a4a2b"
SHADE = "#17202b22"
FACADES = ("#f2c56b", "#f6ead5", "#e9b08d", "#c6d6c4", "#dce8f2", "#d98a5f", "#efd9b4")

Point = tuple[float, float]


class Canvas:
    """Draw plain shapes; colours are hex texts, with two more digits for transparency."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def _at(self, *numbers: float) -> list[float]:
        return [number * SCALE for number in numbers]

    def rect(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0) -> None:
        """Fill a rectangle given by its upper left corner and its size."""
        if radius:
            self.pen.rounded_rectangle(self._at(x, y, x + w, y + h), radius * SCALE, fill=fill)
        else:
            self.pen.rectangle(self._at(x, y, x + w - 0.5, y + h - 0.5), fill=fill)

    def top_round(self, x: float, y: float, w: float, h: float, fill: str, radius: float) -> None:
        """Fill a rectangle with round upper corners: a door, an arch, a bush."""
        self.pen.rounded_rectangle(
            self._at(x, y, x + w, y + h), radius * SCALE, fill=fill, corners=(True, True, False, False)
        )

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        """Fill a circle."""
        self.pen.ellipse(self._at(x - r, y - r, x + r, y + r), fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        """Fill an ellipse."""
        self.pen.ellipse(self._at(x - rx, y - ry, x + rx, y + ry), fill=fill)

    def ring(self, x: float, y: float, r: float, colour: str, width: float) -> None:
        """Draw the outline of a circle."""
        self.pen.ellipse(self._at(x - r, y - r, x + r, y + r), outline=colour, width=round(width * SCALE))

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: str, width: float
    ) -> None:
        """Draw a part of an ellipse's outline, between two angles in degrees, clockwise from the right."""
        self.pen.arc(
            self._at(x - rx, y - ry, x + rx, y + ry), start, end, fill=colour, width=round(width * SCALE)
        )

    def pie(self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: str) -> None:
        """Fill a slice of an ellipse."""
        self.pen.pieslice(self._at(x - rx, y - ry, x + rx, y + ry), start, end, fill=fill)

    def poly(self, points: Sequence[Point], fill: str) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw a line with round ends and joints."""
        thick = round(width * SCALE)
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=thick, joint="curve")
        if thick > 4 and len(colour) == 7:
            for x, y in (scaled[0], scaled[-1]):
                self.pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=colour)

    def curve(self, start: Point, bend: Point, end: Point, colour: str, width: float) -> list[Point]:
        """Draw a curve pulled towards a point and return its points."""
        points = curve_points(start, bend, end)
        self.line(points, colour, width)
        return points

    def fade(self, top: int, bottom: int, upper: str, lower: str) -> None:
        """Fill the whole width between two heights with one colour turning into another."""
        first, last = _parts(upper), _parts(lower)
        for y in range(top * SCALE, bottom * SCALE):
            share = (y - top * SCALE) / ((bottom - top) * SCALE)
            mixed = tuple(round(a + (b - a) * share) for a, b in zip(first, last, strict=True))
            self.pen.line([(0, y), (WIDTH * SCALE, y)], fill=mixed)

    def mirror(self) -> None:
        """Turn left and right round."""
        self.image = ImageOps.mirror(self.image)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def finish(self) -> Image.Image:
        """Return the picture in its final size."""
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def curve_points(start: Point, bend: Point, end: Point, steps: int = 24) -> list[Point]:
    """Return the points of a quadratic curve."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        points.append(
            (
                (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * bend[0] + t * t * end[0],
                (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * bend[1] + t * t * end[1],
            )
        )
    return points


def around(x: float, y: float, r: float, degrees: float) -> Point:
    """Return the point of a circle at an angle, clockwise from the right."""
    angle = math.radians(degrees)
    return x + r * math.cos(angle), y + r * math.sin(angle)
