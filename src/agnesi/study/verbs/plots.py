"""Pictures for the workbench: what to draw along, sliders for the other letters, a point that can be dragged."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from agnesi.draw.choose import picture_of
from agnesi.draw.curves import tangent_line
from agnesi.draw.fields import contours
from agnesi.draw.picture import Picture, retitled
from agnesi.draw.words import listed, said
from agnesi.errors import AgnesiError, NotNumeric
from agnesi.expr.dims import Dim
from agnesi.expr.nodes import Expr, Symbol, constant, replace, symbol, symbols_of
from agnesi.ops.facts import facts
from agnesi.read import read
from agnesi.run.evaluate import evaluate
from agnesi.study.verbs.fitted import fitted
from agnesi.study.verbs.plain import plain
from agnesi.study.verbs.sheets import focused
from agnesi.study.verbs.vectors import closed
from agnesi.worked.exact import matrix
from agnesi.write import write

FAVOURITES = ("x", "y", "t", "z", "u", "v", "w", "θ", "s", "p", "q", "r", "α", "β")
ROWS = 6  # the size of what nothing tells
WALK, RATES = 40, (0.5, 0.2, 0.05, 0.01, 0.001)


@dataclass(frozen=True)
class Scene:
    """What is to be drawn: the expression, the letters of the axes, numbers for letters, arrays for the others.

    `entries` is the text of a vector that is written out, which is drawn as it stands.
    """

    expr: Expr
    axes: tuple[Symbol, ...]
    numbers: dict[str, float]
    arrays: dict[str, np.ndarray]
    entries: str = ""


def drawn(
    text: str, values: dict[str, float], along: str = "", at: list[float] | None = None, theme: str = "light",
    number: int | None = None, window: list[float] | None = None, form: str = "plotly",
) -> dict[str, Any]:
    """Return the picture of a statement: figure, words, sliders, axes, and the point that can be dragged.

    `values` are numbers for letters, `along` the letters of the axes ("x" or "x, y"), `at` the point, `window` the
    range of the first axis and perhaps of the second. `form` is "plotly" or "svg".

    >>> found = drawn("a sin(x)", {"a": 2.0})
    >>> found["axes"], [s["name"] for s in found["sliders"]]
    (['x'], ['a'])
    """
    alone = closed(text, number) or (None if along else fitted(text, number))
    if alone is not None:
        picture, handles, letters = *alone[:2], list(alone[2:])
        return given_as({
            "alt": picture.alt, "title": picture.title, "axes": letters, "point": None, "sliders": [], "given": [],
            "letters": letters, "window": [], "can_move": False, "handles": [h.data() for h in handles],
        }, picture, theme, form)  # fmt: skip
    scene = scene_of(text, values, along, number)
    picture, point = _picture(scene, at, window)
    flat, known = picture.frames[0], {s.name: s for s in symbols_of(scene.expr)}
    arrays = scene.entries or scene.arrays or scene.expr.shape or any(a.shape for a in scene.axes)
    plain_axes = not arrays
    out: dict[str, Any] = {
        "alt": picture.alt, "title": picture.title, "axes": [s.name for s in scene.axes], "point": point,
        "sliders": [_slider(known.get(n, symbol(n, ())), v) for n, v in scene.numbers.items()],
        "given": [f"{n} is an array of shape {show_shape_of(a)}, drawn at random" for n, a in scene.arrays.items()],
        "letters": [*(s.name for s in scene.axes), *scene.numbers],
        "window": [v for axis in flat.axes[: len(scene.axes)] for v in (axis.low, axis.high)] if plain_axes else [],
        "can_move": plain_axes, "handles": [_handle(scene, point)] if plain_axes else [],
    }  # fmt: skip
    return given_as(out, picture, theme, form)


def given_as(out: dict[str, Any], picture: Picture, theme: str, form: str) -> dict[str, Any]:
    """Return what is known of a picture with the picture itself, as a figure of Plotly or as SVG."""
    window = {"window": [float(v) for v in out["window"]]} if "window" in out else {}  # whole: it is asked for again
    if form == "svg":
        return {**plain(out), **window, "svg": picture.svg(theme)}
    return {**plain({**out, "figure": import_module("agnesi.draw.with_plotly").spec(picture, theme)}), **window}


def _handle(scene: Scene, point: list[float] | None) -> dict[str, Any]:
    """Return the point of a curve or of level curves, which can be dragged: on the curve, along its axis."""
    at = point or [1.0] * len(scene.axes)
    names = " and ".join(a.name for a in scene.axes)
    place = at if len(at) > 1 else [at[0], _height(scene, at)]
    return {"label": f"the point in {names}", "at": place, "places": [], "along": len(at)}


def show_shape_of(array: np.ndarray) -> str:
    """Return the shape of an array in words: 6×2."""
    return "×".join(map(str, array.shape))


def scene_of(text: str, values: dict[str, float], along: str, number: int | None) -> Scene:
    """Return what is to be drawn: the letters that are no axis get numbers, arrays get entries."""
    own = focused(text, number, bare=True).split("\n")[-1]
    if own.startswith("[") and own.endswith("]"):
        return _entries(own, values, along)
    expr = _sized(text, number)
    free = list(symbols_of(expr))
    if not free:
        raise NotNumeric("There is no letter to draw along.", repair="Leave one or two letters free: sin(x), x² − y².")
    axes = _axes(free, along)
    numbers = {s.name: values.get(s.name, _start(s)) for s in free if not s.shape and s not in axes}
    arrays = {s.name: _example(s) for s in free if s.shape and s not in axes}
    return Scene(expr, axes, numbers, arrays)


def _entries(own: str, values: dict[str, float], along: str) -> Scene:
    """Return the scene of a vector that is written out: all letters are numbers, drawn along one or two of them."""
    names = sorted({s.name for s in matrix(own).free_symbols})
    free = [symbol(n, ()) for n in names]
    axes = _axes(free, along) if free else ()
    numbers = {n: values.get(n, 1.0) for n in names if n not in {a.name for a in axes}}
    return Scene(constant(0), axes, numbers, {}, own)


def _sized(text: str, number: int | None) -> Expr:
    """Return the expression with numbers for its sizes: two along the vector that is drawn, six elsewhere."""
    found = read(focused(text, number), scalar=True)
    if not any(s.shape for s in symbols_of(found.expr)):
        return found.expr
    drawn_along = _axes(list(symbols_of(found.expr)), "")[0]
    two = {n for d in drawn_along.shape for n in d.names}
    settled = {
        s.name: symbol(s.name, [_settled(d, two) for d in s.shape], s.facts)
        for s in found.symbols.values() if isinstance(s, Symbol)
    }  # fmt: skip
    try:
        return read(focused(text, number, bare=True), settled, scalar=True).expr
    except AgnesiError:
        return found.expr


def _settled(size: Dim, two: set[str]) -> Dim:
    """Return a size as a number."""
    return Dim.of(size.size({n: 2 if n in two else ROWS for n in size.names}))


def _axes(free: list[Symbol], along: str) -> tuple[Symbol, ...]:
    """Return the letters of the axes: those that are named, else the usual ones; a vector stands for two numbers."""
    table = {s.name: s for s in free}
    wanted = [n.strip() for n in along.split(",") if n.strip()]
    unknown = [n for n in wanted if n not in table]
    if unknown:
        raise NotNumeric(f"{unknown[0]} is not a letter of the formula.", expected=f"one of {', '.join(table)}")
    if wanted:
        return tuple(table[n] for n in wanted[:2])
    scalars = sorted((s for s in free if not s.shape), key=_usual)
    vectors = [s for s in free if s.ndim == 1]
    if vectors and any(s.ndim for s in free):
        return (sorted(vectors, key=_usual_vector)[0],)
    first = scalars[:1]
    second = [s for s in scalars[1:2] if s.name in ("x", "y", "v", "z") and first[0].name in FAVOURITES]
    if not first:
        raise NotNumeric("There is no number or vector to draw along.", repair="Draw what has one of them free.")
    return (*first, *second)


def _usual(s: Symbol) -> int:
    return FAVOURITES.index(s.name) if s.name in FAVOURITES else len(FAVOURITES)


def _usual_vector(s: Symbol) -> int:
    order = ["w", "θ", "β", "z", "x", "u", "v"]
    return order.index(s.name) if s.name in order else len(order)


def _start(s: Symbol) -> float:
    return -1.0 if "negative" in facts.closure(s.facts) else 1.0


def _slider(s: Symbol, value: float) -> dict[str, Any]:
    known = facts.closure(s.facts)
    low, high = (0.05 if known & {"positive"} else 0.0, 5.0) if known & {"positive", "nonnegative"} else (-5.0, 5.0)
    if "probability" in known:
        low, high = 0.0, 1.0
    low, high = min(low, value), max(high, value)
    return {"name": s.name, "value": value, "low": low, "high": high, "step": 0.05}


def _example(s: Symbol) -> np.ndarray:
    """Return entries for an array, the same each time."""
    shape = tuple(d.size(dict.fromkeys(d.names, ROWS)) for d in s.shape)
    rng = np.random.default_rng(sum(map(ord, s.name)))
    made = np.round(rng.normal(size=shape), 2)
    known = facts.closure(s.facts)
    if s.ndim == 2 and shape[0] == shape[1] and known & {"positive definite", "positive semidefinite"}:
        return np.round(made @ made.T + np.eye(shape[0]), 2)
    if s.ndim == 2 and "symmetric" in known:
        return made + made.T
    if "sign" in known:
        return np.where(made >= 0, 1.0, -1.0)
    return np.abs(made) if known & {"positive", "nonnegative"} else made


def _picture(scene: Scene, at: list[float] | None, window: list[float] | None) -> tuple[Picture, list[float] | None]:
    """Return the picture and its point: a curve with the tangent there, level curves with the way down from it."""
    given = {n: v for n, v in scene.numbers.items() if n in {s.name for s in symbols_of(scene.expr)}}
    ranges = dict(zip("xy", zip((window or [])[::2], (window or [])[1::2], strict=False), strict=False))
    if scene.entries:
        return picture_of(scene.entries, **{**ranges, **scene.numbers}), None
    with_arrays = bool(scene.arrays or scene.axes[0].shape)
    fixed = {n: v for n, v in given.items() if n in ("x", "y")}  # these are names of ranges; others keep their letter
    expr = replace(scene.expr, _exact(scene.expr, fixed)) if fixed else scene.expr
    numbers: dict[str, Any] = {n: v for n, v in given.items() if n not in fixed}
    if with_arrays:
        known = {n: v for n, v in ranges.items() if n not in scene.arrays}
        return _told(picture_of(expr, **{**known, **scene.arrays, **numbers}), scene, given), None
    if len(scene.axes) == 1 and at:
        return _told(tangent_line(expr, at[0], ranges.get("x"), **numbers), scene, given), [float(at[0])]
    if len(scene.axes) == 2 and at and len(at) > 1:
        half = max(3.0, 1.2 * abs(at[0]), 1.2 * abs(at[1]))
        box = (ranges.get("x", (-half, half)), ranges.get("y", (-half, half)))
        way = walked(replace(scene.expr, _exact(scene.expr, given)), at, scene.axes)
        picture = contours(expr, *box, path={"way down": way}, **numbers)
        return _told(picture, scene, given), [float(v) for v in at[:2]]
    return _told(picture_of(expr, **ranges, **numbers), scene, given), None


def _exact(expr: Expr, given: dict[str, float]) -> dict[Expr, Expr]:
    """Return the letters that are numbers with what stands in their place."""
    return {s: _exactly(given[s.name]) for s in symbols_of(expr) if s.name in given}


def _told(picture: Picture, scene: Scene, given: dict[str, float]) -> Picture:
    """Return a picture titled with the formula as it is written, whose words say which numbers the letters have."""
    where = listed([f"{n} = {said(v)}" for n, v in given.items()], 12)
    titled = retitled(picture, write(scene.expr))
    return dataclasses.replace(titled, alt=f"{picture.alt} Here {where}.") if given else titled


def _height(scene: Scene, point: list[float]) -> float:
    """Return the height of a curve at its point; 0 where it has none there."""
    try:
        return float(evaluate(scene.expr, {**scene.numbers, scene.axes[0].name: point[0]}))
    except AgnesiError:
        return 0.0


def _exactly(value: float) -> Expr:
    """Return a number as it is written: 2, not 2.0."""
    return constant(int(value) if value == int(value) else value)


def walked(expr: Expr, at: list[float], axes: tuple[Symbol, ...]) -> Any:
    """Return the way downhill from a point: gradient descent with the longest step that does not diverge."""
    descent = import_module("agnesi.calculus.descent").gradient_descent
    letters = " ".join(sorted(s.name for s in axes))
    for rate in RATES:
        try:
            found = descent(expr, at[:2], rate, WALK, variables=letters)
        except AgnesiError:
            continue
        if found.parts["outcome"] != "diverged" and np.all(np.abs(found.parts["path"]) < 1e3):
            return found.parts["path"]
    return np.array([at[:2], at[:2]], dtype=float)
