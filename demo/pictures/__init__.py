"""Pictures for the demo: Milanese scenes drawn in the palette, one per seed, so that nobody's photographs are needed."""

import random
from io import BytesIO

from demo.pictures.canvas import Canvas
from demo.pictures.scenes_court import ballatoio, cinema
from demo.pictures.scenes_green import garden, park, square
from demo.pictures.scenes_inside import market, workshop
from demo.pictures.scenes_shop import bakery, laundry, printshop, tailor
from demo.pictures.scenes_street import canal, kiosk, tram

SCENES = {
    scene.__name__: scene
    for scene in (
        ballatoio, bakery, canal, cinema, garden, kiosk, laundry, market, park, printshop, square, tailor, tram, workshop,
    )
}  # fmt: skip


def draw(seed: int, scene: str) -> bytes:
    """Return a scene as a JPEG of 1600 by 1000 pixels; the same seed gives the same picture. KeyError: no such scene."""
    canvas = Canvas()
    SCENES[scene](canvas, random.Random(seed))
    buffer = BytesIO()
    canvas.finish().save(buffer, "JPEG", quality=86, optimize=True, progressive=True)
    return buffer.getvalue()
