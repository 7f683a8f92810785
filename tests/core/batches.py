"""See tests.support.batches."""

from tests.support.batches import PROJECT, RESULT, new_world, open_batch, run, runs

__all__ = ["PROJECT", "RESULT", "new_world", "open_batch", "run", "runs"]
