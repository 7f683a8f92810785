"""TensorBoard's event files: read as they grow, however written, and whatever is in them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitbatch_tui.core.curves.columns import Columns
from gitbatch_tui.core.curves.events import is_event_file, newest_event_file
from gitbatch_tui.core.curves.opening import open_metrics
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.support.project import Project

CAPTURES = Path(__file__).parents[1] / "captures/tensorboard"
NAME = "events.out.tfevents.1700000000.node7"
FALLING = [1, 0.5, 1 / 3, 0.25, 0.2]
UNTIL_GO = "until test -e ../go; do sleep 0.1; done"


def varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def message(*fields: tuple[int, int, bytes]) -> bytes:
    """A message of protocol buffers; the wire types are 0 (varint), 2 (bytes) and 5 (32 bits)."""
    return b"".join(
        varint(number << 3 | kind) + (varint(len(value)) if kind == 2 else b"") + value
        for number, kind, value in fields
    )


def record(step: int, tag: str, value: float) -> bytes:
    scalar = message((1, 2, tag.encode()), (2, 5, struct.pack("<f", value)))
    event = message((2, 0, varint(step)), (5, 2, message((1, 2, scalar))))
    return framed(event)


def framed(event: bytes) -> bytes:
    return struct.pack("<QI", len(event), 0) + event + bytes(4)


def read(*pieces: bytes) -> Columns:
    columns = Columns(f"runs/{NAME}")
    for piece in pieces:
        columns.feed(piece)
    columns.finish()
    return columns


@pytest.mark.parametrize(
    ("program", "tag"), [("tensorboardX", "loss/train"), ("tensorboard", "epoch_loss")]
)
def test_what_programs_wrote_is_read_in_any_pieces(program: str, tag: str) -> None:
    (path,) = CAPTURES.glob(f"*.{program}")
    data = path.read_bytes()
    for size in (1, 7, len(data)):
        columns = read(*(data[at : at + size] for at in range(0, len(data), size)))
        assert list(columns.curve(tag).ys) == pytest.approx(FALLING)
        assert list(columns.curve(tag).xs) == [0, 1, 2, 3, 4]
        assert columns.notes() == []


def test_scalars_of_one_step_belong_together() -> None:
    columns = read(record(1, "loss", 3), record(1, "accuracy", 0.5), record(5, "loss", 2))
    assert columns.names == ("loss", "accuracy")
    assert list(columns.curve("loss").xs) == [1, 5]
    assert columns.count == 2


def test_what_is_no_number_is_a_gap_or_passed_over() -> None:
    nothing = framed(message((2, 0, varint(2)), (3, 2, b"brain.Event:2")))
    picture = message((1, 2, b"image"), (4, 2, b"PNG"))
    passed_over = framed(message((2, 0, varint(2)), (5, 2, message((1, 2, picture)))))
    columns = read(
        nothing, record(1, "loss", 1), passed_over, record(2, "loss", float("nan")),
        record(3, "loss", 3),
    )  # fmt: skip
    assert columns.names == ("loss",)
    assert columns.curve("loss").notes == ("1 gap: NaN or infinite",)


def test_hostile_tags_are_harmless_and_bounded() -> None:
    tags = ["\x1b[2J", *(f"tag {number}" for number in range(300))]
    columns = read(*(record(1, tag, 1) for tag in tags))
    assert columns.names[0] == "<ESC>[2J"
    assert len(columns.names) == 200
    assert columns.notes() == ["only the first 200 columns were read"]


BROKEN = {
    "a length without end": struct.pack("<QI", 2**60, 0) + b"x" * 100,
    "no message": framed(b"\xff" * 30),
    "a field that is cut": framed(message((5, 2, b"\x0a\xff\x01"))),
    "a number without end": framed(b"\x10" + b"\xff" * 20),
    "text": b"step,loss\n1,5\n" * 20,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_event_is_said_and_does_no_harm(data: bytes) -> None:
    columns = read(record(1, "loss", 3), data, record(2, "loss", 2))
    assert columns.last("loss") in {2, 3}
    assert columns.notes() != []


def test_the_newest_event_file_is_known_by_its_name() -> None:
    assert is_event_file(f"a/{NAME}.1.v2")
    assert not is_event_file("a/events.txt")
    names = ["r/a/events.out.tfevents.9.x", "r/b/events.out.tfevents.1700000001.x", "r/notes"]
    assert newest_event_file(names) == names[1]
    assert newest_event_file(["r/notes"]) == ""


def test_a_folder_of_event_files_is_read_while_the_run_goes_on_and_later(
    project: Project,
) -> None:
    (path,) = CAPTURES.glob("*.tensorboardX")
    project.world.git("config", "gitbatch.metrics", "runs/")
    number = project.begin(f"mkdir -p runs/a; cp {path} runs/a/{NAME}; {UNTIL_GO}")
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "tree/runs/a" / NAME).exists)
    side = project.batch, project.run(number)
    (metrics,) = open_metrics([side])
    wait_until(lambda: list(metrics.update()) and metrics.columns.last("acc"))
    metrics.finish()
    assert list(metrics.columns.curve("loss/train").ys) == pytest.approx(FALLING)
    (folder / "go").touch()
    project.world.settled(number)
    project.world.git("fetch", "-q", "batch")
    (folder / "tree").rename(folder / "gone")
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert [None for _ in metrics.update()]
    metrics.finish()
    assert metrics.columns.names == ("loss/train", "acc")


def test_a_folder_without_event_files_is_said(project: Project) -> None:
    project.world.git("config", "gitbatch.metrics", "runs/")
    number = project.begin(f"mkdir runs; echo x >runs/notes; {UNTIL_GO}")
    folder = project.world.base / "runs" / str(number)
    wait_until((folder / "tree/runs/notes").exists)
    assert notes_of(project, number) == ["no runs/*.tfevents.* yet"]
    (folder / "go").touch()
    project.world.settled(number)
    assert notes_of(project, number) == ["no runs/*.tfevents.*"]


def notes_of(project: Project, number: int) -> list[str]:
    (metrics,) = open_metrics([(project.batch, project.run(number))])
    assert list(metrics.update()) == []
    return metrics.notes()


def test_a_record_that_is_too_long_is_why_no_more_is_read() -> None:
    columns = Columns(NAME)
    columns.feed((2**40).to_bytes(8, "little") + b"\0" * 8)
    columns.finish()
    assert columns.notes() == ["no row was read: the next record has more than 16 MB"]
