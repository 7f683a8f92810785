"""The base of our messages: fields are declared as in a dataclass, at a fraction of its cost.

`@dataclass` writes and compiles code for every class, half a millisecond each; forty messages
would be a tenth of the time until the first picture.
"""

from __future__ import annotations

from typing import Any, dataclass_transform

from textual.message import Message


@dataclass_transform()
class Told(Message):
    """A message with fields; those with a value in the class may be left out."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()
        fields = type(self).__annotations__
        given = {**dict(zip(fields, values, strict=False)), **named}
        missing = [field for field in fields if field not in given and not hasattr(self, field)]
        if missing or len(values) > len(fields) or given.keys() - fields.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(fields)}")
        for field, value in given.items():
            setattr(self, field, value)
