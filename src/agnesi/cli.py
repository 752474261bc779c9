"""The command line: `agnesi derive TEXT --wrt w`. No mathematics here; every answer comes from the Python verbs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

import agnesi
from agnesi import __version__
from agnesi.dialects import dialects
from agnesi.formula_argument import FormulaCommand
from agnesi.teaching_commands import app as teaching
from agnesi.terminal import WRONG, fail, print_plainly, print_report, sentences, showing, source, write

if TYPE_CHECKING:
    from agnesi.derivation import Derivation

DOCUMENTS = (".md", ".markdown", ".qmd", ".rmd", ".tex", ".ltx", ".ipynb")

app = typer.Typer(
    name="agnesi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    help="""The mathematics of machine learning, made to work.

Type a formula as your book writes it; Agnesi derives it step by step and checks every answer numerically.

  agnesi derive "||X w - y||^2 + lambda ||w||^2" --wrt w

  agnesi derive "log det X" --wrt X

  agnesi derive "sum_i log(1 + exp(-y_i x_i' w))" --wrt w --steps all

  agnesi check "d log det X = tr(X dX)"

Matrices are capitals, vectors lower case, scalars Greek, unless you say otherwise; sizes and facts are said before
the formula, names for parts of it too:

  agnesi derive "S: n x n spd; x' inv(S) x" --wrt S --structure symmetric

  agnesi derive "a = tanh(W x + b); ||V a - y||^2" --wrt W --chain named

Unicode (‖Xw − y‖²), ASCII (norm(X*w - y)^2) and LaTeX (\\lVert Xw - y \\rVert^2) are all read.

`agnesi derive --help` tells the rest. Exit status: 0 for an answer, 2 where the formula cannot be read or has no
derivative in closed form, 3 for a fault of Agnesi's own.
""",
)


class Steps(StrEnum):
    """How many steps to show."""

    none = "none"
    fewer = "fewer"
    normal = "normal"
    all = "all"


class Output(StrEnum):
    """How to print."""

    unicode = "unicode"
    ascii = "ascii"
    latex = "latex"
    mathml = "mathml"
    json = "json"
    numpy = "numpy"
    jax = "jax"
    torch = "torch"


class Structure(StrEnum):
    """What kind of matrix the variable is."""

    symmetric = "symmetric"
    diagonal = "diagonal"
    toeplitz = "toeplitz"


class Chain(StrEnum):
    """How nested functions are shown."""

    auto = "auto"
    nested = "nested"
    named = "named"


class Way(StrEnum):
    """What a path prefers."""

    spine = "spine"
    shortest = "shortest"
    fewest = "fewest"
    videos = "videos"


class Speed(StrEnum):
    """How fast somebody reads."""

    slow = "slow"
    normal = "normal"
    fast = "fast"


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Take the options that come before any command."""
    if version:
        typer.echo(f"agnesi {__version__}")
        raise typer.Exit()


@app.command("derive", cls=FormulaCommand)
def derive_command(
    text: Annotated[str, typer.Argument(help="The formula; a file that holds it; or - for standard input.")],
    wrt: Annotated[
        list[str] | None,
        typer.Option("--wrt", "-w", help="Differentiate in this: a symbol, a part, or a definition. Twice: mixed."),
    ] = None,
    order: Annotated[int, typer.Option(min=1, max=8, help="1: gradient or Jacobian; 2: Hessian; and so on.")] = 1,
    steps: Annotated[Steps, typer.Option(help="How much of the derivation to show.")] = Steps.normal,
    form: Annotated[Output, typer.Option("--as", help="How to print it; or as code for a backend.")] = Output.unicode,
    structure: Annotated[
        Structure | None, typer.Option(help="The variable is such a matrix: derive along it.")
    ] = None,
    chain: Annotated[
        Chain, typer.Option(help="Nested functions: with named parts, in one piece, or the shorter.")
    ] = Chain.auto,
    dialect: Annotated[str, typer.Option(help="Print as this book does: mml, prml, esl, ...")] = "agnesi",
) -> None:
    """Derive a gradient, Jacobian or Hessian, with every step, and check it.

    Examples:

      agnesi derive "1/2 ||Xw - y||^2" --wrt w

      agnesi derive "log(sum(exp(z)))" --wrt z --order 2

      agnesi derive "x'A y" --wrt x --wrt y

      agnesi derive "p: n probability; -p' log(p)" --wrt p --as ascii

      agnesi derive loss.txt --wrt W --as latex

      agnesi derive "1/2 ||Xw - y||^2" --wrt w --as numpy

      echo "log det X" | agnesi derive - --as json
    """
    names = [d.name for d in dialects]
    if dialect not in names:
        fail(f"There is no dialect {dialect}. Expected one of {', '.join(names)}.")
    with sentences():
        found = agnesi.derive(
            source(text), _variables(wrt), order=order, structure=structure.value if structure else None,
            grain=steps.value, chain=chain.value, dialect=dialect,
        )  # fmt: skip
        _print(found, form)


@app.command("check", cls=FormulaCommand)
def check_command(
    text: Annotated[
        list[str], typer.Argument(help="Claims or a derivation; a file with them; documents, folders; or -.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    chain: Annotated[bool, typer.Option("--chain", help="Formulas: show the rules of each proof.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 also where something is not read.")] = False,
    dialect: Annotated[str, typer.Option(help="The book whose layout of derivatives is meant: mml, ...")] = "agnesi",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Documents: show every statement.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Documents: write a JUnit report to this file.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Documents: write a SARIF report to this file.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Documents: processes; all cores.")] = None,
    cache: Annotated[bool, typer.Option(help="Documents: judge again only what changed.")] = True,
) -> None:
    """Judge claims and derivations line by line; name the first wrong line, and why.

    Each line is proved, tested, WRONG (with a counterexample) or not read. Markdown (.md), LaTeX (.tex) and notebooks
    (.ipynb) are documents: every formula in them is judged. Exit status: 0 where nothing is wrong, 1 where something
    is, 2 where the text cannot be judged at all.

    Examples:

      agnesi check "tr(A B) = tr(B A)"

      agnesi check "d log det X = tr(X dX)"

      agnesi check "u, v independent; Var[u + v] = Var[u] + Var[v]"

      agnesi check derivation.txt --chain

      cat derivation.txt | agnesi check - --json

      agnesi check notes.md paper.tex lectures/ --junit report.xml
    """
    names = [d.name for d in dialects]
    if dialect not in names:
        fail(f"There is no dialect {dialect}. Expected one of {', '.join(names)}.")
    with sentences():
        if len(text) > 1 or _is_document(text[0]):
            with _progress() as progress:
                found = agnesi.check_documents(text, dialect=dialect, jobs=jobs, cache=cache, progress=progress)
            print_plainly(json.dumps(found.data(), indent=2) if as_json else found.show(verbose))
            write(junit, found.junit(strict) if junit else "")
            write(sarif, found.sarif(strict) if sarif else "")
            raise typer.Exit(found.status(strict))
        if junit or sarif:
            fail("JUnit and SARIF reports are written of documents only.")
        report = agnesi.check(source(text[0]), dialect=dialect)
        print_report(report, as_json, chain)
        if report.first_wrong is not None or (strict and report.counts.get("not read")):
            raise typer.Exit(WRONG)


@app.command("draw", cls=FormulaCommand)
def draw_command(
    text: Annotated[str, typer.Argument(help="A formula of one or two letters, or a matrix; a file; or -.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file: .png, .svg or .html.")] = None,
    x: Annotated[str | None, typer.Option("--x", help="The range of the first letter: \"-2, 2\".")] = None,
    y: Annotated[str | None, typer.Option("--y", help="The range of the second letter, or of the values.")] = None,
    let: Annotated[list[str] | None, typer.Option("--let", help="A value for a letter: a=2.")] = None,
    dark: Annotated[bool, typer.Option("--dark", help="On a dark ground.")] = False,
) -> None:
    """Draw a function, a field, a curve, a vector or a matrix, and tell in words what is seen.

    Examples:

      agnesi draw "sin(x)/x" -o sinc.svg

      agnesi draw "x^2 - y^2" -o saddle.html

      agnesi draw "[2 1; 0 1]" -o map.png
    """
    with sentences():
        theme = "dark" if dark else "light"
        print_plainly(import_module("agnesi.draw_command").drawn(source(text), output, x, y, let or (), theme))


@app.command("result")
def result_command(
    id: Annotated[str, typer.Argument(help="The id of a result (mml-3-proj-line); `agnesi results` lists them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    picture: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the picture to this file: .png, .svg or .html.")
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="Print the Python that computes it.")] = False,
) -> None:
    """Compute a result of a book or course: its steps, numbers or picture, compared with what is published.

    Exit status: 0 where everything agrees, 1 where something does not, 2 for an unknown id.

    Examples:

      agnesi result mml-3-proj-line

      agnesi result mml-4-eig --json

      agnesi result mml-5-taylor -o taylor.png

      agnesi result mml-4-eig --code > eig.py
    """
    with sentences():
        if as_json and code:
            said = "A result is printed as JSON or as code, not as both."
            raise agnesi.AgnesiError(said, repair="Leave out one of them.")
        text, agrees = import_module("agnesi.result_commands").result(id, as_json, picture, code)
        print_plainly(text)
        if not agrees:
            raise typer.Exit(WRONG)


@app.command("results")
def results_command(
    resource: Annotated[str | None, typer.Argument(help="Only those of this book or course: mml, impla, ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the results of the books and courses that are reproduced.

    Examples:

      agnesi results

      agnesi results matcalc
    """
    with sentences():
        print_plainly(import_module("agnesi.result_commands").listed(resource, as_json))


@app.command("path")
def path_command(
    goal: Annotated[
        str, typer.Argument(help="What you want: a concept, an area, a part of a book; nothing for where to start.")
    ] = "",
    know: Annotated[list[str] | None, typer.Option("--know", "-k", help="What you know: a concept, an area.")] = None,
    own: Annotated[list[str] | None, typer.Option("--own", "-o", help="A resource you have: mml, prml, ...")] = None,
    way: Annotated[Way, typer.Option(help="What to prefer.")] = Way.spine,
    pace: Annotated[Speed, typer.Option(help="How fast you read.")] = Speed.normal,
    added: Annotated[Path | None, typer.Option("--with", help="Your own goals: a file, or a folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the route as JSON.")] = False,
) -> None:
    """Find the way to a goal, through sections of the books and courses: what to read, how long, and why.

    Who knows a concept knows what it needs. Times are estimates, and the order is advice.

    Examples:

      agnesi path "understand backpropagation"

      agnesi path "read PRML chapter 10" --know "linear algebra" --know gradient

      agnesi path "Gaussian processes" --own mml --own prml --way shortest
    """
    with sentences():
        answer = import_module("agnesi.path_command").found
        print_plainly(answer(goal, know or (), own or (), way.value, pace.value, added, as_json))


app.add_typer(teaching)


@app.command("study")
def study_command(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen here; on another port if it is taken.")] = 8420,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    data: Annotated[Path | None, typer.Option(help="Keep what you make in this folder.")] = None,
    lessons: Annotated[
        Path | None, typer.Option(help="Lessons of your own, a file or a folder: their pages follow the files.")
    ] = None,
) -> None:
    """Open the study app in the browser: the map of the books, paths to a goal, the workbench, the results.

    It is served on this computer alone (127.0.0.1) and needs no network. Everything you make is saved as you go.

    Examples:

      agnesi study

      agnesi study --port 9000 --no-browser

      agnesi study --lessons chain-rule.md
    """
    with sentences():
        folder = data.expanduser() if data else None
        import_module("agnesi.study.study_command").study(port, browser, folder, lessons)


@app.command("server")
def server_command(
    tcp: Annotated[int | None, typer.Option(min=1, max=65535, help="Listen on this port of this computer.")] = None,
) -> None:
    """Serve an editor: formulas are judged as you type. Standard input and output, unless a port is given.

    It needs pygls: pip install "agnesi[editor]". Set-up of editors: docs/editors.md.

    Examples:

      agnesi server

      agnesi server --tcp 2087
    """
    try:
        serving = import_module("agnesi.server.serving")  # optional: its packages may be missing
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        fail('The language server needs pygls, which is not installed: pip install "agnesi[editor]".')
    serving.serve(tcp)


def _is_document(text: str) -> bool:
    """Tell whether an argument names a document or a folder, not a formula."""
    if "\n" in text or "\0" in text or len(text) > 1024:
        return False
    return Path(text).suffix.lower() in DOCUMENTS or os.path.isdir(text)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give what shows the progress of a check on a terminal; nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("")
        yield lambda path, done, of: shown.update(task, description=path, completed=done, total=of)


def _variables(wrt: list[str] | None) -> list[str] | str | None:
    if not wrt:
        return None
    return wrt if len(wrt) > 1 else wrt[0]


def _print(found: Derivation, form: Output) -> None:
    """Print without markup; a terminal that cannot show a sign gets a form that it can."""
    code = form in (Output.numpy, Output.jax, Output.torch)
    text = agnesi.program(found, form.name).rstrip() if code else showing().show(found, form.value)  # type: ignore[arg-type]
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        match form:
            case Output.json:
                text = json.dumps(showing().as_data(found), indent=2)
            case Output.mathml:
                text = text.encode("ascii", "xmlcharrefreplace").decode("ascii")
            case Output.unicode:
                text = showing().show(found, "ascii")
            case Output.numpy | Output.jax | Output.torch:
                text = showing().plain_ascii(text.replace("λ", "lambda_"))  # lambda alone is a word of Python
            case _:
                text = showing().plain_ascii(text)
    print(text)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        sys.exit(141)
