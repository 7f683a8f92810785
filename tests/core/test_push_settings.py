"""Settings of git's that keep pushes from arriving are found by a true push, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.setup.doctor import Health, diagnose
from gitbatch_tui.core.setup.roundtrip import try_push
from gitbatch_tui.errors import Refused
from tests.support.batches import new_world, open_batch
from tests.support.command_line import call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project
    from tests.support.worlds import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


IN_THE_WAY = {
    "pushes go elsewhere": ("url.{root}/other.git.pushInsteadOf", "{repo}"),
    "all goes elsewhere": ("url./nowhere.insteadOf", "{root}"),
    "a second address": ("remote.batch.pushurl", "/nowhere"),
    "no protocol": ("protocol.allow", "never"),
    "not this protocol": ("protocol.file.allow", "never"),
    "hidden branches": ("transfer.hideRefs", "refs/heads"),
    "another program's pushes": ("receive.procReceiveRefs", "refs"),
    "signed pushes": ("push.gpgSign", "true"),
    "small pushes": ("receive.maxInputSize", "10"),
    "a mirror": ("remote.batch.mirror", "true"),
}


@pytest.mark.parametrize(("key", "value"), IN_THE_WAY.values(), ids=list(IN_THE_WAY))
def test_a_setting_that_stops_every_push_is_named_with_its_file(
    world: World, key: str, value: str
) -> None:
    world.git("init", "-q", "--bare", str(world.root / "other.git"))
    key, value = (text.format(root=world.root, repo=world.repo) for text in (key, value))
    world.git("config", "--global", key, value)
    named = f"{key.rpartition('.')[0]}.{key.rpartition('.')[2].lower()} = {value} in "
    with open_batch(world) as batch:
        with pytest.raises(
            Refused, match="is there, but pushes from this clone don't get through: "
        ) as no:
            try_push(batch)
        failed = [check for check in diagnose(batch) if check.verdict is Health.FAIL]
    assert f"{named}{world.env['HOME']}/.gitconfig" in str(no.value)
    assert named in failed[-1].words
    assert not world.git("--git-dir", str(world.root / "other.git"), "for-each-ref")


def test_branches_that_arrive_and_are_shown_to_nobody_are_hidden(world: World) -> None:
    world.git("config", "--global", "uploadpack.hideRefs", "refs/heads")
    words = r"its branches are hidden from fetches \(uploadpack.hiderefs = refs/heads in "
    with open_batch(world) as batch, pytest.raises(Refused, match=words):
        try_push(batch)


def test_a_program_that_keeps_back_what_is_fetched_is_named_before_a_run_is_lost_to_it(
    world: World,
) -> None:
    world.git("config", "--global", "uploadpack.packObjectsHook", "false")
    words = r"keeps back what is fetched \(uploadpack.packobjectshook = false in .*\.gitconfig"
    with open_batch(world) as batch:
        with pytest.raises(Refused, match=words):
            try_push(batch)
        failed = [check for check in diagnose(batch) if check.verdict is Health.FAIL]
        assert [check.name for check in failed] == ["git's connection"]
        assert not list(world.base.glob(".gitbatch-trial*"))
        world.script(world.root / "passes", '#!/bin/sh\nexec "$@"\n')
        world.git("config", "--global", "uploadpack.packObjectsHook", str(world.root / "passes"))
        try_push(batch)


def test_settings_that_stop_no_push_are_left_alone(world: World) -> None:
    for key, value in {
        "push.default": "nothing",
        "push.pushOption": "ci.skip",
        "remote.pushDefault": "nowhere",
        "receive.denyDeletes": "true",
        "receive.denyCurrentBranch": "refuse",
        f"url.{world.root}.insteadOf": "short:",
    }.items():
        world.git("config", "--global", key, value)
    world.git("config", "remote.batch.url", "short:/base/repo.git")
    before = world.git("for-each-ref"), world.bare("for-each-ref")
    with open_batch(world) as batch:
        try_push(batch)
    assert (world.git("for-each-ref"), world.bare("for-each-ref")) == before
    assert not list((world.base / "runs").iterdir())


def test_the_variable_that_forbids_a_protocol_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "https")
    with open_batch(world) as batch, pytest.raises(Refused, match="GIT_ALLOW_PROTOCOL is https"):
        try_push(batch)


def test_setup_says_what_was_made_and_that_no_push_arrives(project: Project) -> None:
    project.world.git("config", "--global", "protocol.file.allow", "never")
    said = call(project, "setup", "batch", str(project.world.base))
    assert said.status == 1
    assert f"{project.world.base} is up to date" in said.out
    assert "gitbatch-tui submit" not in said.out
    assert (
        "pushes from this clone don't get through: git is set not to use file (protocol.allow)"
        in said.err
    )
