"""Edits of transposes, inverses, order, diagonals, and of products of another kind."""

from __future__ import annotations

from agnesi.check.slip_edits import Edits, chains, fitting, is_row, is_square
from agnesi.check.slip_places import Place, is_number, name_of, times, turned
from agnesi.check.slips import Pool
from agnesi.expr.nodes import apply, constant
from agnesi.rules.step_look import is_symmetric


def transposed(place: Place, pool: Pool) -> Edits:
    """Yield the transpose of a matrix."""
    node = place.node
    if node.ndim == 2 and not is_row(node) and "transpose" not in (name_of(node), name_of(place.parent)):
        if name_of(node) != "add":
            yield turned(node)


def untransposed(place: Place, pool: Pool) -> Edits:
    """Yield what is under a transpose."""
    if name_of(place.node) == "transpose":
        yield place.node.args[0]


def transposed_sum(place: Place, pool: Pool) -> Edits:
    """Yield the transpose of a whole sum or product, as a whole and factor by factor."""
    node = place.node
    inner = node.args[0] if name_of(node) == "transpose" else node
    if node.ndim == 2 and (name_of(inner) == "add" or (name_of(inner) == "mul" and not place.path)):
        yield turned(node)
    if name_of(node) == "mul" and node.ndim == 2 and not is_row(node):
        yield from fitting("mul", *(turned(a) if a.shape else a for a in reversed(node.args)))


def transpose_moved(place: Place, pool: Pool) -> Edits:
    """Yield a product with the transpose on the neighbour instead: X Yᵀ for XᵀY."""
    if name_of(place.node) != "mul":
        return
    args = place.node.args
    for k in range(len(args) - 1):
        a, b = args[k], args[k + 1]
        if a.shape and b.shape and (name_of(a) == "transpose") != (name_of(b) == "transpose"):
            yield from fitting("mul", *args[:k], turned(a), turned(b), *args[k + 2 :])


def inverted(place: Place, pool: Pool) -> Edits:
    """Yield the inverse of a square matrix."""
    scaled = any(name_of(a) == "eye" for a in place.node.args)
    bare = is_square(place.node) and name_of(place.node) not in ("inv", "eye") and not scaled
    if bare and name_of(place.parent) != "inv":
        if name_of(place.node) == "transpose":
            yield turned(apply("inv", place.node.args[0]))
        else:
            yield apply("inv", place.node)


def uninverted(place: Place, pool: Pool) -> Edits:
    """Yield what is under an inverse."""
    node = place.node
    if name_of(node) == "inv":
        yield node.args[0]
    if name_of(node) == "transpose" and name_of(node.args[0]) == "inv":
        yield turned(node.args[0].args[0])


def inverse_for_transpose(place: Place, pool: Pool) -> Edits:
    """Yield the inverse where a transpose is written, and the inverse transposed."""
    node = place.node
    if any(name_of(a) == "eye" for a in node.args):
        return
    if name_of(node) == "transpose" and is_square(node):
        yield apply("inv", node.args[0])
    if is_square(node) and not {"inv", "transpose", "eye"} & {name_of(node), name_of(place.parent)}:
        yield turned(apply("inv", node))


def transpose_for_inverse(place: Place, pool: Pool) -> Edits:
    """Yield the transpose where an inverse is written."""
    if name_of(place.node) == "inv":
        yield turned(place.node.args[0])


def swapped(place: Place, pool: Pool) -> Edits:
    """Yield products with two neighbours exchanged, or the whole order reversed, or one factor moved to an end."""
    node = place.node
    if name_of(node) != "mul" or sum(bool(a.shape) for a in node.args) < 2:
        return
    scalars = tuple(a for a in node.args if not a.shape)
    chain = tuple(a for a in node.args if a.shape)
    orders = [(*chain[:k], chain[k + 1], chain[k], *chain[k + 2 :]) for k in range(len(chain) - 1)]
    if len(chain) > 2:
        orders += [chain[::-1], (*chain[1:], chain[0]), (chain[-1], *chain[:-1])]
    for order in dict.fromkeys(orders):
        if order != chain and chains(order):
            yield from fitting("mul", *scalars, *order)


def kron_swapped(place: Place, pool: Pool) -> Edits:
    """Yield B ⊗ A for A ⊗ B."""
    if name_of(place.node) == "kron":
        yield from fitting("kron", *reversed(place.node.args))


def entrywise(place: Place, pool: Pool) -> Edits:
    """Yield the entrywise product where a matrix product is written, of neighbours of one shape."""
    if name_of(place.node) == "mul":
        args = place.node.args
        for k in range(len(args) - 1):
            if args[k].shape and args[k].shape == args[k + 1].shape:
                pair = apply("hadamard", args[k], args[k + 1])
                yield from fitting("mul", *args[:k], pair, *args[k + 2 :])


def matrix_product(place: Place, pool: Pool) -> Edits:
    """Yield the matrix product where the entrywise one is written."""
    node = place.node
    if name_of(node) == "hadamard" and node.ndim == 2:
        yield from fitting("mul", *node.args)
        yield from fitting("mul", *reversed(node.args))
    if name_of(node) == "epow" and is_square(node) and is_number(node.args[1], 2):
        yield apply("matpow", node.args[0], attrs=(2,))


def entrywise_square(place: Place, pool: Pool) -> Edits:
    """Yield the entrywise square where a matrix square is written."""
    if name_of(place.node) == "matpow":
        yield apply("epow", place.node.args[0], int(place.node.attrs[0]))  # type: ignore[attr-defined]


def diagonal_only(place: Place, pool: Pool) -> Edits:
    """Yield the diagonal part of a square matrix."""
    if is_square(place.node) and name_of(place.node) not in ("diag", "eye"):
        yield apply("diag", apply("diagonal", place.node))


def full_matrix(place: Place, pool: Pool) -> Edits:
    """Yield the whole matrix where its diagonal part is written."""
    if name_of(place.node) == "diag" and name_of(place.node.args[0]) == "diagonal":
        yield place.node.args[0].args[0]


def inner_for_outer(place: Place, pool: Pool) -> Edits:
    """Yield xᵀy for xyᵀ."""
    yield from _turned_pair(place, "transpose", last=True)


def outer_for_inner(place: Place, pool: Pool) -> Edits:
    """Yield xyᵀ for xᵀy."""
    yield from _turned_pair(place, "transpose", last=False)


def _turned_pair(place: Place, name: str, last: bool) -> Edits:
    if name_of(place.node) != "mul":
        return
    args = place.node.args
    for k in range(len(args) - 1):
        a, b = args[k], args[k + 1]
        marked, plain = (b, a) if last else (a, b)
        if name_of(marked) == name and name_of(plain) != name and 1 in (turned(marked).ndim, plain.ndim):
            yield from fitting("mul", *args[:k], turned(a), turned(b), *args[k + 2 :])


def with_transpose(place: Place, pool: Pool) -> Edits:
    """Yield M + Mᵀ for a square matrix M that is not symmetric by its form, and (A + Aᵀ)x for 2Ax."""
    node = place.node
    if is_square(node) and name_of(node) in ("", "mul", "inv") and not is_symmetric(node):
        yield from fitting("add", node, turned(node))
        if name_of(place.parent) == "add" and name_of(node) == "mul":
            yield from fitting("div", apply("add", node, turned(node)), constant(2))
    if name_of(node) == "mul":
        for k, arg in enumerate(node.args):
            if is_square(arg) and name_of(arg) in ("", "inv") and not is_symmetric(arg):
                both = apply("add", arg, turned(arg))
                numbers = [m for m, other in enumerate(node.args) if is_number(other, 2)]
                if numbers:
                    rest = tuple(both if m == k else other for m, other in enumerate(node.args) if m != numbers[0])
                    yield from fitting("mul", *rest)


def without_transpose(place: Place, pool: Pool) -> Edits:
    """Yield A and 2A for A + Aᵀ."""
    node = place.node
    if name_of(node) == "add" and len(node.args) == 2 and node.args[1] is turned(node.args[0]):
        yield node.args[0]
        yield times(2, node.args[0])


def minus_outer(place: Place, pool: Pool) -> Edits:
    """Yield diag(p) − ppᵀ for diag(p), and p ⊙ g − p(pᵀg) for p ⊙ g."""
    node = place.node
    if name_of(node) == "diag":
        p = node.args[0]
        yield node - apply("mul", p, turned(p))
    if name_of(node) == "hadamard" and node.ndim == 1 and len(node.args) == 2:
        for p, g in (node.args, node.args[::-1]):
            yield node - apply("mul", p, apply("mul", turned(p), g))
