"""Django's settings, made from Fairpost's own configuration."""

from __future__ import annotations

from fairpost.runtime.configure import load_configuration
from fairpost.runtime.database import database_settings, effective_url

FAIRPOST = load_configuration()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "fairpost.audit",
    "fairpost.tenants",
    "fairpost.contacts",
    "fairpost.content",
    "fairpost.delivery",
    "fairpost.campaigns",
    "fairpost.web",
]
DATABASE_URL = effective_url(FAIRPOST)  # for psycopg beside Django: the hot path of the sender
DATABASES = {"default": database_settings(FAIRPOST)}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("it", "Italiano")]
LANGUAGE_CODE = FAIRPOST.language
ROOT_URLCONF = "fairpost.runtime.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
WSGI_APPLICATION = "fairpost.runtime.wsgi.application"
