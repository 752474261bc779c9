"""Building expressions of arithmetic: sums, products with all their dots, quotients, powers, transposes, bars."""

from __future__ import annotations

from agnesi.errors import ShapeError, TooLarge
from agnesi.expr.nodes import Apply, Const, Expr, apply, constant
from agnesi.read.build import Build
from agnesi.read.syntax import Node

MAX_MATRIX_POWER = 1_000


class Arithmetic(Build):
    """Builds what the signs of arithmetic join."""

    def neg(self, node: Node) -> Expr:
        """Return the negative."""
        return apply("neg", self.arg(node))

    def same(self, node: Node) -> Expr:
        """Return the part itself."""
        return self.arg(node)

    def add(self, node: Node) -> Expr:
        """Return a sum as written."""
        return apply("add", *self.args(node))

    def mul(self, node: Node) -> Expr:
        """A chain of products; x · y of two vectors is their inner product."""
        factors = self.turned(node, self.args(node))
        parts = [factors[0]]
        for sep, right in zip(node.value, factors[1:], strict=True):
            if sep in ("·", ".") and right.ndim == 1:
                left = parts[0] if len(parts) == 1 else apply("mul", *parts)
                if left.shape == right.shape:
                    parts = [apply("inner", left, right)]
                    continue
            if sep == "*" and self.s.words.loose and right.ndim == 1:  # y * log(p)
                left = parts[0] if len(parts) == 1 else apply("mul", *parts)
                if left.shape == right.shape:
                    parts = [apply("hadamard", left, right)]
                    self.note("* between two vectors is taken entry by entry")
                    continue
            parts.append(right)
        made = parts[0] if len(parts) == 1 else apply("mul", *parts)
        return self.summed(node, factors, made, set())

    def turned(self, node: Node, factors: list[Expr]) -> list[Expr]:
        """Return the factors of a product as they are meant; see the subclass."""
        return factors

    def entrywise(self, node: Node) -> Expr:
        """Entrywise products and quotients; of scalars, the plain ones."""
        args = self.args(node)
        if all(not a.shape for a in args) and node.head == "hadamard":
            return apply("mul", *args)
        if all(not a.shape for a in args) and node.head == "ediv":
            return apply("div", *args)
        if self.s.words.loose and node.head == "hadamard" and not all(a.shape for a in args):  # a number times x
            arrays = [a for a in args if a.shape]
            whole = arrays[0] if len(arrays) == 1 else apply("hadamard", *arrays)
            return apply("mul", *(a for a in args if not a.shape), whole)
        return apply(node.head, *args)

    def div(self, node: Node) -> Expr:
        """Return a quotient."""
        return self.summed(node, self.args(node), apply("div", *self.args(node)), set())

    def kron(self, node: Node) -> Expr:
        """A Kronecker product: sizes multiply."""
        return apply("kron", *self.args(node))

    def pow(self, node: Node) -> Expr:
        """A power: of a scalar, of a square matrix, or an error for a vector."""
        base, power = self.arg(node), literal(self.arg(node, 1))
        squared = isinstance(power, Const) and power.value == 2
        if squared and isinstance(base, Apply) and base.op.name == "sqrt" and node.args[0].value == ("norm_two", 0):
            return base.args[0]  # the square of the spectral norm
        if isinstance(base, Apply) and base.op.name == "euler":
            square = power.ndim == 2 and power.shape[0] == power.shape[1] and power.shape[0].number != 1
            if self.s.words.loose and square:
                self.note(f"{self.text[node.start : node.stop]} is read as the matrix exponential")
                return apply("expm", power)
            return apply("exp", power)
        if base.ndim == 2:
            return self.matrix_power(node, base, power)
        if base.ndim == 0:
            return apply("pow", base, power)
        if isinstance(power, Const) and power.value == 2:
            shown = self.text[node.args[0].start : node.args[0].stop]
            if not shown.isalnum():
                shown = f"({shown})"
            raise ShapeError(
                f"{shown}² of a vector has two meanings: {called_shape(shown, base)}.",
                repair=f"Write {shown} ⊙ {shown} (entry by entry) or ‖{shown.strip('()')}‖² (a number).",
            )
        raise ShapeError("A power of a vector is not defined.", repair="Write x.^p for the power of every entry.")

    def matrix_power(self, node: Node, base: Expr, power: Expr) -> Expr:
        """Whole powers, inverses and square roots of a matrix."""
        match power:
            case Const(value=int(k)) if abs(k) <= MAX_MATRIX_POWER:
                if k == 0:
                    return apply("eye", attrs=(base.shape[0],))
                whole = base if abs(k) == 1 else apply("matpow", base, attrs=(abs(k),))
                return whole if k > 0 else apply("inv", whole)
            case Const(value=int(k)):
                raise TooLarge(f"The matrix power {k} is too large.", repair=f"At most {MAX_MATRIX_POWER}.")
            case Const(value=float(v)) if abs(v) == 0.5:
                root = apply("sqrtm", base)
                return root if v > 0 else apply("inv", root)
            case Apply() if power.op.name == "div" and power.args == (constant(1), constant(2)):
                return apply("sqrtm", base)
            case Apply() if power.op.name == "neg" and self.half(power.args[0]):
                return apply("inv", apply("sqrtm", base))
            case Apply() if power.op.name == "div" and power.args == (constant(-1), constant(2)):
                return apply("inv", apply("sqrtm", base))
        raise ShapeError(
            "A matrix power is read for whole exponents and 1/2.",
            expected="X^k, X⁻¹, X^{1/2}",
            repair="Write X.^p for the power of every entry, expm(p logm(X)) for the matrix power.",
        )

    def half(self, power: Expr) -> bool:
        """Tell whether a power is 1/2."""
        return isinstance(power, Apply) and power.op.name == "div" and power.args == (constant(1), constant(2))

    def epow(self, node: Node) -> Expr:
        """Return the power of every entry."""
        base, power = self.arg(node), literal(self.arg(node, 1))
        return apply("epow" if base.shape else "pow", base, power)

    def transpose(self, node: Node) -> Expr:
        """Return the transpose."""
        base = self.arg(node)
        return apply("transpose", base)

    def bars(self, node: Node) -> Expr:
        """|x| of a scalar, |X| of a matrix."""
        inner = self.arg(node)
        if not inner.shape:
            return apply("abs", inner)
        if inner.ndim == 2:
            return apply("det", inner)
        shown = self.text[node.args[0].start : node.args[0].stop]
        self.note(f"|{shown}| of a vector is read as its length ‖{shown}‖; abs({shown}) is taken entry by entry")
        return apply("norm", inner)


def literal(power: Expr) -> Expr:
    """Return a negative number for the negative of a number: s⁻¹ has the exponent −1."""
    if isinstance(power, Apply) and power.op.name == "neg" and isinstance(power.args[0], Const):
        return constant(-power.args[0].value)
    return power


def called_shape(shown: str, node: Expr) -> str:
    """Return "x is n" for a sentence."""
    return f"{shown} is a vector of {node.shape[0]}"
