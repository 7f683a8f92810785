from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.control import Users, control_of, socket_path

if TYPE_CHECKING:
    from collections.abc import Iterator

# ssh binds a path with 17 more characters, which with a NUL have to fit the smallest sun_path.
LONGEST = 104 - 17 - 1


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gb", dir="/tmp") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


def test_the_socket_is_in_a_folder_that_only_we_can_enter(runtime: Path) -> None:
    path = socket_path("hpc")
    assert path.parent == runtime / "gitbatch-tui"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert socket_path("hpc") == path
    assert socket_path("hpc\0" + "-p\0" + "2222") != path


def test_a_folder_that_others_can_enter_is_not_used(runtime: Path) -> None:
    (runtime / "gitbatch-tui").mkdir(mode=0o755)
    assert socket_path("hpc").parent != runtime / "gitbatch-tui"


def test_a_link_in_the_place_of_the_folder_is_not_used(runtime: Path) -> None:
    (runtime / "elsewhere").mkdir(mode=0o700)
    (runtime / "gitbatch-tui").symlink_to(runtime / "elsewhere")
    assert socket_path("hpc").parent != runtime / "gitbatch-tui"


@pytest.mark.parametrize("name", ["x" * 90, "100%", "a b", 'a"b', "ü"])
def test_a_runtime_folder_that_ssh_could_not_take_is_not_used(
    runtime: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / name).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / name))
    path = socket_path("hpc")
    assert name not in path.parts
    assert len(str(path)) <= LONGEST


THEIRS = {
    "auto and lasting": ("controlmaster auto\ncontrolpath {s}\ncontrolpersist 60\n", ()),
    "for ever": ("controlmaster true\ncontrolpath {s}\ncontrolpersist yes\n", ()),
    "asking": ("controlmaster autoask\ncontrolpath {s}\ncontrolpersist 0\n", ()),
    "ending with its first session": (
        "controlmaster auto\ncontrolpath {s}\ncontrolpersist no\n",
        ("-o", "ControlPersist=600"),
    ),
}


@pytest.mark.parametrize(("shown", "options"), THEIRS.values(), ids=THEIRS)
def test_a_persons_own_sharing_is_used(runtime: Path, shown: str, options: tuple[str, ...]) -> None:
    socket = runtime / "own socket"
    control = control_of(shown.format(s=socket), "hpc")
    assert (control.socket, control.ours, control.options) == (socket, False, options)


def test_a_master_that_a_person_starts_by_hand_is_used_while_it_is_there(runtime: Path) -> None:
    shown = f"controlmaster false\ncontrolpath {runtime}/own\n"
    assert control_of(shown, "hpc").ours
    (runtime / "own").touch()
    assert control_of(shown, "hpc").socket == runtime / "own"


@pytest.mark.parametrize(
    "shown", ["", "host hpc\n", "controlpath none\n", "controlmaster auto\n", "flag\n"]
)
def test_otherwise_the_connection_is_shared_in_our_way(runtime: Path, shown: str) -> None:
    control = control_of(shown, "hpc")
    assert control.ours
    assert f"ControlPath={control.socket}" in control.options
    assert control.socket.is_relative_to(runtime)


@pytest.mark.parametrize(
    ("shown", "proxy"),
    {
        "proxyjump gate\n": True,
        "proxycommand nc %h %p\n": True,
        "proxyjump none\n": False,
        "": False,
    }.items(),
)
def test_a_proxy_is_noticed(shown: str, proxy: bool) -> None:
    assert control_of(shown, "hpc").proxy is proxy


def test_the_last_user_of_a_socket_knows_it(runtime: Path) -> None:
    first, second = Users(runtime / "socket"), Users(runtime / "socket")
    assert not first.leave()
    assert second.leave()
