"""The table of actions: each is there, and each key has one."""

from __future__ import annotations

import re
from inspect import iscoroutinefunction

from gitbatch_tui.ui.actions import ACTIONS, action
from gitbatch_tui.ui.keys import KEYS, WITHOUT_KEY


def test_every_action_of_the_table_is_there() -> None:
    assert [name for name in ACTIONS if not iscoroutinefunction(action(name))] == []


def test_every_key_and_every_line_of_the_palette_has_its_action() -> None:
    called = re.findall(
        r"app\.act\('(\w+)'\)", " ".join(key.action for key in (*KEYS, *WITHOUT_KEY))
    )
    assert called
    assert set(called) <= ACTIONS.keys()
