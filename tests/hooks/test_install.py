"""What install makes, keeps, upgrades and refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.base.data import hook_files, installed_programs
from tests.support.invariants import Outside, check_invariants
from tests.support.worlds import HOOKS, NO_JOB, SHELLS, Shell, World, shells_alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = [name for name in hook_files() if name.startswith(("gitbatch.d/", "install.d/"))]

FOREIGN = "#!/bin/sh\necho somebody else\n"
PLACEHOLDER = "xcrun: error: invalid active developer path (/Library/Developer/CommandLineTools)"


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_installing_again_changes_nothing(each_shell: World) -> None:
    world = each_shell
    before = listing(world.base)
    answer = world.install()
    assert answer.status == 0
    assert f"{world.base} is up to date" in answer.output
    assert listing(world.base) == before


def test_installing_puts_the_files_in_place_byte_for_byte(world: World) -> None:
    for name, program in installed_programs().items():
        installed = world.repo / ("hooks" if name == "post-receive" else "gitbatch") / name
        assert installed.read_bytes() == world.adapted(program.decode()).encode()
        assert installed.stat().st_mode & 0o777 == 0o755
    assert world.bare("config", "core.hooksPath") == str(world.repo / "hooks")
    refs = world.bare("for-each-ref", "--format=%(refname)").split()
    assert refs == ["refs/gitbatch/keep", "refs/gitbatch/log"]


def test_installing_says_how_to_add_the_remote(each_shell: World) -> None:
    world = each_shell
    answer = world.call(world.sh, world.hooks() / "install", world.root / "base", at=world.root)
    command = answer.lines[-1].partition(":")[2].split()
    assert command == ["git", "remote", "add", "batch", str(world.repo)]


def test_installing_over_an_older_version_upgrades_and_keeps_its_runs(each_shell: World) -> None:
    world = each_shell
    world.commit({"schedule.sh": NO_JOB})
    world.push()
    for path in (world.repo / "hooks/post-receive", world.repo / "gitbatch/gitbatch"):
        path.write_text(f"{path.read_text()}# older\n")
    (world.repo / "gitbatch/version").write_text("0.0.1\n")
    world.bare("config", "--unset", "receive.fsckObjects")
    world.bare("config", "gitbatch.localSlots", "7")
    answer = world.install()
    assert f"upgraded {world.base} from gitbatch 0.0.1 to " in answer.output
    assert "# older" not in (world.repo / "gitbatch/gitbatch").read_text()
    assert "# older" not in (world.repo / "hooks/post-receive").read_text()
    assert world.bare("config", "receive.fsckObjects") == "true"
    assert world.bare("config", "gitbatch.localSlots") == "7"
    assert world.status(1)["state"] == "submitted"


def test_a_hook_of_somebody_else_is_kept_and_named(each_shell: World) -> None:
    world = each_shell
    hook = world.repo / "hooks/post-receive"
    world.script(hook, FOREIGN)
    before = listing(world.base)
    answer = world.install()
    assert answer.status != 0
    assert f"{hook} is a hook of somebody else's and was kept" in answer.output
    assert listing(world.base) == before
    answer = world.install("--replace-hook")
    assert answer.status == 0
    assert f"kept the hook that was there as {hook}.kept" in answer.output
    assert "somebody else" in (hook.parent / "post-receive.kept").read_text()
    world.script(hook, FOREIGN)
    world.install("--replace-hook")
    assert (hook.parent / "post-receive.kept.kept").exists()


def test_a_repository_that_was_there_before_becomes_a_batch_remote(
    clean_environment: Path, tmp_path: Path
) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    world.base.mkdir()
    world.git("init", "-q", "--bare", str(world.repo), at=world.root)
    for sample in (world.repo / "hooks").iterdir():
        sample.unlink()
    assert world.install().status == 0
    world.new_clone(world.clone)
    world.commit({"schedule.sh": NO_JOB})
    assert world.push().receipts[0].state == "submitted"
    check_invariants(world.base, world.receipts)


STRANGE = {
    "spaces": "a path with spaces",
    "quotes": 'it\'s a "path"',
    "a dollar": "$HOME `id` $(id)",
    "backslashes": "back\\slash",
    "a dash": "-rf",
    "umlauts": "ümläut",
    "a pattern": "*?[a]",
    "a percent": "%s%n",
    "a hash": "a#b;c",
}


@pytest.mark.parametrize("case", STRANGE)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_path_may_hold(clean_environment: Path, tmp_path: Path, case: str, shell: str) -> None:
    del clean_environment
    world = World(tmp_path / "world", Shell.named(shell))
    world.base = world.root / STRANGE[case] / "base"
    world.env["TEST_WORLD"] = str(world.base)
    outside = Outside(tmp_path, world.base.parent, world.clone, world.root / "hooks")
    world.build()
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n',
            "run.sh": "#!/bin/sh\necho new >result\n",
        }
    )
    assert world.settled(run)["place"] == "master"
    assert world.bare("show", "master:result") == "new"
    check_invariants(world.base, world.receipts, probe=False)
    assert outside.changes() == [str(world.base.parent)] or outside.changes() == []


def as_somebody(world: World, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program as an ordinary user, where this one is root."""
    drop = [
        shutil.which("setpriv") or "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ]
    return subprocess.run(
        [*(drop if os.geteuid() == 0 else []), *command],
        env=world.env | {"HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_place_that_can_not_be_written_is_named_before_anything_is_done(
    open_folder: Path,
) -> None:
    world = World(open_folder / "world")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    shutil.copytree(HOOKS, open_folder / "hooks")
    install = open_folder / "hooks/install"
    done = as_somebody(world, "sh", install, closed / "deep/base")
    assert done.returncode == 1
    assert done.stderr.startswith(f"install: {closed} can not be written by ")
    assert "choose another place" in done.stderr
    assert list(closed.iterdir()) == []


def a_file(base: Path) -> str:
    base.write_text("x")
    return f"{base} is a file, not a directory"


def below_a_file(base: Path) -> str:
    base.parent.rmdir()
    base.parent.write_text("x")
    return f"{base.parent} is a file, not a directory"


def a_dangling_link(base: Path) -> str:
    base.symlink_to("nowhere")
    return f"{base} is a symbolic link to nothing"


def someone_elses_folder(base: Path) -> str:
    base.mkdir()
    (base / "thesis.tex").write_text("x")
    return f"{base} is not empty and no batch remote: it has thesis.tex"


def a_hidden_file(base: Path) -> str:
    base.mkdir()
    (base / ".profile").write_text("x")
    return f"{base} is not empty and no batch remote: it has .profile"


@pytest.mark.parametrize(
    "obstacle", [a_file, below_a_file, a_dangling_link, someone_elses_folder, a_hidden_file]
)
def test_install_refuses(
    clean_environment: Path, tmp_path: Path, obstacle: Callable[[Path], str]
) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    world.base = world.root / "parent/base"
    world.base.parent.mkdir()
    sentence = obstacle(world.base)
    world.hooks()
    outside = Outside(tmp_path)
    answer = world.install()
    assert answer.status == 1
    assert sentence in answer.output
    assert outside.changes() == []


GITS = {
    "git version 2.16.6": "git version 2.16.6 is too old: a batch remote needs git 2.17 or newer",
    "git version 1.8.3.1": "git version 1.8.3.1 is too old",
    "something else": "this git can't be told by its version: something else",
    "git version 2.17.0": "",
    "git version 2.39.3 (Apple Git-146)": "",
    "git version 2.45.1.windows.1": "",
    "git version 3.0.0": "",
    "git version 2.50.0-rc1": "",
}


@pytest.mark.parametrize("version", GITS)
@pytest.mark.parametrize("shell", SHELLS)
def test_old_gits_are_refused_and_new_ones_taken(
    clean_environment: Path, tmp_path: Path, version: str, shell: str
) -> None:
    del clean_environment
    world = World(tmp_path / "world", Shell.named(shell))
    git = shutil.which("git")
    tools = tmp_path / "tools"
    world.script(
        tools / "git",
        f'#!/bin/sh\ntest "$1" != --version || {{ echo "{version}"; exit; }}\nexec {git} "$@"\n',
    )
    world.env["PATH"] = f"{tools}:{world.env['PATH']}"
    world.hooks()
    outside = Outside(tmp_path)
    answer = world.install()
    assert (answer.status == 0) == (not GITS[version])
    assert GITS[version] in answer.output
    assert bool(outside.changes()) == (answer.status == 0)


def test_no_git_at_all_is_said_in_a_sentence(clean_environment: Path, tmp_path: Path) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    (tmp_path / "tools").mkdir()
    tools = shells_alone(tmp_path / "tools")
    for name in ("sh", "id", "grep"):
        program = shutil.which(name)
        assert program
        (tools / name).symlink_to(program)
    world.env["PATH"] = str(tools)
    world.hooks()
    outside = Outside(tmp_path)
    answer = world.install()
    assert answer.status == 1
    assert "there is no git on the PATH of this login: install git 2.17 or newer" in answer.output
    assert outside.changes() == []


def test_the_placeholder_of_a_mac_is_no_git(clean_environment: Path, tmp_path: Path) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    world.script(tmp_path / "tools/git", f"#!/bin/sh\necho '{PLACEHOLDER}' >&2\nexit 1\n")
    world.env["PATH"] = f"{tmp_path / 'tools'}:{world.env['PATH']}"
    answer = world.install()
    assert answer.status == 1
    assert "Apple's placeholder here: 'xcode-select --install'" in answer.output
    assert not world.base.exists()


@pytest.mark.parametrize("missing", ["post-receive", *PARTS])
def test_half_a_download_is_refused(clean_environment: Path, tmp_path: Path, missing: str) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    shutil.copytree(HOOKS, tmp_path / "hooks")
    (tmp_path / "hooks" / missing).unlink()
    answer = world.call("sh", tmp_path / "hooks/install", world.base, at=tmp_path)
    assert answer.status == 1
    assert f"{tmp_path / 'hooks' / missing} is missing" in answer.output
    assert not world.base.exists()


@pytest.mark.parametrize("where", ["relative", "./dots/../relative", "relative//", "~/at-home"])
def test_a_place_may_be_named_from_where_one_stands(
    clean_environment: Path, tmp_path: Path, where: str
) -> None:
    world = World(tmp_path / "world")
    (world.root / "dots").mkdir()
    answer = world.call("sh", HOOKS / "install", where, at=world.root)
    assert answer.status == 0, answer.output
    base = clean_environment / "at-home" if "~" in where else world.root / "relative"
    world.base = base
    world.new_clone(world.clone)
    world.commit({"schedule.sh": NO_JOB})
    assert world.push().receipts[0].state == "submitted"
    assert world.gitbatch("check").output == "ok\n"


def test_a_place_with_a_colon_is_refused(world: World) -> None:
    answer = world.call("sh", HOOKS / "install", "in/a:b", at=world.root)
    assert (answer.status, "a:b has a colon in it" in answer.output) == (1, True)
    assert not (world.root / "in").exists()


def test_where_cd_looks_for_folders_changes_nothing(each_shell: World) -> None:
    world = each_shell
    env = {"CDPATH": f".:{world.root}"}
    hooks = world.hooks()
    answer = world.call(world.sh, f"{hooks.name}/install", world.base, at=hooks.parent, env=env)
    assert answer.status == 0, answer.output
    answer = world.call("gitbatch/gitbatch", "check", at=world.repo, env=env)
    assert answer.output == "ok\n"


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--nonsense", "a"], [""]])
def test_wrong_arguments_get_the_usage(world: World, arguments: list[str]) -> None:
    answer = world.call("sh", HOOKS / "install", *arguments, at=world.root)
    assert answer.status == 1
    assert "usage: sh install " in answer.output


def test_a_batch_remote_may_use_sha256(clean_environment: Path, tmp_path: Path) -> None:
    del clean_environment
    world = World(tmp_path / "world")
    assert world.install("--object-format=sha256").status == 0
    world.call(
        "git", "init", "-q", "--object-format=sha256", "-b", "master", world.clone, at=world.root
    )
    world.git("remote", "add", "batch", str(world.repo))
    run = world.submit(
        {
            "schedule.sh": '#!/bin/sh\n"$GITBATCH" spawn ./run.sh\n',
            "run.sh": "#!/bin/sh\necho new >result\n",
        }
    )
    facts = world.settled(run)
    assert (len(facts["result"]), facts["place"]) == (64, "master")
    world.push(":master")
    check_invariants(world.base, world.receipts, probe=False)


def test_a_batch_remote_of_another_object_format_is_refused_by_git_in_words(
    world: World,
) -> None:
    other = world.root / "clone/other"
    world.call("git", "init", "-q", "--object-format=sha256", other)
    world.script(other / "schedule.sh", NO_JOB)
    world.git("add", ".", at=other)
    world.git("commit", "-q", "-m", "x", at=other)
    answer = world.call("git", "push", str(world.repo), "HEAD:refs/heads/x", at=other)
    assert answer.status != 0
    assert answer.receipts == []
