"""Where the database is: the one named by the settings, or the embedded one."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from fairpost.kernel.configuration import Configuration


def effective_url(configuration: Configuration) -> str:
    """The address of the database in use (postgresql://..., libpq's form); starts nothing."""
    if configuration.database_url:
        return configuration.database_url
    from fairpost.runtime.embedded import embedded_url

    return embedded_url(configuration)


def database_settings(configuration: Configuration) -> dict:
    """Django's DATABASES entry for this configuration."""
    parts = urlsplit(effective_url(configuration))
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
