"""`ro-crate-metadata.json`: what is in a crate, and which run made it from which inputs.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5). The library `rocrate` writes it; the files are ours.
"""

from __future__ import annotations

import mimetypes
import shlex
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gitbatch_tui.core.base.text import one_line
from gitbatch_tui.core.runs.outcome import finding_words, outcome
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.crate.citation import Citation
    from gitbatch_tui.core.crate.contents import Packed
    from gitbatch_tui.core.crate.writing import Written
    from gitbatch_tui.models import Finding, Run

METADATA = "ro-crate-metadata.json"
PREVIEW = "ro-crate-preview.html"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_CONTEXT = {"sha256": "https://schema.org/sha256"}
_SPDX = "https://spdx.org/licenses/"
_NO_LICENSE = "No license is stated: ask the authors before you use it."
_SCRIPT = "schedule.sh"

Node = dict[str, Any]


def describe(
    title: str, packed: Sequence[Packed], files: Mapping[str, Written], citation: Citation
) -> Node:
    """The JSON-LD of a crate; raises `Refused` where the library isn't installed."""
    return _Description(packed, files).of(title, citation)


def import_library() -> Any:
    """The library; raises `Refused` with what to install."""
    try:
        from rocrate import rocrate  # type: ignore[import-untyped]  # noqa: PLC0415  # 150 ms, for an export alone
    except ImportError as error:
        raise Refused(
            "Crates need the library rocrate, which isn't installed with this program: "
            f"`{shlex.quote(sys.executable)} -m pip install rocrate` adds it; `pipx inject "
            "gitbatch-tui rocrate` does where pipx has installed the program."
        ) from error
    return rocrate


class _Description:
    def __init__(self, packed: Sequence[Packed], files: Mapping[str, Written]) -> None:
        library = import_library()
        from rocrate.model import ContextEntity, File  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

        self._crate = library.ROCrate(version="1.1")
        self._context, self._file = ContextEntity, File
        self._packed, self._files = packed, files
        self._entities: dict[str, Any] = {}

    def of(self, title: str, citation: Citation) -> Node:
        root = self._crate.root_dataset
        root["name"] = title
        root["description"] = self._told()
        root["conformsTo"] = self._add(
            PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
        )
        self._cite(root, citation)
        self._crate.metadata.extra_terms.update(_CONTEXT)
        self._add_files()
        root["mentions"] = _one_or_all([self._action(each) for each in self._packed])
        self._add(PREVIEW, "CreativeWork", about=root, name="Preview")
        return dict(self._crate.metadata.generate())

    def _told(self) -> str:
        runs = ", ".join(each.run.name for each in self._packed)
        missing = "; ".join(dict.fromkeys(m for each in self._packed for m in each.missing))
        told = f"Batch jobs that ran from a git repository: {one_line(runs)}."
        return f"{told} Not in this crate: {one_line(missing)}." if missing else told

    def _cite(self, root: Any, citation: Citation) -> None:
        root["license"] = self._license(citation)
        if citation.version:
            root["version"] = citation.version
        if citation.doi:
            root["identifier"] = f"https://doi.org/{quote(citation.doi, safe='/')}"
        people = [
            self._add(author.orcid or _local("person", author.name), "Person", name=author.name)
            for author in citation.authors
        ]
        if people:
            root["author"] = _one_or_all(people)

    def _license(self, citation: Citation) -> Any:
        if not citation.license:
            return _NO_LICENSE
        name = citation.license
        return self._add(f"{_SPDX}{name}", "CreativeWork", name=name, identifier=name)

    def _add_files(self) -> None:
        paths = {
            part.name: part.path
            for each in self._packed
            for part in (*each.code, *each.results, *(p for d in each.data.values() for p in d))
        }
        scripts = {
            part.name for each in self._packed for part in each.code if _is_script(part.path)
        }
        for name, file in self._files.items():
            kind = {"@type": ["File", "SoftwareSourceCode"]} if name in scripts else {}
            facts = {
                "name": one_line(paths.get(name, name)),
                "contentSize": str(file.size),
                "sha256": file.sha256,
                "encodingFormat": mimetypes.guess_type(name)[0] or "application/octet-stream",
                **kind,
            }
            entity = self._file(self._crate, None, name, properties=facts)
            self._entities[name] = self._crate.add(entity)

    def _action(self, packed: Packed) -> Any:
        run = packed.run
        action = self._add(
            _local("run", run.name),
            "CreateAction",
            name=f"Run {one_line(run.name)}: {one_line(run.subject)}",
            description=f"{outcome(run)}. Branch {one_line(run.branch)}, commit {run.commit}.",
            instrument=self._instrument(packed),
            agent=self._agent(run),
            object=_one_or_all([*self._inputs(packed)]),
            result=_one_or_all([*self._outputs(packed)]),
            actionStatus=_status(run),
        )
        for key, time in {"startTime": run.started, "endTime": run.end}.items():
            if time:
                action[key] = time.isoformat()
        if run.state is not State.SUCCEEDED and run.state.final:
            action["error"] = one_line(run.reason) or outcome(run)
        others = [self._entities[name] for name in packed.others]
        told = [self._finding(run, at, each) for at, each in enumerate(run.findings)]
        told += [self._note(run)] if run.note or run.tags else []
        if others or told:
            action["subjectOf"] = _one_or_all([*others, *told])
        if run.host:
            action["location"] = self._place(packed)
        return action

    def _instrument(self, packed: Packed) -> Any:
        """The program that was executed: schedule.sh of the commit."""
        for part in packed.code:
            if _is_script(part.path):
                self._entities[part.name]["version"] = packed.run.commit
                return self._entities[part.name]
        commit = packed.run.commit
        return self._add(
            _local("code", commit),
            "SoftwareSourceCode",
            name=f"schedule.sh of commit {commit}",
            version=commit,
        )

    def _agent(self, run: Run) -> Any:
        name = one_line(run.submitter) or "unknown"
        return self._add(_local("person", name), "Person", name=name)

    def _place(self, packed: Packed) -> Any:
        host = one_line(packed.run.host)
        return self._add(
            _local("host", host),
            "Place",
            name=host,
            description=f"of the batch remote at {one_line(packed.location)}",
        )

    def _inputs(self, packed: Packed) -> Iterator[Any]:
        yield from (self._entities[part.name] for part in packed.code)
        for option in packed.run.options:
            name, _, value = map(one_line, option.partition("="))
            yield self._add(
                _local("parameter", packed.run.name, name), "PropertyValue", name=name, value=value
            )
        for link in packed.run.links:
            yield from (self._entities[p.name] for p in packed.data.get(link.path, ()))
            if link.hash:
                name = one_line(link.path)
                yield self._add(
                    _local("data", link.hash), "CreativeWork", name=name, identifier=link.hash
                )

    def _outputs(self, packed: Packed) -> Iterator[Any]:
        yield from (self._entities[part.name] for part in packed.results)

    def _finding(self, run: Run, at: int, finding: Finding) -> Any:
        return self._add(
            _local("finding", run.name, str(at)),
            "CreativeWork",
            name=f"{run.name} {finding.badge}",
            text=finding_words(finding),
            **({"dateCreated": finding.time.isoformat()} if finding.time else {}),
        )

    def _note(self, run: Run) -> Any:
        tags = {"keywords": ", ".join(map(one_line, run.tags))} if run.tags else {}
        words = {"text": one_line(run.note)} if run.note else {}
        name = f"Note on {run.name}"
        return self._add(_local("note", run.name), "CreativeWork", name=name, **words, **tags)

    def _add(self, address: str, kind: str, /, **properties: Any) -> Any:
        """An entity that is no file; one of each address."""
        if address not in self._entities:
            facts = {key: value for key, value in properties.items() if isinstance(value, str)}
            entity = self._context(self._crate, address, properties={"@type": kind, **facts})
            self._entities[address] = self._crate.add(entity)
            for key in properties.keys() - facts.keys():
                if properties[key]:
                    entity[key] = properties[key]
        return self._entities[address]


def _one_or_all(values: list[Any]) -> Any:
    """A list where there are several values, else the value itself, as RO-Crate wants it."""
    return values[0] if len(values) == 1 else values


def _is_script(path: str) -> bool:
    return path == _SCRIPT


def _local(*words: str) -> str:
    """An identifier inside of the crate."""
    return "#" + "-".join(quote(word.encode("utf-8", "replace"), safe="") for word in words)


def _status(run: Run) -> str:
    """The state of a run in the words of schema.org."""
    if run.state is State.SUCCEEDED:
        return "http://schema.org/CompletedActionStatus"
    ended = "Failed" if run.state.final else "Active"
    return f"http://schema.org/{ended}ActionStatus"
