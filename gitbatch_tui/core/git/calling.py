"""How git is called: what it says is the same then, whatever a person, site or caller has set."""

from __future__ import annotations

from typing import Final

_SETTINGS = (
    "protocol.ext.allow=never",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.quotePath=false",
    # Subjects, names and messages are UTF-8, on their way out and in.
    "i18n.logOutputEncoding=UTF-8",
    "i18n.commitEncoding=UTF-8",
    "log.showSignature=false",
    "color.ui=false",
)
OPTIONS: Final = tuple(word for setting in _SETTINGS for word in ("-c", setting))
"""What comes after `git`, and before a command."""
ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_EDITOR": ":",
    "GIT_PAGER": "cat",
    # A server could have made refs/replace/* look like anything, before names were checked.
    "GIT_NO_REPLACE_OBJECTS": "1",
}
"""What is added to `clean_environment`."""
