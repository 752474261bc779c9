"""Certificates and stationary points: each claim of the table is made, tried with numbers, and no more is claimed."""

from __future__ import annotations

import numpy as np
import pytest
from rule_words import expression, moved

from agnesi.expr.nodes import Expr, Symbol, postorder, replace
from agnesi.ops.facts import facts
from agnesi.rules.curvature import certificates
from agnesi.rules.derive import derivative
from agnesi.rules.stationary import stationary
from agnesi.run.reference import evaluate
from agnesi.run.sample import Sampler, draw, random_sizes
from agnesi.write import write

# text | variable | the names of its certificates
CLAIMED = """
‖Xw − y‖² | w | convex, quadratic
‖Xw − y‖² + λ‖w‖² | w | strictly convex, quadratic
‖Xw − y‖ | w | convex
‖AXW − Y‖² | X | convex
norm1(x) | x | convex, homogeneous of degree 1
−norm1(x) | x | concave, homogeneous of degree 1
norminf(x) | x | convex, homogeneous of degree 1
x_1 x_2 | x | quadratic, homogeneous of degree 2
t^4 | t | convex, homogeneous of degree 4
a^2 c^2 | a | convex, quadratic
exp(a) | a | strictly convex
exp(−a) | a | strictly convex
−log(λ) | λ | strictly convex
log(λ) | λ | strictly concave
λ log(λ) | λ | strictly convex
1/λ | λ | strictly convex, homogeneous of degree -1
sqrt(λ) | λ | strictly concave, homogeneous of degree 1/2
μᵀx | x | linear, homogeneous of degree 1
μᵀx + c | x | linear
tr(AB) | A | linear, homogeneous of degree 1
xᵀAx | x | quadratic, homogeneous of degree 2
xᵀPx | x | strictly convex, quadratic, homogeneous of degree 2
−xᵀPx | x | strictly concave, quadratic, homogeneous of degree 2
logsumexp(Ax + y) | x | convex
−logsumexp(x) | x | concave
log(sum(exp(−x))) | x | convex
sum(softplus(Xw)) − yᵀXw | w | convex
log(1 + exp(−c t)) | t | convex
log(sigmoid(t)) | t | concave
max(x) | x | convex, homogeneous of degree 1
min(x) | x | concave, homogeneous of degree 1
max(−x) | x | convex, homogeneous of degree 1
max(x) − max(y) | x | convex
max(0, 1 − t) | t | convex
logdet(P) | P | concave
−logdet(P) | P | convex
lammax(S) | S | convex, homogeneous of degree 1
normnuc(X) | X | convex, homogeneous of degree 1
‖x‖^3 | x | convex, homogeneous of degree 3
exp(‖x‖²) | x | strictly convex
sum(x.^2 ⊙ q) | x | strictly convex, quadratic, homogeneous of degree 2
‖x − μ‖² + 2 norm1(x) | x | convex
−sum(log(q)) | q | strictly convex
xᵀA⁻¹x | A | homogeneous of degree -1
(xᵀx)(yᵀy) | x | quadratic, homogeneous of degree 2
yᵀy | x | constant
"""
# Neither convex nor concave: nothing of the kind may be claimed.
NOT_CURVED = """
t^4 − t^2 | t
(t^2 − 1)^2 | t
x_1 x_2 | x
xᵀAx | x
xᵀSx | x
sum(x.^2 ⊙ y) | x
sum(exp(x) ⊙ y) | x
sum(abs(x) ⊙ y) | x
tr(A²) | A
det(A) | A
sigmoid(t) | t
tanh(t) | t
cos(t) | t
prod(x) | x
(xᵀAx)/(xᵀx) | x
norm1(x) − norm1(y − x) | x
‖x‖² − max(x) | x
t^2 − abs(t) | t
max(x) + min(x) | x
max(x) min(x) | x
exp(t) sin(t) | t
‖X Xᵀ − A‖² | X
‖x‖² ‖x − y‖² | x
sum(relu(x))² − ‖x‖² | x
exp(−‖x‖²) | x
log(1 + ‖x‖²) | x
‖tanh(Xw) − y‖² | w
logdet(M) | M
"""
CURVED = ("convex", "concave", "strictly convex", "strictly concave")


def rows(table: str) -> list[list[str]]:
    return [line.split(" | ") for line in table.strip().splitlines()]


@pytest.mark.parametrize(("text", "name", "wanted"), rows(CLAIMED))
def test_claims(text: str, name: str, wanted: str) -> None:
    f = expression(text)
    found = {c.name: c for c in certificates(f, moved(f, name))}
    assert set(wanted.split(", ")) <= set(found), sorted(found)
    assert all(c.reason and c.source for c in found.values())


@pytest.mark.parametrize(("text", "name"), rows(NOT_CURVED))
def test_claims_not_made(text: str, name: str) -> None:
    f = expression(text)
    names = [c.name for c in certificates(f, moved(f, name))]
    assert not [n for n in names if n.split(" for ")[0] in CURVED]
    assert "linear" not in names and "constant" not in names


def point(f: Expr, x: Symbol, rng: np.random.Generator) -> tuple[dict, dict]:
    sizes = random_sizes([f, x], rng)
    letters = {n.name: n for n in postorder(f, x) if isinstance(n, Symbol)}
    return draw(letters.values(), rng, sizes, ("", "", "")), sizes


@pytest.mark.parametrize(("text", "name"), [row[:2] for row in rows(CLAIMED)] + rows(NOT_CURVED))
def test_each_claim_holds(text: str, name: str) -> None:
    """Convexity at midpoints, degrees by scaling, the quadratic and the linear by third and second differences."""
    f = expression(text)
    x = moved(f, name)
    for certificate in certificates(f, x):
        for seed in range(12):
            rng = np.random.default_rng(seed)
            values, sizes = point(f, x, rng)
            shape = tuple(d.size(sizes) for d in x.shape)
            start, stop = (np.asarray(facts.sampler(x.facts)(rng, shape)) for _ in range(2))
            holds(certificate.name, lambda v: evaluate(f, {**values, name: v}, sizes), start, stop)


def holds(claim: str, f: object, u: np.ndarray, v: np.ndarray) -> None:
    def at(t: float) -> float:
        return float(f(u + t * (v - u)))  # type: ignore[operator]

    left, middle, right = at(0.0), at(0.5), at(1.0)
    scale = 1e-9 * (1 + abs(left) + abs(middle) + abs(right))
    bend = (left + right) / 2 - middle
    match claim.split(" ")[0], claim:
        case _, "strictly convex":
            assert bend > 0
        case _, "strictly concave":
            assert bend < 0
        case _, "convex":
            assert bend >= -scale
        case _, "concave":
            assert bend <= scale
        case _, "linear":
            assert abs(bend) <= scale
        case _, "quadratic":
            assert abs(at(0.75) - 3 * at(0.5) + 3 * at(0.25) - at(0.0)) <= 100 * scale
        case _, "constant":
            assert left == right
        case "homogeneous", _:
            up, _, down = claim.rpartition(" ")[2].partition("/")
            degree = float(up) / float(down or 1)
            assert abs(float(f(1.7 * u)) - 1.7**degree * left) <= 10 * scale  # type: ignore[operator]
        case _:  # under a condition such as "for c ≥ 0"
            assert " for " in claim


STATIONARY = """
‖Xw − y‖² | w | (XᵀX)⁻¹Xᵀy | XᵀX
‖Xw − y‖² + λ‖w‖² | w | (XᵀX + λI)⁻¹Xᵀy |
xᵀPx | x | 𝟎_n |
xᵀPx − 2μᵀx | x | P⁻¹μ |
½xᵀPx − μᵀx | x | P⁻¹μ |
(x − μ)ᵀP⁻¹(x − μ) | x | μ |
‖XW − Y‖² | W | (XᵀX)⁻¹XᵀY | XᵀX
(a − c)² | a | c |
3a² − 6a | a | 1 |
"""
NO_STATIONARY = [("exp(a)", "a"), ("μᵀx", "x"), ("logsumexp(x)", "x"), ("t^4", "t"), ("norm1(x)", "x"), ("yᵀy", "x")]


@pytest.mark.parametrize("row", STATIONARY.strip().splitlines())
def test_stationary_points(row: str) -> None:
    text, name, value, *rest = (part.strip() for part in row.removesuffix(" |").split(" | "))
    f = expression(text)
    x = moved(f, name)
    found = stationary(f, x)
    assert found is not None and found.variable is x
    assert write(found.value) == value
    assert ("" if found.condition is None else write(found.condition)) == "".join(rest)
    gradient = replace(derivative(f, [x]), {x: found.value})
    point = Sampler([gradient], np.random.default_rng(1), sizes={"n": 4, "d": 2}).point()[1]
    np.testing.assert_allclose(point[0], np.zeros(np.shape(point[0])), atol=1e-8)
    assert gradient.shape == x.shape


@pytest.mark.parametrize(("text", "name"), NO_STATIONARY)
def test_no_stationary_point_is_claimed(text: str, name: str) -> None:
    f = expression(text)
    assert stationary(f, moved(f, name)) is None
