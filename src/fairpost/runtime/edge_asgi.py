"""The ASGI application that the edge's server runs; no Django, and it starts while the database is away."""

from __future__ import annotations

import gc
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

# What is loaded stays, and requests leave no cycles: looking for some as often as usual took a tenth of the time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
