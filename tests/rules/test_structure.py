"""Structure of Hessians and Jacobians: what is found, how it prints, and that its shortcuts give what NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest

from agnesi.expr.nodes import Apply, Expr, apply, postorder, symbol
from agnesi.read import read
from agnesi.rules.bases import as_form
from agnesi.rules.derive import normal_derivative, resolved
from agnesi.rules.forms import build
from agnesi.rules.normal import normalise
from agnesi.rules.structure import (
    Dense,
    Diagonal,
    Identity,
    Kronecker,
    LowRank,
    Structure,
    Sum,
    Tensor,
    parts_of,
    settled,
    shortcut,
    structure,
)
from agnesi.run.sample import Sampler
from structure_cases import LETTERS, ROWS, SIZES, case, value


def close(got: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-9 * (1 + np.max(np.abs(wanted), initial=0.0)))


@pytest.mark.parametrize("row", ROWS)
def test_what_is_found(row: str) -> None:
    c = case(row)
    assert type(c.found).__name__ == c.kind
    assert c.printed in (str(c.found), "*")
    assert len(str(c.found)) > 0 and all(len(reason) > 10 for reason in c.found.why())
    assert len(c.found.why()) == len(set(c.found.why()))


@pytest.mark.parametrize("row", ROWS)
def test_products_and_diagonal(row: str) -> None:
    c = case(row)
    point = c.point()
    matrix, b = c.matrix(point), point.values["b"]
    close(value(build(c.found.dense()), point).reshape(matrix.shape), matrix)
    close(value(c.found.matvec(c.b), point), (matrix @ np.ravel(b)).reshape(np.shape(b)))
    close(value(c.found.diagonal(), point), np.diag(matrix).reshape(np.shape(b)))


@pytest.mark.parametrize("row", ROWS)
def test_solutions(row: str) -> None:
    c = case(row)
    point = c.point()
    matrix, b = c.matrix(point), point.values["b"]
    solution, determinant, inverse = c.found.solve(c.b), c.found.logdet(), c.found.inverse()
    if isinstance(c.found, Sum | Tensor):
        assert determinant is None and inverse is None
        assert solution is None or isinstance(c.found, Sum)
        if solution is not None and c.invertible:
            close(value(solution, point), np.linalg.solve(matrix, np.ravel(b)).reshape(np.shape(b)))
    elif c.invertible:
        assert solution is not None and determinant is not None
        assert (inverse is not None) == (c.variable.ndim == 1)
        close(value(solution, point), np.linalg.solve(matrix, np.ravel(b)).reshape(np.shape(b)))
        close(value(determinant, point), np.linalg.slogdet(matrix)[1])
        if inverse is not None:
            close(value(build(inverse), point), np.linalg.inv(matrix))


def test_sums_of_two_kronecker_products_are_solved_by_eigenvalues() -> None:
    sums = [case(row) for row in ROWS if isinstance(case(row).found, Sum)]
    solved = [c for c in sums if c.found.solve(c.b) is not None]
    assert len(solved) >= 1


def test_zero_has_no_inverse() -> None:
    found = case("cᵀx * | x | Identity | zeros(n, n)").found
    assert (found.solve(symbol("b", ("n",))), found.logdet(), found.inverse()) == (None, None, None)


@pytest.mark.parametrize("row", ROWS)
def test_parts_are_normal_and_listed_once(row: str) -> None:
    parts = parts_of(case(row).found)
    assert parts and len(parts) == len(set(parts))
    assert all(normalise(part) is part for part in parts)


def test_products_do_not_build_the_matrix() -> None:
    """The widest array in a product with the Hessian has no more axes and entries than its factors."""
    for row in ROWS:
        c = case(row)
        if c.variable.ndim == 2 and c.kind in ("Kronecker", "LowRank", "Diagonal", "Sum"):
            assert max(n.ndim for n in postorder(c.found.matvec(c.b))) == 2, row
    ridge = case("‖X w − y‖² + λ‖w‖² | w | LowRank | 2XᵀX + 2λI")
    assert not any(made(n, ("d", "d")) for n in postorder(ridge.found.matvec(ridge.b)))
    assert any(made(n, ("d", "d")) for n in postorder(build(ridge.found.dense())))
    wide = case("‖Rx‖² + λ‖x‖² | x | LowRank | 2RᵀR + 2λI").found.solve(symbol("b", ("n",)))
    assert wide is not None
    shapes = {tuple(map(str, n.shape)) for n in postorder(wide) if isinstance(n, Apply) and n.op.name == "inv"}
    assert shapes == {("m", "m")}


def made(node: Expr, shape: tuple[str, str]) -> bool:
    return isinstance(node, Apply) and node.op.name == "einsum" and tuple(map(str, node.shape)) == shape


def test_flattening_is_that_of_kron() -> None:
    """A ⊗ B acts on X.ravel() as numpy.kron(A, B), with A on the first axis."""
    c = case("tr(Xᵀ P X B) + tr(Xᵀ P X) | X | Kronecker | P ⊗ (Bᵀ + B + 2I)")
    assert isinstance(c.found, Kronecker) and not c.found.swapped
    point = c.point()
    left, right = (value(build(s.form), point) for s in (c.found.left, c.found.right))
    close(np.kron(left, right), c.matrix(point))
    swapped = case("logdet(M) | M | Kronecker | −K(M⁻¹ ⊗ M⁻ᵀ)")
    assert isinstance(swapped.found, Kronecker) and swapped.found.swapped
    point = swapped.point()
    left, right, b = (value(e, point) for e in (*(build(s.form) for s in sides(swapped.found)), swapped.b))
    close((left @ b @ right.T).T.ravel(), swapped.matrix(point) @ b.ravel())


def sides(found: Kronecker) -> tuple[Structure, Structure]:
    return found.left, found.right


# text | variable | kind | printed
JACOBIANS = """
softmax(x) | x | LowRank | diag(softmax(x)) − softmax(x) softmax(x)ᵀ
tanh(x) | x | Diagonal | diag(1 − tanh²(x))
X w | w | Dense | X
x ⊙ (cᵀx) | x | LowRank | (cᵀx)I + xcᵀ
x/‖x‖ | x | LowRank | I/‖x‖ − xxᵀ/‖x‖³
inv(M) | M | Kronecker | −(M⁻¹ ⊗ M⁻ᵀ)
A X B | X | Kronecker | A ⊗ Bᵀ
A X + X B | X | Sum | A ⊗ I_d + I_n ⊗ Bᵀ
tanh(X) | X | Diagonal | diag(𝟏𝟏ᵀ − tanh²(X))
R X B | X | Kronecker | R ⊗ Bᵀ
M² | M | Sum | I_n ⊗ Mᵀ + M ⊗ I_n
‖x‖² + a | x | Tensor | 2x
"""


@pytest.mark.parametrize("row", JACOBIANS.strip().splitlines())
def test_jacobians(row: str) -> None:
    text, name, kind, printed = row.split(" | ")
    f, x = resolved(read(text, LETTERS).expr), LETTERS[name]
    form = normal_derivative(f, [x])
    found = structure(form, f.ndim)
    assert (type(found).__name__, str(found)) == (kind, printed)
    v, b = symbol("v", x.shape), symbol("b", f.shape)
    point, (full, got) = Sampler(
        [build(form), found.matvec(v)], np.random.default_rng(3), extra=[b], sizes=SIZES
    ).point()  # fmt: skip
    matrix = np.reshape(full, (np.size(point.values["b"]), -1))
    close(np.ravel(got), matrix @ np.ravel(point.values["v"]))
    solution = found.solve(b)
    if solution is not None and np.linalg.cond(matrix) < 1e8:
        close(np.ravel(value(solution, point)), np.linalg.solve(matrix, np.ravel(point.values["b"])))


def test_rectangular_matrices_have_no_inverse() -> None:
    for text in ("X w", "R X B"):
        f = read(text, LETTERS).expr
        x = LETTERS[text.split()[1]]
        found = structure(normal_derivative(f, [x]), f.ndim)
        assert found.solve(symbol("b", f.shape)) is None and found.logdet() is None


def test_updates_of_both_sides() -> None:
    form = normal_derivative(read("x ⊙ (cᵀx)", LETTERS).expr, [LETTERS["x"]])
    found = structure(form, 1)
    assert isinstance(found, LowRank) and not found.updates[0].symmetric
    assert (found.updates[0].left, found.updates[0].right) == (LETTERS["x"], LETTERS["c"])


def test_equal_factors_are_one_update() -> None:
    """XᵀX + Xᵀ diag(e) X is one update, with the weights added."""
    f = read("½‖Rx‖² + sum(exp(Rx)) + λ‖x‖²", LETTERS).expr
    found = structure(normal_derivative(f, [LETTERS["x"]] * 2), 1)
    assert isinstance(found, LowRank) and len(found.updates) == 1
    assert found.updates[0].core.ndim == 1 and found.updates[0].left.shape == LETTERS["R"].T.shape


# -- which way at which sizes ----------------------------------------------------------------------------------------


def test_woodbury_only_where_it_pays() -> None:
    found = case("‖Rx‖² + λ‖x‖² | x | LowRank | 2RᵀR + 2λI").found
    assert isinstance(found, LowRank)
    assert found.pays({"m": 3, "n": 100}) and not found.pays({"m": 100, "n": 3})
    assert isinstance(settled(found, {"m": 3, "n": 100}), LowRank)
    dense = settled(found, {"m": 100, "n": 3})
    assert isinstance(dense, Dense) and dense.definite == "positive definite" and dense.symmetric
    inside = case("‖Y − U Vᵀ‖² + λ‖U‖² | U | Kronecker | I_n ⊗ (2VᵀV + 2λI)").found
    assert isinstance(inside, Kronecker) and isinstance(inside.left, Identity)
    few, many = {"n": 9, "m": 2, "k": 50}, {"n": 9, "m": 50, "k": 2}
    assert isinstance(settled(inside, few).right, LowRank)  # type: ignore[attr-defined]
    assert isinstance(settled(inside, many).right, Dense)  # type: ignore[attr-defined]
    rank_one = case("(sum(X))² + λ‖X‖² | X | LowRank | 2λI_{d·n} + [2]_{i≤n, j≤d, k≤n, l≤d}").found
    assert isinstance(settled(rank_one, {"n": 20, "d": 30}), LowRank)
    assert isinstance(settled(rank_one, {"n": 1, "d": 1}), Tensor)


# the matrix | its atom | the sizes | whether there is a shortcut
SHORTCUTS = """
U Uᵀ + λI | n=50 k=3 | yes
U Uᵀ + λI | n=3 k=50 | no
Uᵀ U + λI | n=50 k=3 | no
diag(q) + U Uᵀ | n=50 k=3 | yes
diag(q) + U K Uᵀ | n=50 k=3 | yes
diag(q) + x xᵀ | n=50 | yes
diag(q) + a x cᵀ | n=50 | yes
diag(q) + U diag(z) Uᵀ | n=50 k=3 | yes
diag(q) + U diag(r) Uᵀ | n=50 k=3 | yes
diag(q) + U diag(t) Uᵀ | n=50 k=3 | yes
diag(x) + U Uᵀ + c cᵀ | n=50 k=3 | yes
diag(q) + λI | n=50 | yes
λI + U H Uᵀ | n=50 k=3 | yes
λI + U diag(r) Uᵀ + c cᵀ | n=50 k=3 | yes
diag(q) + U H Uᵀ + x cᵀ + U diag(t) Uᵀ | n=50 k=3 | yes
diag(q) + U H Uᵀ + L diag(t) Lᵀ | n=50 k=3 | yes
diag(q) − diag(q) 𝟏 cᵀ/sum(c) + x xᵀ | n=50 | yes
A + λI | n=50 | no
P | n=50 | no
S + U Uᵀ | n=50 k=3 | no
"""


@pytest.mark.parametrize("name", ["inv", "logdet"])
@pytest.mark.parametrize("row", SHORTCUTS.strip().splitlines())
def test_shortcuts(row: str, name: str) -> None:
    text, sizes, yes = row.split(" | ")
    small = (symbol("z", ("k",), ("positive",)), symbol("r", ("k",), ("nonnegative",)), symbol("t", ("k",)))
    small += (symbol("L", ("n", "k")),)
    letters = {**LETTERS, **{s.name: s for s in (*small, symbol("H", ("k", "k")))}}
    matrix = normalise(read(text, letters).expr)
    atom = apply(name, matrix)
    found = shortcut(atom, {k: int(v) for k, v in (pair.split("=") for pair in sizes.split())})
    assert (found is not None) == (yes == "yes")
    if found is not None:
        _, (wanted, got) = Sampler([atom, found], np.random.default_rng(5), sizes=SIZES).point()
        close(got, wanted)
        assert not any(isinstance(n, Apply) and n.op.name in ("inv", "logdet") and n.args[0] is matrix
                       for n in postorder(found))  # fmt: skip


def test_other_atoms_have_no_shortcut() -> None:
    x = LETTERS["x"]
    assert shortcut(apply("exp", x), {"n": 3}) is None
    assert shortcut(apply("det", normalise(read("diag(q) + x xᵀ", LETTERS).expr)), {"n": 50}) is None


def test_negative_bases_keep_log_abs() -> None:
    """log |det| of diag(x) + UUᵀ is right where entries of x are negative too."""
    matrix = normalise(read("diag(x) + U Uᵀ", LETTERS).expr)
    found = shortcut(apply("logdet", matrix), {"n": 50, "k": 2})
    rng = np.random.default_rng(0)
    x, U = np.array([-1.0, 2.0, -3.0, 4.0]), rng.normal(size=(4, 2))
    assert found is not None
    assert found.evaluate(x=x, U=U) == pytest.approx(np.linalg.slogdet(np.diag(x) + U @ U.T)[1], rel=1e-12)


# matrix | how definite
DEFINITE = """
XᵀX | positive semidefinite
XᵀX + λI | positive definite
−XᵀX − λI | negative definite
Xᵀ diag(s) X | positive semidefinite
P | positive definite
inv(P) | positive definite
−P | negative definite
XᵀX − λI |
S |
A + Aᵀ |
"""


@pytest.mark.parametrize("row", DEFINITE.strip().splitlines())
def test_definite(row: str) -> None:
    text, wanted = (part.strip() for part in row.split("|"))
    found = structure(as_form(normalise(read(text, LETTERS).expr)), 1)
    assert isinstance(found, Dense | LowRank)
    assert found.definite == wanted
    assert (f"it is {wanted}" in found.why()) == bool(wanted)
    if isinstance(found, Dense):
        assert found.symmetric == (text != "A")


def test_the_weights_of_a_gram_matrix_are_known() -> None:
    found = structure(as_form(normalise(read("2Xᵀ diag(s) X", LETTERS).expr)), 1)
    assert isinstance(found, Dense) and found.symmetric
    (update,) = found.updates
    assert update.left.shape == LETTERS["X"].T.shape and update.core.shape == LETTERS["s"].shape and update.symmetric


def test_sums_of_weights_are_found_inside_products() -> None:
    """(X ⊙ a − X ⊙ b)ᵀ diag(e) X is Xᵀ diag((a − b) ⊙ e) X."""
    found = case(next(row for row in ROWS if row.startswith("‖tanh"))).found
    assert isinstance(found, Dense)
    (update,) = found.updates
    assert update.left.shape == LETTERS["X"].T.shape and update.core.shape == LETTERS["y"].shape
    assert len(as_form(update.core).terms) == 1  # not multiplied out


def test_nonnegative_weights_keep_the_small_matrix_symmetric() -> None:
    for text in ("sum(softplus(Rx)) + λ‖x‖²", "sum(softplus(Rx)) + λ‖x‖² + (cᵀx)²", "½xᵀ(U K Uᵀ)x + ½ ∑_i q_i x_i²"):
        found = structure(normal_derivative(resolved(read(text, LETTERS).expr), [LETTERS["x"]] * 2), 1)
        solution = found.solve(symbol("b", ("n",)))
        assert isinstance(found, LowRank) and solution is not None
        inverses = [n for n in postorder(solution) if isinstance(n, Apply) and n.op.name == "inv"]
        point = Sampler([solution], np.random.default_rng(2), sizes=SIZES).point()[0]
        small = value(inverses[-1], point)
        close(small, small.T)
        assert np.linalg.eigvalsh(small)[0] > 0


def test_updates_are_taken_together() -> None:
    """With the first update alone, diag(p) − p𝟏ᵀ is singular for Σp = 1; both together are not."""
    rng = np.random.default_rng(4)
    p, x = rng.dirichlet(np.ones(5)), rng.normal(size=5)
    matrix = normalise(read("diag(q) − q 𝟏ᵀ + x xᵀ", LETTERS).expr)
    found = structure(as_form(matrix), 1)
    assert isinstance(found, LowRank) and len(found.updates) == 2
    solution, wanted = found.solve(LETTERS["c"]), np.diag(p) - np.outer(p, np.ones(5)) + np.outer(x, x)
    assert solution is not None
    close(solution.evaluate(q=p, x=x, c=np.arange(5.0)), np.linalg.solve(wanted, np.arange(5.0)))


def test_diagonals_stay_diagonal() -> None:
    for text in ("diag(q) + λI", "diag(q) diag(x)", "λI − diag(exp(x))"):
        assert isinstance(structure(as_form(normalise(read(text, LETTERS).expr)), 1), Diagonal)
