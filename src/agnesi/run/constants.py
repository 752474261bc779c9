"""The constant tensors of a product: unit vectors index, slots slice, fused axes reshape; the rest become arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agnesi.expr.dims import Dim, Shape
from agnesi.expr.nodes import Apply, Const
from agnesi.rules.forms import Coef, Factor, Label, Term, fresh
from agnesi.run.products import Operand, diagonals, product_of
from agnesi.run.values import Value

if TYPE_CHECKING:
    from agnesi.run.lower import Lowering

Keep = tuple[Label, ...]


class Structural:
    """The constant tensors of one term, with the labels that the result keeps."""

    def __init__(self, run: Lowering, term: Term, keep: Keep) -> None:
        self.values, self.plain = run.values, run.products.plain
        self.aligned, self.term, self.keep = run.products.aligned, term, keep
        self.factors = [f for f in term.factors if isinstance(f.base, Apply) and f.base.op.name in _RULES]
        self.gone: set[Label] = set()
        self.splits: dict[Label, tuple[Label, Label]] = {}
        self.left = {id(f) for f in self.factors}
        self.pads: dict[Label, tuple[Label, Dim, Dim]] = {}
        self.dims: dict[Label, Dim] = {x: d for x, d in term.dims.items()}
        for factor in term.factors:
            self.dims.update(zip(factor.labels, factor.base.shape, strict=True))

    def applied(self, operands: Sequence[Operand]) -> tuple[list[Operand], Keep, Coef]:
        """Return the operands with the constants worked into them, the labels to keep, and the coefficient."""
        done = list(operands)
        # what is summed over is worked into the operands first; then the result is put at its place
        for factor in sorted(self.factors, key=lambda f: f.labels[0] in self.keep):
            assert isinstance(factor.base, Apply)
            done = _RULES[factor.base.op.name](self, factor, done)
            self.left.discard(id(factor))
        coef: Any = self.term.coef
        keep: list[Label] = []
        inside = {long: short for short, (long, _, _) in self.pads.items()}
        for label in self.keep:
            keep += self.splits.get(label, (inside.get(label, label),))
        carried = {x for o in done for x in o.labels} | self.gone | {*self.keep, *keep}
        extra: list[Operand] = []
        for label in (x for x in self.dims if x not in carried):
            extra.append(Operand(self.values.size(self.dims[label]), ()))
        return done + extra, tuple(keep), coef

    def restored(self, found: Operand, shape: Shape) -> tuple[tuple[int, ...], Value]:
        """Return the labels and the value of a product with split axes joined again."""
        found = self._padded(found)
        if not self.splits:
            return found.labels, found.value
        order: list[Label] = []
        full: list[Dim] = []
        dims: list[Dim] = []
        labels: list[int] = []
        for label in self.keep:
            parts = self.splits.get(label, (label,))
            if any(x in found.labels for x in parts):
                order += parts
                full += [self.dims[x] for x in parts]
                dims.append(product_of([self.dims[x] for x in parts]))
                assert isinstance(label, int)
                labels.append(label)
        value = self.values.broadcast(self.aligned(found, tuple(order)), tuple(full))
        return tuple(labels), self.values.reshape(value, tuple(dims))

    def _padded(self, found: Operand) -> Operand:
        """Return a result at its places on longer axes, with zeros around it."""
        for short, (long, offset, total) in self.pads.items():
            width = self.dims[short]
            if short not in found.labels:
                labels = (*found.labels, short)
                value = self.values.broadcast(self.aligned(found, labels), (*found.value.dims, width))
                found = Operand(value, labels)
            axis = found.labels.index(short)
            dims = tuple(total if k == axis else d for k, d in enumerate(found.value.dims))
            value = found.value
            if total != width:
                value = self.values.make("pad", (value,), (axis, (offset, total - offset - width)), dims)
            found = Operand(value, tuple(long if x == short else x for x in found.labels))
        return found

    def _summed(self, label: Label, factor: Factor) -> bool:
        """Tell whether a label is summed over and only this constant and plain operands carry it."""
        others = [f for f in self.factors if f is not factor and label in f.labels and id(f) in self.left]
        return label not in self.keep and not others

    # -- one rule a constant -----------------------------------------------------------------------------------------

    def eye(self, factor: Factor, operands: list[Operand]) -> list[Operand]:
        """δ between two axes that are both kept."""
        dim = factor.base.shape[0]
        return [*operands, self._array("eye", (dim,), factor)]

    def basis(self, factor: Factor, operands: list[Operand]) -> list[Operand]:
        """e_k picks one place of an axis."""
        (label,) = factor.labels
        assert isinstance(factor.base, Apply)
        (position,) = factor.base.args
        assert isinstance(position, Const)
        at = int(position.value) - 1
        if not self._summed(label, factor):
            return [*operands, self._array("basis", (at, factor.base.shape[0]), factor)]
        self.gone.add(label)
        return [self._cut(o, label, "take", at) if label in o.labels else o for o in operands]

    def slot(self, factor: Factor, operands: list[Operand]) -> list[Operand]:
        """A slot takes a range of a longer axis."""
        long, short = factor.labels
        assert isinstance(factor.base, Apply)
        offset, width, total = (Dim.of(d) for d in factor.base.attrs)
        inside = _surely(offset) and _surely(total - offset - width)
        if inside and self._placed(long, short, factor, operands):
            self.pads[short] = (long, offset, total)
            return operands
        if not inside or not self._summed(long, factor) or long == short:
            return [*operands, self._array("slot", (offset, width, total), factor)]
        self.gone.add(long)
        return [self._cut(o, long, "slice", (offset, width), short) if long in o.labels else o for o in operands]

    def _placed(self, long: Label, short: Label, factor: Factor, operands: list[Operand]) -> bool:
        """Tell whether a slot only puts the result at its place on a longer axis."""
        alone = not any(long in f.labels for f in self.factors if f is not factor)
        kept = long in self.keep and short not in self.keep and short not in self.pads and long != short
        used = any(short in f.labels for f in self.factors if f is not factor and id(f) in self.left)
        return alone and kept and not used and not any(long in o.labels for o in operands)

    def fuse(self, factor: Factor, operands: list[Operand]) -> list[Operand]:
        """An axis made of two is split into them: where it is summed, in the operands; where it is kept, at the end."""
        whole, first, second = factor.labels
        alone = not any(whole in f.labels for f in self.factors if f is not factor)
        carried = any(whole in o.labels for o in operands)
        if alone and whole in self.keep and not carried and whole not in (first, second):
            pair, deltas = self._apart(first, second, factor)
            self.splits[whole] = pair
            return [*operands, *deltas]
        if not self._summed(whole, factor) or len({whole, first, second}) < 3:
            return [*operands, self._array("fuse", factor.base.shape[1:], factor)]
        self.gone.add(whole)
        return [self._split(o, whole, (first, second), factor) if whole in o.labels else o for o in operands]

    def _cumulated(
        self, label: Label, other: Label, forward: bool, factor: Factor, operands: list[Operand]
    ) -> list[Operand] | None:
        """Return the operands with the cumulative sum of the one that carries a summed label; None if others do."""
        own = [o for o in operands if label in o.labels]
        others = [f for f in self.factors if f is not factor and id(f) in self.left]
        elsewhere = any(other in o.labels for o in own) or any(label in f.labels for f in others)
        if label in self.keep or elsewhere or len(own) != 1 or own[0].under or own[0].mode:
            return None
        axis = own[0].labels.index(label)
        value = self.values.make("cumsum", (own[0].value,), (axis, forward), own[0].value.dims)
        self.gone.add(label)
        done = replace(own[0], value=value, labels=tuple(other if x == label else x for x in own[0].labels))
        return [done if o is own[0] else o for o in operands]

    def _apart(self, first: Label, second: Label, factor: Factor) -> tuple[tuple[Label, Label], list[Operand]]:
        """Return labels for the two parts of an axis that nothing else uses: a label in use gets a twin, with δ."""
        used = {x for pair in self.splits.values() for x in pair} | set(self.keep)
        pair: list[Label] = []
        deltas: list[Operand] = []
        for label, dim in zip((first, second), factor.base.shape[1:], strict=True):
            own = label
            if label in used or label in pair:
                own = fresh()
                deltas.append(Operand(self.values.make("eye", (), (dim,), (dim, dim)), (label, own), signed=False))
                self.dims[own] = dim
            pair.append(own)
        return (pair[0], pair[1]), deltas

    def mask(self, factor: Factor, operands: list[Operand]) -> list[Operand]:
        """[i < j] and the like; a sum over all places up to one is a cumulative sum."""
        assert isinstance(factor.base, Apply)
        kind = factor.base.attrs[0]
        first, second = factor.labels
        if kind in ("le", "ge") and first != second and factor.base.shape[0] == factor.base.shape[1]:
            for label, other, forward in ((first, second, kind == "le"), (second, first, kind == "ge")):
                found = self._cumulated(label, other, forward, factor, operands)
                if found is not None:
                    return found
        return [*operands, self._array("mask", (factor.base.attrs[0], *factor.base.shape), factor)]

    def _array(self, kind: str, attrs: tuple[Any, ...], factor: Factor) -> Operand:
        """Return a constant as an array."""
        value = self.values.make(kind, (), attrs, factor.base.shape)
        return self._once(Operand(value, factor.labels, signed=False))

    def _cut(self, operand: Operand, label: Label, kind: str, where: Any, fresh: Label | None = None) -> Operand:
        operand = self.plain(operand) if operand.mode else operand
        axis = operand.labels.index(label)
        dims = list(operand.value.dims)
        labels = list(operand.labels)
        if kind == "take":
            dims.pop(axis)
            labels.pop(axis)
        else:
            dims[axis], labels[axis] = where[1], fresh
        value = self.values.make(kind, (operand.value,), (axis, where), tuple(dims))
        return self._once(replace(operand, value=value, labels=tuple(labels)))

    def _split(self, operand: Operand, label: Label, parts: tuple[Label, Label], factor: Factor) -> Operand:
        operand = self.plain(operand) if operand.mode else operand
        axis = operand.labels.index(label)
        dims = list(operand.value.dims)
        dims[axis : axis + 1] = factor.base.shape[1:]
        labels = list(operand.labels)
        labels[axis : axis + 1] = parts
        return self._once(replace(operand, value=self.values.reshape(operand.value, tuple(dims)), labels=tuple(labels)))

    def _once(self, operand: Operand) -> Operand:
        """Return an operand in which no label occurs twice."""
        value, labels = diagonals(self.values, operand.value, operand.labels)
        return replace(operand, value=value, labels=labels)


def _surely(dim: Dim) -> bool:
    """Tell whether a size is at least 0 whatever its names stand for."""
    return all(count >= 0 for _, count in dim.terms)


_RULES: dict[str, Any] = {
    "eye": Structural.eye, "basis": Structural.basis, "slot": Structural.slot, "fuse": Structural.fuse,
    "mask": Structural.mask,
}  # fmt: skip
