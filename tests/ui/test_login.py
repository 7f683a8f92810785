"""When ssh needs a person, the screen makes room, ssh asks once, and the action goes on."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.reading import Trouble
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from tests.support.batches import PROJECT
from tests.support.servers.sshd import Sshd, sshd
from tests.support.terminal import Terminal
from tests.support.worlds import World
from tests.ui.driver import async_test, run_app

if TYPE_CHECKING:
    from pathlib import Path

    from gitbatch_tui.ui.app import GitBatchApp

__all__ = ["sshd"]


@pytest.fixture
def world(tmp_path: Path, sshd: Sshd) -> World:
    """A project whose batch remote is on a host that has never been seen."""
    (sshd.folder / "known_hosts").unlink()
    world = World(tmp_path / "world").build()
    world.commit(PROJECT)
    world.git("remote", "set-url", "batch", f"ssh://far{world.repo}")
    world.git("config", "remote.batch.gitbatch", str(world.base))
    return world


def accept_with(
    app: GitBatchApp, monkeypatch: pytest.MonkeyPatch, sshd: Sshd, status: int = 0
) -> list[list[str]]:
    """Let a person accept the host key, or not; the commands that were run for it."""
    asked: list[list[str]] = []

    def answer(argv: list[str], _journal: object) -> int:
        asked.append(argv)
        if not status:
            sshd.trust()
        return status

    monkeypatch.setattr("gitbatch_tui.core.hosts.terminal.run_here", answer)
    monkeypatch.setattr(app, "suspend", nullcontext)
    return asked


@async_test
async def test_after_logging_in_the_action_goes_on(
    world: World, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_app(world.clone) as driver:
        asked = accept_with(driver.app, monkeypatch, sshd)
        await driver.press("s")
        await driver.dialog(Confirm)
        await driver.sees("far isn't known to ssh yet")
        await driver.press("y")
        dialog = await driver.dialog(SubmitDialog)
        assert len(asked) == 1
        assert "BatchMode=no" in asked[0]
        await driver.until(lambda: dialog.situation)
        await driver.press("enter")
        await driver.knows(1, "succeeded")


@async_test
async def test_enter_on_a_remote_that_wants_a_login_logs_in(
    world: World, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_app(world.clone) as driver:
        accept_with(driver.app, monkeypatch, sshd)
        await driver.press("1", "enter")
        await driver.until(lambda: driver.app.live.state.remotes[0].trouble is None)


@async_test
async def test_a_login_that_fails_changes_nothing(
    world: World, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_app(world.clone) as driver:
        asked = accept_with(driver.app, monkeypatch, sshd, status=255)
        await driver.press("s")
        await driver.dialog(Confirm)
        await driver.press("y")
        await driver.says("The login failed; nothing was changed.")
        assert len(asked) == 1
    assert not list((world.base / "runs").iterdir())


@async_test
async def test_another_host_key_is_only_explained(world: World, sshd: Sshd) -> None:
    (sshd.folder / "known_hosts").write_text("* " + (sshd.folder / "id.pub").read_text())
    async with run_app(world.clone) as driver:
        await driver.press("s")
        await driver.dialog(Trouble)
        await driver.sees("shows another host key than before")
        assert "log in here" not in driver.text


def test_ssh_asks_in_the_real_terminal(world: World, sshd: Sshd) -> None:
    sshd.client("StrictHostKeyChecking ask")
    command = [sys.executable, "-m", "gitbatch_tui", "-C", str(world.clone)]
    with Terminal(command) as terminal:
        terminal.expect("master")
        terminal.type("s")
        terminal.expect("log in here")
        terminal.type("y")
        terminal.expect("continue connecting")
        terminal.type("yes\n")
        terminal.expect("NAME=VALUE")
        terminal.type("\x11")
        assert terminal.end() == 0
