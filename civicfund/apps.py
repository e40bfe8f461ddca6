from django.apps import AppConfig

# Importing it registers what `manage.py check` looks at.
from civicfund import checks as checks


class CivicfundConfig(AppConfig):
    name = "civicfund"
