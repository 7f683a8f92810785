"""What a job has written into its run tree's own repository is never run, nor followed, by us."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.people import only_root
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from tests.support.worlds import World

CONFIG = {
    "fsmonitor": "[core]\n\tfsmonitor = {trap}\n",
    "filters": '[filter "x"]\n\tclean = {trap}\n\tsmudge = {trap}\n\trequired\n',
    "textconv": '[diff "x"]\n\ttextconv = {trap}\n[diff]\n\texternal = {trap}\n',
    "hooks": "[core]\n\thooksPath = {hooks}\n",
    "signing": "[commit]\n\tgpgSign\n[gpg]\n\tprogram = {trap}\n",
    "an include": "[include]\n\tpath = {hooks}/more\n",
}
JOB = """\
#!/bin/sh
cat >>.git/config <<'END'
{config}END
mkdir -p .git/info
echo '* filter=x diff=x' >.git/info/attributes
echo new >result
"""


def lay_traps(world: World, config: str) -> int:
    """A run whose job left these settings; each trap that is run leaves a mark."""
    trap, hooks = world.base / "trap", world.base / "hooks"
    world.script(trap, f"#!/bin/sh\necho ran >>{world.base}/ran\ncat\n")
    hooks.mkdir()
    (hooks / "more").write_text(f"[core]\n\tfsmonitor = {trap}\n")
    for name in ("post-commit", "pre-commit", "reference-transaction", "post-index-change"):
        world.script(hooks / name, trap.read_text())
    text = JOB.format(config=config.format(trap=trap, hooks=hooks))
    run = world.submit({"schedule.sh": JOB_OF_ITS_OWN, "run.sh": text})
    world.settled(run)
    return run


def look_at_all(world: World, run: int) -> None:
    assert world.facts(run)["results"] == "delivered"
    (world.run(run) / "tree/later").write_text("x")
    for words in (
        ("status", str(run)),
        ("files", str(run)),
        ("verify", str(run)),
        ("settle", str(run)),
        ("check",),
        ("prune", "--dry-run"),
        ("prune",),
    ):
        world.gitbatch(*words)
    assert (world.run(run) / "tree/later").exists(), "it is in no result"
    assert not (world.base / "ran").exists()


@pytest.mark.parametrize("config", CONFIG.values(), ids=CONFIG)
def test_no_program_that_a_run_tree_names_is_run(world: World, config: str) -> None:
    run = lay_traps(world, config)
    assert world.bare("show", f"{world.facts(run)['result']}:result") == "new"
    look_at_all(world, run)


@only_root
def test_a_tree_of_somebody_elses_is_looked_at_as_one_of_ours(world: World) -> None:
    run = lay_traps(world, "".join(CONFIG.values()))
    subprocess.run(["chown", "-R", "64001:64001", world.run(run) / "tree"], check=True)
    look_at_all(world, run)


def test_a_tree_whose_repository_leads_elsewhere_leads_nobody_there(world: World) -> None:
    run = lay_traps(world, "")
    git = world.run(run) / "tree/.git"
    secret = world.base / "elsewhere.git"
    world.git("init", "-q", "--bare", str(secret))
    (secret / "config").open("a").close()
    (git / "commondir").write_text(f"{secret}\n")
    (git / "objects/info/alternates").write_text(f"{secret}/objects\n")
    look_at_all(world, run)
    assert world.gitbatch("check").output == "ok\n"
