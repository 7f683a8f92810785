"""See tests.support.worlds."""

from tests.support.worlds import (
    HOOKS,
    JOB_AT_ONCE,
    JOB_OF_ITS_OWN,
    NO_JOB,
    Answer,
    Receipt,
    Shell,
    World,
)

__all__ = [
    "HOOKS",
    "JOB_AT_ONCE",
    "JOB_OF_ITS_OWN",
    "NO_JOB",
    "Answer",
    "Receipt",
    "Shell",
    "World",
]
