"""A clone in which a run changed files of every kind."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TRAIN = '''\
"""Fits a line to noisy points."""

import json
import random

RATE = 0.1
EPOCHS = 20


def loss(slope, points):
    """The mean squared error."""
    return sum((y - slope * x) ** 2 for x, y in points) / len(points)


def fit(points):
    slope = 0.0
    for epoch in range(EPOCHS):
        gradient = sum(2 * x * (slope * x - y) for x, y in points)
        slope -= RATE * gradient / len(points)
        print(epoch, loss(slope, points))
    return slope


points = [(x / 10, 3 * x / 10 + random.gauss(0, 0.1)) for x in range(10)]
json.dump({"slope": fit(points)}, open("result.json", "w"))
'''


def metrics(rate: float) -> str:
    rows = [f"{n},{1 / (1 + rate * n):.4f},{0.5 + n * rate / 40:.3f},ok" for n in range(12)]
    return "\n".join(["epoch,loss,accuracy,note", *rows]) + "\n"


def notebook(rate: str, png: bytes) -> str:
    fit = f"rate = {rate}\nslope = fit(points, rate)\nslope"
    value = {"output_type": "execute_result", "data": {"text/plain": [f"slope 2.9{rate[2:]}87"]}}
    picture = {"image/png": base64.b64encode(png).decode(), "text/plain": ["<Figure size 640x480>"]}
    cells = [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": ["# Fit"]},
        code("b", fit, value),
        code("c", "plot(points, slope)", {"output_type": "display_data", "data": picture}),
    ]
    about = {"language_info": {"name": "python", "version": "3.11.7"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells})


def code(name: str, source: str, *outputs: object) -> dict[str, object]:
    return {
        "id": name,
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


BEFORE: dict[str, bytes | str] = {
    "train.py": TRAIN,
    "metrics.csv": metrics(0.3),
    "analysis.ipynb": notebook("0.1", PNG),
    "plot.png": PNG,
    "notes.txt": "try a smaller rate\n",
    "old-name.txt": "".join(f"line {n}\n" for n in range(20)),
}
AFTER: dict[str, bytes | str | None] = {
    "train.py": TRAIN.replace("RATE = 0.1", "RATE = 0.05  # smaller")
    .replace("import random\n", "import random\n\nrandom.seed(42)\n")
    .replace("print(epoch, loss(slope, points))", 'print(f"{epoch} {loss(slope, points):.6f}")'),
    "metrics.csv": metrics(0.3).replace("0.4000,0.537", "0.3871,0.541").replace("ok\n9", "best\n9")
    + "12,0.2174,0.590,ok\n",
    "analysis.ipynb": notebook("0.05", PNG + b"\0"),
    "plot.png": PNG + b"\0",
    "notes.txt": None,
    "old-name.txt": None,
    "new-name.txt": "".join(f"line {n}\n" for n in range(20)) + "one more\n",
    "model.bin": bytes(range(256)) * 40,
    "result.json": '{"slope": 2.9871}\n',
}


class Changed:
    """A repository whose every commit has the same id whenever it is made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "-q", "-b", "master")

    def git(self, *args: str) -> str:
        when = {f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**os.environ, **when},
            check=True,
            capture_output=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, files: Mapping[str, bytes | str | None]) -> str:
        """Write files, and remove those that are None; the commit's id."""
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                data = content if isinstance(content, bytes) else content.encode()
                path.write_bytes(data)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")
