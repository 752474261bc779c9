"""Problem sheets for the study app, and what there is to say of a course folder of one's own."""

from __future__ import annotations

from typing import Any

from agnesi.exercises.declared import EXAMPLE
from agnesi.exercises.own import use_folder
from agnesi.exercises.pieces import paragraphs, pieces, shapes_of
from agnesi.exercises.sheet import drawn, written
from agnesi.sheet_command import notes
from agnesi.study.verbs.practice import Own, answer_and_steps, options_of


def faults(own: Own) -> list[str]:
    """Return a sentence for each file of families that does not fit."""
    return use_folder(*own)


def example() -> str:
    """Return a file of families to begin with."""
    return EXAMPLE


def drawn_sheet(wishes: list[str], seed: int, title: str, own: Own) -> dict[str, Any]:
    """Return a sheet as plain data; raises `AgnesiError` where it cannot be drawn."""
    use_folder(*own)
    sheet = drawn(wishes, seed, title)
    rows = []
    for problem in sheet.problems:
        shapes = shapes_of(problem.one)
        rows.append({
            "item": problem.one.id, "question": paragraphs(problem.one.question, shapes),
            "asks": pieces(problem.one.asks, shapes, plain=True),
            "options": options_of(problem.one),
            **answer_and_steps(problem.one, problem.solved),
        })  # fmt: skip
    return {"title": sheet.title, "seed": sheet.seed, "problems": rows}


def sheet_text(wishes: list[str], seed: int, title: str, form: str, solutions: bool, own: Own) -> str:
    """Return a sheet as Markdown, LaTeX or HTML."""
    use_folder(*own)
    return written(drawn(wishes, seed, title), form, solutions)


def deck_rows(wishes: list[str], seed: int, title: str, own: Own) -> list[dict[str, Any]]:
    """Return the problems of a sheet as notes for Anki."""
    use_folder(*own)
    return [
        {"item": n.item, "question": n.question, "answer": n.answer, "steps": list(n.steps), "tags": list(n.tags)}
        for n in notes(drawn(wishes, seed, title))
    ]  # fmt: skip
