"""A picture for a campaign page."""

import io

from PIL import Image, ImageDraw


def picture_bytes() -> bytes:
    """Return a JPEG that is large enough: a lit oven in the dark."""
    picture = Image.new("RGB", (1280, 800), "#0b3d2e")
    ImageDraw.Draw(picture).ellipse((440, 200, 840, 600), fill="#ffb000")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
