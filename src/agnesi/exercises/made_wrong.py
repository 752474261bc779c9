"""Wrong answers made by the engine's own slips, and the exercises made of a derivation: a gap, a wrong line.

The slips of `agnesi.check` that concern derivatives are run forwards on a right derivation: what each makes of it is a
planted answer, with the slip's name, and it is kept only where numbers refute it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random

import agnesi.checking  # noqa: F401  (it registers the slips)
from agnesi.check.evidence import equal_evidence
from agnesi.check.slips import slips
from agnesi.derivation import Derivation
from agnesi.errors import AgnesiError
from agnesi.exercises.drawing import derivation, fact
from agnesi.exercises.record import Gap, Instance, Planted, WrongLine
from agnesi.expr.nodes import Expr, Symbol
from agnesi.read import read
from agnesi.rules.derive import derivative as closed_form
from agnesi.rules.normal import form_of
from agnesi.rules.steps import Line
from agnesi.rules.tidy import Tidy


@lru_cache(maxsize=256)
def slips_of_derivative(text: str, wrt: str, most: int = 3) -> tuple[Planted, ...]:
    """Return wrong derivatives of a text (its declarations before it), each made by a slip; none equals the right one.

    >>> [p.slip for p in slips_of_derivative("sin(x^2)", "x", 2)]
    ['derivative of the sine', 'held constant']
    """
    reading = read(text)
    variable = reading.symbols[wrt]
    f = reading.expr
    right = closed_form(f, [variable])
    found: list[Planted] = []
    kept: list[Expr] = [right]
    tidy = Tidy(f)
    for name, made in _wrong(f, variable):
        wrong = _tidied(tidy, made)
        if len(found) == most:
            break
        if wrong.shape != right.shape or _like_one(wrong, kept):
            continue
        kept.append(wrong)
        found.append(Planted(fact(wrong), name))
    return tuple(found)


def _wrong(f: Expr, variable: Symbol) -> Iterator[tuple[str, Expr]]:
    """Yield the name of a slip and the wrong derivative that it makes, one of each slip, the most frequent first."""
    for slip in sorted((s for s in slips if s.derive is not None), key=lambda s: s.cost):
        try:
            made = [] if slip.derive is None else list(slip.derive(f, (variable,), _taken))
        except (AgnesiError, IndexError, KeyError, ValueError):
            continue
        yield from ((slip.name, wrong) for wrong in made[:1])


def _tidied(tidy: Tidy, expr: Expr) -> Expr:
    """Return an expression as it is written on paper, without x − x."""
    try:
        return tidy.write(form_of(expr))
    except AgnesiError:
        return expr


def _taken(f: Expr, variables: tuple[Expr, ...]) -> Expr:
    return closed_form(f, list(variables))


def _like_one(wrong: Expr, kept: Sequence[Expr]) -> bool:
    """Tell whether an expression equals one of others, or cannot be compared with them."""
    try:
        return any(equal_evidence(wrong, one, points=2).verdict != "refuted" for one in kept)
    except AgnesiError:
        return True


def gap(rng: Random, text: str, wrt: str, given: str) -> Instance | None:
    """Return: fill in the missing line of the derivation of a text; None where it has too few lines.

    `given` declares and defines f as a worksheet: "x: n; f(x) = sum(x)".
    """
    done = derivation(text, wrt)()
    lines = _lines(done)
    inside = [k for k in range(2, len(lines) - 1) if done.steps[k].left == done.steps[k - 1].left]
    inside = [k for k in inside if lines[k] not in (lines[k - 1], lines[k + 1])]
    if not inside:
        return None
    missing = rng.choice(inside)
    step = done.steps[missing]
    planted = tuple(p for p in _spoiled(step, done) if p.text not in lines)
    rows = "\n".join(f"{k + 1}. " + ("…" if k == missing else f"${line}$") for k, line in enumerate(lines))
    question = f"One line of this derivation is missing. Write it.\n\n{rows}\n\nThe step is: {step.rule}."
    return Instance(
        question,
        Gap(tuple(lines), missing, step.rule),
        f"the missing line, ${step.left}$ = …",
        given,
        slips=planted[:3],
    )


def wrong_line(rng: Random, text: str, wrt: str, given: str) -> Instance | None:
    """Return: find the wrong line, in the derivation of a text into which a slip was put (`given` as for `gap`).

    The lines after it carry on what went wrong, as far as it can be seen in them. None where there are too few lines.
    """
    done = derivation(text, wrt)()
    lines = _lines(done)
    order = list(range(1, len(lines) - 1))
    rng.shuffle(order)
    found = [(k, p) for k in order for p in _spoiled(done.steps[k], done) if p.text not in lines]
    # best with lines after it that carry it on; never as the second of two, where nothing is to be found
    led = [(k, p) for k, p in found if _carried(done, lines, k, p.text)]
    late = [(k, p) for k, p in found if k > 1]
    if len(lines) < 4 or not (led or late):
        return None
    k, planted = rng.choice(led if led and (not late or rng.random() < 0.7) else late)
    carried = _carried(done, lines, k, planted.text)
    shown = tuple([*lines[:k], planted.text, *carried])
    rows = "\n".join(f"{n}. ${line}$" for n, line in enumerate(shown, 1))
    question = f"One line of this derivation does not follow. Which is the first?\n\n{rows}"
    kept = Planted(str(k + 1), planted.slip, planted.words, planted.why)
    return Instance(
        question, WrongLine(shown, k + 1, lines[k]), "the number of the line; after it, if you like, the line as "
                                                     "it should be",
        given, slips=(kept,),
    )  # fmt: skip


def _lines(done: Derivation) -> list[str]:
    """Return the lines of a derivation as text, each with its left side."""
    return [f"{s.left if isinstance(s.left, str) else fact(s.left)} = {fact(s.right)}" for s in done.steps]


def _carried(done: Derivation, lines: Sequence[str], k: int, wrong: str) -> list[str]:
    """Return the last line of a derivation as it is when line k was wrong: with the same part spoiled."""
    before, after = lines[k].partition(" = ")[2], wrong.partition(" = ")[2]
    out = []
    old, new = _changed(before, after)
    for line in lines[k + 1 :]:
        left, _, right = line.partition(" = ")
        if old and right.count(old) == 1:
            out.append(f"{left} = {right.replace(old, new)}")
        else:
            break
    return out


def _changed(before: str, after: str) -> tuple[str, str]:
    """Return the part in which two texts differ, with a sign or letter of what is around it."""
    start = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    stop = 0
    while stop < min(len(before), len(after)) - start and before[-1 - stop] == after[-1 - stop]:
        stop += 1
    start, end = max(0, start - 2), max(0, stop - 2)
    return before[start : len(before) - end], after[start : len(after) - end]


_SPOILS = (  # pattern, what stands in its place, the slip
    (re.compile(r" \+ (?=\S)"), " − ", "sign"),
    (re.compile(r"(?<=\S) − (?=\S)"), " + ", "sign"),
    (re.compile(r"(?<== )−"), "", "sign"),
    (re.compile(r"(?<![\w.^⁰¹²³⁴⁵⁶⁷⁸⁹])2(?=[\w(√])(?!\d)"), "", "factor 2 lost"),
    (re.compile(r"cos(?=\()"), "sin", "function and slope"),
    (re.compile(r"⁴"), "⁵", "exponent"),
    (re.compile(r"³"), "²", "exponent"),
    (re.compile(r"ᵀ(?= d)"), "", "transpose lost"),
)


def _spoiled(step: Line, done: Derivation) -> Iterator[Planted]:
    """Yield wrong forms of a line: one sign, factor, exponent or function changed, where that makes it wrong."""
    right = fact(step.right)
    for pattern, put, slip in _SPOILS:
        found = list(pattern.finditer(right if not pattern.pattern.startswith("(?<== )") else f"= {right}"))
        for match in found[:2]:
            shift = 2 if pattern.pattern.startswith("(?<== )") else 0
            text = right[: match.start() - shift] + put + right[match.end() - shift :]
            if _refuted(text, step, done):
                yield Planted(f"{step.left} = {text}", slip)


def _refuted(text: str, step: Line, done: Derivation) -> bool:
    try:
        known = dict(done.reading.symbols) if done.reading else {}
        wrong = read(text, known).expr
        moving = [v.name for v in done.variables if isinstance(v, Symbol)]
        return equal_evidence(wrong, step.right, points=2, moving=moving).verdict == "refuted"
    except AgnesiError:
        return False
