"""The WSGI application, for waitress (`ridni serve`) or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from configs import process_guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
process_guard.guard()
application = get_wsgi_application()
