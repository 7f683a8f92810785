"""See tests.support.invariants."""

from tests.support.invariants import Outside, check_invariants, processes

__all__ = ["Outside", "check_invariants", "processes"]
