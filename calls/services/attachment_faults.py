from django.utils.translation import gettext as _

from calls.models import Application, Call
from calls.services.shortcoming import Shortcoming


def document_faults(application: Application, call: Call) -> list[Shortcoming]:
    """Return the documents the call asks for that an application does not carry yet."""
    there = {one.requirement_id for one in application.attachments.all() if one.is_current}
    return [
        Shortcoming(
            "documents",
            f"document_{asked.pk}",
            _("Upload the document “%(name)s”.") % {"name": asked.name},
        )
        for asked in call.document_requirements.all()
        if asked.required and asked.pk not in there
    ]
