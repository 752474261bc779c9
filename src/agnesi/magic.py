"""The notebook magic: `%load_ext agnesi`, then cells that begin with `%%agnesi` are judged and show their report.

    %%agnesi
    f(w) = ‖Xw − y‖²
    ∇f = 2Xᵀ(Xw − y)

`%agnesi tr(A B) = tr(B A)` judges one line. Options stand before the text: --raise (a wrong statement stops the
notebook, for CI), --strict (one that is not read too), --chain (the rules of each proof), --continue (what the cells
before declared and defined holds), --dialect NAME.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Protocol

from IPython.core.magic import no_var_expand
from IPython.display import display

from agnesi.check.report import Judged, Report
from agnesi.checking import check_within
from agnesi.documents.context import Told, replaces
from agnesi.documents.judging import redefined, said, told_by
from agnesi.errors import AgnesiError
from agnesi.show_report import summary

_OPTION = re.compile(r"\s*--([a-z]+)(?:[= ]\s*(?=\S))?")
SWITCHES = ("raise", "strict", "chain", "continue")
USE = "The options are --raise, --strict, --chain, --continue and --dialect NAME."


class Stopped(AgnesiError):
    """A cell cannot be judged, or does not pass; it shows as a sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Shell(Protocol):
    """What is needed of IPython's shell."""

    def register_magic_function(self, func: Callable[..., Any], magic_kind: str, magic_name: str) -> None:
        """Make a function a magic."""


@dataclass(frozen=True)
class Options:
    """The options of a cell."""

    switches: frozenset[str] = frozenset()
    dialect: str = "agnesi"


@dataclass(frozen=True)
class Shown:
    """A report as a notebook shows it; with `chain`, with the rules of each proof below it."""

    report: Report
    chain: bool = False

    def __repr__(self) -> str:
        return self.report.show(chain=self.chain)

    def _repr_html_(self) -> str:
        """Return the report as a table."""
        html = self.report._repr_mimebundle_()["text/html"]
        rules = f"<details><summary>Rules</summary><pre>{escape(repr(self))}</pre></details>" if self.chain else ""
        return html + rules


def register(shell: Shell) -> None:
    """Give a shell the magics %agnesi and %%agnesi."""
    cells = Cells()

    def judge_line(line: str) -> None:
        """Judge the claim or derivation of a line: %agnesi tr(A B) = tr(B A)."""
        cells.line(line)

    def judge_cell(line: str, cell: str) -> None:
        """Judge the claims and derivations of a cell, line by line."""
        cells.cell(line, cell)

    # braces are LaTeX here, not variables of Python
    shell.register_magic_function(no_var_expand(judge_line), "line", "agnesi")
    shell.register_magic_function(no_var_expand(judge_cell), "cell", "agnesi")


class Cells:
    """The cells of one shell, and what they have said so far."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def line(self, line: str) -> None:
        """Judge the text of a line."""
        options, text = options_of(line)
        if not text.strip():
            raise Stopped("There is nothing to judge.", repair="Write %agnesi tr(A B) = tr(B A). " + USE)
        self.judge(text, options)

    def cell(self, line: str, cell: str) -> None:
        """Judge the text of a cell."""
        options, rest = options_of(line)
        self.judge(f"{rest.strip()}\n{cell}" if rest.strip() else cell, options)

    def judge(self, text: str, options: Options) -> None:
        """Show the report of a text, and stop the notebook where an option asks for it."""
        kept = tuple(self.told) if "continue" in options.switches else ()
        try:
            report, told = continued(text, kept, options.dialect)
        except AgnesiError as error:
            raise Stopped(str(error)) from None
        self.told = told
        display(Shown(report, "chain" in options.switches))  # type: ignore[no-untyped-call]
        unread = "strict" in options.switches and report.counts.get("not read")
        if options.switches & {"raise", "strict"} and (report.first_wrong is not None or unread):
            raise Stopped(summary(report))


def options_of(line: str) -> tuple[Options, str]:
    """Return the options at the beginning of a line, and the rest of it."""
    switches, dialect, at = set[str](), "agnesi", 0
    while found := _OPTION.match(line, at):
        at = found.end()
        if found[1] in SWITCHES:
            switches.add(found[1])
        elif found[1] == "dialect":
            value = re.compile(r"[\w-]+").match(line, at)
            if value is None:
                raise Stopped("--dialect needs the name of a book.", repair="Write --dialect mml.")
            dialect, at = value[0], value.end()
        else:
            raise Stopped(f"There is no option --{found[1]}.", repair=USE)
    return Options(frozenset(switches), dialect), line[at:].lstrip()


def continued(text: str, told: Iterable[Told], dialect: str) -> tuple[Report, list[Told]]:
    """Return the report of a text after what was told before it, and what is told from then on.

    Raises what `agnesi.check` raises.
    """
    held, again = list(told), set[str]()
    for _ in range(2):  # once more where the text gives a name a new meaning
        held = [one for one in held if not again.intersection(one.names)]
        before = "".join(f"{said(one)}\n" for one in held) + ("\n" if held else "")
        found = check_within(before + text, None, dialect=dialect)
        if not (again := redefined(found, before, held)):
            break
    own = [s for s in found.statements if s.place[0] >= len(before)]
    for fresh in (one for s in own for one in told_by(s, before + text)):
        held = [*(old for old in held if not replaces(fresh, old)), fresh]
    moved = tuple(_moved(s, len(before), before.count("\n")) for s in own)
    return replace(found, statements=moved, source=text), held


def _moved(one: Judged, characters: int, lines: int) -> Judged:
    """Return a statement with its line and place counted from the beginning of the cell."""
    start, stop = one.place
    carries = one.carries - lines if one.carries else one.carries
    return replace(one, line=one.line - lines, place=(start - characters, stop - characters), carries=carries)
