"""What real programs printed, from tests/captures."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gitbatch_tui.core.hosts.host import Answer

CAPTURES = Path(__file__).parents[1] / "captures"


def captured(name: str) -> Answer:
    """The answer in a file whose lines begin with `O:` (stdout), `E:` (stderr) or `rc=`."""
    lines = (CAPTURES / name).read_text().splitlines()
    status = next(int(line[3:]) for line in reversed(lines) if line.startswith("rc="))
    streams = [
        "".join(f"{line[3:]}\n" for line in lines if line.startswith(mark)) for mark in ("O:", "E:")
    ]
    return Answer(status, streams[0].encode(), streams[1].encode())


def documents(name: str) -> list[dict[str, object]]:
    """The JSON documents among what the commands of a capture printed."""
    text = (CAPTURES / name).read_text()
    found = re.finditer(r"(?ms)^O: \{$.*?^O: \}$|^O: \{[^\n]+\}$", text)
    bodies = [re.sub(r"(?m)^O: ", "", match[0]) for match in found]
    return [json.loads(body, strict=False) for body in bodies]
