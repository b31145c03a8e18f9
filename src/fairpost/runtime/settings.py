"""Django's settings, made from Fairpost's own configuration."""

from __future__ import annotations

from urllib.parse import urlsplit

from fairpost.runtime.configure import load_configuration
from fairpost.runtime.database import database_settings, effective_url
from fairpost.runtime.session_secret import session_secret

FAIRPOST = load_configuration()
SECRET_KEY = session_secret(FAIRPOST)
DEBUG = False
OWN_HOSTS = sorted({FAIRPOST.platform_host, urlsplit(FAIRPOST.platform_url).hostname or "localhost"})
OWN_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = ["*"]  # customers' link domains lead here too; fairpost.web.middleware says what they get

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "fairpost.audit",
    "fairpost.tenants",
    "fairpost.contacts",
    "fairpost.content",
    "fairpost.enforcement",
    "fairpost.delivery",
    "fairpost.events",
    "fairpost.campaigns",
    "fairpost.integrations",
    "fairpost.api",
    "fairpost.web",
]
DATABASE_URL = effective_url(FAIRPOST)  # for psycopg beside Django: the hot path of the sender
DATABASES = {"default": database_settings(FAIRPOST)}
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("it", "Italiano")]
LANGUAGE_CODE = FAIRPOST.language
CSRF_TRUSTED_ORIGINS = [f"{urlsplit(FAIRPOST.platform_url).scheme}://{urlsplit(FAIRPOST.platform_url).netloc}"]
CSRF_COOKIE_SECURE = FAIRPOST.platform_url.startswith("https:")
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "no-referrer"
CSRF_FAILURE_VIEW = "fairpost.web.errors.forged"
LOGGING_CONFIG = None  # fairpost.runtime.logs does it
MIDDLEWARE = [
    "fairpost.api.middleware.ApiMiddleware",
    "fairpost.web.middleware.PageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATA_UPLOAD_MAX_MEMORY_SIZE = FAIRPOST.api_body_megabytes * 1_000_000
APPEND_SLASH = False
ROOT_URLCONF = "fairpost.runtime.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
WSGI_APPLICATION = "fairpost.runtime.wsgi.application"
