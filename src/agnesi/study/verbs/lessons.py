"""A lesson as plain data for its page: prose as HTML, formulas typeset, blocks filled in by the engine."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from agnesi.check.report import Report
from agnesi.check.slips import Slip
from agnesi.dialects import Dialect, dialects
from agnesi.errors import AgnesiError
from agnesi.lessons.counterexample import counterexample, spoken
from agnesi.lessons.layout import in_layout
from agnesi.lessons.parts import Figure, Programs, filled
from agnesi.lessons.prose import begun, formulas, html
from agnesi.lessons.reading import read_lesson
from agnesi.lessons.record import Block, Lesson, LessonFault, Prose, Section
from agnesi.lessons.typeset import mathml, shapes_in
from agnesi.read import read
from agnesi.results.record import Reproduced
from agnesi.study.verbs.coloured import coloured
from agnesi.study.verbs.derive import derived
from agnesi.study.verbs.formulas import mathml as set_in_type
from agnesi.study.verbs.judge import judged_data
from agnesi.study.verbs.results import LARGE
from agnesi.study.verbs.results import result as reproduced
from agnesi.study.verbs.working import worked_data
from agnesi.worked.record import Worked

_DIFFERENTIATED = re.compile(r"d\(|[∂∇]")  # a slip whose right side is what is asked for, not what comes out
TITLES = {"numpy": "NumPy", "jax": "JAX", "torch": "PyTorch"}


@lru_cache(maxsize=64)
def _read(path: str, stamp: int) -> Lesson:
    return read_lesson(path)


def parts(path: str, stamp: int, dialect: str) -> list[dict[str, Any]]:
    """Return the parts of a lesson; `stamp` is the time of its file. A block that cannot be made has its `fault`."""
    lesson, book = _read(path, stamp), dialects[dialect]
    shapes = shapes_in([f for p in lesson.parts if isinstance(p, Prose) for f, _ in formulas(p.text)])
    shapes = {**shapes_in(b.text for b in lesson.blocks if b.kind in ("derive", "code", "check")), **shapes}

    def typeset(text: str, display: bool) -> str:
        return mathml(in_layout(text, book, shapes), book, shapes, display)

    out: list[dict[str, Any]] = []
    for number, part in enumerate(lesson.parts):
        if isinstance(part, Section):
            out.append({"kind": "section", "title": part.title, "level": part.level})
        elif isinstance(part, Prose):
            out.append({"kind": "prose", "html": html(part.text, typeset)})
        else:
            out.append({**_block(lesson, part, dialect), "kind": part.kind, "number": number, "line": part.line})
    return out


def _block(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    try:
        return _BLOCKS[block.kind](lesson, block, dialect)
    except LessonFault as fault:
        return {"fault": str(fault)}
    except AgnesiError as error:
        return {"fault": f"{lesson.path}:{block.line}: {error}"}


def _derived(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    filled(lesson, block, dialect)  # refuses strange options, with the line
    told = block.options
    return derived(
        block.text, told.get("wrt", ""), int(told.get("order", "1")), told.get("grain", "normal"),
        told.get("chain", "auto"), told.get("structure", ""), dialect,
    )  # fmt: skip


def _judged(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    report, shapes, book = filled(lesson, block, dialect), shapes_in([block.text]), dialects[dialect]
    assert isinstance(report, Report)
    found = judged_data(report)

    def typeset(text: str) -> str:
        return mathml(text, book, shapes)

    for one, row in zip(report.statements, found["statements"], strict=True):
        text = _declared(row["text"]) if one.role == "declaration" else in_layout(row["text"], book, shapes)
        row["mathml"] = mathml(text, book, shapes, display=True)
        row["against"] = counterexample(one, typeset)
        if one.diagnosis is not None:
            row["diagnosis"] |= {k: spoken(row["diagnosis"][k], typeset) for k in ("words", "explanation")}
    return {**found, "expect": block.options.get("expect", "")}


def _declared(text: str) -> str:
    """Return a declaration as a book has it: a set after ∈, its property in full.

    >>> _declared("S : ℝⁿˣⁿ spd"), _declared("x : n")
    ('S ∈ ℝⁿˣⁿ symmetric positive definite', 'x : n')
    """
    text = re.sub(r"\s*:\s*(?=ℝ)", " ∈ ", text)
    return re.sub(r"(?<=\s)spd$", "symmetric positive definite", text)


def _worked(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    code = f"import agnesi as ag\nfrom agnesi import calculus, linalg\n\n{block.text.strip()}\n"
    rows = block.text.strip().split("\n")
    if len(rows) == 1:
        home = "linalg" if "linalg." in block.text else "calculus"
        code = f"from agnesi import {home}\n\nprint({rows[0]})\n"
    found = filled(lesson, block, dialect)
    assert isinstance(found, Worked)
    return {"worked": worked_data(found), "code": code, "coloured": coloured(code)}


def _figure(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    found = filled(lesson, block, dialect)
    assert isinstance(found, Figure)
    return figure_data(found)


def figure_data(figure: Figure) -> dict[str, Any]:
    """Return the words, the sliders and the program of a figure."""
    return {
        "alt": figure.picture.alt, "sliders": [vars(s) for s in figure.sliders], "code": figure.code,
        "coloured": coloured(figure.code),
    }  # fmt: skip


def _result(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    found = filled(lesson, block, dialect)
    assert isinstance(found, Reproduced)
    record = found.result
    shown = reproduced(record.id)
    return {
        "id": record.id, "what": record.what, "where": record.where, "shows": record.shows, "resource": record.resource,
        "show": block.options.get("show", "answer"),
        **{k: shown[k] for k in ("worked", "values", "picture", "verified")},
    }  # fmt: skip


def _slips(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    found = filled(lesson, block, dialect)
    assert isinstance(found, tuple)
    return {"slips": [_slip(s, dialects[dialect]) for s in found]}


def _slip(slip: Slip, dialect: Dialect) -> dict[str, Any]:
    case = slip.cases[0]
    shown = {}
    for name in ("right", "wrong"):
        text = getattr(case, name)
        try:
            shown[name] = set_in_type(read(f"{case.given}; {text}" if case.given else text).expr, dialect)
        except AgnesiError:
            shown[name] = mathml(text, dialect)
    shown |= {"right": "", "wrong": _equal(shown["right"], shown["wrong"])} if _DIFFERENTIATED.match(case.right) else {}
    return {"name": slip.name, "words": begun(slip.words), "why": slip.explanation, "source": slip.source, **shown}


def _equal(left: str, right: str) -> str:
    """Return two formulas as one, with a sign of equality."""
    return f"{left.removesuffix('</math>')}<mo>=</mo>{re.sub('^<math[^>]*>', '', right)}"


def _programs(lesson: Lesson, block: Block, dialect: str) -> dict[str, Any]:
    found = filled(lesson, block, dialect)
    assert isinstance(found, Programs)
    return {"programs": [{"title": TITLES[k], "code": t, "coloured": coloured(t)} for k, t in found.texts.items()]}


_BLOCKS = {
    "derive": _derived, "check": _judged, "worked": _worked, "figure": _figure, "result": _result, "slips": _slips,
    "code": _programs,
}  # fmt: skip


def _picture_of(path: str, stamp: int, number: int, values: Mapping[str, float]) -> Figure | None:
    lesson = _read(path, stamp)
    block = lesson.parts[number] if 0 <= number < len(lesson.parts) else None
    if not isinstance(block, Block) or block.kind != "figure":
        return None
    found = filled(lesson, block, "agnesi", values)
    return found if isinstance(found, Figure) else None


def picture(path: str, stamp: int, number: int, theme: str, values: dict[str, float]) -> dict[str, str]:
    """Return the still picture of a figure: {"svg": text} or {"png": base64}; {} where there is none."""
    found = _picture_of(path, stamp, number, values)
    if found is None:
        return {}
    drawn = found.picture.svg(theme)
    if len(drawn) <= LARGE:
        return {"svg": drawn}
    return {"png": base64.b64encode(found.picture.png(1400, theme)).decode()}


def figure(path: str, stamp: int, number: int, theme: str, values: dict[str, float]) -> dict[str, Any] | None:
    """Return a figure of Plotly as JSON has it, with its words and program for these values of the sliders."""
    found = _picture_of(path, stamp, number, values)
    if found is None:
        return None
    drawn: dict[str, Any] = json.loads(found.picture.plotly(theme).to_json())
    return {**drawn, "alt": found.picture.alt, "code": found.code}

