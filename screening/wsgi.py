import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from screening.celery import app as celery_app

__all__ = ["application", "celery_app"]  # tasks are sent by name through the application that is loaded here

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "screening.settings")
application = get_wsgi_application()
pages = get_resolver().url_patterns  # loaded before a server forks, not at the first request of each of its workers

# What is loaded by now stays: no search for garbage looks through it, nor every few hundred objects of a request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
