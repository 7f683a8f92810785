from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from gitbatch_tui.core.base import data

ROOT = Path(__file__).parents[2]
WHERE = "from gitbatch_tui.core.base import data; print(data.hooks_dir(), data.examples_dir())"


def test_a_checkout_finds_its_own_hooks_and_examples() -> None:
    assert data.hooks_dir() == ROOT / "hooks"
    assert data.examples_dir() == ROOT / "examples"


def test_a_wheel_carries_the_hooks_byte_for_byte_and_finds_them(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    installed = tmp_path / "site"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    said = subprocess.check_output([sys.executable, "-c", WHERE], cwd=installed, text=True)
    hooks, examples = map(Path, said.split())
    assert hooks == installed / "gitbatch_tui/_data/hooks"
    assert examples.name == "examples"
    carried = {path.relative_to(hooks): path for path in hooks.rglob("*") if path.is_file()}
    ours = (path for path in (ROOT / "hooks").rglob("*") if path.is_file())
    assert {path.relative_to(ROOT / "hooks") for path in ours} == carried.keys()
    assert {name: path.read_bytes() for name, path in carried.items()} == {
        name: (ROOT / "hooks" / name).read_bytes() for name in carried
    }
