"""Fits a line through noisy points by gradient descent, and notes the loss of every step."""  # noqa: INP001  # a program, no package

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 200
POINTS = 100


def points(seed: int) -> list[tuple[float, float]]:
    """Points near y = 2x - 1, others for each seed."""
    noise = random.Random(seed)  # noqa: S311  # it is to be the same again
    xs = [noise.uniform(-1, 1) for _ in range(POINTS)]
    return [(x, 2 * x - 1 + noise.gauss(0, 0.1)) for x in xs]


def train(
    data: list[tuple[float, float]], lr: float, momentum: float
) -> Iterator[tuple[float, float, float]]:
    """Yield slope, intercept and loss of each step."""
    slope = intercept = step_slope = step_intercept = 0.0
    for _ in range(STEPS):
        errors = [(slope * x + intercept - y, x) for x, y in data]
        yield slope, intercept, sum(error * error for error, _ in errors) / len(data)
        down_slope = 2 * sum(error * x for error, x in errors) / len(data)
        down_intercept = 2 * sum(error for error, _ in errors) / len(data)
        step_slope = momentum * step_slope - lr * down_slope
        step_intercept = momentum * step_intercept - lr * down_intercept
        slope, intercept = slope + step_slope, intercept + step_intercept


def curve(losses: list[float], width: int = 480, height: int = 240) -> str:
    """The losses as an SVG picture; the scale ends at the first one."""
    most = losses[0] or 1.0
    at = [
        f"{step * width / (len(losses) - 1):.1f},{height * (1 - min(loss / most, 1)):.1f}"
        for step, loss in enumerate(losses)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<polyline fill="none" stroke="black" points="{" ".join(at)}"/></svg>\n'
    )


def main() -> None:
    """Train with the parameters of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.3)
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    slope = intercept = 0.0
    losses: list[float] = []
    with Path("metrics.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["step", "loss"])
        for slope, intercept, loss in train(points(given.seed), given.lr, given.momentum):  # noqa: B007  # the last ones are what it came to
            table.writerow([len(losses), f"{loss:.6g}"])
            file.flush()
            losses.append(loss)
    measured = {"loss": losses[-1], "slope": slope, "intercept": intercept}
    Path("metrics.json").write_text(json.dumps(measured), encoding="utf-8")
    Path("loss.svg").write_text(curve(losses), encoding="utf-8")
    sys.stdout.write(f"lr {given.lr}, momentum {given.momentum}: loss {losses[-1]:.6g}\n")


if __name__ == "__main__":
    main()
