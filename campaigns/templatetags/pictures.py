from typing import Any

from django import template

from campaigns.models import Campaign, CampaignUpdate, GalleryItem
from campaigns.pictures import sources_of

register = template.Library()

#: How wide a picture is shown, as `sizes` says it to the browser.
SIZES = {
    "card": "(min-width: 1200px) 24rem, (min-width: 768px) 46vw, calc(100vw - 2.5rem)",
    "page": "(min-width: 1200px) 46rem, (min-width: 768px) 60vw, 100vw",
    "gallery": "(min-width: 1200px) 14rem, (min-width: 360px) 45vw, 92vw",
    "voice": "(min-width: 600px) 11rem, 92vw",
    "side": "(min-width: 992px) 26rem, 7rem",
}


@register.inclusion_tag("components/picture.html")
def picture(
    pictured: Campaign | CampaignUpdate | GalleryItem,
    place: str,
    width: int,
    height: int,
    css_class: str = "",
    alt: str = "",
    lazy: bool = False,
) -> dict[str, Any]:
    """Show the picture of a campaign, an update or a gallery in the format and size that fit the reader's screen."""
    return {
        "image": pictured.image,
        "sources": sources_of(pictured.image),
        "sizes": SIZES[place],
        "width": width,
        "height": height,
        "css_class": css_class,
        "alt": alt,
        "lazy": lazy,
    }
