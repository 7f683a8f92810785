"""Crates that somebody has handed on: sound ones, broken ones and hostile ones."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gitbatch_tui.core.crate.bringing import Brought, bring
from gitbatch_tui.core.crate.reading import crate_called, opened_crate
from gitbatch_tui.core.git.opening import open_clone
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = "code/abc/run.sh"
LINK = "code/abc/link"
RESULT = "runs/batch-1/results/out"
FILES = {CODE: b"#!/bin/sh\n", LINK: b"run.sh", RESULT: b"1\n", "code/abc/old": b"x"}


def part(name: str, path: str, mode: str = "100644") -> dict[str, object]:
    return {"name": name, "path": path, "mode": mode, "large": False}


def facts() -> dict[str, Any]:
    run = {
        "remote": "batch",
        "number": 1,
        "location": "there:base",
        "state": "succeeded",
        "exit": 0,
        "branch": "master",
        "options": ["lr=0.1"],
        "code": [
            part(CODE, "run.sh", "100755"),
            part(LINK, "link", "120000"),
            part("code/abc/old", "old"),
        ],
        "results": [part(RESULT, "sub/out")],
        "removed": ["old"],
        "missing": ["the log of batch#1: pruned"],
    }
    hashes = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in FILES.items()
    }
    return {"version": 1, "runs": [run], "files": hashes}


def write(path: Path, told: object, files: dict[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        text = json.dumps(told)
        archive.writestr("gitbatch.json", text)
        archive.writestr("ro-crate-metadata.json", json.dumps(metadata(text)))
    return path


def metadata(text: str) -> dict[str, object]:
    """RO-Crate's own file, as far as it tells of gitbatch.json."""
    entity = {"@id": "gitbatch.json", "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return {"@graph": [7, {"@id": "./"}, entity]}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty clone beside the crates."""
    path = tmp_path / "clone"
    subprocess.run(["git", "init", "-q", path], check=True)
    return path


def brought(place: Path, crate: Path, wanted: str = "") -> Brought:
    with open_clone(place) as clone, opened_crate(crate) as opened:
        return bring(clone, opened, wanted)


def git(place: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", place, *words], check=True, capture_output=True, text=True)
    return done.stdout


def untouched(place: Path) -> bool:
    return [path.name for path in place.iterdir()] == [".git"] and not git(place, "for-each-ref")


@pytest.mark.parametrize("unpacked", [False, True], ids=["zip", "folder"])
def test_a_run_comes_as_two_commits_and_on_no_branch(
    place: Path, tmp_path: Path, *, unpacked: bool
) -> None:
    crate = write(tmp_path / "run.zip", facts())
    if unpacked:
        with zipfile.ZipFile(crate) as archive:
            archive.extractall(tmp_path / "run")
        crate = tmp_path / "run"
    found = brought(place, crate)
    assert (found.run.name, found.run.options) == (f"{crate.name}/batch#1", ("lr=0.1",))
    listed = git(place, "ls-tree", "-r", found.run.commit).splitlines()
    assert [line.split()[0] for line in listed] == ["120000", "100644", "100755"]
    after = git(place, "ls-tree", "-r", "--name-only", found.run.result).split()
    assert after == ["link", "run.sh", "sub/out"]
    assert git(place, "show", f"{found.run.result}:sub/out") == "1\n"
    assert untouched(place)
    assert brought(place, crate).run == found.run, "the same commits again"


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    told = facts()
    change(told)
    return told


def with_part(path: str, mode: str = "100644") -> dict[str, Any]:
    return changed(lambda told: told["runs"][0]["code"].append(part(CODE, path, mode)))


def with_large(recorded: object) -> dict[str, Any]:
    """A result that is in no commit, and what is said of its size and hash."""

    def add(told: dict[str, Any]) -> None:
        told["files"]["large"] = recorded
        told["runs"][0]["results"].append({**part("large", "big"), "large": True})

    return changed(add)


BROKEN: dict[str, tuple[object, str]] = {
    "no object": ([], "can't be understood"),
    "another version": ({**facts(), "version": 2}, "newer version"),
    "no runs": ({**facts(), "runs": 7}, "Say which run"),
    "no hash": (changed(lambda told: told["files"].pop(CODE)), f"no hash of {CODE}"),
    "a hash of another file": (
        changed(lambda told: told["files"][CODE].update(sha256="0" * 64)),
        f"{CODE} of run.zip isn't the file that was exported",
    ),
    "another size": (
        changed(lambda told: told["files"][CODE].update(size=3)),
        f"{CODE} of run.zip isn't the file that was exported",
    ),
    "another tree": (
        changed(lambda told: told["runs"][0].update(tree="1" * 40)),
        "isn't that of the commit",
    ),
    "a path that leads out": (with_part("../x"), "a name that can't be"),
    "an absolute path": (with_part("/etc/x"), "a name that can't be"),
    "a path into .git": (with_part(".GIT/hooks/post-checkout"), "a name that can't be"),
    "a submodule": (with_part("sub", "160000"), "a name that can't be"),
    "no path": (changed(lambda told: told["runs"][0]["code"].append(7)), "a name that can't be"),
    "half a character in a path": (with_part("a\ud800b"), "can't be understood"),
    "a size that is a fraction": (
        changed(lambda told: told["files"][CODE].update(size=10.0)),
        f"no hash of {CODE}",
    ),
    "a size below nothing": (with_large({"size": -5, "sha256": "0" * 64}), "no hash of large"),
    "a large file of another kind": (with_large(7), "no hash of large"),
    "a large file without a hash": (with_large({"size": 5}), "no hash of large"),
    "a parameter of two lines": (
        changed(lambda told: told["runs"][0].update(options=["a=1\n--b"])),
        "a parameter that can't be: a=1<LF>--b",
    ),
    "a parameter that is a list": (
        changed(lambda told: told["runs"][0].update(options=[["a=1"]])),
        "a parameter that can't be",
    ),
    "no results": (
        changed(lambda told: told["runs"][0]["missing"].append("the results of batch#1: pruned")),
        "lacks the results of batch#1: pruned",
    ),
}


@pytest.mark.parametrize(("told", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_does_not_fit_is_refused_in_words(
    place: Path, tmp_path: Path, told: object, words: str
) -> None:
    with pytest.raises(Refused, match=words.replace(".", r"\.")):
        brought(place, write(tmp_path / "run.zip", told))
    assert untouched(place)


def test_a_file_that_was_changed_or_is_gone_is_named(place: Path, tmp_path: Path) -> None:
    crate = write(tmp_path / "run.zip", facts(), {**FILES, RESULT: b"2\n"})
    with pytest.raises(Refused, match=f"{RESULT} of run.zip isn't the file"):
        brought(place, crate)
    files = {name: data for name, data in FILES.items() if name != RESULT}
    with pytest.raises(Refused, match=f"{RESULT} is not in it"):
        brought(place, write(tmp_path / "run.zip", facts(), files))


NAMES = ["../x", "/tmp/x", "a/../../x", "..\\x", ".git/config", "C:/x", "C:x", "\\\\host\\x"]


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_whose_names_lead_out_is_not_opened(
    place: Path, tmp_path: Path, name: str
) -> None:
    crate = write(tmp_path / "run.zip", facts(), {**FILES, name: b"x"})
    with pytest.raises(Refused, match="leads out of it"):
        brought(place, crate)


def test_a_link_in_an_archive_is_not_followed(place: Path, tmp_path: Path) -> None:
    crate = write(tmp_path / "run.zip", facts())
    with zipfile.ZipFile(crate, "a") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Refused, match=r"link in run\.zip is a link"):
        brought(place, crate)


def test_a_link_in_a_folder_is_not_followed(place: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(write(tmp_path / "run.zip", facts())) as archive:
        archive.extractall(tmp_path / "run")
    (tmp_path / "secret").write_bytes(FILES[RESULT])
    (tmp_path / "run" / RESULT).unlink()
    (tmp_path / "run" / RESULT).symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match=f"{RESULT} is not in it"):
        brought(place, tmp_path / "run")


def test_a_link_that_leads_to_itself_is_not_followed(place: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(write(tmp_path / "run.zip", facts())) as archive:
        archive.extractall(tmp_path / "run")
    (tmp_path / "run" / CODE).unlink()
    (tmp_path / "run" / CODE).symlink_to("run.sh")
    with pytest.raises(Refused, match=f"{CODE} is not in it"):
        brought(place, tmp_path / "run")
    assert untouched(place)


@pytest.mark.parametrize("name", [["large"], None, 7, {}], ids=str)
def test_a_large_file_without_a_name_is_in_no_crate(
    place: Path, tmp_path: Path, name: object
) -> None:
    told = facts()
    large = {**part("large", "big"), "large": True, "name": name}
    told["runs"][0]["results"].append(large)
    assert brought(place, write(tmp_path / "run.zip", told)).large == ()


@pytest.mark.parametrize("number", [10**400, True, -1, "1", None], ids=lambda n: str(n)[:9])
def test_a_number_that_no_run_has_counts_for_nothing(
    place: Path, tmp_path: Path, number: object
) -> None:
    told = changed(lambda told: told["runs"][0].update(number=number, exit=number))
    found = brought(place, write(tmp_path / "run.zip", told)).run
    assert (found.number, found.exit) == (0, None)


def test_paths_that_differ_by_case_alone_stay_two_files(place: Path, tmp_path: Path) -> None:
    found = brought(place, write(tmp_path / "run.zip", with_part("RUN.sh")))
    listed = git(place, "ls-tree", "-r", "--name-only", found.run.commit).split()
    assert {"RUN.sh", "run.sh"} < set(listed)
    assert untouched(place)


def test_bytes_that_were_altered_in_an_archive_are_noticed(place: Path, tmp_path: Path) -> None:
    crate = write(tmp_path / "run.zip", facts())
    data = crate.read_bytes()
    crate.write_bytes(data.replace(FILES[CODE], b"#!/bin/ex\n", 1))
    with pytest.raises(Refused, match=r"run\.zip can't be read as a crate: Bad CRC-32"):
        brought(place, crate)


def test_a_bomb_is_not_opened(place: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", bytes(100 * 2**20))
    with pytest.raises(Refused, match="far larger than it is"):
        brought(place, path)


def test_a_bomb_that_understates_its_size_is_not_unpacked(place: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "run.zip", facts())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("runs/batch-1/log.txt", bytes(2**20))
    with pytest.raises(Refused, match=r"log\.txt in run\.zip is packed as no crate is"):
        brought(place, path)


def test_a_gitbatch_json_of_another_crate_is_refused(place: Path, tmp_path: Path) -> None:
    told = facts()
    path = write(tmp_path / "run.zip", told)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "run")
    told["runs"][0]["options"] = ["lr=0.2"]
    (tmp_path / "run/gitbatch.json").write_text(json.dumps(told))
    with pytest.raises(Refused, match=r"gitbatch\.json of run isn't the file that was exported"):
        brought(place, tmp_path / "run")
    (tmp_path / "run/ro-crate-metadata.json").unlink()
    with pytest.raises(Refused, match=r"run has no ro-crate-metadata\.json"):
        brought(place, tmp_path / "run")


CALLED: dict[str, tuple[str, str]] = {
    "run.zip": ("run.zip", ""),
    "run.zip#42": ("run.zip", "42"),
    "run.ZIP": ("run.ZIP", ""),
    "of issue#7/run.zip": ("of issue#7/run.zip", ""),
    "a#1.zip": ("a#1.zip", ""),
    "a#1.zip#2": ("a#1.zip", "2"),
    "folder": ("folder", ""),
    "run.zip#a/b#7": ("run.zip", "a/b#7"),
    "folder#3": ("folder", "3"),
}


@pytest.mark.parametrize(("text", "called"), CALLED.items(), ids=CALLED.keys())
def test_a_crate_is_called_by_its_place_and_the_number_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, called: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/gitbatch.json").touch()
    assert crate_called(text) == (Path(called[0]), called[1])


@pytest.mark.parametrize("text", ["42", "batch#42", "sweep:4", "nowhere", "run.zip#x", "x" * 5000])
def test_the_name_of_a_run_calls_no_crate(text: str) -> None:
    assert crate_called(text) is None


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000], ids=["empty", "cut", "other"])
def test_what_is_no_archive_is_refused(place: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(data)
    with pytest.raises(Refused, match="can't be read as a crate"):
        brought(place, path)


def test_a_file_that_is_not_there_is_said_in_words(place: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"run\.zip can't be read as a crate: No such file or dir"):
        brought(place, tmp_path / "run.zip")


def test_one_of_several_runs_is_named(place: Path, tmp_path: Path) -> None:
    told = facts()
    told["runs"].append({**told["runs"][0], "number": 2})
    crate = write(tmp_path / "run.zip", told)
    assert brought(place, crate, "2").run.number == 2
    with pytest.raises(Refused, match=r"known: run\.zip#1, run\.zip#2"):
        brought(place, crate)


def test_of_runs_of_two_batch_remotes_the_remote_is_named(place: Path, tmp_path: Path) -> None:
    told = facts()
    told["runs"].append({**told["runs"][0], "remote": "other"})
    crate = write(tmp_path / "run.zip", told)
    assert brought(place, crate, "other#1").run.name == "run.zip/other#1"
    with pytest.raises(Refused, match=r"known: run\.zip#batch#1, run\.zip#other#1"):
        brought(place, crate, "1")
