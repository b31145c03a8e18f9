"""PostgreSQL's settings for the embedded server, sized to the machine; each may be overridden."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

MEBIBYTE = 1024 * 1024


def server_settings(configuration: Configuration, folder: Path) -> dict[str, str]:
    """Every setting given to the server on its command line, by name.

    Commits are durable as PostgreSQL ships it (fsync and synchronous_commit on): the journal of what was
    sent stands on it. The rest lets bulk imports and millions of small updates go through without a
    checkpoint every few seconds.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    cores = os.cpu_count() or 1
    free = shutil.disk_usage(folder).free // MEBIBYTE
    settings = {
        "shared_buffers": f"{max(64, min(memory // 4, 8192))}MB",
        "effective_cache_size": f"{max(128, memory * 5 // 8)}MB",
        "work_mem": f"{max(8, min(memory // 256, 128))}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 1024))}MB",
        "max_wal_size": f"{max(512, min(free // 10, 8192))}MB",
        "min_wal_size": "256MB",
        "wal_compression": "pglz",  # the wheel is built without lz4 and zstd
        "checkpoint_timeout": "15min",
        "max_connections": "100",
        "max_parallel_workers": str(cores),
        "random_page_cost": "1.1",
        "autovacuum_vacuum_cost_limit": "2000",
        "autovacuum_vacuum_insert_scale_factor": "0.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    return settings | given_settings(configuration.database_options)


def given_settings(text: str) -> dict[str, str]:
    """Reads `name=value` pairs with semicolons between them."""
    found = {}
    for pair in filter(None, (each.strip() for each in text.split(";"))):
        name, equals, value = pair.partition("=")
        name = name.strip().lower()
        if not equals or not name.replace("_", "").replace(".", "").isalnum():
            raise Invalid(
                _("Setting database_options has {pair!r}; write name=value with semicolons between.").format(
                    pair=pair
                )
            )
        found[name] = value.strip()
    return found
