"""The program's own colours, dark and light; textual's other themes work, too."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

_COLOURS = {
    "background": ("#14161b", "#fbfbf8"),
    "surface": ("#1b1e25", "#f1f1ec"),
    "panel": ("#232731", "#e6e6df"),
    "foreground": ("#d5d9e2", "#2a2e36"),
    "primary": ("#6fa8f7", "#2c66c4"),
    "secondary": ("#9aa7d0", "#53608f"),
    "accent": ("#d9b36c", "#8f6100"),
    "success": ("#7cc48d", "#2a7a4b"),
    "warning": ("#e0b765", "#8f6100"),
    "error": ("#ec7a84", "#bd3346"),
}
"""On a dark screen, and on a light one."""


def _theme(name: str, *, dark: bool) -> Theme:
    colours: dict[str, Any] = {part: both[not dark] for part, both in _COLOURS.items()}
    return Theme(name, dark=dark, **colours)


DARK = _theme("gitbatch-dark", dark=True)
LIGHT = _theme("gitbatch-light", dark=False)
SIXTEEN = Theme(
    "gitbatch-16",
    primary="#55ffff",
    secondary="#00aaaa",
    accent="#ffff55",
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
)
"""For a terminal that has 16 colours: the softer ones of the others all become its grey."""


def begin_with_theme(app: App[Any], name: str) -> None:
    """Begin with a theme; the program's own one where none of that name is known."""
    for each in (DARK, LIGHT, SIXTEEN):
        app.register_theme(each)
    own = SIXTEEN if app.console.color_system == "standard" else DARK
    theme = app.available_themes.get(name, own)
    if not theme.dark:
        app.theme = name
        return
    # The styles haven't been read yet; setting a theme would have them read twice.
    app.set_reactive(App.theme, theme.name)
    app.stylesheet.set_variables(app.get_css_variables())
