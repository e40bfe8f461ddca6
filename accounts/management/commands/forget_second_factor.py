from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User


class Command(BaseCommand):
    """Forget the second factors of a person who has lost telephone, key and recovery codes.

    Whoever asks is looked in the face first. At the next sign-in the password is enough to set up a new one.
    """

    help = "Forget a person's second factors and recovery codes."

    def add_arguments(self, parser: Any) -> None:
        """Take the person's address."""
        parser.add_argument("email", help="e-mail of the person")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove app, keys and codes."""
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"{options['email']} has no account.")
        number, _rows = Authenticator.objects.filter(user=person).delete()
        self.stdout.write(f"{number} second factors of {person.email} are forgotten.")
