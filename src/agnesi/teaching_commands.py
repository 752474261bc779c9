"""The commands of lessons, exercises and problem sheets. No mathematics here: each loads what does it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from agnesi.formula_argument import FormulaCommand
from agnesi.terminal import WRONG, print_plainly, sentences, source

app = typer.Typer()


@app.command("exercise", cls=FormulaCommand)
def exercise_command(
    id: Annotated[str, typer.Argument(help="The id of a family; left out: list them.")] = "",
    level: Annotated[int, typer.Option(min=1, help="How hard, from 1.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Which exercise: the same seed gives the same one.")] = 0,
    answer: Annotated[str | None, typer.Option("--answer", "-a", help="Judge this; - for standard input.")] = None,
    hints: Annotated[int, typer.Option("--hints", min=0, help="Give so many hints.")] = 0,
    solution: Annotated[bool, typer.Option("--solution", help="Show the solution, step by step.")] = False,
    concept: Annotated[str | None, typer.Option(help="List only the families of this concept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the exercise as JSON.")] = False,
    own: Annotated[Path | None, typer.Option("--with", help="The folder of a course of one's own.")] = None,
) -> None:
    """Draw an exercise, judge an answer to it, give hints, show its solution.

    Examples:

      agnesi exercise --concept gradient

      agnesi exercise matcalc-product-rule --level 2 --seed 7

      agnesi exercise matcalc-product-rule --seed 7 --answer "f'(x) = 2x" --hints 1
    """
    with sentences():
        verbs = import_module("agnesi.exercise_command")
        if own is not None:
            import_module("agnesi.sheet_command").use_course(own)
        given = source(answer) if answer is not None else None
        text = verbs.shown(id, level, seed, given, hints, solution, as_json) if id else verbs.listed(concept)
        print_plainly(text)


@app.command("sheet")
def sheet_command(
    families: Annotated[list[str], typer.Argument(help="family, family/level or family/level/how many; several.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same sheet.")] = 0,
    title: Annotated[str, typer.Option(help="What stands above it.")] = "Problem sheet",
    output: Annotated[Path | None, typer.Option("-o", "--output", help=".md, .html, .tex or .apkg (Anki).")] = None,
    solutions: Annotated[bool, typer.Option(help="With solutions, step by step.")] = True,
    own: Annotated[Path | None, typer.Option("--with", help="The folder of a course of one's own.")] = None,
    form: Annotated[str, typer.Option("--to", help="md, html or tex, where the file name does not say it.")] = "",
) -> None:
    """Draw a problem sheet with solutions from families of exercises.

    Examples:

      agnesi sheet matcalc-product-rule/2/3 impla-inverse --seed 7 -o sheet.html

      agnesi sheet own-cubic/1/4 --with my-course --no-solutions
    """
    with sentences():
        verbs = import_module("agnesi.sheet_command")
        print_plainly(verbs.sheet(families, seed, title, output, solutions, own, form))


lesson_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="""Lessons: text files in which every formula is judged.

docs/lessons.md tells how one is written.
""",
)  # fmt: skip
app.add_typer(lesson_app, name="lesson")


@lesson_app.command("new")
def lesson_new_command(
    path: Annotated[Path, typer.Argument(help="The file to write: eigenvectors.md; its name becomes the id.")],
    resource: Annotated[str, typer.Option(help="The book or course that it belongs to.")] = "matcalc",
    title: Annotated[str, typer.Option(help="The title.")] = "A new lesson",
) -> None:
    """Write a lesson to begin with: it passes the check, and is replaced piece by piece.

    Examples:

      agnesi lesson new chain-rule.md --resource matcalc --title "The chain rule"
    """
    with sentences():
        print_plainly(import_module("agnesi.lesson_command").new(path, resource, title))


@lesson_app.command("check")
def lesson_check_command(
    files: Annotated[list[Path] | None, typer.Argument(help="Lessons, folders; nothing for the built-in ones.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every statement.")] = False,
    cache: Annotated[bool, typer.Option(help="Judge again only what changed.")] = True,
) -> None:
    """Judge lessons: every formula, block, id and link, with file and line.

    Exit status: 0 where all is good, 1 where something is wrong.

    Examples:

      agnesi lesson check chain-rule.md

      agnesi lesson check
    """
    with sentences():
        kept = Path(".agnesi_cache") if cache else None
        text, good = import_module("agnesi.lesson_command").check(files or (), verbose, kept)
        print_plainly(text)
        if not good:
            raise typer.Exit(WRONG)


@lesson_app.command("show")
def lesson_show_command(
    lesson: Annotated[str, typer.Argument(help="The id of a lesson, or its file.")],
    dialect: Annotated[str, typer.Option(help="Write as this book does: mml, matcalc, ...")] = "agnesi",
) -> None:
    """Show a lesson with everything that the engine makes.

    Examples:

      agnesi lesson show matcalc-sum
    """
    with sentences():
        print_plainly(import_module("agnesi.lesson_command").show(lesson, dialect))


@lesson_app.command("list")
def lesson_list_command(
    resource: Annotated[str | None, typer.Argument(help="Only those of this book or course: impla, ...")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="What they leave out of it instead.")] = False,
) -> None:
    """List the lessons by book and chapter.

    Examples:

      agnesi lesson list impcalc

      agnesi lesson list impcalc --missing
    """
    with sentences():
        print_plainly(import_module("agnesi.lesson_command").listed(resource, missing))
