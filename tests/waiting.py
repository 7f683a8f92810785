"""See tests.support.waiting."""

from tests.support.waiting import alive, wait_until

__all__ = ["alive", "wait_until"]
