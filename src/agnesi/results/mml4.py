"""Results of Mathematics for Machine Learning, chapter 4: matrix decompositions."""

from __future__ import annotations

import numpy as np

from agnesi.draw.maps import determinant as draw_determinant
from agnesi.linalg.cholesky import cholesky, gaussian_sample
from agnesi.linalg.determinants import determinant
from agnesi.linalg.diagonal import spectral
from agnesi.linalg.eigenvalues import eigen
from agnesi.linalg.volume import signed_volume
from agnesi.results.record import Found, holds
from agnesi.results.registry import results


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
