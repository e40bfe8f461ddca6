"""The way to public pictures, wherever they lie: an address of the site's own, which a proxy may keep."""

from django.conf import settings
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

#: A picture never changes at its address, but one that is hidden should soon be gone from the caches too.
KEPT_SECONDS = 24 * 3600
#: Types a picture of the site may have; anything else is not shown as one.
KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Give out a public picture, from the disk or from the storage."""
    answer = _from_bucket(path) if settings.S3_PUBLIC_BUCKET else serve(request, path, settings.MEDIA_ROOT)
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def _from_bucket(path: str) -> FileResponse:
    """Give out what lies on the storage. Raise Http404 for what is no picture of the site's."""
    kind = KINDS.get(path.rpartition(".")[2].lower())
    if kind is None:
        raise Http404
    try:
        file = storages["default"].open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, content_type=kind)
