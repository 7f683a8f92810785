"""The table of all commands; a command's module is imported when the command is called."""

from __future__ import annotations

from typing import NamedTuple

NAME = "gitbatch-tui"
"""What the program is called."""


class Command(NamedTuple):
    """A command before it is imported."""

    module: str
    """In gitbatch_tui.cli; the command has the same name in there, with `_` for `-`."""
    help: str


SECTIONS = {
    "Start": {
        "demo": Command("new", "See it work in a throw-away project on this machine."),
        "new": Command("new", "Write a starting schedule.sh and run.sh."),
        "setup": Command("setup", "Make or upgrade a batch remote, and add it to this clone."),
        "doctor": Command("setup", "Check a batch remote, with a real run there and back."),
    },
    "Run": {
        "submit": Command("submit", "Push a branch, so that it runs as a batch job."),
        "rerun": Command("rerun", "Run the same commit again."),
        "cancel": Command("control", "Stop runs."),
        "hold": Command("control", "Keep queued runs from starting."),
        "release": Command("control", "Let held runs start."),
        "wait": Command("wait", "Wait for runs, and end with their exit status."),
    },
    "Look": {
        "runs": Command("runs", "List runs, live and past."),
        "show": Command("show", "Show everything about a run."),
        "plot": Command("plot", "Draw a metric over steps, as curves of runs."),
        "log": Command("log", "Print a run's log, or follow it."),
        "pull": Command("pull", "Bring results into your branch, as commits."),
        "files": Command("files", "List the files of a run, with their sizes."),
        "get": Command("get", "Copy any file of a run tree."),
        "diff": Command("diff", "Show what a run changed, or compare two runs."),
        "note": Command("remarks", "Note something about a run."),
        "tag": Command("remarks", "Tag runs, to find them again."),
        "shell": Command("files", "Open a shell in a run tree."),
    },
    "Data": {
        "freeze": Command("data", "Move a directory into an archive, read-only, under its hash."),
        "verify-data": Command("data", "Check frozen data against its hash."),
    },
    "Prove": {
        "verify": Command("verify", "Check that a run is still what it claims to be."),
        "reproduce": Command("reproduce", "Run it again, and compare the results."),
        "compare": Command("compare", "Compare parameters, metrics and environments of runs."),
    },
    "Share": {
        "publish": Command("publish", "Publish runs with the project, for whoever clones it."),
        "report": Command("report", "Write runs as one page for a browser."),
        "export": Command("export", "Write runs into a file or folder (an RO-Crate) to hand on."),
    },
    "Manage": {
        "prune": Command("prune", "Delete working folders of runs whose results are safe."),
        "remove": Command("remove", "Undo setup."),
        "completion": Command("completion", "Print a shell's completion script."),
    },
}

COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
