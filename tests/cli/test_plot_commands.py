"""Metrics drawn on the command line: over steps, against a parameter, as SVG and as JSON."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import call
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project

SVG = "{http://www.w3.org/2000/svg}"
TRAIN = """printf 'step,loss,accuracy\\n1,%s,0.1\\n2,%s,oops\\n3,1,0.9\\n' \\
	"${GITBATCH_OPTION_lr:-9}" "${GITBATCH_OPTION_lr:-8}" >metrics.csv
echo "{\\"loss\\": ${GITBATCH_OPTION_lr:-7}}" >metrics.json"""


@pytest.fixture
def swept(project: Project) -> Project:
    """Three runs with a parameter, and one without."""
    project.finish(TRAIN)
    for rate in ("0.01", "0.1", "10"):
        receipt = project.server.rerun(1, [f"lr={rate}"])
        project.world.settled(receipt.run)
    return project


def test_a_metric_is_drawn_over_steps(swept: Project) -> None:
    said = call(swept, "plot", "1-4")
    assert said.status == 0
    heading, *lines = said.out.splitlines()
    assert heading == "loss"
    assert any("\u2800" < sign < "\u2900" for sign in said.out)
    assert lines[-4:] == [
        "- batch#1  1", "- batch#2 (lr=0.01)  1", "- batch#3 (lr=0.1)  1", "- batch#4 (lr=10)  1",
    ]  # fmt: skip
    assert "\x1b" not in said.out


def test_gaps_are_said_and_another_metric_is_named(swept: Project) -> None:
    said = call(swept, "plot", "2", "--metric", "accuracy", "--log", "--smooth", "5")
    assert said.out.splitlines()[0] == "accuracy"
    assert said.err == "batch#2: 1 gap: text\n"
    said = call(swept, "plot", "2", "--metric", "f1")
    assert said.status == 1
    assert "There is no metric f1; known: loss, accuracy." in said.err


def test_metrics_over_steps_for_programs_and_as_svg(swept: Project) -> None:
    picture = swept.world.root / "loss.svg"
    said = call(swept, "plot", "1-2", "--last", "1", "--json", "-o", str(picture))
    assert said.json["metric"] == "loss"
    assert said.json["metrics"] == ["loss", "accuracy"]
    names = [row["run"] for row in said.json["runs"]]
    assert names == ["batch#1", "batch#2", "batch#4"]
    assert said.json["runs"][2] == {
        "run": "batch#4", "steps": [1, 2, 3], "values": [10, 10, 1], "notes": [],
    }  # fmt: skip
    root = ET.fromstring(picture.read_text())
    assert len(list(root.iter(f"{SVG}polyline"))) == 3


def test_a_run_is_drawn_while_it_goes_on(project: Project) -> None:
    job = "printf 'step,loss\\n1,5\\n2,4\\n' >metrics.csv; until test -e ../go; do sleep 0.1; done"
    number = project.begin(job)
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "tree/metrics.csv").exists)
    said = call(project, "plot", str(number), "--json")
    assert said.json["runs"][0]["values"] == [5, 4]
    (folder / "go").touch()
    project.world.settled(number)


def test_what_can_not_be_drawn_is_one_sentence(project: Project) -> None:
    project.finish("echo x >result", metrics__csv="step,loss\n1,5\n")
    said = call(project, "plot", "1")
    assert said.status == 1
    assert "metrics.csv came with the commit" in said.err
    assert call(project, "plot").status == 2
    assert "There is no run batch#9; the newest is batch#1." in call(project, "plot", "9").err
    project.world.git("config", "gitbatch.metrics", "../out.csv")
    assert "no path among results" in call(project, "plot", "1").err


def test_compare_draws_a_metric_against_a_parameter(swept: Project) -> None:
    picture = swept.world.root / "lr.svg"
    said = call(swept, "compare", "1-4", "--plot", "loss", "--against", "lr", "-o", str(picture))
    assert said.status == 0
    heading, *lines = said.out.splitlines()[-4:]
    assert heading == "loss against lr"
    assert [line.split("  ")[0] for line in lines] == ["lr=0.01", "lr=0.1", "lr=10"]
    assert lines[2].endswith("·●")
    root = ET.fromstring(picture.read_text())
    circles = [float(dot.get("cx", "")) for dot in root.iter(f"{SVG}circle")]
    # A thousandfold range is drawn by its powers.
    assert (circles[1] - circles[0]) * 2 == pytest.approx(circles[2] - circles[1], abs=0.2)
    said = call(swept, "compare", "1-4", "--against", "seed")
    assert said.status == 1
    assert "There is no parameter seed; known: lr." in said.err


def test_compare_draws_words_side_by_side(project: Project) -> None:
    project.finish("echo '{\"loss\": 1}' >metrics.json")
    for model in ("cnn", "mlp"):
        project.world.settled(project.server.rerun(1, [f"model={model}"]).run)
    picture = project.world.root / "model.svg"
    assert call(project, "compare", "1-3", "--against", "model", "-o", str(picture)).status == 0
    texts = [text.text for text in ET.fromstring(picture.read_text()).iter(f"{SVG}text")]
    assert {"cnn", "mlp", "model", "loss"} <= set(texts)


def test_what_runs_came_to_is_read_from_the_last_line_of_a_series(project: Project) -> None:
    project.finish('printf \'{"step": 1, "loss": 5}\\n{"step": 2, "loss": 4}\\n\' >m.jsonl')
    project.again(1)
    project.world.git("config", "gitbatch.metrics", "m.jsonl")
    said = call(project, "compare", "1", "2", "--json")
    assert [row["metrics"] for row in said.json] == [{"step": 2, "loss": 4}] * 2
    assert "\nloss\n" in call(project, "compare", "1", "2", "--plot", "loss").out


def test_what_json_has_no_number_for_is_null(project: Project) -> None:
    project.finish("""echo '{"a": NaN, "b": [1], "c": -Infinity, "d": 2.5}' >metrics.json""")
    said = call(project, "compare", "1", "--json")
    assert "NaN" not in said.out
    assert "Infinity" not in said.out
    assert said.json[0]["metrics"] == {"a": None, "c": None, "d": 2.5}


@pytest.mark.parametrize("words", [("plot", "2"), ("compare", "2-3")], ids=["plot", "compare"])
def test_a_picture_of_another_kind_is_refused_with_its_name(
    swept: Project, words: tuple[str, ...]
) -> None:
    picture = swept.world.root / "loss.png"
    said = call(swept, *words, "-o", str(picture))
    assert said.status == 1
    assert "pictures are written as SVG, not as png: `-o loss.svg`" in said.err
    assert not picture.exists()


def test_metrics_are_what_a_filter_asks_for_where_no_run_has_such_a_parameter(
    swept: Project,
) -> None:
    said = call(swept, "runs", "--json", "--where", "loss<0.5")
    assert [run["number"] for run in said.json["runs"]] == [3, 2]
    assert "No run has a parameter loss: what they measured counts." in said.err
    said = call(swept, "runs", "--json", "--where", "loss>0.05 lr<1")
    assert [run["number"] for run in said.json["runs"]] == [3]
    assert "lr" not in said.err


def test_a_range_is_the_same_in_either_direction(swept: Project) -> None:
    said = call(swept, "plot", "--json", "3-1").json
    assert [row["run"] for row in said["runs"]] == ["batch#1", "batch#2", "batch#3"]
