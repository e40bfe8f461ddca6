"""The way to public pictures, wherever they lie: an address of the site's own, which a proxy may keep."""

from django.conf import settings
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

#: Pictures are never changed: a new one has a new name.
KEPT_SECONDS = 24 * 3600
#: Types a picture of the site may have; anything else is not shown as one.
KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Give out a public picture, from the disk or from the storage."""
    if not settings.S3_PUBLIC_BUCKET:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    kind = KINDS.get(path.rpartition(".")[2].lower())
    if kind is None:
        raise Http404
    try:
        file = storages["default"].open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type=kind)
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable"
    return answer
