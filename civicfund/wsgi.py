"""The web server's door."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
#: How long a thread that makes a page may keep the others from answering theirs, in seconds; Python's own is ten times it.
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
