"""Forms of the desk about people: they are known by their e-mail address."""

from django.contrib.auth.forms import AdminUserCreationForm
from unfold.forms import UserChangeForm, UserCreationForm

from accounts.models import User


class PersonCreationForm(UserCreationForm):
    """Ask for a new person's address and first password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("email", "full_name", "language")
        field_classes = {}

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one person is one row."""
        return self.cleaned_data["email"].lower()


class PersonChangeForm(UserChangeForm):
    """Ask for a person's data."""

    class Meta:
        model = User
        # The desk shows what PersonAdmin names; the form of the library is told the same columns.
        fields = (
            "email",
            "full_name",
            "language",
            "password",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
        )

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one person is one row."""
        return self.cleaned_data["email"].lower()
