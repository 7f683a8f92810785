"""Pictures of the dialogs, byte for byte."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from gitbatch_tui.core.submit.questions import Choices
from gitbatch_tui.core.submit.situation import Situation
from gitbatch_tui.models import BatchRemote, Job, Results, Run, State
from gitbatch_tui.ui.dialogs.choose import Choose
from gitbatch_tui.ui.dialogs.confirm import Confirm
from gitbatch_tui.ui.dialogs.details import Details
from gitbatch_tui.ui.dialogs.rerun import RerunDialog
from gitbatch_tui.ui.dialogs.setup import SetupDialog
from gitbatch_tui.ui.dialogs.submit import SubmitDialog
from gitbatch_tui.ui.state import Selection
from tests.ui.driver import DESIGN, SMALL, async_test
from tests.ui.gallery import before
from tests.ui.picture import looks_like
from tests.ui.run_gallery import run_gallery

if TYPE_CHECKING:
    from tests.ui.gallery import Gallery

SIZES = {"design": DESIGN, "small": SMALL}
REMOTE = BatchRemote("sdil", "login.sdil.kit.edu:~/.batch/loss", "~/.batch/loss", "")
RUN = Run(
    remote="sdil",
    number=6,
    state=State.SUCCEEDED,
    branch="master",
    commit="1f" * 20,
    tree="2e" * 20,
    subject="Sum up the losses of a batch",
    submitter="ada",
    origin="push",
    options=("rate=0.1", "epochs=20"),
    submitted=before(hours=2),
    started=before(hours=2),
    finished=before(hours=1),
    settled=before(hours=1),
    exit=0,
    job=Job("htcondor", "117.0"),
    host="node-17",
    result="d0" * 20,
    place="master",
    results=Results.WAITING,
    ignored="model.bin",
    warning="The job wrote 3 files after it had ended.",
)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@async_test
async def test_cancelling(gallery: Gallery, size: tuple[int, int]) -> None:
    async with run_gallery(gallery.clone, size) as driver:
        await driver.press("c")
        await driver.dialog(Confirm)
        looks_like(driver.app, f"cancel-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@async_test
async def test_submitting(gallery: Gallery, size: tuple[int, int]) -> None:
    batch: Any = SimpleNamespace(remote=REMOTE)
    situation = Situation(
        batch=batch,
        branch="master",
        commit=RUN.commit,
        tree=RUN.tree,
        subject=RUN.subject,
        tip="3d" * 20,
        ahead=2,
        behind=0,
        objection="",
        runs=(RUN,),
        changes=("train.py", "data/rates.csv"),
        untracked=("notes.txt",),
    )
    async with run_gallery(gallery.clone, size) as driver:
        dialog = SubmitDialog(REMOTE, "master", RUN, gallery.clone)
        driver.app.push_screen(dialog)
        await driver.dialog(SubmitDialog)
        dialog.take(situation, Choices())
        await driver.until(lambda: dialog.situation)
        looks_like(driver.app, f"submit-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@async_test
async def test_submitting_a_sweep(gallery: Gallery, size: tuple[int, int]) -> None:
    batch: Any = SimpleNamespace(remote=REMOTE)
    situation = Situation(batch, "master", RUN.commit, RUN.tree, RUN.subject, "3d" * 20, 2, 0, "",
                          (RUN,))  # fmt: skip
    async with run_gallery(gallery.clone, size) as driver:
        dialog = SubmitDialog(REMOTE, "master", RUN, gallery.clone)
        driver.app.push_screen(dialog)
        await driver.dialog(SubmitDialog)
        dialog.take(situation, Choices())
        dialog.sweep.enter()
        await driver.write("lr=0.1,0.3,1")
        await driver.press("down")
        await driver.write("seed=1..3")
        await driver.sees("9 runs of master")
        # A cursor blinks.
        dialog.set_focus(None)
        await driver.pilot.pause()
        looks_like(driver.app, f"submit-sweep-{size[0]}x{size[1]}")


@async_test
async def test_running_again(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        driver.app.push_screen(RerunDialog([RUN], RUN.name, gallery.clone))
        await driver.dialog(RerunDialog)
        looks_like(driver.app, "rerun-120x35")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@async_test
async def test_everything_about_a_run(gallery: Gallery, size: tuple[int, int]) -> None:
    async with run_gallery(gallery.clone, size) as driver:
        driver.app.push_screen(Details(RUN, REMOTE, before()))
        await driver.dialog(Details)
        looks_like(driver.app, f"details-{size[0]}x{size[1]}")


@async_test
async def test_copying(gallery: Gallery) -> None:
    async with run_gallery(gallery.clone) as driver:
        driver.app.act("copy", Selection("runs", REMOTE, "master", RUN, ()))
        dialog = await driver.dialog(Choose)
        await driver.press("down")
        await driver.until(lambda: dialog.ways.highlighted == 1 and dialog.ways.has_focus)
        looks_like(driver.app, "copy-120x35")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@async_test
async def test_adding_a_remote(gallery: Gallery, size: tuple[int, int]) -> None:
    async with run_gallery(gallery.clone, size) as driver:
        await driver.press("a")
        await driver.dialog(SetupDialog)
        looks_like(driver.app, f"setup-{size[0]}x{size[1]}")
