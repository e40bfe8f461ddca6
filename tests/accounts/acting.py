"""People who act for bodies, and the links they are sent."""

import re

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Mail, Membership, Organization, User
from tests.factories import make_user


def confirmed(person: User) -> User:
    """Let a person confirm the own address."""
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def member(organization: Organization, role: str, name: str = "") -> User:
    """Let a new person act for a body."""
    person = confirmed(make_user(name or f"{role}-{organization.pk}"))
    Membership.objects.create(organization=organization, user=person, role=role, created_at=timezone.now())
    return person


def link_to(email: str) -> str:
    """Return the path of the link in the last mail to an address."""
    body = Mail.objects.filter(recipient=email).latest("pk").body
    found = re.search(r"http://testserver(/inviti/\S+)", body)
    assert found, body
    return found.group(1)


def token_of(path: str) -> str:
    """Return what makes a link a secret."""
    return path.split("/")[2]
