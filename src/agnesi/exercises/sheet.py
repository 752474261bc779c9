"""Problem sheets: exercises drawn from families with a seed, with their solutions; as Markdown, HTML and LaTeX."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from random import Random

from agnesi.errors import AgnesiError
from agnesi.exercises.pieces import paragraphs, pieces, shapes_of, typeset
from agnesi.exercises.record import Choice, Instance, Option, Solution, SolutionStep
from agnesi.exercises.registry import family, instance
from agnesi.exercises.solving import solution
from agnesi.exercises.tex import latex_of, shown, words

MOST = 100  # problems of a sheet
TRIES = 30
FORMS = ("md", "html", "tex")
STYLE = (
    "body { font: 1.05rem/1.6 'STIX Two Text', Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }"
    " math { font-family: 'STIX Two Math', 'Cambria Math', math; }"
    " math[display=block] { display: inline math; math-style: normal; } li { margin: 0 0 1.4rem; break-inside: avoid; }"
    " .room { height: 6rem; } .solutions { break-before: page; } .source { color: #555; font-size: .9rem; }"
    " pre { white-space: pre-wrap; } img { height: 9rem; vertical-align: top; }"
    " .picture { display: inline-block; margin: 0 1rem .5rem 0; }"
)
PREAMBLE = r"""% pdflatex, lualatex or xelatex
\documentclass[11pt]{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb,iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\fi
\usepackage{textcomp,lmodern}
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\renewcommand{\labelenumii}{\arabic{enumii}.}
\begin{document}
"""


@dataclass(frozen=True)
class Problem:
    """One exercise of a sheet, with its solution."""

    one: Instance
    solved: Solution


@dataclass(frozen=True)
class Sheet:
    """A problem sheet: what it is called, the seed it was drawn with, and its problems."""

    title: str
    seed: int
    problems: tuple[Problem, ...]


def wanted(text: str) -> tuple[str, int, int]:
    """Return family, level and how many, of "family", "family/level" or "family/level/number".

    >>> wanted("matcalc-sum-rule/2/4"), wanted("matcalc-sum-rule")
    (('matcalc-sum-rule', 2, 4), ('matcalc-sum-rule', 1, 1))
    """
    name, *rest = text.strip().split("/")
    if len(rest) > 2 or not all(r.isdecimal() and 0 < int(r) <= MOST for r in rest):
        what = "family, family/level or family/level/number"
        raise AgnesiError(f"{text!r:.80} is no wish for a sheet.", expected=what)
    level, many = [*map(int, rest), 1, 1][:2] if rest else (1, 1)
    return name, level, many


def drawn(wishes: Iterable[str], seed: int = 0, title: str = "Problem sheet") -> Sheet:
    """Return a sheet; the same wishes and seed give the same one. No question stands on it twice.

    Raises `UnknownName` for a family, `AgnesiError` for a level it does not have, and for none or too many problems.
    """
    chance, found, seen = Random(f"sheet/{seed}"), list[Problem](), set[str]()
    asked = [wanted(w) for w in wishes]
    if not 0 < sum(many for _, _, many in asked) <= MOST:
        raise AgnesiError("A sheet has no problems, or too many.", expected=f"1 to {MOST}")
    for name, level, many in asked:
        for _ in range(many):
            one = _fresh(name, level, chance, seen)
            seen.add(_key(one))
            found.append(Problem(one, solution(one, code=False)))
    return Sheet(title, seed, tuple(found))


def _fresh(name: str, level: int, chance: Random, seen: set[str]) -> Instance:
    family(name)
    for _ in range(TRIES):
        one = instance(name, level, chance.randrange(1, 1_000_000))
        if _key(one) not in seen:
            return one
    raise AgnesiError(f"{name} has too few exercises of level {level} for this sheet.", repair="Ask for fewer of them.")


def _key(one: Instance) -> str:
    return f"{one.question} {sorted(o.text for o in one.choices)}"


def written(sheet: Sheet, form: str, solutions: bool = True) -> str:
    """Return a sheet as Markdown ("md"), a page for the browser ("html"), or LaTeX ("tex")."""
    if form not in FORMS:
        raise AgnesiError(f"A sheet cannot be written as {form}.", expected=", ".join(FORMS))
    return {"md": _markdown, "html": _html, "tex": _latex}[form](sheet, solutions)


def _markdown(sheet: Sheet, solutions: bool) -> str:
    out = [f"# {sheet.title}", ""]
    for k, problem in enumerate(sheet.problems, 1):
        lines = [problem.one.question, *(f"{chr(97 + n)}) {o.text}" for n, o in enumerate(problem.one.choices))]
        out += [f"**{k}.** " + "\n\n".join(lines), "", f"*Answer with {problem.one.asks}.*", ""]
    if solutions:
        out += ["## Solutions", ""]
        for k, problem in enumerate(sheet.problems, 1):
            answer = problem.solved.answer
            out += [f"**{k}.** " + (f"```\n{answer}\n```" if "\n" in answer else f"${answer}$"), ""]
            for n, step in enumerate(problem.solved.steps, 1):
                source = f" ({step.source})" if step.source else ""
                out.append(f"{n}. {step.said}{source}")
                rows = [f"   {row}" for row in step.text.split("\n")]
                out += ["", "   ```", *rows, "   ```", ""] if step.text else []
            out.append("")
    return "\n".join([*out, f"<!-- {_recipe(sheet)} -->", ""])


def _recipe(sheet: Sheet) -> str:
    return f"seed {sheet.seed}: {' '.join(p.one.id for p in sheet.problems)}"


def _html(sheet: Sheet, solutions: bool) -> str:
    problems = "".join(f'<li>{_asked(p)}<div class="room"></div></li>\n' for p in sheet.problems)
    answers = "".join(f"<li>{_solved(p)}</li>\n" for p in sheet.problems) if solutions else ""
    end = f'<section class="solutions"><h2>Solutions</h2>\n<ol>\n{answers}</ol></section>\n' if solutions else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(sheet.title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><h1>{escape(sheet.title)}</h1>\n<ol>\n{problems}</ol>\n{end}"
        f'<p class="source">{escape(_recipe(sheet))}</p></body></html>\n'
    )


def _line(them: list[list[str]]) -> str:
    tag = {"strong": "strong", "em": "em", "code": "code"}
    parts = [v if k == "math" else f"<{tag[k]}>{escape(v)}</{tag[k]}>" if k in tag else escape(v) for k, v in them]
    return "".join(parts)


def _asked(problem: Problem) -> str:
    shapes = shapes_of(problem.one)
    out = []
    for block in paragraphs(problem.one.question, shapes):
        rows = [_line(row) for row in block["rows"]]
        kind = block["kind"]
        inside = (
            "<br>".join(rows)
            if kind == "p"
            else "\n".join(rows)
            if kind == "pre"
            else "".join(f"<li>{row}</li>" for row in rows)
        )
        out.append(f"<{kind}>{inside}</{kind}>")
    options = [f"{chr(97 + n)}) {_option(o, shapes)}" for n, o in enumerate(problem.one.choices)]
    if any(o.picture for o in problem.one.choices):
        return "".join([*out, "<p>", *(f"<span class=\"picture\">{o}</span> " for o in options), "</p>"])
    return "".join([*out, *(f"<p>{o}</p>" for o in options)])


def _option(option: Option, shapes: Mapping[str, int]) -> str:
    """Return an option: its text, or its picture within the page, with the text for who does not see it."""
    if option.picture is None:
        return _line(pieces(option.text, shapes))
    drawn = b64encode(option.picture().svg("light").encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{drawn}" alt="{escape(option.text)}">'


def _solved(problem: Problem) -> str:
    shapes, solved = shapes_of(problem.one), problem.solved
    steps = ""
    for s in solved.steps:
        source = f' <span class="source">{escape(s.source)}</span>' if s.source else ""
        said = _line(pieces(s.said, shapes, plain=True))
        steps += f"<li>{said}{source}<div>{_formulas(s, shapes)}</div></li>"
    rows = solved.answer.split("\n")
    answer = "<br>".join(_set(row, shapes) for row in rows)
    return f"<div>{answer}</div><ol>{steps}</ol>" if steps else f"<div>{answer}</div>"


def _set(row: str, shapes: Mapping[str, int]) -> str:
    """Return a line set in type as it is written, or as it was typed."""
    return typeset(row, shapes, True) or f"<code>{escape(row)}</code>"


def _formulas(step: SolutionStep, shapes: Mapping[str, int]) -> str:
    """Return the formulas of a step, each on a line of its own."""
    if not step.text:  # of a shape its words say all
        return ""
    if step.html.startswith(("<code>", "<pre>")):
        return "<br>".join(_set(row, shapes) for row in step.text.split("\n"))
    return _STYLED.sub("", step.html).replace("</math><math", "</math><br><math")


_STYLED = re.compile(r' data-shape="[^"]*"')


def _latex(sheet: Sheet, solutions: bool) -> str:
    out = [PREAMBLE, f"\\section*{{{words(sheet.title)}}}", "\\begin{enumerate}"]
    for problem in sheet.problems:
        out += [f"\\item {_tex_asked(problem)}", "\\vspace{25mm}"]
    out.append("\\end{enumerate}")
    if solutions:
        out += ["\\newpage", "\\section*{Solutions}", "\\begin{enumerate}"]
        for problem in sheet.problems:
            out += [f"\\item {_tex_answer(problem)}", *_tex_steps(problem)]
        out.append("\\end{enumerate}")
    return "\n".join([*out, f"% {_recipe(sheet)}", "\\end{document}", ""])


def _tex_asked(problem: Problem) -> str:
    """Return a question as LaTeX: its paragraphs, its numbered lines, its options."""
    shapes = shapes_of(problem.one)
    out = []
    for block in paragraphs(problem.one.question, shapes):
        rows = [_tex(row) for row in block["rows"]]
        if block["kind"] in ("ol", "ul"):
            marks = [f"{n}. " if block["kind"] == "ol" else "-- " for n in range(1, len(rows) + 1)]
            rows = [mark + row for mark, row in zip(marks, rows, strict=True)]
        out.append("\\\\\n".join(rows))
    options = [f"{chr(97 + n)}) {_tex(pieces(o.text, shapes))}" for n, o in enumerate(problem.one.choices)]
    return "\n\n".join([*out, "\\\\\n".join(options)] if options else out)


def _tex(them: list[list[str]]) -> str:
    """Return the pieces of a line as LaTeX."""
    tag = {"strong": "textbf", "em": "emph", "code": "texttt"}
    return "".join(
        f"${latex_of(v)}$" if k == "math" else f"\\{tag[k]}{{{words(v)}}}" if k in tag else words(v) for k, v in them
    )


def _tex_answer(problem: Problem) -> str:
    """Return an answer as LaTeX; of several lines each on its own."""
    shapes = shapes_of(problem.one)
    if isinstance(problem.one.answer, Choice):
        return words(problem.solved.answer)
    made = [(row, typeset(row, shapes)) for row in problem.solved.answer.split("\n")]
    return "\\\\\n".join(f"$\\displaystyle {latex_of(m)}$" if m else words(row) for row, m in made)


def _tex_steps(problem: Problem) -> list[str]:
    """Return the steps of a solution as a list in LaTeX."""
    shapes, out = shapes_of(problem.one), []
    for s in problem.solved.steps:
        formulas = shown(s.html if s.text else "", lambda text: typeset(text, shapes))
        rows = [f"${chr(92)}displaystyle {f[1:]}" if f[:1] == "$" else f for f in formulas]
        out.append("  \\item " + "\\\\\n".join([_tex(pieces(s.said, shapes, plain=True)), *rows]))
    return ["\\begin{enumerate}", *out, "\\end{enumerate}"] if out else []
