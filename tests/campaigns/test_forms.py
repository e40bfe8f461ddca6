"""Pictures are checked by their content and written again; filters that make no sense are left out."""

import io
import warnings
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from campaigns import forms
from campaigns.forms import CampaignFilterForm, CampaignForm
from campaigns.models import Campaign

SECRET = b"via Segreta 7"
PAGE = {"title": "Un forno", "summary": "Pane.", "story": "Apriamo.", "image_alt": "Un forno"}


def picture(
    size: tuple[int, int] = (1000, 600), kind: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    """Return the bytes of a picture: dark on its left, light on its right."""
    drawn = Image.new("RGB", size, "navy")
    drawn.paste("white", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    drawn.convert(mode).save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "foto.jpg", content_type: str = "image/jpeg") -> CampaignForm:
    """Return the form of a page with a new picture."""
    form = CampaignForm(PAGE, {"image": SimpleUploadedFile(name, content, content_type)}, instance=Campaign())
    form.is_valid()
    return form


def rewritten(form: CampaignForm) -> Image.Image:
    """Return the picture a form has made."""
    assert not form.errors
    return Image.open(io.BytesIO(form.cleaned_data["image"].read()))


@pytest.mark.parametrize(
    ("kind", "mode", "name"),
    [
        ("JPEG", "RGB", "foto.jpg"),
        ("JPEG", "CMYK", "foto.jpg"),
        ("JPEG", "L", "foto.jpeg"),
        ("PNG", "RGB", "foto.png"),
        ("PNG", "RGBA", "foto.png"),
        ("PNG", "P", "foto.png"),
        ("PNG", "1", "foto.png"),
        ("WEBP", "RGB", "foto.webp"),
        ("GIF", "P", "foto.gif"),
    ],
)
def test_clean_image_writes_a_jpeg_of_our_own(kind: str, mode: str, name: str) -> None:
    form = upload(picture(kind=kind, mode=mode), name)

    made = rewritten(form)

    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (1000, 600))
    assert form.cleaned_data["image"].name.endswith(".jpg")
    assert "foto" not in form.cleaned_data["image"].name


def test_clean_image_names_two_uploads_differently() -> None:
    first, second = upload(picture()), upload(picture())

    assert first.cleaned_data["image"].name != second.cleaned_data["image"].name


@pytest.mark.parametrize(
    ("size", "made"), [((4000, 2000), (1600, 800)), ((900, 3600), (400, 1600)), ((800, 10), (800, 10))]
)
def test_clean_image_makes_large_ones_smaller(size: tuple[int, int], made: tuple[int, int]) -> None:
    assert rewritten(upload(picture(size))).size == made


def test_clean_image_turns_it_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    made = rewritten(upload(picture((1200, 900), exif=exif)))

    assert made.size == (900, 1200)
    top, bottom = made.getpixel((450, 100)), made.getpixel((450, 1100))
    assert sum(top[:3]) < 300 < sum(bottom[:3])


def test_clean_image_drops_everything_but_the_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = picture(exif=exif, comment=SECRET, icc_profile=SECRET * 10, xmp=SECRET)
    words = PngInfo()
    words.add_text("Comment", SECRET.decode())
    png = picture(kind="PNG", pnginfo=words, exif=exif)
    assert jpeg.count(SECRET) >= 4

    for content, name in ((jpeg, "foto.jpg"), (png, "foto.png")):
        form = upload(content, name)
        made = rewritten(form)

        form.cleaned_data["image"].seek(0)
        assert SECRET not in form.cleaned_data["image"].read()
        assert dict(made.getexif()) == {}
        assert "comment" not in made.info


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "foto.jpg"),
        (b"questa non \xc3\xa8 una foto", "foto.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto.svg"),
        (b"<html><script>alert(1)</script>", "foto.jpg"),
        (b"%PDF-1.7", "foto.pdf"),
        (picture()[:2000], "foto.jpg"),
        (picture(kind="PNG")[:80], "foto.png"),
        (picture(), "foto.exe"),
    ],
)
def test_clean_image_of_a_file_that_is_no_picture(content: bytes, name: str) -> None:
    assert list(upload(content, name).errors) == ["image"]


@pytest.mark.parametrize(("width", "fine"), [(799, False), (800, True)])
def test_clean_image_that_is_too_narrow(width: int, fine: bool) -> None:
    form = upload(picture((width, 500)))

    assert (form.errors == {}) is fine
    if not fine:
        assert "800" in form.errors["image"][0]


def test_clean_image_that_is_too_heavy() -> None:
    content = picture()
    heavy = content + b"\0" * (forms.LARGEST_UPLOAD_BYTES + 1 - len(content))

    form = upload(heavy)

    with translation.override("en"):
        assert "10 MB" in form.errors["image"][0]
    assert not upload(heavy[:-1]).errors


def test_clean_image_that_unpacks_to_a_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        form = upload(picture())

    assert list(form.errors) == ["image"]


def test_form_without_a_new_picture_keeps_the_old_one() -> None:
    campaign = Campaign(image="campaigns/vecchia.jpg", **PAGE)

    form = CampaignForm({**PAGE, "title": "Un altro"}, {}, instance=campaign)

    assert form.is_valid()
    assert form.changed_data == ["title"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "T" * 121}, "title"),
        ({"summary": "S" * 301}, "summary"),
        ({"story": ""}, "story"),
    ],
)
def test_form_tells_a_fault_next_to_its_field(changes: dict, field: str) -> None:
    form = CampaignForm({**PAGE, **changes}, {}, instance=Campaign())

    assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"state": "open", "borough": "3", "q": " pane "}, {"state": "open", "borough": 3, "q": "pane"}),
        ({"state": "sold"}, {"borough": None, "q": "", "theme": ""}),
        ({"borough": "10"}, {"state": "", "q": "", "theme": ""}),
        ({"borough": "tre"}, {"state": "", "q": "", "theme": ""}),
        ({"q": "x" * 81}, {"state": "", "borough": None, "theme": ""}),
        ({"q": "a\x00b"}, {"state": "", "borough": None, "theme": ""}),
    ],
)
def test_filter_leaves_out_what_makes_no_sense(typed: dict, kept: dict) -> None:
    form = CampaignFilterForm(typed)
    form.is_valid()

    unsaid = {"theme": "", "sort": "", "around": ""}
    assert form.cleaned_data | unsaid == kept | unsaid
    assert set(form.cleaned_data) - set(unsaid) == set(kept) - set(unsaid)
