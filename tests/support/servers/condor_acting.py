"""A stand-in for HTCondor that acts: its programs run jobs at once, on this machine, and answer in
the forms that were captured of the real ones.

It understands what submit files in this project say, and nothing else: values with $(Process),
$(Cluster) and $ENV(NAME), getenv, environment, file transfer, queue N. This file is a program too:
`condor_acting.py FOLDER PROGRAM ARGUMENT...`, with its jobs in FOLDER.
"""

from __future__ import annotations

import contextlib
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

Ad = dict[str, Any]

HOST = "<127.0.0.1:9618?addrs=127.0.0.1-9618&alias=node&noUDP&sock=x_1_1>"
SLOT = "slot1_1@node"
RUNNING, REMOVED, COMPLETED = 2, 3, 4
ENDED = """\
	{how}
		Usr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
	0  -  Run Bytes Sent By Job
"""


def install(folder: Path) -> None:
    """Make the programs, in FOLDER/bin."""
    (folder / "bin").mkdir(parents=True)
    for program in set(PROGRAMS) - {"starter"}:
        path = folder / "bin" / program
        words = shlex.join([sys.executable, __file__, str(folder), program])
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        path.chmod(0o755)


class Pool:
    """The jobs, each in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("queue", "history", "scratch"):
            (folder / name).mkdir(exist_ok=True)
            (folder / name).chmod(0o755)

    def next_cluster(self) -> int:
        number = 1
        while True:
            try:
                (self.folder / f"cluster.{number}").mkdir()
            except FileExistsError:
                number += 1
            else:
                return number

    def path(self, ad: Ad, where: str = "queue") -> Path:
        return self.folder / where / f"{ad['ClusterId']}.{ad['ProcId']}"

    def write(self, ad: Ad) -> None:
        new = self.folder / f"{ad['ClusterId']}.{ad['ProcId']}.new"
        new.write_text(json.dumps(ad))
        new.replace(self.path(ad))

    def end(self, ad: Ad) -> None:
        self.write(ad)
        # The last that is done here.
        self.path(ad).replace(self.path(ad, "history"))

    def ads(self, where: str, jobs: list[str]) -> list[Ad]:
        paths = sorted((self.folder / where).iterdir())
        mine = [path for path in paths if {path.name, path.name.split(".")[0]} & set(jobs)]
        found = []
        for path in mine:
            # A job may leave the queue just now.
            with contextlib.suppress(FileNotFoundError):
                found.append(json.loads(path.read_text()))
        return found


def read_submit_file(text: str) -> tuple[dict[str, str], int]:
    """The values by their names, and how many jobs there are."""
    values, count = {}, 0
    for line in re.sub(r"\\\n", "", text).splitlines():
        if match := re.fullmatch(r"\s*queue(?:\s+(\d+))?\s*", line, re.IGNORECASE):
            count += int(match[1] or 1)
        elif line.strip() and not line.lstrip().startswith("#"):
            name, _, value = line.partition("=")
            values[name.strip().lower()] = value.strip()
    return values, count


def submit(pool: Pool, *arguments: str) -> int:
    """condor_submit"""
    terse = "-terse" in arguments
    files = [word for word in arguments if not word.startswith("-")]
    text = Path(files[0]).read_text() if files else sys.stdin.read()
    values, count = read_submit_file(text)
    cluster = pool.next_cluster()
    ads = [_ad(values, cluster, proc, count) for proc in range(count)]
    for ad in ads:
        pool.write(ad)
        _log(ad, 0, f"Job submitted from host: {HOST}")
        words = [sys.executable, __file__, str(pool.folder), "starter", str(pool.path(ad))]
        with (pool.folder / "complaints").open("a") as complaints:
            subprocess.Popen(
                words,
                start_new_session=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
            )
    if terse:
        say(f"{cluster}.0 - {cluster}.{count - 1}")
    else:
        say(f"Submitting job(s){'.' * count}\n{count} job(s) submitted to cluster {cluster}.")
    return 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _ad(values: dict[str, str], cluster: int, proc: int, count: int) -> Ad:
    def value(name: str, default: str = "") -> str:
        text = values.get(name, default)
        text = re.sub(r"\$\((?:Process|ProcId)\)", str(proc), text, flags=re.IGNORECASE)
        text = re.sub(r"\$\(Cluster(?:Id)?\)", str(cluster), text, flags=re.IGNORECASE)
        return re.sub(r"\$ENV\((\w+)\)", lambda match: os.environ.get(match[1], ""), text)

    patterns = [word for word in re.split(r"[,; ]+", value("getenv")) if word]
    env = {
        name: text
        for name, text in os.environ.items()
        if any(fnmatch.fnmatchcase(name.upper(), pattern.upper()) for pattern in patterns)
    }
    env |= dict(word.split("=", 1) for word in shlex.split(value("environment").strip('"')))
    iwd = os.path.join(os.getcwd(), value("initialdir"))  # noqa: PTH109, PTH118  # as it is
    now = int(time.time())
    return {
        "Arguments": value("arguments"),
        "ClusterId": cluster,
        "Cmd": str(Path(value("executable")).absolute()),
        "Env": env,
        "EnteredCurrentStatus": now,
        "Err": value("error", "/dev/null"),
        "ExitBySignal": False,
        "Iwd": iwd.rstrip("/"),
        "JobStatus": 1,
        "Out": value("output", "/dev/null"),
        "Owner": "user",
        "ProcId": proc,
        "QDate": now,
        "RequestCpus": 1,
        "ShouldTransferFiles": value("should_transfer_files", "if_needed").upper(),
        "TotalSubmitProcs": count,
        "TransferInput": [
            name for name in re.split(r"[, ]+", value("transfer_input_files")) if name
        ],
        "UserLog": str(Path(iwd, value("log"))) if value("log") else "",
    }


def starter(pool: Pool, name: str) -> int:
    """Runs a job to its end, as the starter and the shadow do together."""
    ad = json.loads(Path(name).read_text())
    scratch = pool.folder / "scratch" / Path(name).name
    scratch.mkdir()
    transfers = ad["ShouldTransferFiles"] == "YES"
    here = scratch if transfers else Path(ad["Iwd"])
    command = ad["Cmd"]
    if transfers:
        command = _bring(ad, scratch)
    (scratch / ".job.ad").write_text(f"ClusterId = {ad['ClusterId']}\nProcId = {ad['ProcId']}\n")
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"} | ad["Env"]
    env |= {"_CONDOR_SLOT": "slot1_1", "_CONDOR_SCRATCH_DIR": str(scratch)}
    env |= {"_CONDOR_JOB_AD": str(scratch / ".job.ad")}
    _chown(pool, scratch)
    before = {path.name: path.stat().st_mtime_ns for path in here.iterdir()}
    with Path(ad["Iwd"], ad["Out"]).open("wb") as out, Path(ad["Iwd"], ad["Err"]).open("wb") as err:
        words = [command, *shlex.split(ad["Arguments"])]
        job = subprocess.Popen(
            words, cwd=here, env=env, stdout=out, stderr=err, start_new_session=True, **_user(pool)
        )
        ad |= {"JobStatus": RUNNING, "RemoteHost": SLOT, "Pid": job.pid}
        _log(ad, 1, f"Job executing on host: {HOST}", f"\tSlotName: {SLOT}\n")
        pool.write(ad)
        status = job.wait()
    if transfers:
        _take_home(ad, scratch, before)
    _end(pool, ad, status)
    return 0


def _end(pool: Pool, ad: Ad, status: int) -> None:
    del ad["RemoteHost"]
    ad |= {"LastRemoteHost": SLOT, "EnteredCurrentStatus": int(time.time())}
    if (pool.folder / f"removed.{ad['ClusterId']}.{ad['ProcId']}").exists():
        reason = "via condor_rm (by user user)"
        ad |= {"JobStatus": REMOVED, "RemoveReason": reason}
        _log(ad, 9, "Job was aborted.", f"\t{reason}\n")
    else:
        ad |= {"JobStatus": COMPLETED, "CompletionDate": int(time.time())}
        ad |= {"ExitBySignal": True, "ExitSignal": -status} if status < 0 else {"ExitCode": status}
        how = f"(1) Normal termination (return value {status})"
        how = how if status >= 0 else f"(0) Abnormal termination (signal {-status})"
        _log(ad, 5, "Job terminated.", ENDED.format(how=how))
    pool.end(ad)


def _bring(ad: Ad, scratch: Path) -> str:
    for name in [ad["Cmd"], *ad["TransferInput"]]:
        source = Path(ad["Iwd"], name)
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, scratch / source.name)
    return f"./{Path(ad['Cmd']).name}"


def _take_home(ad: Ad, scratch: Path, before: dict[str, int]) -> None:
    """Files at the top of the scratch directory that are new or were changed."""
    for path in scratch.iterdir():
        if path.is_file() and before.get(path.name) != path.stat().st_mtime_ns:
            shutil.copyfile(path, Path(ad["Iwd"], path.name))


def _user(pool: Pool) -> dict[str, Any]:
    """Jobs run as this user, if FOLDER/user says so: a pool without common accounts."""
    user = pool.folder / "user"
    return {"user": int(user.read_text()), "extra_groups": ()} if user.exists() else {}


def _chown(pool: Pool, scratch: Path) -> None:
    if user := _user(pool):
        for path in [scratch, *scratch.rglob("*")]:
            os.chown(path, user["user"], -1)


def _log(ad: Ad, code: int, text: str, details: str = "") -> None:
    if ad["UserLog"]:
        job = f"{ad['ClusterId']:03}.{ad['ProcId']:03}.000"
        stamp = time.strftime("%Y-%m-%d %H:%M:%S")
        with Path(ad["UserLog"]).open("a") as file:
            file.write(f"{code:03} ({job}) {stamp} {text}\n{details}...\n")


def query(where: str, pool: Pool, *arguments: str) -> int:
    """condor_q and condor_history, as they print JSON."""
    jobs = [word for word in arguments if re.fullmatch(r"[\d.]+", word)]
    attributes = arguments[arguments.index("-attributes") + 1].split(",")
    ads = pool.ads(where, jobs)
    shown = [{name: ad[name] for name in sorted(attributes) if name in ad} for ad in ads]
    if shown or where == "history":
        say("[\n" + "\n,\n".join(json.dumps(ad, indent=2) for ad in shown) + "\n]")
    return 0


def remove(pool: Pool, *jobs: str) -> int:
    """condor_rm"""
    for ad in pool.ads("queue", list(jobs)):
        (pool.folder / f"removed.{ad['ClusterId']}.{ad['ProcId']}").touch()
        if "Pid" in ad:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(ad["Pid"], signal.SIGTERM)
    say(f"All jobs in cluster {jobs[0]} have been marked for removal")
    return 0


def main(folder: str, program: str, *arguments: str) -> int:
    return int(PROGRAMS[program](Pool(Path(folder)), *arguments))


PROGRAMS: dict[str, Any] = {
    "condor_submit": submit,
    "condor_q": lambda *words: query("queue", *words),
    "condor_history": lambda *words: query("history", *words),
    "condor_rm": remove,
    "starter": starter,
}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
