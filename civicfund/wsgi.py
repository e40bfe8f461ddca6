"""The web server's door."""

import logging
import os
import sys

from django.core.wsgi import get_wsgi_application

from civicfund.configuration.start import given
from civicfund.configuration.together import cautions_of
from civicfund.rubbish import keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
#: How long a thread that makes a page may keep the others from answering theirs, in seconds; Python's own is ten times it.
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
keep_what_is_loaded()

for _caution in cautions_of(given()):
    logging.getLogger(__name__).warning(_caution)
