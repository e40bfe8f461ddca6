"""Documents shown in the page of a file, each in a frame of its own."""

from django.http import FileResponse

from calls.models import Attachment
from civicfund.papers.keeping import TYPES

#: A browser's own PDF viewer does not run in a sandbox; what a PDF could do was taken out when it was kept.
POLICIES = {
    "pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "jpeg": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "png": "sandbox; default-src 'none'; frame-ancestors 'self'",
}


def shown_inline(attachment: Attachment) -> FileResponse:
    """Give a document out to be looked at where it stands; nobody on the way keeps it."""
    kind = attachment.kind
    answer = FileResponse(attachment.file.open("rb"), filename=attachment.name, content_type=TYPES[kind])
    answer["Content-Security-Policy"] = POLICIES[kind]
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
