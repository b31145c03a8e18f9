"""From which rates on the watch acts, as the settings say, and whether a count is enough to go by."""

from __future__ import annotations

from dataclasses import dataclass

from fairpost.kernel.configuration import Configuration
from fairpost.kernel.errors import Invalid
from fairpost.kernel.text import _

LEVELS = ("warn", "throttle", "brake")
FEWEST = 3  # of so few complaints or bounces no rate is made, whatever the volume


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares (0.001 is one in a thousand) from which on each level is reached, and the least volume to judge by.

    `bounces` has no warning of its own: its first level is throttle.
    """

    complaints: dict[str, float]
    bounces: dict[str, float]
    volume: int

    def level(self, sign: str, count: int, volume: int) -> str:
        """warn, throttle or brake; '' where nothing is wrong or the volume says nothing yet."""
        if volume < self.volume or count < FEWEST:
            return ""
        reached = [level for level, share in getattr(self, sign).items() if count >= share * volume]
        return reached[-1] if reached else ""


def thresholds_of(configuration: Configuration) -> Thresholds:
    """Raises Invalid for settings that are no rising percentages."""
    return Thresholds(
        complaints=dict(zip(LEVELS, shares("watch_complaints", configuration.watch_complaints, 3), strict=True)),
        bounces=dict(zip(LEVELS[1:], shares("watch_hard_bounces", configuration.watch_hard_bounces, 2), strict=True)),
        volume=configuration.watch_volume,
    )


def shares(name: str, text: str, count: int) -> list[float]:
    try:
        given = [float(each) / 100 for each in text.split(",")]
    except ValueError:
        given = []
    if len(given) != count or given != sorted(given) or not 0 < given[0] <= given[-1] <= 1:
        raise Invalid(
            _("Setting {name} must be {count} rising percentages with commas between, not {text}.").format(
                name=name, count=count, text=repr(text)
            ),
            field=name,
        )
    return given
