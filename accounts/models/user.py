from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class UserManager(DjangoUserManager["User"]):
    """Make users who are known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        """Store a person with a usable password, or with none at all."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        """Store a person who may do everything at the officers' desk."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who signs in: a donor with an account, a member of a body, an officer."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    #: The person has erased the own data: nobody signs in here any more, and only what was signed keeps a name.
    forgotten_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = UserManager()  # type: ignore[misc]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=Q(forgotten_at=None)
                | Q(is_active=False, is_staff=False, is_superuser=False, last_login=None),
                name="user_forgotten_signs_in_no_more",
            ),
        ]

    def __str__(self) -> str:
        if self.forgotten_at and not self.full_name:
            return gettext("Person no. %(number)s, erased") % {"number": self.pk}
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Return the name to greet the person with."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first of the person's names."""
        return str(self).split()[0]
