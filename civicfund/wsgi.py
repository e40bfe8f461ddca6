"""The web server's door."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from civicfund.configuration.start import given
from civicfund.configuration.together import cautions_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")

application = get_wsgi_application()

for _caution in cautions_of(given()):
    logging.getLogger(__name__).warning(_caution)
