"""One-to-one peer support by and for people with lived experience, as a web application."""

from peersupport.celery import app as celery_app

__version__ = "0.1.0"
__all__ = ["celery_app"]
