from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Importing it registers what `manage.py check` looks at.
from civicfund import checks as checks
from civicfund.operation.reports import begin_to_report


class CivicfundConfig(AppConfig):
    name = "civicfund"
    verbose_name = _("Trail")

    def ready(self) -> None:
        """Begin to report errors, in web processes, workers and commands alike."""
        begin_to_report()
