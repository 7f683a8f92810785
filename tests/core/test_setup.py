"""Making a batch remote from a clone: what is planned, done, refused and kept."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import hook_files, installed_programs
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.core.setup import install
from gitbatch_tui.core.setup.plan import SetupRequest, plan
from gitbatch_tui.errors import GitBatchError, Refused
from tests.support.setting_up import planned, push, set_up
from tests.support.worlds import World

if TYPE_CHECKING:
    from gitbatch_tui.core.git.repo import Clone
    from gitbatch_tui.core.hosts.pool import Hosts


def placed(base: Path, name: str) -> Path:
    """Where a program is installed."""
    return base / "repo.git" / ("hooks" if name == "post-receive" else "gitbatch") / name


def test_a_batch_remote_is_made_and_takes_a_push(
    clone: Clone, hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    base = tmp_path / "base"
    said = set_up(clone, hosts, str(base))
    assert said[0].startswith(f"made the batch remote {base} (gitbatch ")
    for name, content in installed_programs().items():
        installed = placed(base, name)
        assert installed.read_bytes() == content
        assert installed.stat().st_mode & 0o111
    assert "gitbatch: run=1 " in push(clone, hosts)
    assert clone.config("remote.batch.gitbatch") == str(base)
    assert not list((tmp_path / "tmp").iterdir())


def test_a_plan_changes_nothing_and_says_every_command(
    clone: Clone, hosts: Hosts, tmp_path: Path
) -> None:
    base = tmp_path / "it's a $(base)"
    steps = planned(clone, hosts, str(base)).steps
    assert not base.exists()
    assert clone.git("remote") == ""
    for step in steps:
        subprocess.run(["sh", "-c", step.command], cwd=clone.path, check=True, capture_output=True)
    assert "gitbatch: run=1 " in push(clone, hosts)


def test_setting_up_twice_changes_nothing(clone: Clone, hosts: Hosts, tmp_path: Path) -> None:
    base = tmp_path / "base"
    set_up(clone, hosts, str(base))
    before = clone.git("config", "--local", "--list")
    again = planned(clone, hosts, str(base))
    assert [step.words for step in again.steps] == [f"check the batch remote {base} on local"]
    assert set_up(clone, hosts, str(base))[0].startswith(f"{base} is up to date")
    assert clone.git("config", "--local", "--list") == before


def test_an_older_installation_is_upgraded(clone: Clone, hosts: Hosts, tmp_path: Path) -> None:
    base = tmp_path / "base"
    set_up(clone, hosts, str(base))
    (base / "repo.git/gitbatch/version").write_text("0.0.9\n")
    (base / "repo.git/gitbatch/gitbatch").write_text("#!/bin/sh\necho old\n")
    upgrade = planned(clone, hosts, str(base))
    assert upgrade.notes[0].startswith("gitbatch 0.0.9 is installed on local")
    assert upgrade.steps[0].words.startswith("upgrade ")
    assert "from gitbatch 0.0.9" in set_up(clone, hosts, str(base))[0]
    assert "gitbatch: run=1 " in push(clone, hosts)


def test_a_hook_that_somebody_edited_is_named_before_it_is_replaced(
    clone: Clone, hosts: Hosts, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    set_up(clone, hosts, str(base))
    with (base / "repo.git/hooks/post-receive").open("a") as hook:
        hook.write("# by hand\n")
    edited = planned(clone, hosts, str(base))
    assert edited.found.differing == ("post-receive",)
    assert edited.notes == ("On local, post-receive differs from ours and is replaced.",)
    (base / "repo.git/gitbatch/gitbatch").write_text("#!/bin/sh\n")
    both = planned(clone, hosts, str(base))
    assert both.notes == ("On local, post-receive and gitbatch differ from ours and are replaced.",)
    set_up(clone, hosts, str(base))
    assert planned(clone, hosts, str(base)).found.differing == ()


def test_links_in_a_circle_are_no_place_for_a_batch_remote(
    clone: Clone, hosts: Hosts, tmp_path: Path
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for place in (tmp_path / "loop", tmp_path / "loop/base"):
        with pytest.raises(GitBatchError, match="loop is a symbolic link to nothing"):
            set_up(clone, hosts, str(place))


def test_a_place_among_the_files_of_the_clone_is_named_unless_git_ignores_it(
    clone: Clone, hosts: Hosts, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(clone.path)
    for place in (clone.path / "base", link / "base", clone.path):
        (note,) = planned(clone, hosts, str(place)).notes
        assert note.startswith(f"{place} is within this clone, where `git add .` and snapshots")
    for place in (tmp_path / "base", clone.git_dir / "base", Path(f"{clone.path}-base")):
        assert planned(clone, hosts, str(place)).notes == ()
    (clone.path / ".gitignore").write_text("/base/\n")
    assert planned(clone, hosts, str(clone.path / "base")).notes == ()
    assert planned(clone, hosts, str(clone.path / "other")).notes


def test_a_foreign_hook_is_kept_and_named(clone: Clone, hosts: Hosts, tmp_path: Path) -> None:
    base = tmp_path / "base"
    hook = base / "repo.git/hooks/post-receive"
    subprocess.run(["git", "init", "-q", "--bare", base / "repo.git"], check=True)
    hook.write_text("#!/bin/sh\nmail\n")
    assert planned(clone, hosts, str(base)).found.foreign_hook
    with pytest.raises(Refused, match=r"somebody else's and was kept.*--replace-hook"):
        set_up(clone, hosts, str(base))
    assert hook.read_text() == "#!/bin/sh\nmail\n"
    assert clone.git("remote") == ""
    assert "kept the hook" in set_up(clone, hosts, str(base), replace_hook=True)[0]
    assert (base / "repo.git/hooks/post-receive.kept").read_text() == "#!/bin/sh\nmail\n"


def test_a_remote_of_that_name_that_points_elsewhere_is_named_and_kept(
    clone: Clone, hosts: Hosts, tmp_path: Path
) -> None:
    clone.git("remote", "add", "batch", "https://example.org/x.git")
    with pytest.raises(Refused, match=r"remote batch here already.*https://example\.org/x\.git"):
        planned(clone, hosts, str(tmp_path / "base"))
    assert not (tmp_path / "base").exists()


@pytest.mark.parametrize("program", ["gitbatch-tui", "git remote"])
def test_a_remote_that_is_in_the_way_is_removed_by_what_made_it(
    clone: Clone, hosts: Hosts, tmp_path: Path, program: str
) -> None:
    clone.git("remote", "add", "batch", "/elsewhere/repo.git")
    if program == "gitbatch-tui":
        clone.git("config", "remote.batch.gitbatch", "/elsewhere")
    with pytest.raises(Refused, match=f"`{program} remove batch`"):
        planned(clone, hosts, str(tmp_path / "base"))


def test_a_remote_that_plain_git_added_is_adopted(tmp_path: Path, hosts: Hosts) -> None:
    world = World(tmp_path / "world").build()
    with open_clone(world.clone) as clone:
        said = set_up(clone, hosts, str(world.base))
        assert len(said) == 2
        assert clone.batch_remote("batch").base == str(world.base)


def test_a_tilde_is_the_home_of_the_machine(clone: Clone, hosts: Hosts) -> None:
    set_up(clone, hosts, "~/.batch/my project")
    assert (Path.home() / ".batch/my project/repo.git").is_dir()
    assert "gitbatch: run=1 " in push(clone, hosts)


def test_a_target_that_cannot_be_is_named(clone: Clone, hosts: Hosts, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"file is a file, not a directory\.$"):
        set_up(clone, hosts, str(tmp_path / "file/base"))


def test_files_that_arrive_in_part_install_nothing(hosts: Hosts, tmp_path: Path) -> None:
    whole = hook_files()["install"]
    host = hosts.at(Location.parse("/x"))
    size = str(len(whole))
    args = ("token", size, "install", size, "--", "--", str(tmp_path / "base"))
    answer = host.run(install._INSTALL, *args, stdin=whole[:900])
    assert answer.stderr == b"the files did not arrive whole\n"
    assert not (tmp_path / "base").exists()


@pytest.mark.parametrize("name", ["", "-x", "42", "a#1", "a b", "a..b", "a:b", "a\x1b"])
def test_a_name_that_would_confuse_somebody_is_refused(
    clone: Clone, hosts: Hosts, tmp_path: Path, name: str
) -> None:
    location = Location.parse(str(tmp_path / "base"))
    with pytest.raises(Refused, match="can't be the name of a remote"):
        plan(clone, SetupRequest(name, location), hosts.at(location))


def test_a_profile_is_written_once_and_kept(clone: Clone, hosts: Hosts, tmp_path: Path) -> None:
    base = tmp_path / "base"
    set_up(clone, hosts, str(base), profile="module load git")
    assert (base / "profile").read_text() == "module load git\n"
    set_up(clone, hosts, str(base), profile="another")
    assert (base / "profile").read_text() == "module load git\n"


def test_a_sha256_clone_gets_a_sha256_batch_remote(hosts: Hosts, tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", folder], check=True)
    with open_clone(folder) as clone:
        set_up(clone, hosts, str(tmp_path / "base"))
        assert "gitbatch: run=1 " in push(clone, hosts)
