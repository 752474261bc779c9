"""What the engine puts into a lesson: derivations, judged lines, algorithms, figures, results, slips, programs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import agnesi.check.derivations
import agnesi.show
import agnesi.show_report  # noqa: F401  (records show themselves)
from agnesi.check.report import Report
from agnesi.check.slips import Slip, slips
from agnesi.checking import check
from agnesi.compilation import program
from agnesi.derivation import Derivation, derive
from agnesi.draw import Picture
from agnesi.errors import AgnesiError
from agnesi.expr.python_text import parsed
from agnesi.lessons.calls import called
from agnesi.lessons.record import Block, Lesson, LessonFault, Prose, Section
from agnesi.results import results
from agnesi.results.record import Reproduced
from agnesi.worked.record import Worked

BACKENDS = ("numpy", "jax", "torch")
OPTIONS: Mapping[str, frozenset[str]] = {
    "derive": frozenset(("wrt", "order", "grain", "chain", "structure")), "check": frozenset(("expect",)),
    "worked": frozenset(), "result": frozenset(("show",)), "slips": frozenset(),
    "code": frozenset(("wrt", "order", "backends")),
}  # fmt: skip
NUMBER = r"-?\d+(?:\.\d+)?"
_SLIDER = re.compile(rf"(?P<low>{NUMBER})\.\.(?P<high>{NUMBER})(?:@(?P<start>{NUMBER}))?")


@dataclass(frozen=True)
class Slider:
    """A number of a figure that the reader moves."""

    name: str
    low: float
    high: float
    start: float
    step: float

    def held(self, value: float) -> float:
        """Return a value within the bounds; a whole number where the slider has whole numbers.

        >>> Slider("n", 1, 9, 3, 1).held(5.0), Slider("a", 0.0, 1.0, 0.5, 0.1).held(2)
        (5, 1.0)
        """
        within = min(max(value, self.low), self.high)
        return round(within) if isinstance(self.low, int) else within


@dataclass(frozen=True)
class Figure:
    """A picture, its sliders, and the Python that draws it."""

    picture: Picture
    sliders: tuple[Slider, ...]
    code: str


@dataclass(frozen=True)
class Programs:
    """A derivative as a program for each backend."""

    texts: Mapping[str, str]


Filled = Derivation | Report | Worked | Figure | Reproduced | tuple[Slip, ...] | Programs


@dataclass(frozen=True)
class Made:
    """A part of a lesson and, of a block, what the engine made for it, or why it could not."""

    part: Section | Prose | Block
    filled: Filled | None = None
    fault: LessonFault | None = None


def made(lesson: Lesson, dialect: str = "agnesi") -> tuple[Made, ...]:
    """Return the parts of a lesson with every block filled in; a block that cannot be made has its fault."""
    return tuple(_made(lesson, dialect))


def _made(lesson: Lesson, dialect: str) -> Iterator[Made]:
    for part in lesson.parts:
        if not isinstance(part, Block):
            yield Made(part)
            continue
        try:
            yield Made(part, filled(lesson, part, dialect))
        except LessonFault as fault:
            yield Made(part, fault=fault)


def filled(lesson: Lesson, block: Block, dialect: str = "agnesi", values: Mapping[str, float] | None = None) -> Filled:
    """Return what the engine makes of a block; `values` are numbers for the sliders of a figure.

    Raises `LessonFault` with file and line.
    """
    if block.kind != "figure":
        _refuse_strange_options(lesson, block)
    try:
        found: Filled = _MAKERS[block.kind](lesson, block, dialect, values or {})
        return found
    except LessonFault:
        raise
    except AgnesiError as error:
        raise LessonFault(f"The block {block.kind} cannot be made. {error}", lesson.path, block.line) from error


def _refuse_strange_options(lesson: Lesson, block: Block) -> None:
    strange = sorted(set(block.options) - OPTIONS[block.kind])
    if strange:
        known = ", ".join(sorted(OPTIONS[block.kind])) or "no options"
        what = f"The block {block.kind} has the option {strange[0]}."
        raise LessonFault(what, lesson.path, block.line, expected=known)


def _derivation(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Derivation:
    told = block.options
    wrt = [v.strip() for v in told.get("wrt", "").split(",") if v.strip()]
    order = told.get("order", "1")
    if not order.isdigit():
        raise LessonFault(f"order is {order!r}.", lesson.path, block.line, expected="1 or 2")
    return derive(
        block.text, wrt[0] if len(wrt) == 1 else wrt or None, order=int(order), dialect=dialect,
        grain=told.get("grain", "normal"), chain=told.get("chain", "auto"), structure=told.get("structure"),  # type: ignore[arg-type]
    )  # fmt: skip


def _judged(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Report:
    return check(block.text)


def _worked(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Worked:
    found = called(block, lesson.path)
    if not isinstance(found, Worked):
        raise LessonFault("The block worked gives no worked result.", lesson.path, block.line,
                          expected="a call of linalg or calculus as the last line")  # fmt: skip
    return found


def _figure(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Figure:
    sliders = tuple(_slider(name, text, lesson, block) for name, text in block.options.items())
    given = {s.name: s.held(values.get(s.name, s.start)) for s in sliders}
    found = called(block, lesson.path, given)
    if not isinstance(found, Picture):
        raise LessonFault("The block figure gives no picture.", lesson.path, block.line,
                          expected="a call of draw as the last line")  # fmt: skip
    return Figure(found, sliders, _program(block.text, given))


def _slider(name: str, text: str, lesson: Lesson, block: Block) -> Slider:
    """Return the slider that an option such as rate=0.05..0.6@0.2 is."""
    m = _SLIDER.fullmatch(text)
    if m is None or float(m["low"]) >= float(m["high"]):
        raise LessonFault(f"{name}={text} is no slider.", lesson.path, block.line, expected="a=0..2, or a=0..2@1.5")
    low, high = float(m["low"]), float(m["high"])
    whole = "." not in m["low"] + m["high"] + (m["start"] or "") and high - low <= 20
    step = 1.0 if whole else _step(high - low)
    wanted = float(m["start"]) if m["start"] else (low + high) / 2
    start = round(low + step * round((wanted - low) / step), 10)
    if whole:
        return Slider(name, int(low), int(high), int(start), 1)
    return Slider(name, low, high, start, step)


def _step(length: float) -> float:
    """Return a round step with which a slider has 20 to 50 places: 0.1 for a length of 3.

    >>> _step(3.0), _step(0.55)
    (0.1, 0.02)
    """
    scale = 10.0 ** math.floor(math.log10(length / 20))
    return next(round(k * scale, 12) for k in (5, 2, 1) if length / (k * scale) >= 20)


def _program(text: str, given: Mapping[str, float]) -> str:
    """Return the lines of a figure as a program that runs alone."""
    used = [name for name in ("calculus", "draw", "linalg", "results") if re.search(rf"\b{name}[.\[]", text)]
    head = [f"from agnesi import {', '.join(used)}"]
    head += ["from agnesi.results.derived import derived"] if re.search(r"\bderived\(", text) else []
    head += ["from math import pi"] if re.search(r"\bpi\b", text) else []
    numbers = [f"{name} = {value:g}" for name, value in given.items()]
    body = text.strip().split("\n")
    at = parsed(text.strip()).body[-1].lineno - 1
    body[at] = f"picture = {body[at]}"
    return "\n".join([*head, "", *numbers, *body, "picture.save(\"picture.svg\")"]) + "\n"


def _result(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Reproduced:
    return results[block.text.strip()]


def _slips(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> tuple[Slip, ...]:
    found = []
    for k, row in enumerate(block.text.split("\n"), 1):
        name = row.strip().removeprefix("- ")
        if name and name not in slips:
            near = get_close_matches(name, [s.name for s in slips], 3, 0.5)
            raise LessonFault(f"There is no slip {name!r}.", lesson.path, block.line + k,
                              expected="a name from docs/slips.md",
                              repair=f"Did you mean {' or '.join(near)}?" if near else "")  # fmt: skip
        found += [slips[name]] if name else []
    return tuple(found)


def _programs(lesson: Lesson, block: Block, dialect: str, values: Mapping[str, float]) -> Programs:
    wanted = [b.strip() for b in block.options.get("backends", "numpy").split(",")]
    strange = [b for b in wanted if b not in BACKENDS]
    if strange:
        raise LessonFault(f"There is no backend {strange[0]}.", lesson.path, block.line, expected=", ".join(BACKENDS))
    found = _derivation(lesson, block, "agnesi", values)
    return Programs({backend: program(found, backend) for backend in wanted})  # type: ignore[arg-type]


Maker = Callable[[Lesson, Block, str, Mapping[str, float]], Any]
_MAKERS: Mapping[str, Maker] = {
    "derive": _derivation, "check": _judged, "worked": _worked, "figure": _figure, "result": _result, "slips": _slips,
    "code": _programs,
}  # fmt: skip
