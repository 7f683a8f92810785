"""See tests.support.terminal."""

from tests.support.terminal import Terminal

__all__ = ["Terminal"]
