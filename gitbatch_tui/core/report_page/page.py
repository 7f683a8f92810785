"""Writes runs as a page: HTML with all that it shows inside, and no script."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, NamedTuple

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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gitbatch_tui.core.batch.batch import Batch
    from gitbatch_tui.core.curves.svg import Chart
    from gitbatch_tui.core.report_page.facts import Facts
    from gitbatch_tui.core.report_page.written_files import WrittenFile
    from gitbatch_tui.models import Run

LARGEST = 5_000_000
"""Bytes of a page, unless more is asked for."""
_COLUMNS = 100
"""As many parameters and metrics as the table has."""
_LONGEST = 2000
"""Characters of one fact."""
_END, _AROUND = 1000, 50
"""Bytes for what stands at the end of a page, and around what a run has."""
_NO_ROOM = "not on this page, which has no more room."

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


class Written(NamedTuple):
    """A page as it was written."""

    size: int
    """Bytes."""
    missing: tuple[str, ...]
    """What could not be read, in sentences; they stand on the page, too."""


def report(
    sides: Sequence[tuple[Batch, Run]],
    target: Path,
    *,
    largest: int = LARGEST,
    metrics: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> Written:
    """Write the page of these runs, which has at most `largest` bytes; what was written.

    What doesn't fit is named on it; a table of thousands of runs is longer, and is there all the
    same. Raises `Refused` where there are no runs, or nothing can be written.
    """
    if not sides:
        raise Refused("There are no runs to report.")
    names = [run.name for _, run in sides]
    title = names[0] if len(names) == 1 else f"{len(names)} runs, {names[0]} to {names[-1]}"
    facts = collect(sides, largest * 3 // 4, metrics, tell)  # base64 makes four bytes of three
    project = one_line(sides[0][0].clone.path.name)
    text = page(f"{project}: {title}", facts, largest).encode()
    write(target, text)
    return Written(len(text), tuple(facts.notes))


def page(title: str, facts: Facts, largest: int = LARGEST) -> str:
    """The whole page; every text that is not ours is harmless in it.

    It has at most `largest` bytes: curves, logs, pictures and notebooks that don't fit are named.
    """
    room = _Room(largest - _END - _AROUND * len(facts.runs))
    around = [room.always(part) for part in (_head(title), _table(facts), _notes(facts))]
    heads = [room.always(_about(run)) for run in facts.runs]
    charts = "".join(room.first_fitting(*_chart(chart)) for chart in facts.charts)
    logs = [room.first_fitting(*_log(facts.logs.get(run.name))) for run in facts.runs]
    files: dict[str, list[str]] = {}
    for file in facts.files:
        data = facts.contents.get((file.run.name, file.path))
        files.setdefault(file.run.name, []).append(room.first_fitting(*_file(file, data)))
    left = sum(shown.count("") for shown in files.values())
    head, table, notes = around
    return "".join(
        (
            *(head, table, _figures("<h2>Curves</h2>", charts), "<h2>Runs</h2>"),
            *(
                f"{about}{log}{_figures('', ''.join(files.get(run.name, ())))}</section>"
                for run, about, log in zip(facts.runs, heads, logs, strict=True)
            ),
            *(notes, f"<p>{left} more pictures and notebooks are {_NO_ROOM}</p>" if left else ""),
            "</body></html>\n",
        )
    )


class _Room:
    """The bytes that a page still has."""

    def __init__(self, most: int) -> None:
        self._left = most

    def always(self, parts: Iterable[str]) -> str:
        """The parts, which are on the page in any case."""
        text = "".join(parts)
        self._left -= len(text.encode())
        return text

    def first_fitting(self, *choices: str) -> str:
        """The first of these for which there is room; empty where there is none."""
        fitting = (choice for choice in choices if len(choice.encode()) <= self._left)
        return self.always(next(fitting, ""))


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
    header, *rows = ([*row[:_COLUMNS]] for row in cells(facts.table))
    known = {row.run.name: words for row, words in zip(facts.table.rows, rows, strict=True)}
    names = ["became", "verdict", *header[1:]]
    yield '<div class="wide"><table id="runs"><thead><tr><th>run</th>'
    yield "".join(f"<th>{_line(name)}</th>" for name in names)
    yield "</tr></thead><tbody>"
    for run in facts.runs:
        words = known.get(run.name, [run.name, *[""] * (len(header) - 1)])
        verdict = str(run.badge or "")
        yield f'<tr><td><a href="#{_anchor(run)}">{_line(run.name)}</a></td>'
        shown = (outcome(run), verdict, *words[1:])
        yield "".join(f"<td>{_line(cell[:_LONGEST])}</td>" for cell in shown)
        yield "</tr>"
    yield "</tbody></table></div>"
    if apart := environment_lines(facts.table):
        yield f"<pre>{escape(chr(10).join(apart))}</pre>"


def _chart(chart: Chart) -> tuple[str, str]:
    """A chart with its legend; and what stands there instead where there is no room for it."""
    title = f"<figure><figcaption>{_line(chart.title[:_LONGEST])}</figcaption>"
    legend = "".join(
        f'<small style="color:{colour(at)}">{_line(name)} </small>'
        for at, name in enumerate(chart.curves)
        if name
    )
    return f"{title}{svg(chart)}<br>{legend}</figure>", f"{title}<p>{_NO_ROOM}</p></figure>"


def _about(run: Run) -> Iterator[str]:
    yield f'<section id="{_anchor(run)}"><h3>{_line(run.name)}</h3><table>'
    for name, value in _facts_of(run).items():
        if value:
            yield f"<tr><th>{name}</th><td>{_line(value[:_LONGEST])}</td></tr>"
    yield "</table>"


def _log(data: bytes | None) -> tuple[str, ...]:
    if not data:
        return ()
    whole = f"<details><summary>log</summary><pre>{_text(data)}</pre></details>"
    return whole, f"<p>Its log is {_NO_ROOM}</p>"


def _figures(heading: str, figures: str) -> str:
    return f'{heading}<div class="figures">{figures}</div>' if figures else ""


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
        "note": run.note,
        "tags": " ".join(run.tags),
        "warning": run.warning,
    }


def _file(file: WrittenFile, data: bytes | None) -> tuple[str, ...]:
    """A picture or notebook; and what stands there instead where there is no room for it."""
    name = _line(file.path)
    begin = f"<figure><figcaption>{name}</figcaption>"
    instead = f"{begin}<p>{size(file.size)}: {_NO_ROOM}</p></figure>"
    if data is None:
        return (instead,)
    if file.suffix == NOTEBOOK:
        notebook = f"<details><summary>notebook</summary>{notebook_html(data)}</details>"
        return f"{begin}{notebook}</figure>", instead
    kind, encoded = PICTURES[file.suffix], base64.b64encode(data).decode("ascii")
    return f'{begin}<img alt="{name}" src="data:{kind};base64,{encoded}"></figure>', instead


def _notes(facts: Facts) -> Iterator[str]:
    yield from (f"<p>{_line(words)}</p>" for words in facts.notes)


def _anchor(run: Run) -> str:
    return escape(f"run-{one_line(run.name)}", quote=True).replace("#", "-").replace(" ", "-")


def _line(text: str) -> str:
    return escape(one_line(text), quote=True)


def _text(text: bytes) -> str:
    return escape(clean(text), quote=True)
