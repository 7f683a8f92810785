"""Compares the screen with pictures of it, byte for byte; PICTURES=renew draws them anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

FOLDER = Path(__file__).parent / "pictures"
SEEN = Path(__file__).parents[2] / "build" / "pictures"
RENEW = os.environ.get("PICTURES") == "renew"


def looks_like(app: App[Any], name: str) -> None:
    """Fail unless the screen is exactly the picture of that name."""
    golden = FOLDER / f"{name}.svg"
    now = app.export_screenshot()
    if RENEW:
        FOLDER.mkdir(exist_ok=True)
        golden.write_text(now)
    known = golden.read_text() if golden.exists() else ""
    if now != known:
        seen = SEEN / golden.name
        SEEN.mkdir(parents=True, exist_ok=True)
        seen.write_text(now)
        raise AssertionError(f"{seen} isn't {golden.name}; PICTURES=renew makes it so")
