"""Systems that aren't here: tools with the options of POSIX alone, without /proc, other shells."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "awk": "F:f:v:",
    "basename": "",
    "cat": "u",
    "chgrp": "hRHLP",
    "chmod": "R",
    "chown": "hRHLP",
    "cksum": "",
    "cmp": "ls",
    "comm": "123",
    "cp": "fiHLPpR",
    "cut": "b:c:d:f:ns",
    "date": "u",
    "dd": "",
    "df": "kPt",
    "diff": "bcefruC:U:",
    "dirname": "",
    "du": "aHkLsx",
    "echo": "",
    "env": "i",
    "expr": "",
    "false": "",
    "fold": "bsw:",
    "getconf": "v:",
    "grep": "EFce:f:ilnqsvx",
    "head": "n:c:",
    "id": "Ggnru",
    "join": "a:e:o:t:v:1:2:",
    "kill": "ls:",
    "ln": "fLPs",
    "logname": "",
    "ls": "ACFRSacdfgHikLlmnopqrstux1",
    "mkdir": "m:p",
    "mkfifo": "m:",
    "mv": "fi",
    "nice": "n:",
    "nohup": "",
    "od": "A:j:N:t:v",
    "paste": "d:s",
    "printf": "",
    "pwd": "LP",
    "readlink": "n",
    "rm": "fiRr",
    "rmdir": "p",
    "sed": "e:f:n",
    "sleep": "",
    "sort": "bCcdfik:mno:rt:u",
    "split": "a:b:l:",
    "tail": "c:fn:",
    "tee": "ai",
    "touch": "acd:mr:t:",
    "tr": "Ccds",
    "true": "",
    "tty": "",
    "umask": "S",
    "uname": "amnrsv",
    "uniq": "cdf:s:u",
    "wc": "cmlw",
    "xargs": "E:I:L:n:prs:tx",
}
"""POSIX.1-2008, each as getopts has it; `head -c` and readlink, which POSIX.1-2024 has, too."""

PRIMARIES = frozenset(
    """-H -L ! ( ) -a -o -name -path -nouser -nogroup -xdev -prune -perm -type -links -user -group
    -size -atime -ctime -mtime -exec -ok -print -newer -depth""".split()
)
"""What POSIX's find knows."""

PS_OPTIONS = "aAdeflg:G:n:o:p:t:u:U:"
PS_NAMES = "ruser user rgroup group pid ppid pgid pcpu vsz nice etime time tty comm args".split()
BSD_PS_NAMES = [*PS_NAMES, "lstart", "stat"]

SCHEDULERS = """at atq atrm batch tsp sbatch squeue scancel scontrol sacct sinfo srun
    qsub qstat qdel qhold qrls qacct qconf""".split()
"""Programs that a site has, whatever its userland is."""

OF_THE_TESTS = ("python3", "sh", "seq", "ssh", "strace", "which", "test", "[", "command", "stty")
"""What jobs of the tests may use besides; none of it is used by hooks/."""

SIMPLE = """\
#!{sh}
OPTIND=1
while getopts '{options}' option 2>/dev/null
do
	test "$option" != '?' || {{
		echo "$*" >>'{refused}/{tool}'
		echo >&2 "{tool}: not an option of POSIX: $*"
		exit 64
	}}
done
POSIXLY_CORRECT=1
export POSIXLY_CORRECT
exec {program} "$@"
"""

FIND = """\
#!{sh}
expression= command=
for word
do
	case "$command$word" in
	-exec | -ok) command=yes ;;
	yes\\; | yes+) command= ;;
	yes*) ;;
	-[0-9]* | [!-]*) ;;
	{known}) ;;
	*)
		echo "$*" >>'{refused}/find'
		echo >&2 "find: not a primary of POSIX: $word"
		exit 64
		;;
	esac
done
exec {program} "$@"
"""

PS = """\
#!{sh}
while getopts '{options}' option 2>/dev/null
do
	case "$option:$OPTARG" in
	'?:'*) known=no ;;
	o:*)
		case ' {names} ' in
		*" ${{OPTARG%=}} "*) known=yes ;;
		*) known=no ;;
		esac
		;;
	*) known=yes ;;
	esac
	test "$known" = yes || {{
		echo >&2 "ps: $OPTARG: keyword not found"
		exit 1
	}}
done
exec {program} "$@"
"""

SYSCTL = """\
#!{sh}
case "$*" in
'-n kern.bootsessionuuid') echo 1A2B3C4D-0000-4000-8000-0123456789AB ;;
'-n hw.memsize') echo 17179869184 ;;
'-n hw.ncpu') echo 8 ;;
'-n machdep.cpu.brand_string') echo 'Apple M9' ;;
*)
	echo >&2 "sysctl: unknown oid '$2'"
	exit 1
	;;
esac
"""

STAT = """\
#!{sh}
case "$1" in
-L) shift ;;
esac
case "$1 $2" in
'-f %z') format=%s ;;
'-f %z %i') format='%s %i' ;;
'-f %Su') format=%U ;;
'-f %z	%N') format='%s	%n' ;;
*)
	echo >&2 "stat: illegal option: $*"
	exit 1
	;;
esac
shift 2
test "$1" != -- || shift
exec {program} -L -c "$format" -- "$@"
"""


@dataclass(frozen=True)
class Userland:
    """Which tools a system has."""

    bsd: bool
    """As macOS and the BSDs: ps knows beginnings, sysctl and stat are there."""

    def make(self, folder: Path, sh: str) -> None:
        """Put all tools into a folder; what they refuse is noted in `folder/refused/TOOL`."""
        refused = folder / "refused"
        refused.mkdir(parents=True)
        for tool, options in OPTIONS.items():
            if program := shutil.which(tool):
                values = {"options": f":{options}", "program": program, "refused": refused}
                _script(folder / tool, SIMPLE.format(sh=sh, tool=tool, **values))
        known = " | ".join(f"'{word}'" for word in sorted(PRIMARIES))
        find = FIND.format(sh=sh, known=known, refused=refused, program=shutil.which("find"))
        _script(folder / "find", find)
        names = " ".join(BSD_PS_NAMES if self.bsd else PS_NAMES)
        values = {"options": f":{PS_OPTIONS}", "names": names}
        _script(folder / "ps", PS.format(sh=sh, program=shutil.which("ps"), **values))
        if self.bsd:
            _script(folder / "sysctl", SYSCTL.format(sh=sh))
            _script(folder / "stat", STAT.format(sh=sh, program=shutil.which("stat")))
        # Neither is in POSIX; one of them is on every system that is imitated.
        hashes = "shasum" if self.bsd else "openssl"
        for tool in (*OF_THE_TESTS, *SCHEDULERS, hashes):
            program = sys.executable if tool == "python3" else shutil.which(tool)
            if program and not (folder / tool).exists():
                (folder / tool).symlink_to(program)
        if git := shutil.which("git"):
            for entry in Path(git).parent.glob("git*"):
                (folder / entry.name).symlink_to(entry)


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
