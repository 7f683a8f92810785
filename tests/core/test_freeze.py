from __future__ import annotations

import ast
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core import frozen as package
from gitbatch_tui.core.dirhash import HashError, Scheme
from gitbatch_tui.core.freezing import FreezeClient
from gitbatch_tui.core.frozen import FrozenError, manifest, refusals, use
from gitbatch_tui.core.frozen.freeze import Freezing
from gitbatch_tui.core.frozen.verify import HashCheck, verify
from gitbatch_tui.core.hosts.host import LocalHost
from gitbatch_tui.errors import Refused
from tests.support.freeze_faults import CONTENT, SMALL, FreezeTrial, content, fill
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.project import Project

IRIS = Path(__file__).parents[1] / "data/iris"
PUBLISHED = "v1-sha256-128M-aa669dcefba57e01bd7ff0526a0001d2118f06adc8106d265b5743b0ee90084f"


@pytest.fixture
def trial(tmp_path: Path) -> FreezeTrial:
    root = tmp_path / "frost"
    root.mkdir()
    trial = FreezeTrial(root, root / "archive")
    trial.build()
    return trial


def refusal(trial: FreezeTrial, *bases: Path) -> str:
    before = content(trial.root)
    freezing = Freezing(os.fsencode(trial.place), os.fsencode(trial.archive), SMALL)
    with pytest.raises((FrozenError, HashError)) as caught:
        freezing.freeze([os.fsencode(base) for base in bases])
    assert content(trial.root) == before, "nothing has moved"
    return str(caught.value)


def test_iris_is_frozen_under_its_published_value(tmp_path: Path) -> None:
    shutil.copytree(IRIS, tmp_path / "iris")
    keeper = FreezeClient(LocalHost())
    frozen = keeper.freeze(str(tmp_path / "iris"), str(tmp_path / "kept"))
    assert (frozen.hash, frozen.unseen) == (PUBLISHED, "")
    assert frozen.data == str(tmp_path / "kept" / PUBLISHED)
    assert (tmp_path / "iris").readlink() == tmp_path / "kept" / PUBLISHED
    (verdict,) = keeper.verify(str(tmp_path / "iris"))
    assert verdict.good
    subprocess.run(["chmod", "-R", "u+w", tmp_path / "kept"], check=True)


def test_where_processes_can_not_be_seen_that_is_said(
    trial: FreezeTrial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use, "PROC", os.fsencode(trial.root / "no-proc"))
    frozen = FreezeClient(LocalHost()).freeze(str(trial.place), str(trial.archive))
    assert frozen.unseen.startswith("there is no /proc there")


def test_freezing_moves_the_data_and_leaves_a_link_to_it(trial: FreezeTrial) -> None:
    inode = (trial.place / "a").stat().st_ino
    assert trial.freeze() == "moved"
    trial.is_frozen()
    assert (trial.place / "a").stat().st_ino == inode


def test_the_same_data_twice_is_kept_once_and_linked(trial: FreezeTrial) -> None:
    trial.build(archived=True)
    assert trial.freeze() == "linked"
    trial.is_frozen()
    assert trial.place.resolve() == (trial.root / "other/twin").resolve()


def test_data_whose_manifest_was_lost_gets_it_back_when_it_is_frozen_again(
    trial: FreezeTrial,
) -> None:
    trial.build(archived=True)
    (lost,) = trial.archive.glob("*.manifest")
    lost.unlink()
    trial.freeze()
    trial.is_frozen()


def test_data_that_is_damaged_in_the_archive_is_not_taken_for_the_same(trial: FreezeTrial) -> None:
    trial.build(archived=True)
    damaged = (trial.root / "other/twin").resolve() / "a"
    damaged.chmod(0o644)
    damaged.write_bytes(b"rotten")
    assert "isn't what its name says: a (altered). Nothing was moved" in refusal(trial)


def test_a_directory_that_is_frozen_already_is_refused(trial: FreezeTrial) -> None:
    trial.freeze()
    with pytest.raises(FrozenError, match=r"is a symbolic link to .*, frozen data already"):
        trial.freeze()


def test_another_link_is_refused(trial: FreezeTrial) -> None:
    elsewhere = trial.place.rename(trial.root / "elsewhere")
    trial.place.symlink_to(elsewhere)
    assert "it has to be a directory" in refusal(trial)
    assert f"{trial.place}/".endswith("/")
    freezing = Freezing(os.fsencode(trial.place) + b"/", os.fsencode(trial.archive), SMALL)
    with pytest.raises(FrozenError, match="it has to be a directory"):
        freezing.freeze()


def test_what_isnt_there_and_what_is_a_file_are_refused(trial: FreezeTrial) -> None:
    shutil.rmtree(trial.place)
    assert f"There is no {trial.place}." in refusal(trial)
    trial.place.write_text("a file")
    assert "isn't a directory" in refusal(trial)


def test_a_directory_inside_the_archive_is_refused(trial: FreezeTrial) -> None:
    trial.archive = trial.place.parent
    assert "lies inside the archive" in refusal(trial)


def test_an_archive_inside_the_directory_is_refused(trial: FreezeTrial) -> None:
    trial.archive = trial.place / "archive"
    assert "The archive" in refusal(trial)
    assert not trial.archive.exists()


def test_frozen_data_is_not_frozen_in_part_and_holds_no_archive(trial: FreezeTrial) -> None:
    trial.freeze()
    frozen = trial.place.resolve()
    # As for root, who may write in it all the same.
    subprocess.run(["chmod", "-R", "u+w", frozen], check=True)
    before = content(trial.root)
    part = next(path for path in sorted(frozen.iterdir()) if path.is_dir())
    for place in (part, trial.place / part.name, frozen):
        own = Freezing(os.fsencode(place), os.fsencode(trial.root / "more"), SMALL)
        with pytest.raises(FrozenError, match="frozen data, which has to stay as it is"):
            own.freeze()
    fill(trial.root / "other")
    for archive in (frozen, trial.place / "archive"):
        into = Freezing(os.fsencode(trial.root / "other"), os.fsencode(archive), SMALL)
        with pytest.raises(FrozenError, match="lies inside frozen data: choose another one"):
            into.freeze()
    shutil.rmtree(trial.root / "other")
    assert content(trial.root) == before


@pytest.mark.parametrize("inside", [".", "folder/deep"])
def test_the_folder_that_one_is_in_is_refused(
    trial: FreezeTrial, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(trial.place / inside)
    assert "is, or holds, the folder where you are" in refusal(trial)


LINKS = {"latest": "folder/b", "folder/up": "../a", "all": "folder", "later": "not/yet"}


def with_links(trial: FreezeTrial) -> None:
    for name, target in LINKS.items():
        (trial.place / name).symlink_to(target)


def links_in(place: Path) -> dict[str, str]:
    return {name: str((place / name).readlink()) for name in LINKS}


@pytest.mark.parametrize("way", ["moved", "copied"])
def test_links_that_stay_inside_are_frozen_with_the_data(
    trial: FreezeTrial, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_links(trial)
    before = content(trial.place)
    if way == "copied":

        def another_file_system(_: Freezing, __: object) -> None:
            raise OSError(errno.EXDEV, "Invalid cross-device link")

        monkeypatch.setattr(Freezing, "_move", another_file_system)
    assert trial.freeze() == way
    assert content(trial.place) == before
    assert links_in(trial.place) == LINKS
    assert not (trial.place / "a").stat().st_mode & 0o333, "a link's rights aren't its target's"
    assert [verdict.good for verdict in verify(os.fsencode(trial.place))] == [True]
    trial.build()


def test_a_link_that_was_altered_in_the_archive_is_named(trial: FreezeTrial) -> None:
    with_links(trial)
    trial.freeze()
    data = trial.place.resolve()
    data.chmod(0o755)
    (data / "latest").unlink()
    (data / "latest").symlink_to("a")
    (verdict,) = verify(os.fsencode(trial.place))
    assert verdict.altered == {b"latest": "altered"}
    (data / "latest").unlink()
    (data / "latest").symlink_to("/etc/passwd")
    (verdict,) = verify(os.fsencode(trial.place))
    assert "is a link to /etc/passwd, an absolute path" in verdict.altered[b"latest"]
    trial.build()


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/etc", "is a link to /etc, an absolute path: put a copy"),
        ("../../other", "is a link to ../../other, which is not in it: put a copy"),
        ("../../data/a", "which is not in it"),
    ],
)
def test_links_that_lead_out_are_refused_by_name(trial: FreezeTrial, target: str, why: str) -> None:
    (trial.place / "folder/link").symlink_to(target)
    said = refusal(trial)
    assert "folder/link is a link" in said
    assert why in said


def test_a_hard_link_from_outside_is_refused(trial: FreezeTrial) -> None:
    os.link(trial.place / "a", trial.root / "other name")
    assert "a has another name elsewhere (a hard link)" in refusal(trial)


def test_hard_links_within_are_fine(trial: FreezeTrial) -> None:
    os.link(trial.place / "a", trial.place / "again")
    assert trial.freeze() == "moved"


def test_a_mount_point_inside_is_refused(
    trial: FreezeTrial, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = trial.root / "mountinfo"
    mounted = str(trial.place / "folder").replace("frost", r"f\162ost", 1)
    table.write_text(f"36 35 98:0 / / rw - ext4 x rw\n37 36 0:5 / {mounted} rw - tmpfs x rw\n")
    monkeypatch.setattr(refusals, "MOUNTS", str(table))
    assert "holds a mount point" in refusal(trial)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_directory_of_somebody_else_is_refused(trial: FreezeTrial) -> None:
    os.chown(trial.place / "folder/b", 65534, 65534)
    assert "folder/b isn't yours" in refusal(trial)


def test_a_directory_in_which_a_file_is_open_is_refused(trial: FreezeTrial) -> None:
    hold = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", hold, str(trial.place / "folder/b")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert f"is in use by process {process.pid} (" in refusal(trial)
        assert process.stdin
        process.stdin.close()
    assert trial.freeze() == "moved"


def test_a_directory_that_a_running_job_uses_by_a_link_is_refused(
    project: Project, trial: FreezeTrial
) -> None:
    project.world.clone.joinpath("data").symlink_to(trial.place / "folder")
    number = project.begin("until test -e ../go; do sleep 0.1; done")
    base = project.world.base
    wait_until((project.world.run(number) / "started").exists)
    assert f"is in use by run {number} of {base}" in refusal(trial, base)
    (project.world.run(number) / "go").touch()
    project.world.settled(number)
    freezing = Freezing(os.fsencode(trial.place), os.fsencode(trial.archive), SMALL)
    assert freezing.freeze([os.fsencode(base)]) == "moved"


def test_a_directory_that_holds_the_batch_remote_is_refused(trial: FreezeTrial) -> None:
    assert "holds the batch remote" in refusal(trial, trial.place / "folder")


def test_a_change_while_it_is_frozen_puts_everything_back(trial: FreezeTrial) -> None:
    freezing = Freezing(os.fsencode(trial.place), os.fsencode(trial.archive), SMALL)
    rename = os.rename

    def writing(old: bytes, new: bytes) -> None:
        rename(old, new)
        if old == freezing.place:
            (Path(os.fsdecode(new)) / "a").write_bytes(b"changed at the last moment")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", writing)
        with pytest.raises(FrozenError, match="changed while it was frozen"):
            freezing.freeze()
    assert (trial.place / "a").read_bytes() == b"changed at the last moment"
    assert [path.name for path in trial.place.parent.iterdir()] == ["data"]


def test_two_at_once_are_refused(trial: FreezeTrial) -> None:
    first = Freezing(os.fsencode(trial.place), os.fsencode(trial.archive), SMALL)
    with first._locked():
        assert "is being frozen just now" in refusal(trial)


# --- Verifying


@pytest.fixture
def cold(trial: FreezeTrial) -> FreezeTrial:
    trial.freeze()
    subprocess.run(["chmod", "-R", "u+w", trial.archive], check=True)
    return trial


def judged(trial: FreezeTrial) -> HashCheck:
    (verdict,) = verify(os.fsencode(trial.place))
    return verdict


def test_data_is_verified_by_link_by_place_and_with_its_archive(cold: FreezeTrial) -> None:
    data = cold.place.resolve()
    for path in (cold.place, data, data / "folder", cold.archive):
        (verdict,) = verify(os.fsencode(path))
        assert verdict.good
        assert os.fsdecode(verdict.data) == str(data)


def gone(data: Path) -> None:
    subprocess.run(["chmod", "-R", "u+w", data], check=True)
    shutil.rmtree(data)


def led_nowhere(data: Path) -> None:
    gone(data)
    data.symlink_to("/unmounted/data")


def a_file(data: Path) -> None:
    gone(data)
    data.write_text("")
    Path(f"{data}.manifest").unlink()


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        (gone, "It was moved or removed, or freezing it was interrupted."),
        (led_nowhere, "leads to /unmounted/data, which isn't there."),
        (a_file, "isn't a directory."),
    ],
)
def test_an_archive_is_not_good_where_data_is_missing_in_it(
    trial: FreezeTrial, happened: Callable[[Path], None], why: str
) -> None:
    trial.freeze()
    happened(trial.place.resolve())
    (verdict,) = verify(os.fsencode(trial.archive))
    assert (verdict.good, verdict.actual) == (False, "")
    assert why in verdict.why


def test_altered_missing_and_added_files_are_named(cold: FreezeTrial) -> None:
    (cold.place / "a").write_bytes(CONTENT["a"][:-1] + b"X")
    shutil.rmtree(cold.place / "folder/deep")
    (cold.place / "new").mkdir()
    link = cold.place.resolve() / "link"
    link.symlink_to("a")
    verdict = judged(cold)
    assert not verdict.good
    assert verdict.altered == {
        b"a": "altered",
        b"folder/deep/": "missing",
        b"folder/deep/c\n\\n": "missing",
        b"link": "added",
        b"new/": "added",
    }


def test_without_a_manifest_only_the_hash_is_known_to_differ(cold: FreezeTrial) -> None:
    (cold.place / "a").write_bytes(b"x")
    (lost,) = cold.archive.glob("*.manifest")
    lost.unlink()
    verdict = judged(cold)
    assert (verdict.good, verdict.altered) == (False, {})
    assert verdict.why.startswith("The files can't be named: it has no manifest")


def test_a_damaged_manifest_names_nobody(cold: FreezeTrial) -> None:
    (cold.place / "a").write_bytes(b"x")
    (kept,) = cold.archive.glob("*.manifest")
    whole = kept.read_bytes()
    for place in range(len(whole)):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert "is damaged, too" in judged(cold).why, place


def test_a_manifest_has_every_path_as_it_is(cold: FreezeTrial) -> None:
    data = os.fsencode(cold.place.resolve())
    paths = {os.fsdecode(path) for path in manifest.read(data) if not path.endswith(b"/")}
    assert paths == set(CONTENT)


def test_good_data_needs_no_manifest(cold: FreezeTrial) -> None:
    (lost,) = cold.archive.glob("*.manifest")
    lost.unlink()
    assert judged(cold).good


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("v2-sha256-128M-aa", "The version v2 is unknown; known is v1."),
        ("v1-md5-128M-aa", "The algorithm md5 is unknown"),
        ("v1-sha256-4T-aa", "The block size 4T is unknown"),
    ],
)
def test_data_under_a_hash_that_we_dont_know_is_named(
    name: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / name).mkdir()
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(FrozenError) as caught:
            verify(os.fsencode(path))
        assert sentence in str(caught.value)


def test_what_is_no_frozen_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("missing")
    for path, sentence in (
        (tmp_path / "home", "is no frozen data, and no archive that holds any."),
        (tmp_path / "none", "There is no "),
        (tmp_path / "link", "leads to missing, which isn't there."),
    ):
        with pytest.raises(FrozenError) as caught:
            verify(os.fsencode(path))
        assert sentence in str(caught.value)


def test_data_that_cannot_be_reached_is_not_said_to_be_gone(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")  # as a closed folder does, this keeps everybody out
    with pytest.raises(FrozenError, match="can't be reached: Too many levels of symbolic links"):
        verify(os.fsencode(tmp_path / "link/data"))


# --- The archive that is meant


def test_the_archive_is_the_one_of_the_clone_else_a_sibling(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.world.clone)
    keeper = FreezeClient(LocalHost())
    fill(tmp_path / "one/data")
    assert keeper.freeze(str(tmp_path / "one/data")).data.startswith(f"{tmp_path}/one/archive/v1-")
    project.world.git("config", "gitbatch.archive", "~/kept")
    fill(tmp_path / "two/data")
    frozen = keeper.freeze(str(tmp_path / "two/data"))
    assert frozen.data.startswith(f"{tmp_path}/home/kept/v1-")


def test_an_archive_that_the_setting_does_not_say_moves_nothing(
    project: Project, trial: FreezeTrial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.world.clone)
    project.world.git("config", "gitbatch.archive", "~nobody-of-that-name/kept")
    with pytest.raises(Refused, match=r"gitbatch\.archive means can't be known: .*nobody-of-that"):
        FreezeClient(LocalHost()).freeze(str(trial.place))
    assert content(trial.place) == CONTENT


def test_an_unknown_algorithm_is_refused_before_anything_moves(trial: FreezeTrial) -> None:
    with pytest.raises(Refused, match="The algorithm md5 is unknown"):
        FreezeClient(LocalHost()).freeze(str(trial.place), algorithm="md5")
    assert content(trial.place) == CONTENT


@pytest.mark.parametrize(
    "path", sorted(Path(next(iter(package.__path__))).glob("*.py")), ids=lambda path: str(path.stem)
)
def test_what_is_sent_to_servers_is_written_in_their_python(path: Path) -> None:
    source = path.read_text()
    ast.parse(source, feature_version=(3, 6))
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    ours = {node.module for node in imports if str(node.module).startswith("gitbatch_tui")}
    assert all(
        str(name).startswith(("gitbatch_tui.core.frozen", "gitbatch_tui.core.dirhash"))
        or name == "gitbatch_tui.core"
        for name in ours
    )
    assert Scheme().block_size == 128 << 20
