from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.hosts.location import Location
from gitbatch_tui.errors import BadLocation

if TYPE_CHECKING:
    from pathlib import Path

# What is written, what it means, and how it is written back.
GOOD = {
    "a path": ("/data/b", Location(None, "/data/b"), "/data/b"),
    "a path in the home": ("~/b", Location(None, "~/b"), "~/b"),
    "slashes at the end": ("/data/b//", Location(None, "/data/b"), "/data/b"),
    "a colon in a path": ("/data/a:b", Location(None, "/data/a:b"), "/data/a:b"),
    "quotes and spaces": ('/it\'s "a" $(b)', Location(None, '/it\'s "a" $(b)'), None),
    "host and path": ("hpc:/data/b", Location("hpc", "/data/b"), "hpc:/data/b"),
    "host and home": ("hpc:~/b", Location("hpc", "~/b"), "hpc:~/b"),
    "relative to the home": ("hpc:b/c", Location("hpc", "~/b/c"), "hpc:~/b/c"),
    "user and host": ("me@hpc:/b", Location("me@hpc", "/b"), "me@hpc:/b"),
    "a user of a realm": ("me@REALM@hpc:/b", Location("me@REALM@hpc", "/b"), None),
    "a user of a domain": ("DOM\\me@hpc:/b", Location("DOM\\me@hpc", "/b"), None),
    "a URL": ("ssh://hpc/b", Location("hpc", "/b"), "hpc:/b"),
    "a URL of a home": ("ssh://hpc/~/b", Location("hpc", "~/b"), "hpc:~/b"),
    "a URL with everything": ("ssh://me@hpc:2222/b", Location("me@hpc", "/b", 2222), None),
    "an encoded URL": ("ssh://h:1/a%20b%25c", Location("h", "/a b%c", 1), None),
    "an address": ("10.0.0.7:/b", Location("10.0.0.7", "/b"), None),
    "an IPv6 address": ("[::1]:/b", Location("::1", "/b"), None),
    "IPv6 with a user": ("me@[fe80::1%eth0]:/b", Location("me@fe80::1%eth0", "/b"), None),
    "IPv6 in a URL": ("ssh://me@[::1]:22/b", Location("me@::1", "/b", 22), None),
    "a percent sign in a path": ("hpc:/a%20b", Location("hpc", "/a%20b"), None),
    "a host with an umlaut": ("büro:/b", Location("büro", "/b"), None),
}

BAD = {
    "nothing": "",
    "a word": "batch",
    "a relative path": "some/path",
    "a host that is an option": "-oProxyCommand=touch${IFS}pwn:/b",
    "an option in a URL": "ssh://-oProxyCommand=x/b",
    "a user that is an option": "-lroot@hpc:/b",
    "an option after a user": "me@-oProxyCommand=x:/b",
    "a path that is an option": "hpc:--upload-pack=x",
    "a command in a host": "$(touch pwn):/b",
    "backticks in a host": "`id`:/b",
    "a command in a user": "$(id)@hpc:/b",
    "a space in a host": "h pc:/b",
    "quotes in a host": "h'pc:/b",
    "a newline in a host": "hpc\nx:/b",
    "a newline in a path": "hpc:/b\nc",
    "an encoded newline": "ssh://hpc/b%0Ac",
    "an escape sequence": "/b\x1b[2J",
    "a bidi control": "hpc:/b\u202e",
    "an encoded byte that isn't UTF-8": "ssh://hpc/%FF",
    "no path": "hpc:",
    "no path in a URL": "ssh://hpc",
    "only a root": "/",
    "only a home": "~",
    "only a home on a host": "hpc:~/",
    "somebody's home": "~bob/b",
    "somebody's home on a host": "hpc:~bob/b",
    "no host": ":/b",
    "no host in a URL": "ssh:///b",
    "no user": "@hpc:/b",
    "a port that isn't a number": "ssh://hpc:x/b",
    "a port that is too large": "ssh://hpc:65536/b",
    "port zero": "ssh://hpc:0/b",
    "a password": "ssh://me:secret@hpc/b",
    "another scheme": "https://example.org/b",
    "a file URL": "file:///b",
    "an open bracket": "[::1:/b",
    "a name in brackets": "[hpc]:/b",
}


@pytest.mark.parametrize(("text", "location", "back"), GOOD.values(), ids=GOOD)
def test_a_location_is_understood_and_written_back(
    text: str, location: Location, back: str | None
) -> None:
    assert Location.parse(text) == location
    assert str(location) == (back or text)
    assert Location.parse(str(location)) == location


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadLocation) as refusal:
        Location.parse(text)
    sentence = str(refusal.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("host", "path", "port"),
    [
        ("-oProxyCommand=x", "/b", None),
        ("me@-x", "/b", None),
        ("$(id)", "/b", None),
        ("", "/b", None),
        ("hpc\n", "/b", None),
        ("hpc", "-b", None),
        ("hpc", "b", None),
        ("hpc", "", None),
        ("hpc", "/b/", None),
        ("hpc", "/b\0", None),
        (None, "b", None),
        ("hpc", "/b", 0),
        ("\udcff", "/b", 22),
        ("hpc", "/\udcff", 22),
    ],
)
def test_a_bad_location_cannot_be_made_in_any_way(
    host: str | None, path: str, port: int | None
) -> None:
    with pytest.raises(BadLocation) as refusal:
        Location(host, path, port)
    assert str(refusal.value).isprintable()


def what_ssh_is_asked(url: str, folder: Path) -> list[str]:
    """The arguments with which git calls ssh for a URL."""
    asked = folder / "asked"
    program = folder / "ssh"
    program.write_text(f"#!/bin/sh\nfor a; do printf '%s\\0' \"$a\"; done >'{asked}'\n")
    program.chmod(0o755)
    environment = {**os.environ, "GIT_SSH_COMMAND": str(program), "GIT_SSH_VARIANT": "ssh"}
    subprocess.run(["git", "ls-remote", url], env=environment, check=False, capture_output=True)
    return asked.read_text().split("\0")[:-1]


@pytest.mark.parametrize(
    "path", ["/it's a $(touch pwn)/%41?#x", '~/b"`c`\\!', "/--upload-pack=x", "/ümlaut"]
)
def test_git_takes_every_path_literally(path: str, tmp_path: Path) -> None:
    url = Location("me@hpc", "/b", 2222).git_url(path)
    *options, host, command = what_ssh_is_asked(url, tmp_path)
    assert (options[-2:], host) == (["-p", "2222"], "me@hpc")
    words = ["sh", "-c", f'set -- {command}; printf %s "$2"']
    assert subprocess.check_output(words, text=True) == path


@pytest.mark.parametrize("host", ["hpc", "me@hpc", "fe80::1%eth0", "me@::1", "DOM\\me@hpc"])
def test_git_asks_ssh_for_the_very_host(host: str, tmp_path: Path) -> None:
    assert host in what_ssh_is_asked(Location(host, "/b").git_url("/b"), tmp_path)


def test_a_path_on_this_machine_is_its_own_url(clean_environment: Path) -> None:
    assert Location(None, "/a b").git_url("/a b/repo.git") == "/a b/repo.git"
    assert Location(None, "~/b").git_url("~/b") == f"{clean_environment}/b"
