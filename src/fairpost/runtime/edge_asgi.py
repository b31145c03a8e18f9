"""The ASGI application that the edge's server runs; no Django, and it starts while the database is away."""

from __future__ import annotations

from pathlib import Path

from fairpost.delivery.gate.edges import SILENT
from fairpost.edge.application import EdgeApplication
from fairpost.edge.desk import Place
from fairpost.runtime.configure import load_configuration

configuration = load_configuration()
data = Path(configuration.data_dir)
application = EdgeApplication(
    Place(
        folder=data / "edge",
        keyring=Path(configuration.keyring or data / "keyring.json"),
        home=configuration.platform_url,
        silence=SILENT,
        language=configuration.language,
    )
)
