from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Importing it registers what `manage.py check` looks at.
from civicfund import checks as checks


class CivicfundConfig(AppConfig):
    name = "civicfund"
    verbose_name = _("Trail")
