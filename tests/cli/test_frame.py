"""The program around the commands: help, usage, errors, signals."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import click
import pytest

import gitbatch_tui
from gitbatch_tui.cli.commands import COMMANDS
from gitbatch_tui.cli.frame import cli
from gitbatch_tui.cli.trouble import if_interrupted, show
from gitbatch_tui.errors import GitBatchError, PushRefused
from tests.support import prepared
from tests.support.terminal import Terminal


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = prepared.run(arguments)
    return subprocess.CompletedProcess(
        arguments, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_without_a_command_the_help_is_shown() -> None:
    assert run().stdout == run("--help").stdout
    assert run().returncode == 0


def test_the_help_lists_every_command_under_a_heading() -> None:
    text = run("--help").stdout
    assert [line for line in text.splitlines() if line.endswith(":")][1:] == [
        "Start:",
        "Run:",
        "Look:",
        "Data:",
        "Prove:",
        "Share:",
        "Manage:",
    ]
    assert all(f"\n  {name} " in text for name in cli.list_commands(click.Context(cli)))


@pytest.mark.parametrize(
    "line",
    [
        ("freeze", ""),
        ("reproduce", "1", "--with", ""),
        ("reproduce", "1", "--with="),
        ("pull", "--best", "", "batch"),
        ("diff", "1", ""),
    ],
)
def test_an_empty_word_is_refused_before_anything_is_done(
    line: tuple[str, ...], tmp_path: Path
) -> None:
    before = tmp_path / "data"
    before.mkdir()
    said = run("-C", str(before), *line)
    assert (said.returncode, said.stdout) == (2, "")
    assert f"A word after {line[0]} is empty: is a variable not set?" in said.stderr
    assert before.is_dir()
    assert not before.is_symlink()


def test_an_empty_filter_or_value_is_none(tmp_path: Path) -> None:
    for line in (("runs", "--where", ""), ("runs", "--where="), ("submit", "-o", "x=")):
        assert "is empty" not in run("-C", str(tmp_path), *line).stderr


def test_the_version_names_what_it_runs_with(monkeypatch: pytest.MonkeyPatch) -> None:
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    words = f"Python {platform.python_version()}, Textual {version('textual')}, git "
    said = run("--version").stdout
    assert said.startswith(f"gitbatch-tui {gitbatch_tui.__version__} ({words}")
    assert git.split()[2] in said
    monkeypatch.setenv("PATH", "/nowhere")
    assert run("--version").stdout.endswith(", no git that can be run)\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_table_explains_itself(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command
    assert command.name == name
    text = command.get_help(context)
    assert len(text.splitlines()) > 4
    assert not [word for word in ("\\b", "FLOAT", "TEXT", "INTEGER") if word in text.split()]


EXCLUSIVE = [
    ("submit", "--head", "--snapshot"),
    ("submit", "--with-results", "--without-results"),
    ("submit", "--snapshot", "--with-results"),
    ("setup", "--from=origin", "batch"),
    ("setup", "--from=origin", "batch", "/place"),
    ("setup", "--from=origin", "--dry-run"),
    ("setup", "--from=origin", "--replace-hook"),
    ("setup", "--from=origin", "--shared=staff"),
    ("remove", "--from=origin", "batch"),
    ("remove", "--from=origin", "--server"),
    ("remove", "--from=origin", "--force"),
    ("pull", "7", "--merge", "--files"),
    ("pull", "7", "--take", "--merge"),
    ("pull", "7", "--files", "--take"),
    ("pull", "7", "--files", "--branch"),
    ("pull", "7", "--branch=mine", "--merge"),
    ("pull", "--branch", "7", "--take"),
    ("reproduce", "7", "--on=batch", "--with=8"),
    ("note", "7", "good", "--remove"),
]


@pytest.mark.parametrize("line", EXCLUSIVE, ids=" ".join)
def test_options_that_exclude_each_other_are_refused_by_their_names(
    line: tuple[str, ...], tmp_path: Path
) -> None:
    said = run("-C", str(tmp_path), *line)
    assert (said.returncode, said.stdout) == (2, "")
    *_, sentence = said.stderr.splitlines()
    pair = (
        sentence.removeprefix("gitbatch-tui: ").partition(" exclude each other")[0].split(" and ")
    )
    assert pair in [list(each) for each in exclusive_in(line[0])]
    given = {word.partition("=")[0] for word in line}
    assert all(not name.startswith("-") or name in given for name in pair)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("submit", "--at-most", "2"), "--at-most is for a sweep"),
        (("remove", "batch", "--force"), "--force is for the folder on the server: add --server"),
    ],
)
def test_an_option_that_means_nothing_without_another_is_a_mistake_of_the_line(
    line: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    said = run("-C", str(tmp_path), *line)
    assert said.returncode == 2
    assert why in said.stderr


def exclusive_in(name: str) -> tuple[tuple[str, str], ...]:
    command = cli.get_command(click.Context(cli), name)
    return getattr(command, "exclusive", ())


@pytest.mark.parametrize("name", COMMANDS)
def test_what_excludes_each_other_is_on_the_command_line_of_a_command(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command
    known = {word for each in command.params for word in (*each.opts, each.human_readable_name)}
    assert {word for pair in exclusive_in(name) for word in pair} <= known


def test_options_that_share_a_parameter_exclude_each_other() -> None:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command
        by_parameter: dict[str | None, list[str]] = {}
        for each in command.params:
            by_parameter.setdefault(each.name, []).append(each.opts[0])
        pairs = {frozenset(pair) for pair in exclusive_in(name)}
        for shared in by_parameter.values():
            assert all(frozenset(pair) in pairs for pair in combinations(shared, 2))


def test_the_help_is_shown_whatever_else_is_on_the_line() -> None:
    assert run("submit", "--head", "--snapshot", "--help").stdout == run("submit", "--help").stdout


def test_the_help_imports_nothing_that_only_some_commands_need() -> None:
    code = (
        "import sys; from gitbatch_tui.cli.frame import cli; "
        "cli.main(['--help'], standalone_mode=False); "
        "print(sorted({'git', 'textual', 'rich', 'watchfiles', 'tomli'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_mistyped_command_gets_the_one_that_was_meant() -> None:
    done = run("sumbit")
    assert done.returncode == 2
    assert "gitbatch-tui: There is no command sumbit; did you mean submit?" in done.stderr


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = str(tmp_path / "nowhere")
    done = run("-C", folder, "completion", "bash")
    assert done.returncode == 2
    assert f"gitbatch-tui: -C {folder}: No such file or directory." in done.stderr


def test_a_folder_that_was_removed_is_said_to_be(tmp_path: Path) -> None:
    gone = 'cd "$0" && mkdir gone && cd gone && rmdir "$0/gone" && exec "$@"'
    argv = ["sh", "-c", gone, str(tmp_path), sys.executable, "-P", "-m", "gitbatch_tui", "runs"]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "gitbatch-tui: This folder was removed: go to your clone.\n"


def test_the_screen_of_a_folder_that_was_removed_is_one_sentence(tmp_path: Path) -> None:
    gone = 'cd "$0" && mkdir gone && cd gone && rmdir "$0/gone" && exec "$@"'
    argv = ["sh", "-c", gone, str(tmp_path), sys.executable, "-P", "-m", "gitbatch_tui"]
    with Terminal(argv) as terminal:
        assert terminal.end() == 1
        assert terminal.said == b"gitbatch-tui: this folder was removed: go to your clone.\r\n"


def test_hostile_arguments_are_shown_harmless() -> None:
    done = run("x\x1b]0;owned\x07")
    assert "\x1b" not in done.stderr
    assert "<ESC>]0;owned<BEL>" in done.stderr


def test_a_reader_who_leaves_early_causes_no_complaint() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "gitbatch_tui", "--help"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""


def test_an_error_is_one_sentence_and_its_detail_is_kept_for_those_who_ask(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PushRefused("The branch\nmoved.", detail="remote: \x1b[2Jno")
    assert show(error) == 1
    brief = capsys.readouterr().err
    assert brief.startswith("gitbatch-tui: The branch<LF>moved.\n")
    assert "remote" not in brief
    assert show(error, details=True) == 1
    assert "  | remote: <ESC>[2Jno\n" in capsys.readouterr().err


def test_a_mistake_in_the_program_is_not_swallowed() -> None:
    assert show(ZeroDivisionError()) is None


def test_an_error_is_json_for_programs_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    error = PushRefused("The branch moved.", detail="remote: no")
    assert show(error, as_json=True) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "version": 1,
        "error": {
            "message": "The branch moved.",
            "kind": "PushRefused",
            "status": 1,
            "detail": "remote: no",
        },
    }
    assert said.err.startswith("gitbatch-tui: The branch moved.\n")


@pytest.mark.parametrize(
    ("words", "status", "kind"),
    [
        (["runs", "--json"], 1, "NotARepository"),
        (["show", "batch#1", "--json"], 1, "NotARepository"),
        (["runs", "--no-such-option", "--json"], 2, "NoSuchOption"),
        (["show", "--json"], 2, "MissingParameter"),
    ],
)
def test_every_refused_command_answers_programs_in_json(
    tmp_path: Path, words: list[str], status: int, kind: str
) -> None:
    done = run("-C", str(tmp_path), *words)
    assert done.returncode == status
    error = json.loads(done.stdout)["error"]
    assert (error["kind"], error["status"]) == (kind, status)
    assert error["message"]


AT_CLICK = """
import os, signal, sys
def interrupt(event, words):
    if event == "import" and words[0] == "click":
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
from gitbatch_tui.cli import main
main(["runs"])
"""


def test_ctrl_c_before_anything_was_begun_ends_quietly() -> None:
    done = subprocess.run([sys.executable, "-c", AT_CLICK], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


THREAD_AND_MODULE = """
import atexit, sys, threading
from gitbatch_tui.cli import main

class Module:
    def __del__(self):
        sys.__stdout__.write("taken apart")

def work():
    threading.main_thread().join()
    atexit.register(print, "and what is registered")
    print("threads")

sys.modules["module"] = Module()
threading.Thread(target=work).start()
main(["--no-such-option"])
"""


def test_the_end_waits_for_threads_and_output_and_takes_no_modules_apart() -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREAD_AND_MODULE], capture_output=True, text=True, check=False
    )
    assert done.stdout == "threads\nand what is registered\n"
    assert "no-such-option" in done.stderr
    assert done.returncode == 2


def test_an_interruption_says_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def command() -> None:
        with if_interrupted("The push had begun."):
            raise KeyboardInterrupt

    with pytest.raises(click.exceptions.Abort) as caught:
        command.main([], standalone_mode=False)
    assert show(caught.value, as_json=True) == 130
    said = capsys.readouterr()
    assert "gitbatch-tui: interrupted. The push had begun." in said.err
    assert json.loads(said.out)["error"]["message"] == "interrupted. The push had begun."


def test_an_answer_that_never_comes_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(click.exceptions.Abort()) == 130
    assert "Nothing was changed" in capsys.readouterr().err


def test_every_error_of_ours_ends_with_one() -> None:
    assert show(GitBatchError("No.")) == 1


def test_a_terminated_program_ends_as_an_exception_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import gitbatch_tui.cli.frame as frame, signal, os, click, pathlib\n"
        "@click.command()\n"
        "def demo():\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        signal.pause()\n"
        "    finally:\n"
        "        pathlib.Path('tidied').touch()\n"
        "frame.cli.get_command = lambda ctx, name: demo\n"
        "frame.main(['demo'])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert done.returncode == 128 + signal.SIGTERM
    assert (tmp_path / "tidied").exists()


def test_an_error_whose_json_cannot_be_written_is_said_all_the_same(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    full = [os.open("/dev/full", os.O_WRONLY)] if Path("/dev/full").exists() else []
    for output in (write, *full):
        with os.fdopen(output, "w") as nowhere:
            done = subprocess.run(
                [sys.executable, "-m", "gitbatch_tui", "-C", tmp_path, "runs", "--json"],
                stdout=nowhere,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        (sentence,) = done.stderr.splitlines()
        assert "is in no git repository" in sentence
        assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_that_is_full_is_one_sentence_and_no_success() -> None:
    with Path("/dev/full").open("w") as full:
        for words in (["--help"], ["completion", "bash"]):
            done = subprocess.run(
                [sys.executable, "-m", "gitbatch_tui", *words],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            assert done.returncode == 1
            assert done.stderr == (
                "gitbatch-tui: The output can't be written: No space left on device. Make room, "
                "then again.\n"
            )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_as_good_as_empty_ones(tmp_path: Path, closed: str) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    script = f'"$0" -m gitbatch_tui -C "$1" runs {closed}'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable, str(tmp_path)], capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 1
    assert ("2>&-" in closed) or b"There is no batch remote here yet" in done.stderr


SAYS_WHILE_WAITING = """
from gitbatch_tui.cli import output
output.PATIENCE = 0.05
with output.status("asking the server"):
    input()
    output.say("what came of it")
    input()
    output.note("a note besides")
"""


def test_what_is_printed_takes_the_place_of_the_line_that_says_what_is_waited_for() -> None:
    with Terminal([sys.executable, "-c", SAYS_WHILE_WAITING]) as terminal:
        for words in ("what came of it", "a note besides"):
            terminal.expect("asking the server")
            terminal.type("\n")
            terminal.expect(f"\x1b[K{words}\r\n")
        assert terminal.end() == 0
