"""Results of Mathematics for Machine Learning, chapter 4: matrix decompositions."""

from __future__ import annotations

import numpy as np

from agnesi.draw import convergence, heat_map, images, panels
from agnesi.draw import determinant as draw_determinant
from agnesi.linalg import (
    cholesky,
    determinant,
    eckart_young,
    eigen,
    gaussian_sample,
    low_rank,
    signed_volume,
    spectral,
    svd,
)
from agnesi.results.record import Found, holds, near
from agnesi.results.registry import results
from agnesi.worked.exact import matrix


@results.reproduces("mml-4-eig")
def eigenvalues_and_eigenspaces() -> Found:
    """Find the roots of the characteristic polynomial, and the kernel of A − λI for each."""
    done = eigen("[4 2; 1 3]")
    return Found((done,), {"eigenvalues": done.value, "eigenvectors": done.vectors})


@results.reproduces("mml-4-detgeom")
def determinant_as_area_and_volume() -> Found:
    """Find an area and a volume as base times height, and compare them with the determinants."""
    area, volume = signed_volume("[2 1; 1 3]"), signed_volume("[2 6 1; 0 1 4; −8 0 −1]")
    dets = determinant("[2 1; 1 3]").value, determinant("[2 6 1; 0 1 4; −8 0 −1]").value
    absolute = (area.volume, volume.volume) == tuple(map(abs, dets))
    return Found(
        (area, volume), {"area": area.volume, "volume": volume.volume},
        (holds("they are the absolute values of the determinants", absolute),),
        draw_determinant([[2, 1], [1, 3]]),
    )  # fmt: skip


@results.reproduces("mml-4-chol")
def cholesky_factor_and_sampling() -> Found:
    """Find the Cholesky factor of a 3 × 3 matrix entry by entry, and turn standard normal numbers into a Gaussian."""
    A = "[4 2 −2; 2 10 2; −2 2 6]"
    done, sample = cholesky(A), gaussian_sample([1, 0, -1], A, 100_000)
    return Found((done, sample), {"L": done.value, "covariance of the sample": np.cov(sample.value.T)})


@results.reproduces("mml-4-spectral")
def spectral_theorem() -> Found:
    """Write symmetric matrices as QΛQᵀ: one by hand, random ones of up to 30 rows in floating point."""
    done = spectral("[3 2 2; 2 3 2; 2 2 3]")
    rng = np.random.default_rng(0)
    draws = []
    for n in rng.integers(2, 31, 10):
        root = rng.normal(size=(n, n))
        draws.append(spectral(root + root.T, exact=False))
    return Found(
        (done,), {"Q": done.Q, "Λ": done.Lambda},
        (holds("QΛQᵀ rebuilds 10 random symmetric matrices", all(d.verified for d in draws), "up to rounding"),),
    )  # fmt: skip


@results.reproduces("mml-4-svd")
def singular_values_by_hand() -> Found:
    """Find U, Σ and V through the eigenvalues of AᵀA."""
    done = svd("[1 0 1; −2 1 0]")
    return Found((done,), {"singular values": done.values, "U": done.U, "V": done.V})


@results.reproduces("mml-4-movies")
def movie_ratings() -> Found:
    """Factor the ratings that three viewers gave four films, and take the nearest matrices of rank one and two."""
    A = [[5.0, 4.0, 1.0], [5.0, 5.0, 0.0], [0.0, 0.0, 5.0], [1.0, 0.0, 4.0]]
    done, one, two = svd(A, exact=False), low_rank(A, 1, exact=False), low_rank(A, 2, exact=False)
    second = two.value - one.value
    strongest = [set(np.argsort(abs(u))[-2:].tolist()) for u in done.U.T[:2]]
    drawn = {"the ratings": A, "first part": one.value, "second part": second, "both, of rank two": two.value}
    rows, columns = ["Star Wars", "Blade Runner", "Amélie", "Delicatessen"], ["Ali", "Beatrix", "Chandra"]
    every = np.array(list(drawn.values()))
    scale = float(every.min()), float(every.max())
    pictures = [
        heat_map(np.round(B, 1), rows=rows, columns=columns, scale=scale, title=name) for name, B in drawn.items()
    ]
    return Found(
        (done, one, two),
        {"A": np.array(A), "singular values": done.values, "rank one": one.value, "second part": second,
         "rank two": two.value},
        (holds("u₁ is largest for the two science fiction films, u₂ for the two French ones",
               strongest == [{0, 1}, {2, 3}]),),
        picture=panels(pictures, "Ratings of films and their two themes"),
    )  # fmt: skip


@results.reproduces("mml-4-eckart")
def eckart_young_theorem() -> Found:
    """Try other matrices of rank one and two: none is nearer than the one from the singular values."""
    A = "[5 4 1; 5 5 0; 0 0 5; 1 0 4]"
    one, two = eckart_young(A, 1), eckart_young(A, 2)
    sigma = np.linalg.svd(np.array(matrix(A), dtype=float), compute_uv=False)
    gap = max(abs(one.error - sigma[1]), abs(two.error - sigma[2]))
    return Found(
        (one, two),
        {"A": matrix(A), "errors of rank 1 and 2": [one.error, two.error],
         "nearest of the others": [one.nearest, two.nearest]},
        (near("the error of rank k is singular value k + 1 of NumPy", gap, 1e-12),),
    )  # fmt: skip


@results.reproduces("mml-4-image")
def image_of_low_rank() -> Found:
    """Rebuild a picture of 60 × 80 points from its 1, 2, …, 5 largest singular values, and measure what is missing."""
    A = _image(60, 80)
    done = [low_rank(A, k, exact=False) for k in range(1, 6)]
    nearest = [np.array(d.value, dtype=float) for d in done]
    errors = np.array([np.linalg.norm(A - B, 2) for B in nearest])
    following = np.linalg.svd(A, compute_uv=False)[1:6]
    drawn = images({"original": A} | {f"k = {k}": B for k, B in enumerate(nearest, 1)})
    curve = convergence(errors, label="error", across="k", x=range(1, 6), log=False, title="Largest σ that is missing")
    missing = images({f"missing at k = {k}": abs(A - nearest[k - 1]) for k in (1, 5)})
    return Found(
        (done[-1],), {"error for k = 1, …, 5": errors, "share kept by k = 5": done[-1].relative},
        (near("each error is the next singular value", np.abs(errors - following).max(), 1e-9),
         holds("each picture is nearer than the one before", (np.diff(errors) < 0).all())),
        panels([drawn, curve, missing], "An image rebuilt from few singular values", 3),
    )  # fmt: skip


def _image(rows: int, columns: int) -> np.ndarray:
    """Return a grey image: a sun above hills, and a house."""
    y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    sky = 0.9 - 0.4 * y
    land = np.where(y > 0.6 + 0.12 * np.sin(7 * x), 0.35 - 0.2 * x, sky)
    sun = np.where((x - 0.75) ** 2 + (y - 0.22) ** 2 < 0.014, 1.0, land)
    house = (abs(x - 0.3) < 0.13) & (y > 0.5) & (y < 0.85)
    roof = (y > 0.32) & (y <= 0.5) & (abs(x - 0.3) < 0.9 * (y - 0.32))
    return np.where(house, 0.75, np.where(roof, 0.1, sun))
