"""The command line: `agnesi derive TEXT --wrt w`. No mathematics here; every answer comes from the Python verbs."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from agnesi import __version__
from agnesi.derivation import Derivation, derive
from agnesi.dialects import dialects
from agnesi.errors import AgnesiError
from agnesi.show import plain_ascii, show

app = typer.Typer(
    name="agnesi",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    help="""The mathematics of machine learning, made to work.

Type a formula as your book writes it; Agnesi derives it step by step and checks every answer numerically.

  agnesi derive "||X w - y||^2 + lambda ||w||^2" --wrt w

  agnesi derive "log det X" --wrt X

  agnesi derive "sum_i log(1 + exp(-y_i x_i' w))" --wrt w --steps all

Matrices are capitals, vectors lower case, scalars Greek, unless you say otherwise:

  agnesi derive "S: n x n spd; x'inv(S)x" --wrt S --structure symmetric

Unicode (‖Xw − y‖²), ASCII (norm(X*w - y)^2) and LaTeX (\\lVert Xw - y \\rVert^2) are all read.
""",
)


class Steps(str, Enum):
    """How many steps to show."""

    none = "none"
    fewer = "fewer"
    normal = "normal"
    all = "all"


class Output(str, Enum):
    """How to print."""

    unicode = "unicode"
    ascii = "ascii"
    latex = "latex"
    mathml = "mathml"
    json = "json"


class Structure(str, Enum):
    """What kind of matrix the variable is."""

    symmetric = "symmetric"
    diagonal = "diagonal"
    toeplitz = "toeplitz"


class Chain(str, Enum):
    """How nested functions are shown."""

    auto = "auto"
    nested = "nested"
    named = "named"


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Take the options that come before any command."""
    if version:
        typer.echo(f"agnesi {__version__}")
        raise typer.Exit()


@app.command("derive")
def derive_command(
    text: Annotated[str, typer.Argument(help="The formula; a file that holds it; or - for standard input.")],
    wrt: Annotated[
        list[str] | None, typer.Option("--wrt", "-w", help="Differentiate in this: a symbol, a part, or a definition. Twice: mixed.")
    ] = None,
    order: Annotated[int, typer.Option(min=1, max=8, help="1: gradient or Jacobian; 2: Hessian; and so on.")] = 1,
    steps: Annotated[Steps, typer.Option(help="How much of the derivation to show.")] = Steps.normal,
    form: Annotated[Output, typer.Option("--as", help="How to print it.")] = Output.unicode,
    structure: Annotated[Structure | None, typer.Option(help="The variable is such a matrix: derive along it.")] = None,
    chain: Annotated[Chain, typer.Option(help="Nested functions: with named parts, in one piece, or the shorter.")] = Chain.auto,
    dialect: Annotated[str, typer.Option(help="Print as this book does: mml, prml, esl, ...")] = "agnesi",
) -> None:
    """Derive a gradient, Jacobian or Hessian, with every step, and check it.

    Examples:

      agnesi derive "1/2 ||Xw - y||^2" --wrt w

      agnesi derive "log(sum(exp(z)))" --wrt z --order 2

      agnesi derive "x'A y" --wrt x --wrt y

      agnesi derive loss.txt --wrt W --as latex
    """
    names = [d.name for d in dialects]
    if dialect not in names:
        _fail(f"There is no dialect {dialect}. Expected one of {', '.join(names)}.")
    try:
        found = derive(
            _source(text), _variables(wrt), order=order, structure=structure.value if structure else None, grain=steps.value,
            chain=chain.value, dialect=dialect,
        )  # fmt: skip
        _print(found, form)
    except AgnesiError as error:
        _fail(str(error))
    except RecursionError:
        _fail("The expression is nested too deeply.")


def _variables(wrt: list[str] | None) -> list[str] | str | None:
    if not wrt:
        return None
    return wrt if len(wrt) > 1 else wrt[0]


def _source(text: str) -> str:
    """Return the formula: the text itself, the contents of a file, or standard input."""
    if text == "-":
        return sys.stdin.read()
    if len(text) < 4096 and "\0" not in text and "\n" not in text:
        try:
            path = Path(text)
            if path.is_file():
                return path.read_text(encoding="utf-8")
        except (OSError, ValueError, UnicodeDecodeError):
            return text
    return text


def _print(found: Derivation, form: Output) -> None:
    text = show(found, form.value)
    _write(text, sys.stdout)


def _write(text: str, stream: object) -> None:
    """Print without markup; a terminal that cannot show a sign gets ASCII."""
    out = stream if stream in (sys.stdout, sys.stderr) else sys.stdout
    try:
        print(text, file=out)  # type: ignore[call-overload]
    except UnicodeEncodeError:
        print(plain_ascii(text), file=out)  # type: ignore[call-overload]


def _fail(message: str) -> None:
    _write(message, sys.stderr)
    raise typer.Exit(2)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
