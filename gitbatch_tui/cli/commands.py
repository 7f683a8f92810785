"""The table of all commands; a command's module is imported when the command is called."""

from __future__ import annotations

from typing import NamedTuple

NAME = "gitbatch-tui"
"""What the program is called."""


class Entry(NamedTuple):
    """A command before it is imported."""

    module: str
    """In gitbatch_tui.cli; the command has the same name in there, with `_` for `-`."""
    help: str


SECTIONS = {
    "Start": {
        "demo": Entry("new", "See it work in a throw-away project on this machine."),
        "new": Entry("new", "Write a starting schedule.sh and run.sh."),
        "setup": Entry("setup", "Make or upgrade a batch remote, and add it to this clone."),
        "doctor": Entry("setup", "Check a batch remote, with a real run there and back."),
    },
    "Run": {
        "submit": Entry("submit", "Push a branch, so that it runs as a batch job."),
        "rerun": Entry("rerun", "Run the same commit again."),
        "cancel": Entry("manage", "Stop runs."),
        "hold": Entry("manage", "Keep queued runs from starting."),
        "release": Entry("manage", "Let held runs start."),
        "wait": Entry("wait", "Wait for a run, and end with its exit status."),
    },
    "Look": {
        "runs": Entry("runs", "List runs, live and past."),
        "show": Entry("show", "Show everything about a run."),
        "log": Entry("log", "Print a run's log, or follow it."),
        "pull": Entry("results", "Bring results into your branch, as commits."),
        "get": Entry("get", "Copy any file of a run tree."),
        "diff": Entry("diff", "Show what a run changed, or compare two runs."),
        "note": Entry("remarks", "Note something about a run."),
        "tag": Entry("remarks", "Tag runs, to find them again."),
        "shell": Entry("manage", "Open a shell in a run tree."),
    },
    "Data": {
        "freeze": Entry("data", "Move a directory into an archive, read-only, under its hash."),
        "verify-data": Entry("data", "Check frozen data against its hash."),
    },
    "Prove": {
        "verify": Entry("proof", "Check that a run is still what it claims to be."),
        "reproduce": Entry("proof", "Run it again, and compare the results."),
        "compare": Entry("compare", "Compare parameters, metrics and environments of runs."),
    },
    "Share": {
        "publish": Entry("publish", "Publish runs with the project, for whoever clones it."),
        "report": Entry("report", "Write runs as one page for a browser."),
        "export": Entry("export", "Write runs into a file or folder (an RO-Crate) to hand on."),
    },
    "Manage": {
        "prune": Entry("manage", "Delete working folders of runs whose results are safe."),
        "remove": Entry("setup", "Undo setup."),
        "completion": Entry("completion", "Print a shell's completion script."),
    },
}

COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
