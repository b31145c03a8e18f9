"""The WSGI application that the web server runs (PEP 3333)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairpost.runtime.settings")
application = get_wsgi_application()
