"""The program's own colours, dark and light; textual's other themes work, too."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

DARK = Theme(
    name="gitbatch-dark",
    dark=True,
    background="#14161b",
    surface="#1b1e25",
    panel="#232731",
    foreground="#d5d9e2",
    primary="#6fa8f7",
    secondary="#9aa7d0",
    accent="#d9b36c",
    success="#7cc48d",
    warning="#e0b765",
    error="#ec7a84",
)
LIGHT = Theme(
    name="gitbatch-light",
    dark=False,
    background="#fbfbf8",
    surface="#f1f1ec",
    panel="#e6e6df",
    foreground="#2a2e36",
    primary="#2c66c4",
    secondary="#53608f",
    accent="#8f6100",
    success="#2a7a4b",
    warning="#8f6100",
    error="#bd3346",
)


def begin_with_theme(app: App[Any], name: str) -> None:
    """Begin with a theme; the program's dark one where none of that name is known."""
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    theme = app.available_themes.get(name, DARK)
    if not theme.dark:
        app.theme = name
        return
    # The styles haven't been read yet; setting a theme would have them read twice.
    app.set_reactive(App.theme, theme.name)
    app.stylesheet.set_variables(app.get_css_variables())
