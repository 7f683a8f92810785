"""Branch names that look like commands, options and patterns are names, and nothing else."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import wait_until
from tests.support.worlds import JOB_OF_ITS_OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.worlds import World

EVERYTHING = os.environ.get("GITBATCH_FUZZ") == "all"
COUNT = 10_000 // 3 if EVERYTHING else 24
"""Names that are made up for each shell, beside those that stand here."""

NASTY = [
    "$(touch${IFS}pwned)",
    "`touch${IFS}pwned`",
    "a;touch${IFS}pwned;b",
    "a|touch${IFS}pwned",
    "a&touch${IFS}pwned&",
    "a>pwned",
    "'$(touch${IFS}pwned)'",
    '"$(touch${IFS}pwned)"',
    "-x",
    "--upload-pack=touch${IFS}pwned",
    "-C",
    "%n%s",
    "#x",
    "{a,b}",
    "HEAD",
    "refs/heads/x",
    "refs/gitbatch/keep",
    "refs/gitbatch/log",
    "refs/heads/HEAD",
    "run/1",
    "a=b",
    "ümläut",
    "\u202etxt.exe",
    "\u200b",
    "\u009b31m",
    "!!",
    "$HOME",
    "$((1/0))",
    "a\udcffb",  # a byte that is no UTF-8
    "a" * 200,
    "state=rejected",
    "master-run1",
]
PARTS = [*"$(){}`'\";|&<>!#%=+,_-", "$(", "${IFS}", "touch${IFS}pwned", "a", "B", "7", "é", "/x"]


def made_up(world: World, seed: str) -> Iterator[str]:
    """Names that git allows, none of them a directory of another."""
    chance = random.Random(seed)
    taken: set[str] = set()
    while len(taken) < COUNT:
        name = "".join(chance.choices(PARTS, k=chance.randint(1, 12)))
        parents = {name[:at] for at, letter in enumerate(name) if letter == "/"}
        if any(other == name or other.startswith(f"{name}/") for other in taken | set(NASTY)):
            continue
        if parents & (taken | set(NASTY)):
            continue
        if world.call("git", "check-ref-format", f"refs/heads/{name}").status == 0:
            taken.add(name)
            yield name


def pushed(world: World, names: list[str]) -> None:
    """Push commits to all these branches at once; each has a run of its own commit."""
    tree = world.git("rev-parse", "HEAD^{tree}")
    commits = [world.git("commit-tree", "-p", "HEAD", "-m", f"number {n}", tree) for n in range(5)]
    wanted = {name: commits[n % 5] for n, name in enumerate(names)}
    answer = world.push(*(f"{commit}:refs/heads/{name}" for name, commit in wanted.items()))
    assert answer.status == 0, answer.output
    assert {receipt.branch: receipt.commit for receipt in answer.receipts} == wanted
    assert {receipt.state for receipt in answer.receipts} == {"submitted"}
    quiet = ("-c", "core.warnAmbiguousRefs=false")
    for receipt in answer.receipts:
        folder = world.run(receipt.run)
        seen = (folder / "seen").read_bytes().decode("utf-8", "surrogateescape")
        assert seen == f"{receipt.branch}\n{receipt.commit}\n"
        assert world.git(*quiet, "rev-parse", "HEAD", at=folder / "tree") == receipt.commit
        assert world.git("symbolic-ref", "HEAD", at=folder / "tree") == (
            f"refs/heads/{receipt.branch}"
        )


def nothing_was_executed(world: World) -> None:
    for here, folders, files in os.walk(world.root):
        folders[:] = [name for name in folders if name not in {"refs", "logs"}]
        assert "pwned" not in "".join((*folders, *files)), here


SEES = 'printf "%s\\n" "$GITBATCH_BRANCH" "$(git rev-parse HEAD)" >../seen\n'


@pytest.mark.fuzz
@pytest.mark.timeout(0 if EVERYTHING else 120)
def test_any_branch_name_is_run_as_itself(each_shell: World) -> None:
    world = each_shell
    assert world.shell
    world.commit({"schedule.sh": f"#!/bin/sh\n{SEES}"})
    names = [*NASTY, *made_up(world, world.shell.name)]
    for start in range(0, len(names), 200):
        pushed(world, names[start : start + 200])
    nothing_was_executed(world)
    listed = world.gitbatch("status").output
    assert listed.count("\nrun=") == len(names)
    for name in names:
        assert f"\tbranch={name}\t" in listed


def test_results_come_home_to_branches_of_any_name(each_shell: World) -> None:
    world = each_shell
    world.bare("config", "gitbatch.localSlots", "4")
    world.commit(
        {
            "schedule.sh": f"#!/bin/sh\n{SEES}{JOB_OF_ITS_OWN.partition(chr(10))[2]}",
            "run.sh": "#!/bin/sh\nuntil test -e ../go; do sleep 0.1; done\necho new >result\n",
        }
    )
    names = [
        "$(touch${IFS}pwned)",
        "-x",
        "HEAD",
        "a;b",
        "refs/heads/y",
        "%n",
        "ünï",
        "'",
        '"',
        "{a,b}/c",
        "l" * 200,
    ]
    pushed(world, names)
    # The odd ones were overtaken: their results go beside the branch.
    overtaken = world.git("commit-tree", "-m", "overtakes", world.git("rev-parse", "HEAD^{tree}"))
    world.git("fetch", "-q", str(world.clone), overtaken, at=world.repo)
    for receipt in world.receipts[1::2]:
        world.bare("update-ref", f"refs/heads/{receipt.branch}", overtaken)
    for receipt in world.receipts:
        (world.run(receipt.run) / "go").touch()
    for number, receipt in enumerate(world.receipts):
        facts = world.settled(receipt.run, timeout=40)
        place = receipt.branch + (f"-run{receipt.run}" if number % 2 else "")
        assert facts["place"] == place
        assert world.tip(place) == facts["result"]
    wait_until(lambda: list((world.base / "queue").iterdir()) == [])
    nothing_was_executed(world)
