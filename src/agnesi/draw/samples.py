"""Data: histograms with densities, scatters with fitted curves, ellipses of Gaussians, convergence, bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agnesi.draw.formulas import Function, function_of
from agnesi.draw.grids import square
from agnesi.draw.incoming import matrix_of, needs, numbers, vector_of, vectors_of
from agnesi.draw.layers import CYCLE, DASHES, Array, Arrows, Axis, Bars, Curve, Layer, Mark, Points
from agnesi.draw.maps import circle, flat_axes
from agnesi.draw.picture import Picture
from agnesi.draw.placing import placed
from agnesi.draw.words import counted, listed, low, matrix_said, point, said
from agnesi.errors import NotNumeric, ShapeError

MARKS: tuple[Mark, ...] = ("circle", "diamond", "square", "cross")
FARTHEST = 3  # a fit that misses the data by more, in heights of the data, leaves the picture


def histogram(
    data: Any, density: Any = None, *, bins: int | None = None, label: str = "value", unit: str = "", title: str = ""
) -> Picture:
    """Draw a histogram of numbers; with a density (a formula, a function, or "normal") its area is 1.

    >>> histogram([1, 2, 2, 3]).alt.split(", ")[0]
    'Histogram of 4 numbers from 1 to 3'
    """
    values = numbers(data, "the data").ravel()
    if values.min() == values.max():
        middle = float(values[0])
        edges = middle + (np.array([-0.5, 0.5]) if abs(middle) < 1e12 else np.array([-0.5, 0.5]) * abs(middle) * 1e-9)
        heights, edges = np.histogram(values, edges, density=density is not None)
    else:
        count = (
            bins
            if bins is not None
            else min(60, len(np.histogram_bin_edges(values, "fd")) - 1, max(5, 2 * len(values)))
        )
        needs(
            isinstance(count, int) and 1 <= count <= 1000,
            f"A histogram cannot have {count} bars.",
            expected="1 to 1000",
        )
        heights, edges = np.histogram(values, max(count, 1), density=density is not None)
    layers: list[Layer] = [
        Bars(edges, np.asarray(heights, float), f"{len(values)} numbers" if density is not None else "")
    ]
    mean, spread = float(values.mean()), float(values.std())
    top, told = float(heights.max()), ""
    if density is not None:
        curve, name = _density(density, mean, spread, edges)
        layers.append(Curve(curve, name, "vermillion", width=2.4))
        top = max(top, float(np.nanmax(curve[:, 1])))
        told = f" The density {name} is drawn over it, at most {said(np.nanmax(curve[:, 1]))}."
    k = int(np.argmax(heights))
    alt = (
        f"Histogram of {counted(len(values), 'number')} from {said(values.min())} to {said(values.max())}, "
        f"mean {said(mean)}, standard deviation {said(spread)}; the highest of {counted(len(heights), 'bar')} is "
        f"between {said(edges[k])} and {said(edges[k + 1])}.{told}"
    )
    room = 0.03 * (edges[-1] - edges[0])
    axes = (
        Axis(label, edges[0] - room, edges[-1] + room, unit=unit),
        Axis("density" if density is not None else "count", 0.0, 1.06 * top),
    )
    return Picture(title or f"{counted(len(values), 'number')}", axes, tuple(layers), alt)


def _density(what: Any, mean: float, spread: float, edges: Array) -> tuple[Array, str]:
    x = np.linspace(edges[0], edges[-1], 401)
    if isinstance(what, str) and what == "normal":
        if spread == 0:
            raise NotNumeric("All numbers are the same: no normal density fits them.")
        y = np.exp(-(((x - mean) / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        return np.column_stack([x, y]), f"normal, mean {said(mean)}, deviation {said(spread)}"
    f = function_of(what, 1)
    y = f(x)
    if not np.isfinite(y).any():
        raise NotNumeric(f"{f.text} has no value where the data are.")
    return np.column_stack([x, y]), f.told


def scatter(
    x: Any,
    y: Any,
    fit: Any = None,
    *,
    residuals: bool = False,
    labels: tuple[str, str] = ("x", "y"),
    units: tuple[str, str] = ("", ""),
    title: str = "",
) -> Picture:
    """Draw points with fitted curves: `fit` is a degree (least squares), a formula, a function, or several by name.

    Source: MML 9.2.

    >>> scatter([0, 1, 2], [1, 3, 5], 1).alt.split(". ")[1]
    'The fit 1 + 2x misses by 0 on average (root mean square).'
    """
    across, up = vector_of(x, "x"), vector_of(y, "y")
    if len(across) != len(up):
        raise ShapeError(f"There are {len(across)} x and {len(up)} y.", expected="as many of one as of the other")
    layers: list[Layer] = []
    span = float(np.ptp(across)) or 1.0
    grid = np.linspace(across.min() - 0.05 * span, across.max() + 0.05 * span, 401)
    fits = {} if fit is None else fit if isinstance(fit, Mapping) else {"": fit}
    told, seen, fitted = [], [up], [up]
    for k, (name, what) in enumerate(fits.items()):
        f = _fitted(what, across, up)
        shown, missed = f(grid), f(across) - up
        layers.append(Curve(np.column_stack([grid, shown]), name or f.told, CYCLE[(k + 1) % 6], DASHES[k % 3], 2.4))
        if residuals and k == 0:
            gaps = np.stack(
                [np.column_stack([across, up]), np.column_stack([across, f(across)]), np.full((len(up), 2), np.nan)], 1
            )
            layers.append(Curve(gaps.reshape(-1, 2), "residuals", "purple", "solid", 1.8))
        typical = float(np.sqrt(np.nanmean(missed**2))) if np.isfinite(missed).any() else np.nan
        typical = 0.0 if typical < 1e-12 * float(np.abs(up).max()) else typical
        told.append(f"The fit {name or f.told} misses by {said(typical)} on average (root mean square).")
        seen.append(shown[np.isfinite(shown)])
        fitted.append((up + missed)[np.isfinite(missed)])
    layers.append(
        Points(np.column_stack([across, up]), "data" if fits else "", "blue", "circle", 6 if len(up) < 200 else 3)
    )
    floor, top = _room(seen, fitted)
    alt = (
        f"{counted(len(up), 'point')}, {labels[0]} from {said(across.min())} to {said(across.max())}, {labels[1]} from "
        f"{said(up.min())} to {said(up.max())}. {' '.join(told)}"
    )
    axes = (Axis(labels[0], grid[0], grid[-1], unit=units[0]), Axis(labels[1], floor, top, unit=units[1]))
    return Picture(title or f"{labels[1]} against {labels[0]}", axes, tuple(layers), alt.strip())


def _room(seen: list[Array], fitted: list[Array]) -> tuple[float, float]:
    """Return the vertical range: the data, which `fitted` begins with, and of the curves what does not dwarf them.

    Where the data are, a curve may be farther off than between them: there its misses are to be seen.
    """
    low_, high = float(fitted[0].min()), float(fitted[0].max())
    span = high - low_ or max(1.0, abs(low_))
    met, everything = np.concatenate(fitted), np.concatenate(seen)
    floor = min(max(float(met.min()), low_ - FARTHEST * span), max(float(everything.min()), low_ - span))
    top = max(min(float(met.max()), high + FARTHEST * span), min(float(everything.max()), high + span))
    return floor - 0.08 * span, top + 0.08 * span


def _fitted(what: Any, x: Array, y: Array) -> Function:
    """Return the fitted function: the polynomial of a degree by least squares, or what is given."""
    if isinstance(what, int) and not isinstance(what, bool):
        distinct = len(np.unique(x))
        if not 0 <= what < distinct:
            raise NotNumeric(f"{counted(distinct, 'place')} of x do not settle a polynomial of degree {what}.",
                             expected=f"a degree from 0 to {distinct - 1}")  # fmt: skip
        found = np.polynomial.Polynomial.fit(x, y, what)
        plain = found.convert().coef
        return Function(_polynomial(np.asarray(plain, float)) if what <= 2 else f"degree {what}", ("x",), found)
    return function_of(what, 1)


def _polynomial(coefficients: Array) -> str:
    out = ""
    scale = float(np.abs(coefficients).max()) or 1.0
    for k, c in enumerate(coefficients):
        if abs(c) < 1e-9 * scale and (k or len(coefficients) > 1):
            continue
        power = ("", "x", "x²")[k]
        size = "" if power and abs(abs(c) - 1) < 1e-12 else said(abs(c))
        out += f" {'−' if c < 0 else '+'} {size}{power}" if out else f"{'−' if c < 0 else ''}{size}{power}"
    return out or "0"


def gaussian(
    mean: Any, covariance: Any, samples: Any = None, *, given: Mapping[int, float] | None = None, title: str = ""
) -> Picture:
    """Draw the ellipses of a Gaussian of two variables at 1, 2 and 3 deviations, with axes along the eigenvectors.

    `samples`: points [n 2], or how many to draw at random (always the same); `given` = {2: value} draws the line
    x₂ = value and tells the conditional mean and variance of x₁. Source: MML 6.5.

    >>> gaussian([0, 0], [[4, 0], [0, 1]]).alt.split(". ")[1]
    'The half-axes at one deviation are 2 along (1, 0) and 1 along (0, 1).'
    """
    centre, S = vector_of(mean, "the mean", (2,)), matrix_of(covariance, "the covariance", (2, 2))
    if not np.allclose(S, S.T) or np.linalg.eigvalsh(S).min() <= 0:
        raise NotNumeric(f"The covariance {matrix_said(S)} is not symmetric positive definite.")
    values, vectors = np.linalg.eigh(S)
    order = np.argsort(-values)
    axes_ = (vectors * np.sqrt(values))[:, order].T
    axes_ = axes_ * np.where(axes_[np.arange(2), np.abs(axes_).argmax(axis=1)] < 0, -1, 1)[:, None]
    ring = circle() @ axes_
    layers: list[Layer] = []
    if samples is not None:
        cloud = samples if np.ndim(samples) else np.random.default_rng(0).multivariate_normal(centre, S, int(samples))
        layers.append(Points(vectors_of(cloud, "the samples", (2,)), "samples", "sky", "circle", 3))
    for r, dash in ((3, "dotted"), (2, "dashed"), (1, "solid")):
        layers.append(Curve(centre + r * ring, f"{counted(r, 'deviation')}", "blue", dash, 1.8))  # type: ignore[arg-type]
    layers.append(Arrows(np.tile(centre, (2, 1)), centre + axes_, "√λᵢ qᵢ", "vermillion", 2.4))
    box = square(centre + 3.1 * ring, 0.04, centre)
    told = ""
    for number, value in (given or {}).items():
        line, told = _slice(centre, S, number, float(value), box)
        layers.append(line)
    words = [(centre + axes_[k], low("q", k + 1), "vermillion") for k in (0, 1)]
    layers += placed(words, box, list(axes_), [centre + ring], True)  # type: ignore[arg-type]
    half = [f"{said(np.linalg.norm(a))} along {point(a / np.linalg.norm(a))}" for a in axes_]
    alt = (
        f"Ellipses of the Gaussian with mean {point(centre)} and covariance {matrix_said(S)} at 1, 2 and 3 deviations. "
        f"The half-axes at one deviation are {listed(half)}.{told}"
    )
    return Picture(title or "Gaussian of two variables", flat_axes(box), tuple(layers), alt, True, 1.0)


def _slice(centre: Array, S: Array, number: int, value: float, box: tuple[float, ...]) -> tuple[Layer, str]:
    """Return the line on which one variable is known, and what is then known of the other."""
    needs(number in (1, 2), f"There is no variable {number}.", expected="1 or 2")
    j, i = number - 1, 2 - number
    mean = centre[i] + S[i, j] / S[j, j] * (value - centre[j])
    variance = S[i, i] - S[i, j] ** 2 / S[j, j]
    ends = np.zeros((2, 2))
    ends[:, j], ends[:, i] = value, box[2 * i : 2 * i + 2]
    known = f"{low('x', number)} = {said(value)}"
    told = f" Given {known}, {low('x', 3 - number)} has mean {said(mean)} and variance {said(variance)}."
    return Curve(ends, known, "purple", "dashed", 2.0), told


def convergence(
    what: Any, *, label: str = "error", across: str = "iteration", log: bool = True, title: str = "", x: Any = None
) -> Picture:
    """Draw how numbers shrink from step to step, on a logarithmic scale: one list, or several by name.

    Where a list stands at zero it ends there. The rate in words is the last ratio of neighbours. Source: MML 7.1.

    >>> convergence([1, 0.1, 0.01]).alt
    'error against iteration: 3 values from 1 to 0.01, the last ratio of neighbours 0.1.'
    """
    series = {str(n): vector_of(v, str(n)) for n, v in (what if isinstance(what, Mapping) else {"": what}).items()}
    needs(bool(series), "There is nothing to draw.", repair="Give a list of numbers.")
    layers, told, seen, last = list[Layer](), [], [], 1.0
    for k, (name, values) in enumerate(series.items()):
        if log and (values < 0).any():
            raise NotNumeric(
                f"A logarithmic scale has no place for {said(values.min())}.",
                repair="Give sizes of errors, or log=False.",
            )
        steps = np.arange(len(values), dtype=float) if x is None else vector_of(x, "x")
        needs(len(steps) == len(values), f"There are {len(values)} values and {len(steps)} x.", expected="one for each")
        shown = np.where((values > 0) | (not log), values, np.nan)
        points = np.column_stack([steps, shown])
        layers.append(Curve(points, name, CYCLE[k % 6], DASHES[k % 3]))
        if len(values) <= 40:
            layers.append(Points(points[np.isfinite(shown)], "", CYCLE[k % 6], MARKS[k % 4], 5))
        ratio = (
            f", the last ratio of neighbours {said(values[-1] / values[-2])}"
            if len(values) > 1 and values[-2] and log
            else ""
        )
        told.append(
            f"{name + ': ' if name else ''}{counted(len(values), 'value')} from {said(values[0])} to "
            f"{said(values[-1])}{ratio}"
        )
        seen.append(shown[np.isfinite(shown)])
        last = max(last, float(steps[-1]))
    known = np.concatenate(seen)
    if not len(known):
        raise NotNumeric("All values are 0, which a logarithmic scale cannot show.", repair="Use log=False.")
    low_, high = float(known.min()), float(known.max())
    room = (high / low_) ** 0.06 * 1.2 if log else 0.07 * ((high - low_) or 1.0)
    ends = (low_ / room, high * room) if log else (low_ - room, high + room)
    axes = (Axis(across, -0.02 * last, 1.02 * last), Axis(label, *ends, scale="log" if log else "linear"))
    return Picture(
        title or f"{label} against {across}", axes, tuple(layers), f"{label} against {across}: {'; '.join(told)}."
    )


def bars(values: Any, names: Sequence[str] | None = None, *, label: str = "value", title: str = "") -> Picture:
    """Draw numbers as bars, each with its name: probabilities of states, ranks of pages, singular values.

    >>> bars([0.4, 0.6], ["A", "B"]).alt
    'Bars of value: A 0.4; B 0.6.'
    """
    heights = vector_of(values, "the values")
    letters = list(names) if names is not None else [str(k + 1) for k in range(len(heights))]
    needs(
        len(letters) == len(heights),
        f"There are {len(heights)} values and {len(letters)} names.",
        expected="one for each",
    )
    layers = [Bars(np.array([k + 0.6, k + 1.4]), heights[k : k + 1], "", "blue") for k in range(len(heights))]
    step = max(1, len(heights) // 12)
    ticks = tuple((k + 1.0, n) for k, n in enumerate(letters) if k % step == 0)
    span = float(max(heights.max(), 0) - min(heights.min(), 0)) or 1.0
    ends = (
        min(0.0, float(heights.min()) - 0.06 * span * (heights.min() < 0)),
        max(0.0, float(heights.max())) + 0.06 * span,
    )
    told = [f"{n} {said(h)}" for n, h in zip(letters, heights, strict=True)]
    alt = f"Bars of {label}: {'; '.join(told[:20])}{f'; and {len(told) - 20} more' if len(told) > 20 else ''}."
    return Picture(
        title or label, (Axis("", 0.4, len(heights) + 0.6, ticks=ticks), Axis(label, *ends)), tuple(layers), alt
    )
