"""Reducing one product: pieces (scalars, vectors, matrices with labels) are joined until only the axes remain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from agnesi.expr.dims import ONE, Dim
from agnesi.expr.nodes import Apply, Expr, apply, constant
from agnesi.rules.chains import Chain, assembled, flat, raised, tokens, turned
from agnesi.rules.forms import Coef, Label


@dataclass(frozen=True, eq=False)
class Piece:
    """A written chain with the labels of its axes, to an entrywise power; `delta` marks an identity."""

    chain: Chain
    labels: tuple[Label, ...]
    power: Fraction = Fraction(1)
    delta: bool = False


def _power(expr: Expr, power: Fraction) -> Expr:
    """Return expr^power for a positive power, entry by entry."""
    return raised(expr, power)


def is_triangle(expr: Expr) -> bool:
    """Tell whether a matrix is a triangle of ones."""
    if not isinstance(expr, Apply) or expr.op.name not in ("tril", "triu"):
        return False
    return isinstance(expr.args[0], Apply) and expr.args[0].op.name == "ones"


def entrywise(pieces: list[tuple[Expr, Fraction]]) -> Expr:
    """Return the entrywise product of vectors (or matrices of one shape) to powers, as u ⊙ v ./ w."""
    for at, (expr, p) in enumerate(pieces):
        if len(pieces) > 1 and p == 1 and is_triangle(expr):
            inner = entrywise([*pieces[:at], *pieces[at + 1 :]])
            return apply(expr.op, inner)  # type: ignore[attr-defined]
    top = [_power(e, p) for e, p in pieces if p > 0]
    bottom = [_power(e, -p) for e, p in pieces if p < 0]
    out: Expr = constant(1) if not top else top[0] if len(top) == 1 else apply("hadamard", *_opened(top))
    for under in [bottom[0] if len(bottom) == 1 else apply("hadamard", *_opened(bottom))] if bottom else []:
        out = apply("ediv", out, under)
    return out


def _opened(parts: list[Expr]) -> list[Expr]:
    out: list[Expr] = []
    for part in parts:
        out += part.args if isinstance(part, Apply) and part.op.name == "hadamard" else (part,)
    return out


class Reducer:
    """Joins pieces. Labels below `width` are axes; `dims` gives the sizes of labels; `symmetric` known matrices."""

    def __init__(self, symmetric: set[Expr], dims: Mapping[int, Dim], width: int) -> None:
        self.symmetric, self.width = symmetric, width
        self.dims: dict[Label, Dim] = {label: dim for label, dim in dims.items()}
        self.pieces: list[Piece] = []
        self.scalars: list[Expr] = []
        self.under: list[Expr] = []
        self.coef: Coef = Fraction(1)
        self.stuck: Label | None = None

    # -- adding ------------------------------------------------------------------------------------------------------

    def add(self, piece: Piece) -> None:
        """Add a piece; a matrix with both axes on one label is its diagonal."""
        labels = piece.labels
        if not labels:
            self.scalar(assembled(piece.chain), piece.power)
        elif len(labels) == 2 and labels[0] == labels[1]:
            self.pieces.append(Piece((apply("diagonal", assembled(piece.chain)),), labels[:1], piece.power))
        else:
            self.pieces.append(piece)

    def scalar(self, expr: Expr, power: Fraction) -> None:
        """Multiply by a scalar to a power."""
        if isinstance(expr, Apply) and expr.op.name == "neg" and power.denominator == 1:
            self.coef *= -1 if power % 2 else 1
            expr = expr.args[0]
        if power > 0:
            self.scalars.append(_power(expr, power))
        else:
            self.under.append(_power(expr, -power))

    def vectors(self, label: Label) -> list[Piece]:
        """Return the vectors on a label."""
        return [p for p in self.pieces if p.labels == (label,)]

    def matrices(self, label: Label) -> list[Piece]:
        """Return the larger pieces that touch a label."""
        return [p for p in self.pieces if len(p.labels) > 1 and label in p.labels]

    def vector(self, label: Label) -> Chain | None:
        """Take all vectors on a label, as one chain; None where there is none."""
        found = self.vectors(label)
        self.pieces = [p for p in self.pieces if p not in found]
        if not found:
            return None
        if len(found) == 1 and found[0].power == 1:
            return found[0].chain
        loose: list[Expr] = []
        parts: list[tuple[Expr, Fraction]] = []
        for piece in sorted(found, key=_place):
            chain = flat(piece.chain)
            if piece.power == 1:
                loose += [e for e in chain if not e.shape]
                chain = tuple(e for e in chain if e.shape)
            parts.append((assembled(chain), piece.power))
        self.scalars += loose
        return (entrywise(parts),)

    # -- joining -----------------------------------------------------------------------------------------------------

    def run(self) -> Chain | None:
        """Reduce to a chain for the axes (an empty chain: only scalars), or None where matrix notation ends."""
        return self.finish() if self.contract() else None

    def contract(self) -> bool:
        """Join pieces until no summed label is left; tell whether that was possible."""
        while True:
            self._merge_pairs()
            open_ = self._summed()
            if not open_:
                return True
            if not any(step(x) for step in (self._end, self._joint, self._fused) for x in open_):
                self.stuck = next((x for x in open_ if x in self.dims), open_[0])
                return False

    def _summed(self) -> list[Label]:
        seen: dict[Label, None] = {}
        for piece in self.pieces:
            for x in piece.labels:
                if not (isinstance(x, int) and x < self.width):
                    seen.setdefault(x)
        return list(seen)

    def _merge_pairs(self) -> None:
        """Matrices on the same two labels multiply entrywise; over two summed labels they make a trace."""
        groups: dict[frozenset[Label], list[Piece]] = {}
        for piece in self.pieces:
            if len(piece.labels) == 2:
                groups.setdefault(frozenset(piece.labels), []).append(piece)
        for labels, group in groups.items():
            if len(group) == 1 and group[0].power == 1:
                continue
            if any(p.delta for p in group):
                continue
            lone = all(
                self._is_summed(x) and not self.vectors(x) and len(self.matrices(x)) == len(group) for x in labels
            )
            a, b = group[0].labels
            if lone and sum(p.power for p in group) == 2 and all(p.power in (1, 2) for p in group):
                self._trace(group)
                continue
            if self._diagonal_of_product(group):
                continue
            self.pieces = [p for p in self.pieces if p not in group]
            parts = [(self._oriented(p, (a, b)), p.power) for p in group]
            self.pieces.append(Piece((entrywise(parts),), (a, b)))

    def _diagonal_of_product(self, group: list[Piece]) -> bool:
        """Σ_b M_ib N_ib over a lone b, i an axis: the diagonal of M Nᵀ."""
        if len(group) != 2 or self.width != 1 or any(p.power != 1 for p in group):
            return False
        labels = set(group[0].labels)
        if 0 not in labels or len(self.matrices(0)) != 2:
            return False
        (b,) = labels - {0}
        if self.vectors(b) or len(self.matrices(b)) != 2:
            return False
        left, right = group
        self.pieces = [p for p in self.pieces if p not in group]
        inner = flat((*self._chain(left, (0, b)), *self._chain(right, (b, 0))))
        self.pieces.append(Piece((apply("diagonal", assembled(inner)),), (0,)))
        return True

    def _is_summed(self, x: Label) -> bool:
        return not (isinstance(x, int) and x < self.width)

    def _trace(self, group: list[Piece]) -> None:
        self.pieces = [p for p in self.pieces if p not in group]
        first = group[0]
        if len(group) == 1:
            self.scalars.append(apply("norm", assembled(first.chain)) ** 2)
            return
        second = group[1]
        left, right = self._chain(first, first.labels), self._chain(second, first.labels)
        if left == right:
            self.scalars.append(apply("norm", assembled(left)) ** 2)
            return
        options = [(*turned(left, self.symmetric), *right), (*turned(right, self.symmetric), *left)]
        options += [(*left, *turned(right, self.symmetric)), (*right, *turned(left, self.symmetric))]
        best = min(options, key=lambda c: tokens(assembled(c)))
        numbers = [e for e in flat(best) if not e.shape]
        self.scalars += [*numbers, apply("tr", assembled([e for e in flat(best) if e.shape]))]

    def _oriented(self, piece: Piece, labels: tuple[Label, ...]) -> Expr:
        return assembled(self._chain(piece, labels))

    def _chain(self, piece: Piece, labels: tuple[Label, ...]) -> Chain:
        """Return the chain of a matrix with its axes in the order of labels."""
        return piece.chain if piece.labels == labels else turned(piece.chain, self.symmetric)

    def _plain(self, piece: Piece) -> Piece:
        """Return a piece with its power written out."""
        if piece.power == 1:
            return piece
        fresh = Piece((entrywise([(assembled(piece.chain), piece.power)]),), piece.labels)
        self.pieces[self.pieces.index(piece)] = fresh
        return fresh

    def _end(self, x: Label) -> bool:
        """A label that only vectors, or vectors and one matrix, carry."""
        found = self.matrices(x)
        if len(found) > 1 or any(len(p.labels) > 2 for p in found):
            return False
        if not found:
            self._inner(x)
            return True
        matrix = self._plain(found[0])
        vector = self.vector(x)
        chain: Chain = vector if vector is not None else self._ones(x)
        self.pieces.remove(matrix)
        (other,) = [y for y in matrix.labels if y != x]
        if not matrix.delta:
            chain = flat((*self._chain(matrix, (other, x)), *chain))
        if chain and not assembled(chain).shape:
            self.scalar(assembled(chain), Fraction(1))  # the other axis is that of a row, of size 1
        else:
            self.pieces.append(Piece(chain, (other,)))
        return True

    def _ones(self, x: Label) -> Chain:
        dim = self.dims.get(x)
        assert dim is not None
        return () if dim == ONE else (apply("ones", attrs=(dim,)),)

    def _inner(self, x: Label) -> None:
        """Only vectors carry x: a sum, a squared norm or an inner product."""
        found = self.vectors(x)
        self.pieces = [p for p in self.pieces if p not in found]
        if len(found) == 1 and found[0].power == 2:
            self.scalars.append(apply("norm", assembled(found[0].chain)) ** 2)
            return
        whole = [p for p in found if p.power == 1]
        if len(found) == 1 and found[0].power == 1 and len(found[0].chain) == 1:
            (only,) = found[0].chain
            if isinstance(only, Apply) and only.op.name == "diagonal":
                inner = flat(only.args)
                self.scalars += [e for e in inner if not e.shape]
                self.scalars.append(apply("tr", assembled([e for e in inner if e.shape])))
                return
        if len(found) == 1 and found[0].power == 1 and len(found[0].chain) == 1:
            place = counted(found[0].chain[0])
            if place is not None:
                self.scalars.append(place)
                return
        if len(found) == 1 or not whole:
            total = entrywise([(assembled(p.chain), p.power) for p in found])
            self.scalars.append(apply("sum", total))
            return
        pick = min(whole, key=lambda p: tokens(assembled(p.chain)))
        others = [p for p in found if p is not pick]
        rest: Chain = others[0].chain
        if len(others) > 1 or others[0].power != 1:
            rest = (entrywise([(assembled(p.chain), p.power) for p in others]),)
        options: list[Chain] = [
            (*turned(pick.chain, self.symmetric), *rest),
            (*turned(rest, self.symmetric), *pick.chain),
        ]
        shorter: Chain = min(options, key=_reading_order)
        best = flat(shorter)
        numbers = [e for e in best if not e.shape]
        self.scalars += [*numbers, assembled([e for e in best if e.shape])]

    def _joint(self, x: Label) -> bool:
        """A label between two matrices: a matrix product, with a diag between where vectors carry it too."""
        found = self.matrices(x)
        if len(found) != 2 or any(len(p.labels) != 2 for p in found):
            return False
        left, right = (self._plain(p) for p in found)
        (a,), (b,) = ([y for y in p.labels if y != x] for p in (left, right))
        vector = self.vector(x)
        middle: Chain = (apply("diag", assembled(vector)),) if vector is not None else ()
        self.pieces.remove(left)
        self.pieces.remove(right)
        chain = joined_diagonals(flat((*self._chain(left, (a, x)), *middle, *self._chain(right, (x, b)))))
        if a == b:
            numbers = [e for e in chain if not e.shape]
            chain = tuple(e for e in chain if e.shape)
            self.scalars += numbers
            if self._is_summed(a) and not self.vectors(a) and not self.matrices(a):
                self.scalars.append(apply("tr", assembled(chain)))
            else:
                self.pieces.append(Piece((apply("diagonal", assembled(chain)),), (a,)))
        else:
            self.pieces.append(Piece(chain, (a, b)))
        return True

    def _fused(self, x: Label) -> bool:
        """F_{p,j,i} with a matrix on j, i is vec; with vectors it is their ⊗; with a vector on p it is unvec."""
        for piece in self.matrices(x):
            if len(piece.labels) != 3:
                continue
            p, j, i = piece.labels
            if x == p and not self.matrices(p)[1:] and self.vectors(p):
                vector = self.vector(p)
                assert vector is not None
                self.pieces.remove(piece)
                dims = (self._dim(piece, 2), self._dim(piece, 1))
                self.add(Piece((apply("unvec", assembled(vector), attrs=dims),), (i, j)))
                return True
            if x in (i, j) and self._is_summed(i) and self._is_summed(j) and self._stack(piece, p, j, i):
                return True
        return False

    def _dim(self, piece: Piece, axis: int) -> Dim:
        return assembled(piece.chain).shape[axis]

    def _stack(self, piece: Piece, p: Label, j: Label, i: Label) -> bool:
        if i == j:
            if len(self.matrices(i)) > 1:
                return False
            vector = self.vector(i)
            self.pieces.remove(piece)
            inner = apply("eye", attrs=(self._dim(piece, 1),)) if vector is None else apply("diag", assembled(vector))
            self.pieces.append(Piece((apply("vec", inner),), (p,)))
            return True
        around_i = [m for m in self.matrices(i) if m is not piece]
        around_j = [m for m in self.matrices(j) if m is not piece]
        if any(len(m.labels) > 2 for m in (*around_i, *around_j)):
            return self._kron(piece, p, j, i, around_i, around_j)
        if (
            len(around_i) == 1 == len(around_j)
            and around_i[0] is around_j[0]
            and not self.vectors(i)
            and not self.vectors(j)
        ):
            matrix = self._plain(around_i[0])
            self.pieces.remove(matrix)
            self.pieces.remove(piece)
            self.pieces.append(Piece((apply("vec", self._oriented(matrix, (i, j))),), (p,)))
            return True
        if not around_i and not around_j:
            left, right = self.vector(j), self.vector(i)
            self.pieces.remove(piece)
            chains = [self._ones(y) if c is None else c for c, y in ((left, j), (right, i))]
            parts = [assembled(c) if c else constant(1) for c in chains]
            self.pieces.append(Piece((apply("kron", *parts),), (p,)))
            return True
        return self._kron(piece, p, j, i, around_i, around_j)

    def _kron(self, piece: Piece, p: Label, j: Label, i: Label, around_i: list[Piece], around_j: list[Piece]) -> bool:
        """F_{p,j,i} A_{j a} B_{i b} F_{q,a,b} = (A ⊗ B)_{pq}."""
        for other in self.pieces:
            if len(other.labels) != 3 or other is piece:
                continue
            q, a, b = other.labels
            if not (self._is_summed(a) and self._is_summed(b)):
                continue
            left = [m for m in around_j if set(m.labels) == {j, a}]
            right = [m for m in around_i if set(m.labels) == {i, b}]
            if len(left) == len(around_j) == 1 == len(right) == len(around_i):
                if len(self.matrices(a)) == 2 == len(self.matrices(b)) and not any(map(self.vectors, (a, b, i, j))):
                    mats = (self._plain(left[0]), self._plain(right[0]))
                    parts = [self._oriented(m, x) for m, x in zip(mats, ((j, a), (i, b)), strict=True)]
                    self.pieces = [m for m in self.pieces if m not in (*mats, piece, other)]
                    self.pieces.append(Piece((apply("kron", *parts),), (p, q)))
                    return True
        return False

    # -- finishing ---------------------------------------------------------------------------------------------------

    def finish(self) -> Chain | None:
        """Return the chain for at most two axes from pieces on the axes alone."""
        if self.width == 0:
            return None if self.pieces else ()
        if self.width == 1:
            chain = self.vector(0) or ()
            return None if self.pieces else chain
        if self.width > 2 or any(len(p.labels) > 2 for p in self.pieces):
            return None
        rows, columns = self.dims[0], self.dims[1]
        mats = [p for p in self.pieces if len(p.labels) == 2]
        left, right = self.vector(0), self.vector(1)
        self.pieces = []
        deltas = [p for p in mats if p.delta]
        mats = [p for p in mats if not p.delta]
        if deltas:
            return self._diagonal(mats, left, right, rows)
        if not mats:
            return self._outer(left, right, rows, columns)
        if len(mats) == 1 and mats[0].power == 1:
            core = self._chain(mats[0], (0, 1))
        else:
            core = (entrywise([(self._oriented(m, (0, 1)), m.power) for m in mats]),)
        if left is not None:
            core = (apply("diag", assembled(left)), *core)
        if right is not None:
            core = (*core, apply("diag", assembled(right)))
        return joined_diagonals(flat(core))

    def _diagonal(self, mats: list[Piece], left: Chain | None, right: Chain | None, dim: Dim) -> Chain:
        parts: list[tuple[Expr, Fraction]] = [(assembled(c), Fraction(1)) for c in (left, right) if c is not None]
        parts += [(apply("diagonal", assembled(m.chain)), m.power) for m in mats]
        if not parts:
            return (apply("eye", attrs=(dim,)),)
        return (apply("diag", parts[0][0] if len(parts) == 1 and parts[0][1] == 1 else entrywise(parts)),)

    def _outer(self, left: Chain | None, right: Chain | None, rows: Dim, columns: Dim) -> Chain | None:
        if rows == ONE:
            if right is None:
                right = (apply("ones", attrs=(columns,)),)
            row = turned(right, self.symmetric)
            return (*left, *row) if left is not None else row
        one = left if left is not None else (apply("ones", attrs=(rows,)),)
        two = right if right is not None else (apply("ones", attrs=(columns,)),)
        return flat((*one, *turned(two, self.symmetric)))


def joined_diagonals(chain: Chain) -> Chain:
    """Return the chain with diag(u) diag(v) written diag(u ⊙ v)."""
    out: list[Expr] = []
    for element in chain:
        last = out[-1] if out else None
        if _is_diag(element) and last is not None and _is_diag(last):
            out[-1] = apply("diag", entrywise([(last.args[0], Fraction(1)), (element.args[0], Fraction(1))]))
        else:
            out.append(element)
    return tuple(out)


def _is_diag(element: Expr) -> bool:
    return isinstance(element, Apply) and element.op.name == "diag"


def counted(line: Expr) -> Expr | None:
    """Return k for row k of a lower triangle of ones (or column k of an upper one): the number of its ones."""
    if not isinstance(line, Apply) or line.op.name not in ("row", "col") or not is_triangle(line.args[0]):
        return None
    below = line.args[0].op.name == "tril"  # type: ignore[attr-defined]
    return line.args[1] if (line.op.name == "row") == below else None


def _place(piece: Piece) -> int:
    """Return where a vector stands in an entrywise product: names, products, functions, then sums."""
    if len(piece.chain) > 1:
        return 1
    (only,) = piece.chain
    if not only.args:
        return 0
    return 3 if isinstance(only, Apply) and only.op.name == "add" else 2


def _lead(chain: Chain) -> int:
    """Return how simple the first element is: a bare vector first reads best."""
    first = chain[0]
    return int(isinstance(first, Apply) and first.op.name == "transpose" and not first.args[0].args)


def _reading_order(chain: Chain) -> tuple[int, int]:
    return tokens(assembled(chain)), -_lead(chain)
