"""See tests.support.changed."""

from tests.support.changed import AFTER, BEFORE, PNG, Changed, code

__all__ = ["AFTER", "BEFORE", "PNG", "Changed", "code"]
