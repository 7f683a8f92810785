"""The page of runs: what is on it, and that nothing from outside does anything there."""

from __future__ import annotations

import base64
import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from gitbatch_tui.core.compare.runs import RunRow, RunTable
from gitbatch_tui.core.curves.svg import Chart, svg
from gitbatch_tui.core.report_page.charts import charts_of_tables
from gitbatch_tui.core.report_page.facts import Facts, collect
from gitbatch_tui.core.report_page.notebook import notebook_html
from gitbatch_tui.core.report_page.page import page, report
from gitbatch_tui.core.report_page.written_files import WrittenFile
from gitbatch_tui.errors import Refused
from gitbatch_tui.models import Badge, Finding, Job, Run, State
from tests.support.browser import rendered

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

MARK = "data-attacked"
SCRIPT = f"document.documentElement.setAttribute('{MARK}','1')"
HOSTILE = (
    f'"\'></title></style></pre></svg><script>{SCRIPT}</script><img src=x onerror="{SCRIPT}">'
    f"<a href='javascript:{SCRIPT}'>x</a>\x1b[2J\u202e<!--"
)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def hostile_run() -> Run:
    """A run with hostile text in every field that holds text."""
    run = Run("batch", 1, State.FAILED, "master", "c" * 40, result="d" * 40, submitted=NOW)
    texts: dict[str, Any] = {
        each.name: HOSTILE
        for each in fields(Run)
        if each.type == "str" and each.name not in {"commit", "result"}
    }
    finding = Finding(Badge.DIFFERS, HOSTILE, NOW, HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,))
    job = Job(HOSTILE, HOSTILE)
    return replace(run, **texts, job=job, options=(HOSTILE,), findings=(finding,))


def hostile_page() -> str:
    run = hostile_run()
    row = RunRow(run, 1.0, {HOSTILE: HOSTILE}, {HOSTILE: 1.0}, {HOSTILE: HOSTILE})
    table = RunTable((row,), (HOSTILE,), (HOSTILE,), (HOSTILE,))
    cells = [
        {"cell_type": "markdown", "source": [HOSTILE]},
        {
            "cell_type": "code",
            "source": HOSTILE,
            "outputs": [
                {"data": {"text/html": HOSTILE, "text/plain": HOSTILE}},
                {"data": {"image/png": HOSTILE}},
                {"text": HOSTILE},
            ],
        },
    ]
    contents = {
        "a": PICTURE,
        "b": json.dumps({"cells": cells}).encode(),
        "c": f"<svg xmlns='http://www.w3.org/2000/svg'><script>{SCRIPT}</script></svg>".encode(),
    }
    files = [
        WrittenFile(run, f"{HOSTILE}{suffix}", blob, 9)
        for blob, suffix in zip("abcd", (".png", ".ipynb", ".svg", ".png"), strict=True)
    ]
    shown = {(run.name, file.path): contents[file.blob] for file in files if file.blob in contents}
    charts = [Chart(HOSTILE, {HOSTILE: [(1.0, 2.0), (2.0, 2.0)]})]
    logs = {run.name: HOSTILE.encode() + b"\xff"}
    return page(HOSTILE, Facts([run], table, charts, files, shown, logs, [HOSTILE]))


def test_hostile_text_makes_no_element_and_no_attribute() -> None:
    elements = Elements(hostile_page()).found
    assert {"script", "iframe", "object", "link", "base"}.isdisjoint(tag for tag, _ in elements)
    for tag, attributes in elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#")
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
    policy = next(a for tag, a in elements if tag == "meta" and "http-equiv" in a)
    assert str(policy["content"]).startswith("default-src 'none'")
    assert "\x1b" not in hostile_page()
    assert "\u202e" not in hostile_page()


def test_no_script_runs_in_a_real_browser(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><html><body>{HOSTILE}</body></html>", errors="replace")
    assert MARK in rendered(path, tmp_path / "profile"), "the attack itself works"
    path.write_text(hostile_page())
    seen = rendered(path, tmp_path / "profile")
    assert f'{MARK}="1"' not in seen
    assert "<h2>Runs</h2>" in seen


def test_the_policy_alone_stops_a_script(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(hostile_page().replace("</body>", f"<script>{SCRIPT}</script></body>"))
    assert f'{MARK}="1"' not in rendered(path, tmp_path / "profile")


def test_a_page_shows_runs_their_curves_logs_pictures_and_notebooks(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "picture").write_bytes(PICTURE)
    notebook = json.dumps({"cells": [{"cell_type": "code", "outputs": [{"text": "seen"}]}]})
    job = f"""echo "log of $GITBATCH_RUN"; echo '{{"loss": 0.'$GITBATCH_RUN'}}' >metrics.json
printf 'step,loss\\n1,5\\n2,3\\n4,1\\n' >curve.csv; cp {tmp_path}/picture p.png
echo '{notebook}' >n.ipynb; test "$GITBATCH_RUN" = 1"""
    project.finish(job)
    project.again(1)
    project.server.attest(1, Badge.REPRODUCED, [("By", "2")])
    sides = [(project.batch, project.run(number)) for number in (1, 2)]
    target = tmp_path / "report.html"
    assert report(sides, target) == (target.stat().st_size, ())
    assert target.stat().st_size < 100_000
    text = target.read_text()
    for words in ("log of 1", "log of 2", "failed 1", "reproduced", "curve.csv: loss", "seen"):
        assert words in text
    assert text.count("<polyline") == 2
    assert text.count("<circle") == 2
    assert text.count(f'src="data:image/png;base64,{base64.b64encode(PICTURE).decode()}"') == 2


def test_pictures_that_do_not_fit_are_named(project: Project) -> None:
    project.finish("head -c 20000 /dev/urandom >a.png; head -c 20000 /dev/urandom >b.png")
    facts = collect([(project.batch, project.run(1))], 30_000)
    assert len(facts.contents) == 1
    assert "not on this page, which has no more room" in page("runs", facts)


def test_a_page_stays_below_its_bound_whatever_runs_wrote(project: Project) -> None:
    job = """for n in $(seq 150); do head -c 2000 /dev/urandom >$n.png; done
seq -s , 40 >wide.csv
for n in $(seq 300); do seq -s , $n $n $((40 * n)) >>wide.csv; done
yes '<&"' | head -c 20000
printf '{"cells": [{"cell_type": "code", "source": "' >n.ipynb
yes '&' | head -c 40000 | tr -d '\\n' >>n.ipynb; printf '"}]}' >>n.ipynb"""
    project.finish(job)
    run = project.run(1)
    whole = page("runs", collect([(project.batch, run)], 10**7), 10**7)
    for largest in (200_000, 60_000, 10_000):
        text = page("runs", collect([(project.batch, run)], largest), largest)
        assert len(text.encode()) < largest < len(whole.encode())
        assert text.endswith("</body></html>\n")
    assert "Its log is not on this page, which has no more room." in text
    assert "more pictures and notebooks are not on this page" in text


def test_runs_whose_results_cannot_be_had_are_told_of_all_the_same(
    project: Project, tmp_path: Path
) -> None:
    project.finish("echo 1 >result")
    project.again(1)
    sides = [(project.batch, project.run(number)) for number in (1, 2)]
    project.world.base.rename(project.world.root / "elsewhere")
    _, (results, logs) = report(sides, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "batch#1" in text
    assert "could not be fetched" in text
    assert "could not be fetched" in results
    assert logs.startswith("The logs of batch#1, batch#2: ")


def test_a_report_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        report([], tmp_path / "report.html")


TABLES = {
    "rising first column": ("step,loss\n1,5\n2,3\n", {"t.csv: loss": [(1.0, 5.0), (2.0, 3.0)]}),
    "no rising column": ("a\n3\n1\n", {"t.csv: a": [(1.0, 3.0), (2.0, 1.0)]}),
    "a word among numbers": ("a\n3\nx\n", {}),
    "one row": ("a\n3\n", {}),
    "no number": ("a\nnan\ninf\n", {}),
    "nothing": ("", {}),
}


@pytest.mark.parametrize(("text", "curves"), TABLES.values(), ids=TABLES.keys())
def test_a_column_of_numbers_is_a_curve(
    text: str, curves: dict[str, list[tuple[float, float]]]
) -> None:
    file = WrittenFile(hostile_run(), "t.csv", "a", 9)
    charts = charts_of_tables([file], {"a": text.encode()})
    assert {chart.title: list(*chart.curves.values()) for chart in charts} == curves


@pytest.mark.parametrize("value", [0.0, -3.0, 1e299])
def test_a_curve_that_stays_the_same_is_drawn(value: float) -> None:
    drawn = svg(Chart("flat", {"": [(1.0, value), (2.0, value)]}))
    assert "nan" not in drawn
    assert "inf" not in drawn


NOTEBOOKS = [b"", b"[]", b"{}", b'{"cells": 7}', b'{"cells": [7]}', b"[" * 100_000]


@pytest.mark.parametrize("data", NOTEBOOKS, ids=range(len(NOTEBOOKS)))
def test_what_is_no_notebook_is_said_to_be_none(data: bytes) -> None:
    assert notebook_html(data) == "<p>This notebook can't be read.</p>"
