"""Says where a batch remote is: a folder on this machine, or on a host behind ssh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.errors import BadLocation

BASE = """base=$1
case $base in '~/'*) base=$HOME/${base#??} ;; esac
"""
"""Begins a script that gets a folder as "$1", from / or ~/: sets $base to its path."""
FORMS = "/path, ~/path, host:path, user@host:path or ssh://user@host:port/path"

_URL = re.compile(r"ssh://(?P<host>[^/]*)(?P<path>/.*)?", re.DOTALL)
_BRACKETED = re.compile(r"(?P<host>(?:[^@/]*@)?\[[^\]]*\])(?P<rest>.*)", re.DOTALL)
# No sign that a shell could see in a ProxyCommand's %h or %r.
_USER = re.compile(r"[\w.+@\\-]*[\w.+-]")
_NAME = re.compile(r"[\w.-]+")
_ADDRESS = re.compile(r"[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?")
_PORTS = range(1, 65536)


@dataclass(frozen=True)
class Location:
    """A folder, and the host it is on."""

    host: str | None
    """What ssh calls the destination, `host` or `user@host`; None is this machine."""

    path: str
    """Begins with `/` or with `~/`, which only the machine it is on can expand."""

    port: int | None = None
    """None leaves it to ssh's configuration."""

    def __post_init__(self) -> None:
        """Raise `BadLocation` for what ssh, git or a shell could misread."""
        if self.host is not None:
            _checked_host(_bracketed(self.host), one_line(self.host))
        shown = one_line(self.path)
        if _checked_path(self.path, shown) != self.path or self.path[0] not in "/~":
            raise BadLocation(f"The path {shown} has to be written from / or ~/.")
        if self.port is not None and self.port not in _PORTS:
            raise BadLocation(f"The port {self.port} isn't a number from 1 to 65535.")

    @classmethod
    def parse(cls, text: str) -> Location:
        """Read one of `FORMS`; raises `BadLocation` with what is wrong."""
        if one_line(text) != text:
            raise BadLocation(f"The location {one_line(text)} contains a control character.")
        if text.startswith("ssh://"):
            return _from_url(text)
        if text.startswith(("/", "~")):
            return cls(None, _checked_path(text, text))
        return _from_scp_form(text)

    def __str__(self) -> str:
        if self.host is None:
            return self.path
        if self.port is not None:
            return self.git_url(self.path)
        return f"{_bracketed(self.host)}:{self.path}"

    def git_url(self, path: str) -> str:
        """The URL with which git reaches `path` on this location's host.

        It is percent-encoded, so that no sign in it means anything to git; git itself quotes
        what it decodes for the shell over there.
        """
        if self.host is None:
            return str(Path(path).expanduser())
        port = "" if self.port is None else f":{self.port}"
        rooted = path if path.startswith("/") else f"/{path}"
        host = quote(_bracketed(self.host), safe="@[]:")
        return f"ssh://{host}{port}{quote(rooted, safe='/~')}"


def _from_url(text: str) -> Location:
    match = _URL.fullmatch(text)
    host, port = _split_port(match["host"] if match else "", text)
    encoded = (match["path"] if match else None) or ""
    try:
        path = unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError as error:
        raise BadLocation(f"The path in {text} isn't UTF-8.") from error
    if path.startswith("/~"):
        path = path[1:]
    return Location(_checked_host(host, text), _checked_path(path, text), port)


def _split_port(host: str, text: str) -> tuple[str, int | None]:
    bracketed = _BRACKETED.fullmatch(host)
    if bracketed:
        host, rest = bracketed["host"], bracketed["rest"]
    else:
        host, colon, port = host.partition(":")
        rest = colon + port
    if not rest:
        return host, None
    if not re.fullmatch(r":[0-9]{1,5}", rest) or int(rest[1:]) not in _PORTS:
        raise BadLocation(f"The port in {text} isn't a number from 1 to 65535.")
    return host, int(rest[1:])


def _from_scp_form(text: str) -> Location:
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and bracketed["rest"].startswith(":"):
        host, path = bracketed["host"], bracketed["rest"][1:]
    else:
        host, colon, path = text.partition(":")
        if not colon or "/" in host:
            raise BadLocation(f"{text or 'An empty text'} isn't a location; write {FORMS}.")
    if path.startswith("//"):
        raise BadLocation(f"{text} isn't a location; of URLs only ssh:// is understood.")
    if path and not path.startswith(("/", "~", "-")):
        path = f"~/{path}"
    return Location(_checked_host(host, text), _checked_path(path, text))


def _checked_host(destination: str, text: str) -> str:
    user, at, host = destination.rpartition("@")
    if at and not user:
        raise BadLocation(f"The user in {text} is empty.")
    if not host:
        raise BadLocation(f"The host in {text} is empty.")
    if user.startswith("-") or host.startswith("-"):
        raise BadLocation(f"A host or user can't start with a dash, as in {text}.")
    if at and not _USER.fullmatch(user):
        raise BadLocation(f"The user in {text} contains a sign that ssh doesn't take.")
    if host.startswith("[") and _ADDRESS.fullmatch(host[1:-1]):
        host = host[1:-1]
    elif not _NAME.fullmatch(host):
        raise BadLocation(f"The host in {text} contains a sign that host names don't have.")
    return f"{user}{at}{host}"


def _checked_path(path: str, text: str) -> str:
    if one_line(path) != path:
        raise BadLocation(f"The path in {text} contains a control character.")
    if path.startswith("-"):
        raise BadLocation(f"The path in {text} starts with a dash; write it from / or ~/.")
    if path.startswith("~") and not path.startswith("~/"):
        raise BadLocation(f"In {text}, only your own home can be meant: write ~/path.")
    short = path.rstrip("/")
    if short in {"", "~"}:
        raise BadLocation(f"The location {text} needs a folder of its own as its path.")
    return short


def _bracketed(destination: str) -> str:
    user, at, host = destination.rpartition("@")
    return f"{user}{at}[{host}]" if ":" in host else destination
