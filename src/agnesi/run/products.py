"""Products of labelled arrays: from many factors to pairs, and from pairs to matrix products.

An `Operand` is a value whose axes carry labels (or the inverse of a matrix that is only factorised). `contract` sums
over the labels that are not kept, two operands at a time in the order that costs least at the assumed sizes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import opt_einsum as oe

from agnesi.expr.dims import Dim
from agnesi.run.prelude import STACKED
from agnesi.run.values import Number, Value, Values

Labels = tuple[Any, ...]


@dataclass(frozen=True)
class Operand:
    """A value with a label for each axis. `under`: it divides. `mode`: its inverse is meant, by factorisation.

    `signed`: entries may be negative (a weight without a sign can be split into two roots).
    """

    value: Value
    labels: Labels
    under: bool = False
    mode: str = ""
    signed: bool = True
    structure: Any = None


class Products:
    """Contracts products; `sizes` are the assumed sizes of names, `grams` tells whether A'A is cheaper than A'B.

    `structured` solves with the inverse of a matrix of low rank, `inverted` gives such an inverse in full: what these
    two are made of is for the lowering to know.
    """

    structured: Callable[[Operand, Value], Value]
    inverted: Callable[[Operand], Value]

    def __init__(self, values: Values, sizes: Mapping[str, int], grams: bool, factored: bool) -> None:
        self.values, self.sizes, self.grams, self.factored = values, sizes, grams, factored
        self.known: set[frozenset[Any]] = set()  # the matrix products that are made already

    def size(self, dim: Dim) -> int:
        """Return the assumed size of an axis."""
        return dim.size(self.sizes)

    def entries(self, value: Value) -> float:
        """Return the assumed number of entries of a value."""
        total = 1.0
        for dim in value.dims:
            total *= self.size(dim)
        return total

    def contract(self, coef: Number, operands: Sequence[Operand], keep: Labels) -> Operand:
        """Return coef · Π operands, summed over the labels that are not in `keep`."""
        scalars = [o for o in operands if not o.labels]
        arrays = [o for o in operands if o.labels]
        scale = self.values.mul(coef, [(o.value, -1 if o.under else 1) for o in scalars])
        if not arrays:
            return Operand(scale, ())
        arrays = self._summed_alone(self._quotients(arrays, keep), keep)
        if len(arrays) > 1 and any(x not in keep for o in arrays for x in o.labels):
            arrays = self._gram(arrays, keep) if self.grams else arrays
            arrays, scale = self._scaled_early(arrays, scale, keep)
            arrays = self._paired(arrays, keep)
        return self._multiplied(scale, arrays, keep)

    # -- before the pairs --------------------------------------------------------------------------------------------

    def _quotients(self, arrays: list[Operand], keep: Labels) -> list[Operand]:
        """Multiply operands with the same labels where one of them divides; turn the other divisors into factors."""
        if all(x in keep for o in arrays for x in o.labels) and not any(o.mode for o in arrays):
            return arrays
        groups: dict[frozenset[Any], list[Operand]] = {}
        for operand in arrays:
            groups.setdefault(frozenset(operand.labels), []).append(operand)
        out: list[Operand] = []
        for group in groups.values():
            plain = [o for o in group if not o.mode]
            out += [o for o in group if o.mode]
            met = any(plain[0].labels[0] in o.labels for o in arrays if o not in group) if plain else False
            if any(o.under for o in plain) or (len(plain) > 1 and len(plain[0].labels) == 1 and met):
                out.append(self._entrywise(self.values.number(1), plain, plain[0].labels))
            else:
                out += plain
        return out

    def _summed_alone(self, arrays: list[Operand], keep: Labels) -> list[Operand]:
        """Sum each operand over the labels that it alone carries."""
        out = []
        for at, operand in enumerate(arrays):
            others = {x for k, o in enumerate(arrays) if k != at for x in o.labels}
            alone = tuple(k for k, x in enumerate(operand.labels) if x not in keep and x not in others)
            if alone:
                value = self.values.total(self.plain(operand).value, alone)
                labels = tuple(x for k, x in enumerate(operand.labels) if k not in alone)
                operand = Operand(value, labels, signed=operand.signed)
            out.append(operand)
        return out

    def _gram(self, arrays: list[Operand], keep: Labels) -> list[Operand]:
        """Write Mᵀ diag(w) M with w ≥ 0 as ZᵀZ, Z = diag(√w) M: half the work for a symmetric product."""
        matrices = [o for o in arrays if len(o.labels) == 2]
        weights = [o for o in arrays if len(o.labels) == 1]
        if len(matrices) != 2 or not weights or len(arrays) != 2 + len(weights):
            return arrays
        a, b = matrices
        shared = set(a.labels) & set(b.labels)
        if a.value is not b.value or a.mode or b.mode or len(shared) != 1 or a.labels == b.labels:
            return arrays
        (c,) = shared
        apart = all(x in keep for o in matrices for x in o.labels if x != c)
        if c in keep or not apart or a.labels.index(c) != b.labels.index(c):
            return arrays
        if any(w.labels != (c,) or w.signed for w in weights):
            return arrays
        weight = self._entrywise(self.values.number(1), weights, (c,))
        root = Operand(self.values.call("sqrt", (), [weight.value], weight.value.dims), (c,))
        scaled = self._entrywise(self.values.number(1), [a, root], a.labels)
        return [scaled, replace(scaled, labels=b.labels)]

    def _scaled_early(self, arrays: list[Operand], scale: Value, keep: Labels) -> tuple[list[Operand], Value]:
        """Multiply a scalar into the smallest operand where the result is larger than that."""
        if (scale.kind == "number" and scale.attrs[0] in (1, -1)) or len(keep) < 2:
            return arrays, scale
        dims = {x: d for o in arrays for x, d in zip(o.labels, o.value.dims, strict=True)}
        result = 1.0
        for x in keep:
            result *= self.size(dims[x]) if x in dims else 1
        once = Counter(id(o.value) for o in arrays)
        ready = [o for o in arrays if not o.mode and once[id(o.value)] == 1]
        if not ready:
            return arrays, scale
        least = min(ready, key=lambda o: self.entries(o.value))
        if self.entries(least.value) * 4 > result:
            return arrays, scale
        done = Operand(self.values.mul(1, [(scale, 1), (least.value, 1)]), least.labels)
        return [done if o is least else o for o in arrays], self.values.number(1)

    # -- pairs -------------------------------------------------------------------------------------------------------

    def _paired(self, arrays: list[Operand], keep: Labels) -> list[Operand]:
        """Multiply pairs until no label is left to sum over."""
        arrays = self._vectors_first(list(arrays), keep)
        for pair in self._path(arrays, keep):
            left, right = (arrays[k] for k in pair)
            for k in sorted(pair, reverse=True):
                arrays.pop(k)
            outside = [x for o in arrays for x in o.labels]
            arrays.append(self.pair(left, right, tuple(dict.fromkeys((*keep, *outside)))))
            if all(x in keep for o in arrays for x in o.labels) and not any(o.mode for o in arrays):
                break
        return arrays

    def _vectors_first(self, arrays: list[Operand], keep: Labels) -> list[Operand]:
        """Multiply by vectors first, from all ends at once: each product with one is cheaper than any other."""
        while True:
            count = Counter(x for o in arrays for x in o.labels)
            pairs: list[tuple[int, int]] = []
            taken: set[int] = set()
            met: list[tuple[int, int]] = []
            for at, operand in enumerate(arrays):
                if len(operand.labels) == 1 and operand.labels[0] not in keep and count[operand.labels[0]] == 2:
                    met.append((at, next(k for k, o in enumerate(arrays) if k != at and operand.labels[0] in o.labels)))
            for at, other in sorted(met, key=lambda p: not self._made(arrays[p[0]], arrays[p[1]])):
                if at not in taken and other not in taken:
                    pairs.append((other, at))
                    taken |= {at, other}
            if not pairs or len(arrays) == 2:
                return arrays
            made = []
            for i, j in pairs:
                outside = [x for k, o in enumerate(arrays) if k not in (i, j) for x in o.labels]
                made.append(self.pair(arrays[i], arrays[j], tuple(dict.fromkeys((*keep, *outside)))))
            arrays = [o for k, o in enumerate(arrays) if k not in taken] + made

    def _made(self, vector: Operand, other: Operand) -> bool:
        return _over(vector, other, vector.labels) in self.known

    def _path(self, arrays: list[Operand], keep: Labels) -> list[tuple[int, ...]]:
        """Return the pairs to multiply, in order, as positions in the shrinking list."""
        if len(arrays) < 3:
            return [(0, 1)] if len(arrays) == 2 else []
        if len(arrays) == 3:
            return self._of_three(arrays, keep)
        names = {x: oe.get_symbol(k) for k, x in enumerate(dict.fromkeys(x for o in arrays for x in o.labels))}
        text = ",".join("".join(names[x] for x in o.labels) for o in arrays)
        text += "->" + "".join(names[x] for x in keep if x in names)
        shapes = [tuple(self.size(d) for d in o.value.dims) for o in arrays]
        style = "dp" if len(arrays) <= 8 else "greedy"
        path, _ = oe.contract_path(text, *shapes, shapes=True, optimize=style)
        return [tuple(p) for p in path if len(p) == 2]

    def _of_three(self, arrays: list[Operand], keep: Labels) -> list[tuple[int, ...]]:
        """Return the cheapest order of three operands: each first pair is costed, at half if it is there."""
        dims = {x: self.size(d) for o in arrays for x, d in zip(o.labels, o.value.dims, strict=True)}
        sets = [set(o.labels) for o in arrays]

        def cost(i: int, j: int) -> float:
            (k,) = {0, 1, 2} - {i, j}
            made = {x for x in sets[i] | sets[j] if x in keep or x in sets[k]}
            summed = [x for x in arrays[i].labels if x in sets[j] and x not in made]
            known = _over(arrays[i], arrays[j], summed) in self.known  # half the cost: the output may not need it
            first = prod(dims[x] for x in sets[i] | sets[j]) / (2 if known else 1)
            return float(first * (1 + bool(sets[i] & sets[j] - made)) + 2 * prod(dims[x] for x in made | sets[k]))

        best = min(((1, 2), (0, 1), (0, 2)), key=lambda p: cost(*p))
        return [best, (0, 1)]

    def pair(self, a: Operand, b: Operand, keep: Labels) -> Operand:
        """Return the product of two operands, summed over what both carry and `keep` does not name."""
        summed = [x for x in a.labels if x in b.labels and x not in keep]
        batch = [x for x in a.labels if x in b.labels and x in keep]
        if not summed:
            labels = tuple(x for x in keep if x in a.labels or x in b.labels)
            return self._entrywise(self.values.number(1), [self.plain(a), self.plain(b)], labels)
        if a.mode or b.mode:
            solved = self._solved(a, b, summed) if a.mode else None
            solved = solved or (self._solved(b, a, summed) if b.mode else None)
            if solved is not None:
                return solved
        a, b = self.plain(a), self.plain(b)
        if batch:
            return self._batched(a, b, batch, summed, keep)
        return self._matrix(a, b, summed, keep)

    def _solved(self, inverse: Operand, other: Operand, summed: list[Any]) -> Operand | None:
        """Return A⁻¹ times an operand over one label by a solve."""
        if inverse.mode == "stack":
            return self._solved_stack(inverse, other, summed)
        i, j = inverse.labels
        if len(summed) != 1 or i == j or (other.mode and other.value.ndim != 2):
            return None
        (x,) = summed
        free = j if x == i else i
        if free in other.labels:
            return None
        other = self.plain(other)
        order = (x, *(y for y in other.labels if y != x))
        right = self.aligned(other, order)
        rest = right.dims[1:]
        if len(rest) > 1:
            right = self.values.reshape(right, (right.dims[0], product_of(rest)))
        mode, turned = inverse.mode, x == i and inverse.mode not in ("spd", "sym")
        if mode == "low rank":
            value = self.structured(replace(inverse, labels=(free, x)), right)
            return Operand(self.values.reshape(value, (value.dims[0], *rest)), (free, *order[1:]))
        if mode in ("lower", "upper"):
            value = self.values.make("trisolve", (inverse.value, right), (mode, turned), right.dims)
        else:
            factor = self.factor(inverse)
            value = self.values.make("solve", (factor, right), (mode, turned), right.dims)
        value = self.values.reshape(value, (value.dims[0], *rest))
        return Operand(value, (free, *order[1:]))

    def _solved_stack(self, inverse: Operand, other: Operand, summed: list[Any]) -> Operand | None:
        """Return A_b⁻¹ v_b for a stack of matrices and as many vectors."""
        batch, i, j = inverse.labels
        if summed != [j] or set(other.labels) != {batch, j} or other.mode:
            return None
        right = self.aligned(self.plain(other), (batch, j))
        return Operand(self.values.call(STACKED, (0,), [inverse.value, right], right.dims), (batch, i))

    def factor(self, inverse: Operand) -> Value:
        """Return the factorisation of the matrix of an inverse."""
        return self.values.make("factor", (inverse.value,), (inverse.mode,), inverse.value.dims)

    def plain(self, operand: Operand) -> Operand:
        """Return an operand as an array: an inverse is computed, a divisor inverted."""
        if operand.mode in ("lower", "upper"):
            dims = operand.value.dims
            eye = self.values.make("eye", (), (dims[0],), (dims[0], dims[0]))
            value = self.values.make("trisolve", (operand.value, eye), (operand.mode, False), dims)
            return Operand(value, operand.labels)
        if operand.mode == "stack":
            return Operand(self.values.call("inv", (1,), [operand.value], operand.value.dims), operand.labels)
        if operand.mode == "low rank":
            return Operand(self.inverted(operand), operand.labels)
        if operand.mode:
            source = self.factor(operand) if self.factored or operand.mode == "spd" else operand.value
            value = self.values.make("inverse", (source,), (operand.mode,), operand.value.dims)
            return Operand(value, operand.labels)
        if operand.under:
            return Operand(self.values.mul(1, [(operand.value, -1)]), operand.labels, signed=operand.signed)
        return operand

    def _matrix(self, a: Operand, b: Operand, summed: list[Any], keep: Labels) -> Operand:
        """Return a product without common labels that are kept: a dot, or a matrix product of reshaped arrays."""
        rows = [x for x in a.labels if x not in summed]
        columns = [x for x in b.labels if x not in summed]
        self.known.add(_over(a, b, summed))
        if not rows and not columns:
            right = self.aligned(b, a.labels)
            kind = "dot" if right.ndim == 1 else "vdot"
            return Operand(self.values.make(kind, (a.value, right)), ())
        ways = _turns(a, b, rows, columns, summed, keep), _turns(b, a, columns, rows, summed, keep)
        if not rows or (columns and ways[1] < ways[0]):
            a, b, rows, columns = b, a, columns, rows
        left = self._folded(a, rows, summed)
        right = self._folded(b, summed, columns)
        dims = left.dims[: 1 if rows else 0] + right.dims[1:]
        value = self.values.dot(left, right, dims)
        full = tuple(d for o, xs in ((a, rows), (b, columns)) for d in _dims(o, xs))
        return Operand(self.values.reshape(value, full), (*rows, *columns))

    def _folded(self, operand: Operand, first: list[Any], second: list[Any]) -> Value:
        """Return an operand as a matrix (or vector) with its labels in two groups."""
        if first and second and operand.labels == (*second, *first):
            return self.values.transpose(self._folded(operand, second, first), (1, 0))
        value = self.aligned(operand, (*first, *second))
        groups = [_dims(operand, g) for g in (first, second) if g]
        return self.values.reshape(value, tuple(product_of(g) for g in groups))

    def _batched(self, a: Operand, b: Operand, batch: list[Any], summed: list[Any], keep: Labels) -> Operand:
        """Return a product with common labels that are kept: stacked matrix products, or one einsum."""
        rows = [x for x in a.labels if x not in summed and x not in batch]
        columns = [x for x in b.labels if x not in summed and x not in batch]
        if len(rows) == len(columns) == len(summed) == 1:
            left = self.aligned(a, (*batch, *rows, *summed))
            right = self.aligned(b, (*batch, *summed, *columns))
            value = self.values.make("dot", (left, right), (), (*left.dims[:-1], right.dims[-1]))
            return Operand(value, (*batch, *rows, *columns))
        out = tuple(x for x in keep if x in a.labels or x in b.labels)
        dims = dict(zip((*a.labels, *b.labels), (*a.value.dims, *b.value.dims), strict=True))
        value = self.values.make(
            "einsum", (a.value, b.value), _lettered(a.labels, b.labels, out), tuple(dims[x] for x in out)
        )
        return Operand(value, out)

    # -- entry by entry ----------------------------------------------------------------------------------------------

    def _multiplied(self, scale: Value, arrays: list[Operand], keep: Labels) -> Operand:
        labels = tuple(x for x in keep if any(x in o.labels for o in arrays))
        if len(labels) == 2:
            labels = in_layout(set(labels), [(o.value, o.labels) for o in arrays if not o.mode], labels)
        if len(arrays) == 1 and not arrays[0].under:
            only = self.plain(arrays[0])
            return Operand(self.values.mul(1, [(scale, 1), (only.value, 1)]), only.labels)
        return self._entrywise(scale, [self.plain(o) if o.mode else o for o in arrays], labels)

    def _entrywise(self, scale: Value, arrays: list[Operand], labels: Labels) -> Operand:
        """Return scale · Π arrays, broadcast to `labels`; small ones are multiplied first."""
        parts: list[tuple[Value, int]] = [(scale, 1)]
        groups: dict[frozenset[Any], list[Operand]] = {}
        for operand in arrays:
            groups.setdefault(frozenset(operand.labels), []).append(operand)
        for group in sorted(groups.values(), key=lambda g: len(g[0].labels)):
            if len(group) > 1 and len(groups) > 1 and len(group[0].labels) < len(labels):
                group = [self._entrywise(self.values.number(1), group, group[0].labels)]
            parts += [(self.aligned(o, labels), -1 if o.under else 1) for o in group]
        signed = any(o.signed for o in arrays)
        return Operand(self.values.mul(1, parts), labels, signed=signed)

    def aligned(self, operand: Operand, order: Labels) -> Value:
        """Return the array with its axes in this order, and axes of size 1 for labels that it has not."""
        own = [x for x in order if x in operand.labels]
        value = self.values.transpose(operand.value, tuple(operand.labels.index(x) for x in own))
        if not own:
            return value
        first = order.index(own[0])
        missing = tuple(k for k, x in enumerate(order[first:]) if x not in operand.labels)
        return self.values.expand(value, missing)


class Assumed(dict[str, int]):
    """Assumed sizes: data are long (n, N, T), features fewer (d, p, D), hidden ones too (m), classes and ranks few."""

    def __init__(self, given: Mapping[str, int]) -> None:
        super().__init__(given)

    def __missing__(self, name: str) -> int:
        letter = name[:1]
        return 1000 if letter in "nNT" else 40 if letter in "mM" else 10 if letter in "kKcCrRqQ" else 50

    def __contains__(self, name: object) -> bool:
        return True


def diagonals(values: Values, value: Value, labels: Labels) -> tuple[Value, Labels]:
    """Return a value in which no label occurs twice: A_ii is the diagonal of A."""
    while len(set(labels)) < len(labels):
        twice = next(x for x in labels if labels.count(x) > 1)
        i = labels.index(twice)
        j = labels.index(twice, i + 1)
        dims = tuple(d for k, d in enumerate(value.dims) if k not in (i, j))
        value = values.make("diagonal", (value,), (i, j), (*dims, value.dims[i]))
        labels = (*(x for k, x in enumerate(labels) if k not in (i, j)), twice)
    return value, labels


def in_layout(labels: set[Any], parts: Sequence[tuple[Value, Labels]], usual: Labels | None = None) -> Labels:
    """Return the order of two labels in which the arrays that are computed lie, else the usual one."""
    order = usual if usual is not None else tuple(sorted(labels))
    if len(labels) != 2:
        return order
    made = [own for value, own in parts if len(own) == 2 and _computed(value)]
    return made[0] if made and all(own == made[0] for own in made) else order


def _computed(value: Value) -> bool:
    """Tell whether an array is computed, not an argument, a view of one or a multiple of one."""
    if value.kind == "mul":
        return any(_computed(a) for a in value.args if a.dims)
    return value.kind not in ("input", "transpose", "expand", "number")


def _over(a: Operand, b: Operand, summed: Sequence[Any]) -> frozenset[Any]:
    """Return what tells a product of two arrays over some of their axes from others."""
    first = min(a, b, key=lambda o: id(o.value))
    order = sorted(summed, key=first.labels.index)
    return frozenset((id(o.value), tuple(map(o.labels.index, order))) for o in (a, b))


def product_of(dims: Sequence[Dim]) -> Dim:
    """Return the product of sizes."""
    total = Dim.of(1)
    for dim in dims:
        total = total * dim
    return total


def _dims(operand: Operand, labels: Sequence[Any]) -> list[Dim]:
    return [operand.value.dims[operand.labels.index(x)] for x in labels]


def _turns(
    a: Operand, b: Operand, rows: Sequence[Any], columns: Sequence[Any], summed: Sequence[Any], keep: Labels
) -> int:
    """Return how many transposes the product of a and b takes, that of the result included."""
    left = a.labels != (*rows, *summed)
    right = b.labels != (*summed, *columns)
    crossed = bool(rows and columns) and min(map(keep.index, columns)) < min(map(keep.index, rows))
    return left + right + crossed


def _lettered(a: Labels, b: Labels, out: Labels) -> tuple[str, str, str]:
    names = {x: chr(ord("i") + k) if k < 18 else chr(ord("A") + k - 18) for k, x in enumerate(dict.fromkeys((*a, *b)))}
    left, right, result = ("".join(names[x] for x in labels) for labels in (a, b, out))
    return left, right, result
