"""A group of citizens becomes a body, which takes its place."""

from django.db import transaction

from accounts.models import Organization
from calls.models import Application


@transaction.atomic
def pass_to_body(*, application: Application, body: Organization) -> Application:
    """Make a body the applicant in the place of the group that set it up; who confirmed it is kept by the caller."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    application.organization = body
    application.save(update_fields=["organization"])
    return application
