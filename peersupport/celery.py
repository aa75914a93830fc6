"""The Celery application. A message is only a hint: each piece of work has a row that the next scan finds."""

import os

from celery import Celery

from peersupport import broker  # noqa: F401 (registers the transport of small installations)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")

app = Celery("peersupport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
