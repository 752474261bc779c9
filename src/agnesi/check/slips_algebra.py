"""Slips of the algebra of numbers: functions of sums and products, fractions, powers, logarithms, sums over indices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise

from agnesi.check import slip_edits as edits
from agnesi.check import slip_edits_numbers as numbers
from agnesi.check import slip_edits_parts as parts
from agnesi.check.slip_places import UNFIT, Place, name_of, times
from agnesi.check.slips import Pool, edit, pattern
from agnesi.expr.nodes import Bind, Expr, Index, bind, free_indices

TWO = "a: scalar positive; b: scalar positive"
THREE = f"{TWO}; c: scalar positive"

pattern("log of a sum", "log(a + b) was taken as log a + log b",
        "log(ab) = log a + log b: the logarithm turns products into sums; a sum inside stays inside.", "MML 5.1.2", 0.5,
        ("log(a + b)", "log(a) + log(b)"), ("log(a - b)", "log(a) - log(b)"), given=TWO)
pattern("log of a product", "log(ab) was taken as log a log b", "log(ab) = log a + log b.", "MML 5.1.2", 0.5,
        ("log(a) + log(b)", "log(a)*log(b)", "log(a*b)"), given=TWO)
pattern("log of a quotient", "the logarithm of a quotient was split wrongly", "log(a/b) = log a − log b.", "MML 5.1.2",
        0.5,
        ("log(a) - log(b)", "log(a)/log(b)", "log(a/b)"), ("log(a) - log(b)", "log(a) + log(b)", "log(a/b)"),
        ("log(a) - log(b)", "log(b) - log(a)", "log(a/b)"), given=TWO)
pattern("log of a power", "log aᵖ was taken as (log a)ᵖ", "log aᵖ = p log a.", "MML 5.1.2", 0.5,
        ("p*log(a)", "log(a)^p", "log(a^p)"), given="a: scalar positive; p: scalar positive")
pattern("exponential of a sum", "exp(a + b) was taken as exp a + exp b",
        "exp(a + b) = exp a exp b: the exponential turns sums into products.", "MML 5.1.2", 0.5,
        ("exp(a)*exp(b)", "exp(a) + exp(b)", "exp(a + b)"), ("exp(a)/exp(b)", "exp(a) - exp(b)", "exp(a - b)"),
        given="a: scalar; b: scalar")
pattern("exponential of a product", "exp(ab) was taken as exp a exp b", "exp(ab) = (exp a)ᵇ.", "MML 5.1.2", 0.5,
        ("exp(a*b)", "exp(a)*exp(b)"), given="a: scalar; b: scalar")
pattern("root of a sum", "√(a + b) was taken as √a + √b", "√(a + b) ≤ √a + √b, with equality only where ab = 0.",
        "MML 3.1", 0.5, ("√(a + b)", "√a + √b"), ("√(a^2 + b^2)", "a + b"), ("√(a^2 - b^2)", "a - b"), given=TWO)
pattern("absolute value of a sum", "|a + b| was taken as |a| + |b|",
        "|a + b| ≤ |a| + |b|, with equality for equal signs only.", "MML 3.1", 0.5,
        ("abs(a + b)", "abs(a) + abs(b)"), ("abs(a - b)", "abs(a) - abs(b)"), ("abs(a)", "a", "√(a^2)"),
        given="a: scalar; b: scalar")
pattern("square of a sum of numbers", "the cross term of (a + b)² is lost or wrong", "(a + b)² = a² + 2ab + b².",
        "MML 2.2.1", 0.5, ("a^2 + 2*a*b + b^2", "a^2 + b^2", "(a + b)^2"),
        ("a^2 - 2*a*b + b^2", "a^2 - b^2", "(a - b)^2"), ("a^2 - 2*a*b + b^2", "a^2 + b^2", "(a - b)^2"),
        ("a^2 - 2*a*b + b^2", "a^2 - 2*a*b - b^2", "(a - b)^2"), ("a^2 + 2*a*b + b^2", "a^2 + a*b + b^2", "(a + b)^2"),
        given="a: scalar; b: scalar")
pattern("power of a sum", "a power was taken term by term", "(a + b)ᵖ is not aᵖ + bᵖ, and (1 − a)ᵖ is not 1 − aᵖ.",
        "MML 5.1.2", 0.5, ("(1 - a)^p", "1 - a^p"), ("(1 + a)^p", "1 + a^p"), ("(a + b)^p", "a^p + b^p"),
        ("(a - b)^p", "a^p - b^p"), ("(1 - a^q)^p", "1 - a^(q*p)"), ("(1 - a^q)^p", "1 - a^(p*q)"),
        given=f"{TWO}; p: scalar; q: scalar")
pattern("difference of squares", "a² − b² was taken as (a − b)²", "a² − b² = (a − b)(a + b).", "MML 2.2.1", 0.5,
        ("(a - b)*(a + b)", "(a - b)^2", "a^2 - b^2"), ("(a - b)*(a + b)", "(a + b)^2", "a^2 - b^2"),
        given="a: scalar; b: scalar")
pattern("power of a product", "(ab)ᵖ was taken as abᵖ", "(ab)ᵖ = aᵖbᵖ: the power is for every factor.", "MML 5.1.2",
        0.6, ("a^p*b^p", "a*b^p", "(a*b)^p"), ("a^2*b^2", "a*b^2", "(a*b)^2"), ("a^2/b^2", "a^2/b", "(a/b)^2"),
        ("a^2/b^2", "a/b^2", "(a/b)^2"), given=f"{TWO}; p: scalar")
pattern("product of powers", "exponents were multiplied in place of added", "aᵖaᵠ = aᵖ⁺ᵠ, and (aᵖ)ᵠ = aᵖᵠ.",
        "MML 5.1.2", 0.6, ("a^(p + q)", "a^(p*q)", "a^p*a^q"), ("a^(p*q)", "a^(p + q)", "(a^p)^q"),
        given="a: scalar positive; p: scalar; q: scalar")
pattern("fraction of a sum", "a quotient by a sum was taken term by term",
        "(a + b)/c = a/c + b/c, but a/(b + c) is not a/b + a/c.", "MML 5.1.2", 0.5,
        ("a/(b + c)", "a/b + a/c"), ("1/(b + c)", "1/b + 1/c"), ("a/(b - c)", "a/b - a/c"), given=THREE)
pattern("cancelled in a sum", "a factor of one term was cancelled",
        "(ab)/(a + c): a is a factor of the numerator but only a term below; only common factors of the whole cancel.",
        "MML 5.1.2", 0.5, ("a*b/(a + c)", "b/(1 + c)"), ("a*b/(a + c)", "b/c"), ("a/(a + c)", "1/(1 + c)"),
        ("a/(a + c)", "1/c"), ("(a + c)/a", "1 + c"), ("(a + c)/a", "c"), given=THREE)
pattern("taken into a denominator", "what stands beside a fraction was taken into its denominator",
        "a/b + c is not a/(b + c): the reciprocal is of b alone.", "MML 5.1.2", 0.5,
        ("a/b + c", "a/(b + c)"), ("1/b + c", "1/(b + c)"), ("1/b - c", "1/(b - c)"), given=THREE)
pattern("scalar taken into a denominator", "a term was taken into the denominator of another",
        "(1/b + c)x = x/b + c x is not x/(b + c): the reciprocal is of b alone.", "MML 4.2", 0.5,
        ("(1/b + c)*x", "x/(b + c)"), ("(1/b - c)*x", "x/(b - c)"), given="b: scalar; c: scalar; x: n")
pattern("sum of fractions", "numerators and denominators were added",
        "a/b + c/d = (ad + bc)/(bd): fractions need a common denominator.", "MML 5.1.2", 0.5,
        ("(a*d + b*c)/(b*d)", "(a + c)/(b + d)", "a/b + c/d"), ("(a + b)/(a*b)", "1/(a + b)", "1/a + 1/b"),
        ("(a + b)/(a*b)", "2/(a + b)", "1/a + 1/b"), given=f"{THREE}; d: scalar positive")
pattern("double fraction", "a fraction below a fraction was not turned", "a/(b/c) = ac/b.", "MML 5.1.2", 0.6,
        ("a*c/b", "a/(b*c)", "a/(b/c)"), given=THREE)
pattern("logistic of the negative", "σ(−x) was taken as −σ(x)", "σ(−x) = 1 − σ(x): only tanh is odd.", "PRML 4.60", 0.5,
        ("1 - sigmoid(x)", "-sigmoid(x)", "sigmoid(-x)"), ("1 - sigmoid(x)", "sigmoid(x)", "sigmoid(-x)"),
        ("1 - sigmoid(x)", "1 + sigmoid(x)", "sigmoid(-x)"), given="x: scalar")
pattern("tanh and sigmoid", "tanh and the logistic function were exchanged without their scales",
        "tanh(x) = 2σ(2x) − 1.", "PRML 5.1", 0.5, ("2*sigmoid(2*x) - 1", "2*sigmoid(x) - 1", "tanh(x)"),
        ("2*sigmoid(2*x) - 1", "sigmoid(2*x) - 1", "tanh(x)"), given="x: scalar")
pattern("log-sum-exp of a shift", "a constant was taken out of a log-sum-exp as a factor",
        "log Σ exp(xᵢ + c) = c + log Σ exp xᵢ.", "MML 5.1, Boyd 3.1.5", 0.6,
        ("logsumexp(x)", "max(x)"), given="x: n")

_other_base = parts.renamed(("log", "log2"), ("log2", "log"), ("log10", "log"), ("log", "log10"))
edit("log to base 2", "nats were taken for bits, or the reverse",
     "log₂ x = log x/log 2: information in bits has the logarithm to base 2.", "MacKay 2.4", 0.9,
     (TWO, "a*log2(b)", "a*log(b)"),
     lambda place, pool: chain(_other_base(place, pool), numbers.bits_for_nats(place, pool)),
     parts.renamed(("log", "log2"), ("log2", "log")))
edit("logarithm lost", "a logarithm was forgotten", "The logarithm is taken of every factor, of constants too.",
     "PRML 1.2.4", 1.0, (TWO, "a*log(b)", "a*b"), parts.wrapped("log"), parts.unwrapped("log"))
edit("logarithm too much", "there is a logarithm too much", "log eᵃ = a.", "PRML 1.2.4", 1.0,
     ("a: scalar; b: scalar positive", "a*b", "a*log(b)"), parts.unwrapped("log", "log2"), parts.wrapped("log"))
edit("exponential lost", "an exponential was forgotten", "d eᵘ = eᵘ du: the exponential stays.", "MML 5.1.2", 1.0,
     ("a: scalar; b: scalar", "a*exp(b)", "a*b"), parts.wrapped("exp"), parts.unwrapped("exp"))
edit("exponential too much", "there is an exponential too much", "d eᵘ = eᵘ du, and log eᵘ = u.", "MML 5.1.2", 1.0,
     ("a: scalar; b: scalar", "a*b", "a*exp(b)"), parts.unwrapped("exp"), parts.wrapped("exp"))
edit("other function", "one function stands for another", "sin and cos, σ and tanh, max and min are easily exchanged.",
     "MML 5.1.2", 1.0, ("x: n", "mean(x)*2", "sum(x)*2"),
     parts.renamed(("sum", "mean"), ("mean", "sum"), ("sin", "cos"), ("cos", "sin"), ("sinh", "cosh"), ("cosh", "sinh"),
                ("tanh", "sigmoid"), ("sigmoid", "tanh"), ("max", "min"), ("min", "max"), ("relu", "step"),
                ("step", "relu"), ("det", "logdet"), ("logdet", "det"), ("lammax", "lammin"), ("lammin", "lammax"),
                ("sum", "norm1"), ("norm", "norm1"), ("norm1", "norm"), ("tr", "det"), ("tr", "logdet"),
                ("softmax", "logsumexp"), ("abs", "sign"), ("sign", "abs"), ("softplus", "sigmoid")))
edit("absolute value lost", "an absolute value was lost", "√(x²) = |x|, and the Jacobian factor is |dx/dy|.",
     "MML 6.7", 1.0, ("a: scalar; b: scalar", "a*abs(b)", "a*b"), parts.wrapped("abs"), parts.unwrapped("abs"))


def _clash(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield (∑ᵢ a)(∑ᵢ b) for ∑ᵢ ab: each factor with a sum of its own."""
    node = place.node
    if not isinstance(node, Bind) or node.op.name != "Sum" or len(node.args) != 1:
        return
    if name_of(node.body) == "pow":
        yield from edits.fitting("pow", bind("Sum", node.variables, node.body.args[0]), node.body.args[1])
    if name_of(node.body) != "mul":
        return
    factors = node.body.args
    for cut in range(1, len(factors)):
        for left in edits.fitting("mul", *factors[:cut]) if cut > 1 else factors[:1]:
            for right in edits.fitting("mul", *factors[cut:]) if cut < len(factors) - 1 else factors[-1:]:
                parts = [bind("Sum", node.variables, p) if _depends(p, node) else p for p in (left, right)]
                if all(p.shape == q.shape for p, q in zip(parts, (left, right), strict=True)):
                    yield from edits.fitting("mul", *parts)


def _depends(part: Expr, node: Bind) -> bool:
    return bool(free_indices(part) & frozenset(v for v in node.variables if isinstance(v, Index)))


def _joined(place: Place, pool: Pool) -> Iterator[Expr]:
    """Yield ∑ᵢ ab for (∑ᵢ a)(∑ᵢ b)."""
    base = place.node.args[0] if name_of(place.node) == "pow" else place.node
    if isinstance(base, Bind) and base is not place.node and base.op.name == "Sum" and len(base.args) == 1:
        yield bind("Sum", base.variables, base.body ** place.node.args[1])
    if name_of(place.node) != "mul":
        return
    args = place.node.args
    for k, (a, b) in enumerate(pairwise(args)):
        if isinstance(a, Bind) and isinstance(b, Bind) and a.op is b.op and len(a.args) == len(b.args) == 1:
            if name_of(a) == "Sum" and a.variables == b.variables:
                try:
                    yield from edits.fitting(
                        "mul", *args[:k], bind("Sum", a.variables, times(a.body, b.body)), *args[k + 2 :]
                    )
                except UNFIT:
                    continue


edit("sum of products", "a product of sums was taken as a sum of products",
     "(∑ᵢ aᵢ)(∑ⱼ bⱼ) = ∑ᵢ∑ⱼ aᵢbⱼ: each sum has an index of its own, and all pairs appear.", "MML 2.2.1", 0.5,
     ("a: n; b: n", "(∑_i a_i)*(∑_i b_i)", "∑_i a_i b_i"), _clash, _joined)
edit("product of sums", "a sum of products was taken as a product of sums",
     "∑ᵢ aᵢbᵢ has n terms, (∑ᵢ aᵢ)(∑ⱼ bⱼ) has n².", "MML 2.2.1", 0.5,
     ("a: n; b: n", "∑_i a_i b_i", "(∑_i a_i)*(∑_i b_i)"), _joined, _clash)
