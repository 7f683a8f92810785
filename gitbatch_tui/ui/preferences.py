"""Remembers how a person likes the screen: theme and order; never anything about runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from gitbatch_tui.core.base.state import keep, state_home

_FILE = "screen.json"
MOST_METRICS = 8
"""As many metrics as are columns."""


@dataclass
class Preferences:
    """Theme and order as they were chosen last."""

    theme: str = ""
    """Empty: the program's own."""
    sort: str = ""
    """A column of Runs; empty: the newest first."""
    reverse: bool = False
    group: str = ""
    """What runs are grouped by; empty: sweeps."""
    metrics: list[str] = field(default_factory=list)
    """The numbers of metrics that are columns of Runs."""
    guided: bool = False
    """Whether a person was guided through a first run."""

    @classmethod
    def read(cls) -> Preferences:
        """Read them from the file; one that can't be read is as good as none."""
        try:
            values = json.loads((state_home() / _FILE).read_bytes())
        except (OSError, ValueError):
            return cls()
        return cls(**_sound(values)) if isinstance(values, dict) else cls()

    def remember(self, **values: Any) -> None:
        """Change something, here and in the file; where it can't be written, only here."""
        for name, value in values.items():
            setattr(self, name, value)
        keep(state_home() / _FILE, json.dumps(asdict(self)).encode())


def _sound(values: dict[str, Any]) -> dict[str, Any]:
    kinds = {"theme": str, "sort": str, "reverse": bool, "group": str, "guided": bool}
    sound = {key: values[key] for key, kind in kinds.items() if isinstance(values.get(key), kind)}
    metrics = values.get("metrics")
    if isinstance(metrics, list):
        sound["metrics"] = [name for name in metrics if isinstance(name, str)][:MOST_METRICS]
    return sound
