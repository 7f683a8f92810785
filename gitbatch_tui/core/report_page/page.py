"""Writes runs as a page: HTML with all that it shows inside, and no script."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from gitbatch_tui.core.base.files import write
from gitbatch_tui.core.base.format import size
from gitbatch_tui.core.base.text import clean, one_line
from gitbatch_tui.core.compare.runs import cells, environment_lines
from gitbatch_tui.core.curves.curve import colour
from gitbatch_tui.core.curves.svg import svg
from gitbatch_tui.core.report_page.facts import collect
from gitbatch_tui.core.report_page.notebook import notebook_html
from gitbatch_tui.core.report_page.written_files import NOTEBOOK, PICTURES
from gitbatch_tui.core.runs.outcome import finding_words, outcome
from gitbatch_tui.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.curves.svg import Chart
    from gitbatch_tui.core.report_page.facts import Facts
    from gitbatch_tui.core.report_page.written_files import WrittenFile
    from gitbatch_tui.models import Run


# Nothing from outside of the page is loaded, and no script runs, whatever stands in it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{text-align:left;padding:.15em .8em .15em 0;vertical-align:top;border-bottom:1px solid #8884}
.wide{overflow-x:auto} pre{overflow:auto;max-height:30em;background:#8881;padding:.6em}
img,svg{max-width:100%} svg{width:36em} polyline{fill:none;stroke-width:1.6}
.axis{fill:none;stroke:currentColor} .grid{stroke:#8884} svg text{font-size:11px;fill:currentColor}
.figures{display:flex;flex-wrap:wrap;gap:1em} figure{margin:0;break-inside:avoid}
section{break-inside:avoid-page} .bad{color:#c62828;font-weight:600}
@media print{pre{max-height:none;white-space:pre-wrap}.wide{overflow:visible}body{max-width:none}}
"""
LARGEST = 5_000_000
"""Bytes of a page, unless more is asked for."""
_PER_RUN = 3000
"""Bytes that a run takes by itself, about."""
_SMALLEST = 200_000


def report(
    sides: Sequence[tuple[Batch, Run]],
    target: Path,
    *,
    largest: int = LARGEST,
    metrics: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> int:
    """Write the page of these runs; the bytes that it has, which are at most about `largest`.

    Pictures and notebooks that don't fit are named on it. Raises `Refused` where there are no runs,
    or nothing can be written.
    """
    if not sides:
        raise Refused("There are no runs to report.")
    names = [run.name for _, run in sides]
    title = names[0] if len(names) == 1 else f"{len(names)} runs, {names[0]} to {names[-1]}"
    # Base64 makes four bytes of three.
    room = (largest - _SMALLEST - _PER_RUN * len(sides)) * 3 // 4
    facts = collect(sides, max(0, room), metrics, tell)
    text = page(f"{one_line(sides[0][0].clone.path.name)}: {title}", facts).encode()
    write(target, text)
    return len(text)


def page(title: str, facts: Facts) -> str:
    """The whole page; every text that is not ours is harmless in it."""
    parts = (_head(title), *_table(facts), *_charts(facts.charts), *_runs(facts), *_notes(facts))
    return "".join((*parts, "</body></html>\n"))


def _head(title: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" '
        f'content="no-referrer"><title>{_line(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{_line(title)}</h1>"
    )


def _table(facts: Facts) -> Iterator[str]:
    """All runs in rows: parameters and metrics; below, what differs in their environments."""
    header, *rows = cells(facts.table)
    known = {row.run.name: words for row, words in zip(facts.table.rows, rows, strict=True)}
    names = ["became", "verdict", *header[1:]]
    yield '<div class="wide"><table id="runs"><thead><tr><th>run</th>'
    yield "".join(f"<th>{_line(name)}</th>" for name in names)
    yield "</tr></thead><tbody>"
    for run in facts.runs:
        words = known.get(run.name, [run.name, *[""] * (len(header) - 1)])
        verdict = str(run.badge or "")
        yield f'<tr><td><a href="#{_anchor(run)}">{_line(run.name)}</a></td>'
        yield "".join(f"<td>{_line(cell)}</td>" for cell in (outcome(run), verdict, *words[1:]))
        yield "</tr>"
    yield "</tbody></table></div>"
    if apart := environment_lines(facts.table):
        yield f"<pre>{escape(chr(10).join(apart))}</pre>"


def _charts(charts: Sequence[Chart]) -> Iterator[str]:
    if not charts:
        return
    yield '<h2>Curves</h2><div class="figures">'
    for chart in charts:
        yield f"<figure><figcaption>{_line(chart.title)}</figcaption>{svg(chart)}<br>"
        for at, name in enumerate(chart.curves):
            if name:
                yield f'<small style="color:{colour(at)}">{_line(name)} </small>'
        yield "</figure>"
    yield "</div>"


def _runs(facts: Facts) -> Iterator[str]:
    files: dict[str, list[WrittenFile]] = {}
    for file in facts.files:
        files.setdefault(file.run.name, []).append(file)
    yield "<h2>Runs</h2>"
    for run in facts.runs:
        yield f'<section id="{_anchor(run)}"><h3>{_line(run.name)}</h3><table>'
        for name, value in _facts_of(run).items():
            if value:
                yield f"<tr><th>{name}</th><td>{_line(value)}</td></tr>"
        yield "</table>"
        if log := facts.logs.get(run.name):
            yield f"<details><summary>log</summary><pre>{_text(log)}</pre></details>"
        yield '<div class="figures">'
        for file in files.get(run.name, ()):
            yield from _file(file, facts.contents.get((run.name, file.path)))
        yield "</div></section>"


def _facts_of(run: Run) -> dict[str, str]:
    return {
        "became": outcome(run),
        "subject": run.subject,
        "branch": run.branch,
        "commit": run.commit,
        "results": run.result,
        "submitted by": run.submitter,
        "submitted": str(run.submitted or ""),
        "started": str(run.started or ""),
        "finished": str(run.finished or ""),
        "host": run.host,
        "parameters": "  ".join(run.options),
        "verdicts": "; ".join(map(finding_words, run.findings)),
        "warning": run.warning,
    }


def _file(file: WrittenFile, data: bytes | None) -> Iterator[str]:
    name = _line(file.path)
    yield f"<figure><figcaption>{name}</figcaption>"
    if data is None:
        yield f"<p>{size(file.size)}: not on this page, which has no more room.</p>"
    elif file.suffix == NOTEBOOK:
        yield f"<details><summary>notebook</summary>{notebook_html(data)}</details>"
    else:
        kind, encoded = PICTURES[file.suffix], base64.b64encode(data).decode("ascii")
        yield f'<img alt="{name}" src="data:{kind};base64,{encoded}">'
    yield "</figure>"


def _notes(facts: Facts) -> Iterator[str]:
    yield from (f"<p>{_line(words)}</p>" for words in facts.notes)


def _anchor(run: Run) -> str:
    return escape(f"run-{one_line(run.name)}", quote=True).replace("#", "-").replace(" ", "-")


def _line(text: str) -> str:
    return escape(one_line(text), quote=True)


def _text(text: bytes) -> str:
    return escape(clean(text), quote=True)
