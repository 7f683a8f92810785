from __future__ import annotations

import shutil

import pytest

from gitbatch_tui.core.hosts.framing import (
    COMMAND_BYTES,
    EndOfScript,
    between_marks,
    find_end,
    for_any_shell,
    unwrap,
    wrap,
)
from gitbatch_tui.core.hosts.host import Answer
from gitbatch_tui.core.hosts.pipes import Pipes, finish
from gitbatch_tui.core.hosts.process import Processes

SHELLS = ["sh", "bash", "dash", "busybox sh", "csh"]
# Nobody has to have these.
SHELLS += [shell for shell in ("tcsh", "zsh", "fish", "ksh", "mksh") if shutil.which(shell)]

TOKEN = "0123456789abcdef"  # noqa: S105  # only a mark
NASTY = [
    "",
    " ",
    "-n",
    "it's",
    'a "quoted" word',
    "$(touch pwned) `touch pwned` ${IFS}",
    "!! !$ ^a^b",
    "back\\slash \\n \\0141 \\\\",
    "%s %d %%",
    "line\nbreaks\n\n",
    "tab\tand\rreturn",
    "*?[a]{b,c}~ #&|;<>()",
    "ünï ▶ 中文",
    "".join(map(chr, range(1, 128))),
    "\udcff\udc80",
]


def login(shell: str, command: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run a command line as sshd does: in a session of its own, by the login shell."""
    processes = Processes()
    with (
        processes.start([*shell.split(), "-c", command]) as process,
        Pipes(process, stdin, hold_stdin=True) as pipes,
    ):
        finish(process, pipes, 20)
        return process.wait(), bytes(pipes.stdout), bytes(pipes.stderr)


def need(shell: str) -> None:
    if not shutil.which(shell.split(maxsplit=1)[0]):
        pytest.skip(f"{shell} isn't installed")


@pytest.mark.parametrize(
    "stop", [EndOfScript.NEVER, EndOfScript.ON_A_LINE], ids=lambda stop: stop.name
)
@pytest.mark.parametrize("shell", SHELLS)
def test_every_login_shell_hands_arguments_over_unchanged(shell: str, stop: EndOfScript) -> None:
    need(shell)
    script = """printf '%s\\0' "$@"; echo oops >&2; exit 7"""
    _, out, err = login(shell, wrap(script, tuple(NASTY), TOKEN, stop))
    answer = unwrap(TOKEN, out, err)
    words = b"".join(word.encode("utf-8", "surrogateescape") + b"\0" for word in NASTY)
    assert answer == Answer(7, words, b"oops\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_long_scripts_and_arguments_fit(shell: str) -> None:
    need(shell)
    script = "# it's long\n" * 300 + 'printf %s "$1"'
    _, out, err = login(shell, wrap(script, ("'é" * 4000,), TOKEN, EndOfScript.NEVER))
    assert unwrap(TOKEN, out, err) == Answer(0, ("'é" * 4000).encode(), b"")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_stream_says_ends_without_a_mark_in_it(shell: str) -> None:
    need(shell)
    _, out, err = login(shell, wrap("printf said; exit 4", (), TOKEN, EndOfScript.AT_THE_END))
    assert between_marks(TOKEN, out) == b"said"
    assert TOKEN.encode() not in between_marks(TOKEN, out)
    end = find_end(TOKEN, err)
    assert end
    assert end[1] == b"4"


def test_a_command_is_one_line_of_plain_words() -> None:
    command = wrap("echo '!'\n", tuple(NASTY), TOKEN, EndOfScript.ON_A_LINE)
    assert command.isascii()
    assert command.isprintable()
    assert "!" not in command


@pytest.mark.parametrize("program", ["x" * COMMAND_BYTES, "a\0b"])
def test_what_no_command_line_can_carry_is_an_error_here(program: str) -> None:
    with pytest.raises(ValueError, match="command"):
        for_any_shell(program)


def test_stdin_is_the_scripts_own_when_nothing_else_is_to_end_it() -> None:
    processes = Processes()
    command = wrap("cat; cat >&2", (), TOKEN, EndOfScript.NEVER)
    with (
        processes.start(["sh", "-c", command]) as process,
        Pipes(process, b"\0\xff" * 100_000) as pipes,
    ):
        finish(process, pipes, 20)
        answer = unwrap(TOKEN, bytes(pipes.stdout), bytes(pipes.stderr))
    assert answer == Answer(0, b"\0\xff" * 100_000, b"")


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox sh"])
def test_a_script_ended_by_a_signal_has_its_number(shell: str) -> None:
    need(shell)
    _, out, err = login(shell, wrap("kill -KILL $$", (), TOKEN, EndOfScript.ON_A_LINE))
    answer = unwrap(TOKEN, out, err)
    assert answer
    assert answer.status == 128 + 9


BEGIN, END = f"\n{TOKEN} begin\n", f"\n{TOKEN} end 3\n"
OUTPUTS = {
    "nothing else": (BEGIN + "x\n" + END, (3, "x\n")),
    "no output": (BEGIN + END, (3, "")),
    "no newline at the end": (BEGIN + "x" + END, (3, "x")),
    "a greeting": ("Welcome\n" + BEGIN + "x" + END, (3, "x")),
    "a greeting without newline": ("Welcome" + BEGIN + "x" + END, (3, "x")),
    "a farewell": (BEGIN + "x" + END + "Bye\n", (3, "x")),
    "the command echoed": (f"+ mark '{TOKEN} begin'\n" + BEGIN + "x" + END, (3, "x")),
    "no begin": ("x" + END, None),
    "no end": (BEGIN + "x", None),
    "a cut end": (BEGIN + "x" + END[:-1], None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("output", "inside"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_answer_is_what_lies_between_the_marks(
    output: str, inside: tuple[int, str] | None
) -> None:
    answer = unwrap(TOKEN, output.encode(), (BEGIN + "err" + END).encode())
    assert answer == (inside and Answer(inside[0], inside[1].encode(), b"err"))
