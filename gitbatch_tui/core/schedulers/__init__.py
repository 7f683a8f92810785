"""What is known about the schedulers of sites: an adapter each, all of them asked the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitbatch_tui.core.schedulers.at import At
from gitbatch_tui.core.schedulers.local import Local

if TYPE_CHECKING:
    from gitbatch_tui.core.schedulers.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {adapter.name: adapter for adapter in (Local(), At())}
"""By the name that `"$GITBATCH" job NAME ID` gives them."""
