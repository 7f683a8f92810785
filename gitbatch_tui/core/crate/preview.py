"""`ro-crate-preview.html`: a crate for a browser; no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from gitbatch_tui.core.base.format import size
from gitbatch_tui.core.base.text import clean
from gitbatch_tui.core.runs.outcome import outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitbatch_tui.core.crate.contents import Packed
    from gitbatch_tui.core.crate.writing import Written

_LISTED = 1000
"""As many files as are listed of each run."""
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}
td,th{{text-align:left;padding:0 1em 0 0;vertical-align:top}}</style></head><body>
<h1>{title}</h1>
"""


def page(title: str, packed: Sequence[Packed], files: Mapping[str, Written]) -> str:
    """The whole page."""
    parts = [_HEAD.format(title=_text(title))]
    for each in packed:
        parts += _run(each, files)
    parts.append("</body></html>\n")
    return "".join(parts)


def _run(packed: Packed, files: Mapping[str, Written]) -> Iterator[str]:
    run = packed.run
    yield f"<h2>{_text(run.name)}</h2><table>"
    facts = {
        "became": outcome(run),
        "subject": run.subject,
        "branch": run.branch,
        "commit": run.commit,
        "submitted by": run.submitter,
        "started": str(run.started or ""),
        "finished": str(run.finished or ""),
        "host": run.host,
        "parameters": "  ".join(run.options),
        "findings": ", ".join(finding.badge for finding in run.findings),
        "note": run.note,
        "tags": " ".join(run.tags),
    }
    for name, value in facts.items():
        if value:
            yield f"<tr><th>{name}</th><td>{_text(value)}</td></tr>"
    yield "</table>"
    names = [*packed.others, *(part.name for part in packed.results)]
    yield from _listed("Results", names, files)
    yield from _listed("Code", [part.name for part in packed.code], files)
    if packed.missing:
        yield "<h3>Not in this crate</h3><ul>"
        yield from (f"<li>{_text(words)}</li>" for words in packed.missing)
        yield "</ul>"


def _listed(title: str, names: Sequence[str], files: Mapping[str, Written]) -> Iterator[str]:
    if not names:
        return
    yield f"<h3>{title}</h3><table>"
    for name in names[:_LISTED]:
        address = escape(quote(name), quote=True)
        yield f'<tr><td><a href="{address}">{_text(name)}</a></td>'
        yield f"<td>{size(files[name].size)}</td></tr>"
    yield "</table>"
    if len(names) > _LISTED:
        yield f"<p>and {len(names) - _LISTED} more</p>"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
