"""What `agnesi sheet` writes; loaded only by it, since it brings all the mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from agnesi.course.folder import course_folder
from agnesi.errors import AgnesiError
from agnesi.exercises import families
from agnesi.exercises.own import use_folder
from agnesi.exercises.pieces import dollars, latexed
from agnesi.exercises.sheet import Sheet, drawn, written
from agnesi.memory.anki import Note, deck


def sheet(
    wishes: Sequence[str], seed: int, title: str, output: Path | None, solutions: bool, folder: Path | None, form: str
) -> str:
    """Return a sheet as text, or write it to a file, whose name says the form: .md, .html, .tex, .apkg.

    Raises `AgnesiError` where the sheet cannot be drawn or written, or the folder of one's own does not fit.
    """
    if folder is not None:
        use_course(folder)
    made = drawn(wishes, seed, title)
    if output is None:
        return written(made, form or "md", solutions)
    kind = form or output.suffix.removeprefix(".")
    try:
        if kind == "apkg":
            output.write_bytes(deck(notes(made), datetime.now(UTC), title))
        else:
            output.write_text(written(made, kind, solutions), "utf-8")
    except OSError as error:
        raise AgnesiError(f"The file {output} cannot be written: {error.strerror}.") from None
    return f"{output}: {len(made.problems)} problems, seed {seed}."


def use_course(folder: Path) -> None:
    """Add the families of a course of one's own; raises `AgnesiError` where there is none, or it does not fit."""
    found = course_folder(folder)
    if found is None:
        raise AgnesiError(f"There is no folder {folder}.")
    faults = use_folder(str(folder), found.stamp)
    if faults:
        raise AgnesiError(f"The course does not fit: {' '.join(faults)}")


def notes(made: Sheet) -> list[Note]:
    """Return the problems of a sheet as notes for Anki."""
    found = []
    for problem in made.problems:
        one, solved = problem.one, problem.solved
        options = [f"{chr(97 + k)}) {o.text}" for k, o in enumerate(one.choices)]
        steps = tuple(f"{s.said} {dollars(s.text, one.given)}" for s in solved.steps)
        question = latexed("\n".join([one.question, *options]), one)
        found.append(Note(one.id, question, dollars(solved.answer, one.given), steps, families()[one.family].concepts))
    return found
