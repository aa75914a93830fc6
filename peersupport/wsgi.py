"""The WSGI application, for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")
application = get_wsgi_application()

from peersupport.serving.checks import refuse_open_files  # noqa: E402 (settings come first)

refuse_open_files()
