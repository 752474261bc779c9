"""Results of Mathematics for Machine Learning, chapter 4: matrix decompositions."""

from __future__ import annotations

import numpy as np

from agnesi.draw.maps import determinant as draw_determinant
from agnesi.linalg.cholesky import cholesky, gaussian_sample
from agnesi.linalg.determinants import determinant
from agnesi.linalg.diagonal import spectral
from agnesi.linalg.eigenvalues import eigen
from agnesi.linalg.low_rank import eckart_young, low_rank
from agnesi.linalg.singular import svd
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
    return Found((done, one, two), {"singular values": done.values, "rank one": one.value, "rank two": two.value})


@results.reproduces("mml-4-eckart")
def eckart_young_theorem() -> Found:
    """Try other matrices of rank two: none is nearer than the one from the singular values."""
    done = eckart_young("[5 4 1; 5 5 0; 0 0 5; 1 0 4]", 2)
    return Found((done,), {"error": done.error, "nearest of the others": done.nearest})
