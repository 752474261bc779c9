"""Results of the Imperial courses about heights: a Gaussian of two numbers is fitted to a histogram of them."""

from __future__ import annotations

import numpy as np

from agnesi.calculus import fit_gaussian, misfit
from agnesi.draw import contours, convergence, histogram, panels, scatter, surface
from agnesi.results.misfits import misfit_function
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results

GAUSSIAN = "exp(−(x − μ)²/(2σ²))/(σ sqrt(2π))"
RANGES = (160.0, 190.0), (4.0, 20.0)  # of the mean and the width that are drawn


def _heights() -> np.ndarray:
    """Return the heights of 500 people in centimetres, drawn at random from a Gaussian."""
    return np.random.default_rng(0).normal(175, 9, 500)


def _frequencies(heights: np.ndarray) -> dict[str, np.ndarray]:
    """Return a histogram as data: the middles of the bars, and their share of the heights for each centimetre."""
    y, edges = np.histogram(heights, 24, density=True)
    return {"x": (edges[:-1] + edges[1:]) / 2, "y": y}


@results.reproduces("lin-1-hist")
def heights_as_a_vector() -> Found:
    """Describe heights by the vector (μ, σ), and draw how badly each such vector fits their histogram."""
    heights = _heights()
    data = _frequencies(heights)
    means, widths = (np.linspace(*ends, 121) for ends in RANGES)
    over = misfit(GAUSSIAN, data, "μ σ", [means.tolist(), widths.tolist()])
    i, j = np.unravel_index(over.argmin(), over.shape)
    lowest = np.array([means[i], widths[j]])
    best = fit_gaussian(data["x"], data["y"], [170, 12], "levenberg-marquardt")
    away = np.abs(lowest - best.value) / [means[1] - means[0], widths[1] - widths[0]]
    described = np.array([heights.mean(), heights.std()])
    return Found(
        (best,), {"mean and width of the heights": described, "lowest place of the surface": lowest},
        (holds("the lowest place of the surface is the least squares fit", away.max() <= 1, "to one step of its grid"),
         near("mean and width of the heights lie there as well", np.abs(described - lowest).max(), 1.5)),
        panels([
            histogram(heights, "normal", bins=24, label="height", unit="cm", title="500 heights"),
            surface(misfit_function(GAUSSIAN, data, ("μ", "σ")), *RANGES, points=[lowest], title="Mean square misfit"),
        ], "Heights as a vector of mean and width"),
    )  # fmt: skip


@results.reproduces("mvc-6-height")
def gaussian_by_steepest_descent() -> Found:
    """Fit mean and width of heights by steepest descent of χ²; Levenberg and Marquardt's way ends at the same place."""
    data = _frequencies(_heights())
    done = fit_gaussian(data["x"], data["y"], [164, 16], steps=1000)
    other = fit_gaussian(data["x"], data["y"], [164, 16], "levenberg-marquardt")
    gaps = np.abs(done.path - other.value)
    mean, width = (float(v) for v in done.value)
    density = f"exp(−(x − {mean})²/(2·{width}²))/({width} sqrt(2π))"
    chi, apart = misfit_function(GAUSSIAN, data, ("μ", "σ")), {"mean": gaps[:-1, 0], "width": gaps[:-1, 1]}
    pictures = [
        contours(chi, *RANGES, path=done.path, levels=[1e-4, 2e-4, 4e-4, 8e-4], title="Path over χ²/n"),
        convergence(apart, label="distance from the fit", across="step", title="Mean and width converge"),
        scatter(data["x"], data["y"], {"Gaussian": density}, labels=("height", "density"), units=("cm", "1/cm")),
    ]
    return Found(
        (done,), {"mean": mean, "width": width, "steps": len(done.path) - 1},
        (near("mean and width are those of Levenberg and Marquardt", gaps[-1].max(), 1e-3),
         holds("χ² never grows on the way", (np.diff(done.chi_squared) <= 0).all())),
        panels(pictures, "A Gaussian fitted to heights", 3),
    )  # fmt: skip
