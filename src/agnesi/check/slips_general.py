"""Slips that can happen at any place of a line: signs, numbers, terms, factors, brackets, powers, symbols, indices."""

from __future__ import annotations

from fractions import Fraction

from agnesi.check import slip_edits_numbers as numbers
from agnesi.check import slip_edits_parts as parts
from agnesi.check import slip_edits_terms as terms
from agnesi.check.slips import Case, Slip, edit, pattern, slips

HALF = Fraction(1, 2)
ONCE_OR_TWICE = "See what stands there once and what twice: ‖u‖² is uᵀu, and the norm is its root."

edit("sign", "a sign was turned", "A minus in front belongs to the whole term: it is kept, or turned, for all of it.",
     "MML 2.2.1", 1.0, ("X: n×d; w: d; y: n", "X w - y", "X w + y"), numbers.other_sign, numbers.other_sign)
edit("sign of a sum", "the sign of a whole sum was turned", "−(a + b) = −a − b: the minus goes to every term.",
     "MML 2.2.1", 0.95, ("A: n×n; B: n×n", "-(A + B)", "A + B"), numbers.whole_sign, numbers.whole_sign)
pattern("minus before a bracket", "the minus before a bracket reached only its first term",
        "a − (b − c) = a − b + c: the minus turns the sign of every term in the bracket.", "MML 2.2.1", 0.5,
        ("a - b + c", "a - b - c", "a - (b - c)"), ("a - b - c", "a - b + c", "a - (b + c)"),
        ("-a - b", "-a + b", "-(a + b)"), ("-a + b", "-a - b", "-(a - b)"),
        given=("a: scalar; b: scalar; c: scalar", "a: n; b: n; c: n", "a: n×m; b: n×m; c: n×m"))
edit("minus lost in a bracket", "the signs of several terms were turned",
     "a − (b − c − d) = a − b + c + d: the minus turns the sign of every term in the bracket.", "MML 2.2.1", 1.05,
     ("a: scalar; b: scalar; c: scalar", "a - b - c", "a + b + c"), numbers.signs_after, numbers.signs_after)
edit("bracket lost", "a factor before a bracket reached only its first term",
     "a(b + c) = ab + ac: the factor multiplies every term of the bracket.", "MML 2.2.1", 0.9,
     ("λ: scalar; x: n; y: n", "2*λ*(x + y)", "2*λ*x + y"), numbers.into_bracket, numbers.out_of_bracket)
edit("bracket too wide", "a factor of one term was taken in front of the whole sum",
     "Only a factor that all terms share can be taken in front.", "MML 2.2.1", 1.1,
     ("a: scalar; x: n; y: n", "a*x + y", "a*(x + y)"), numbers.out_of_bracket, numbers.into_bracket)

edit("factor on the wrong term", "a factor stands on the wrong term of a sum",
     "x − ηSx = (I − ηS)x: each term of a bracket keeps its own factors.", "MML 2.2.1", 1.0,
     ("a: scalar; x: n; y: n", "x + a*y", "a*x + y"), terms.factor_moved, terms.factor_moved)

edit("factor 2 lost", "the factor 2 was lost",
     "A square gives each product of two different things twice: d(u²) = 2u du, (a + b)² = a² + 2ab + b².", "MML 5.1.2",
     0.9, ("X: n×d; w: d", "2*X'*X*w", "X'*X*w"), numbers.numbers_times(2), numbers.numbers_times(HALF))
edit("factor 2 too much", "there is a factor 2 too much",
     "The factor 2 of the square is taken away by the ½ in front.", "MML 5.1.2", 0.9,
     ("X: n×d; w: d", "X'*X*w", "2*X'*X*w"), numbers.numbers_times(HALF), numbers.numbers_times(2))
edit("coefficient", "a number in front is wrong", "Compare the number with that of the line above.", "MML 2.2.1", 1.1,
     ("X: n×d; w: d", "3*X*w", "4*X*w"), numbers.other_number, numbers.other_number)
edit("coefficients", "the numbers in front of several terms are wrong",
     "Compare the numbers with those of the line above; a vector has coordinates u·b/‖b‖² only in an orthogonal basis.",
     "MML 3.8", 1.7, ("x: n; y: n", "3*x + 5*y", "4*x - 2*y"), numbers.none, numbers.none)
edit("factor 3 or 4", "a factor 3 or 4 was lost or added", "d uᵖ = p uᵖ⁻¹ du: the exponent comes to the front.",
     "MML 5.1.2", 1.5, ("x", "3*x^2", "x^2"), numbers.numbers_times(3, 4, Fraction(1, 3), Fraction(1, 4)),
     numbers.numbers_times(3, 4, Fraction(1, 3), Fraction(1, 4)))
edit("number lost", "a number in front was left behind", "A constant factor stays in every line.", "MML 2.2.1", 1.2,
     ("x: n; y: n", "x'*y", "5*x'*y"), numbers.number_extra)
edit("factor n lost", "the factor n was lost", "A sum of n equal terms is n times the term.", "MML 2.2", 1.0,
     ("x: n; a: scalar", "∑_{i=1}^n (a - x_i)", "a - ∑_{i=1}^n x_i"), numbers.times_sizes, numbers.over_sizes)
edit("1/n lost", "the factor 1/n was lost", "A mean is the sum divided by the number of its terms.", "PRML 1.2.2", 1.0,
     ("x: n", "mean(x)", "∑_{i=1}^n x_i"), numbers.over_sizes, numbers.times_sizes)
edit("n for n − 1", "a count is off by one: n stands for n − 1 or n + 1",
     "With the mean taken from the data, only n − 1 deviations are free: the unbiased variance divides by n − 1.",
     "PRML 1.2.4", 0.9, ("x: n", "∑_{i=1}^n x_i^2/(n - 1)", "∑_{i=1}^n x_i^2/n"), numbers.size_less_one,
     numbers.size_whole)
edit("n − 1 of n lost", "the factor (n − 1)/n is missing",
     "Deviations from the sample mean x̄ are smaller than those from the true mean μ, since x̄ is made from the same "
     "data: E[(xᵢ − x̄)²] = (1 − 1/n)σ².", "PRML 1.2.4", 1.05,
     ("x: n; a: scalar", "∑_{i=1}^n x_i*(n - 1)/n", "∑_{i=1}^n x_i"), numbers.less_one, numbers.less_one)
edit("n − 1 for n", "a count is off by one: n − 1 or n + 1 stands for n",
     "The maximum of the likelihood divides by n; the unbiased variance by n − 1.", "PRML 1.2.4", 0.9,
     ("x: n", "∑_{i=1}^n x_i^2/n", "∑_{i=1}^n x_i^2/(n - 1)"), numbers.size_whole, numbers.size_less_one)

edit("exponent", "an exponent is wrong", "d uᵖ = p uᵖ⁻¹ du, and uᵖ uᵠ = uᵖ⁺ᵠ.", "MML 5.1.2", 1.0,
     ("x: scalar", "3*x^2", "3*x^3"), numbers.other_exponent, numbers.other_exponent)
edit("exponents exchanged", "the exponents of two factors were exchanged",
     "See which exponent belongs to which factor: det(A ⊗ B) = det(A)ⁿ det(B)ᵐ has the size of the other matrix.",
     "Magnus & Neudecker 2.2", 0.95, ("a: scalar positive; b: scalar positive", "a^3*b^5", "a^5*b^3"),
     numbers.exponents_swapped, numbers.exponents_swapped)
edit("square lost", "a square was lost", ONCE_OR_TWICE, "MML 3.1",
     1.0, ("x: n", "‖x‖^2", "‖x‖"), numbers.squared, numbers.unsquared)
edit("square too much", "there is a square too much", ONCE_OR_TWICE,
     "MML 3.1", 1.0, ("a; x: n", "a*‖x‖", "a*‖x‖^2"), numbers.unsquared, numbers.squared)
edit("root lost", "a square root was lost", "The norm is the square root of the sum of squares.", "MML 3.1", 1.1,
     ("x: n", "‖x‖", "x'*x"), numbers.rooted, numbers.unrooted)
edit("root too much", "there is a square root too much", "The squared norm is the sum of squares, without a root.",
     "MML 3.1", 1.0, ("s: scalar positive", "s^3", "√s^3"), numbers.unrooted, numbers.rooted)

edit("term lost", "a term was lost", "Every term of the line above goes on into the next.", "MML 2.2.1", 1.1,
     ("X: n×d; w: d; λ: scalar", "X'*X*w + λ*w", "X'*X*w"), parts.term_missing, parts.term_extra)
edit("term too much", "there is a term too much", "A term has no source in the line above.", "MML 2.2.1", 1.1,
     ("a: scalar; b: scalar; c: scalar", "a + b", "a + b + c"), parts.term_extra)
edit("factor lost", "a factor was lost", "Every factor of the line above goes on into the next.", "MML 2.2.1", 1.2,
     ("X: n×d; Z: n×n; w: d", "X'*Z*X*w", "X'*X*w"), parts.factor_missing,
     parts.factor_extra)
edit("factor too much", "there is a factor too much", "A factor has no source in the line above.", "MML 2.2.1", 1.2,
     ("X: n×d; λ: scalar; w: d", "X*w", "λ*X*w"), parts.factor_extra)
edit("denominator lost", "what it is divided by was lost", "A quotient keeps its denominator in every line.",
     "MML 5.1.2", 1.2, ("a: scalar; b: scalar", "a/b", "a"), parts.divisor_missing, numbers.bottom_lost)
edit("denominator too much", "it is divided by something too much", "A denominator has no source in the line above.",
     "MML 5.1.2", 1.2, ("x: scalar; b: scalar", "x", "x/b"), numbers.bottom_lost)
edit("quotient turned", "a quotient stands upside down", "a/b and b/a are the inverses of each other.", "MML 5.1.2",
     1.0, ("a: scalar; b: scalar", "a/b", "b/a"), numbers.quotient_turned, numbers.quotient_turned)
edit("reciprocal", "multiplied by something in place of divided, or the reverse",
     "Precision and variance, a scale and a rate are the inverses of each other: see which one it is.", "PRML 2.3", 1.1,
     ("β: scalar; w: n", "w'*w/β", "β*w'*w"), numbers.reciprocal, numbers.reciprocal)

edit("complement lost", "p stands for 1 − p", "The probabilities of an event and of its complement add to 1.",
     "MacKay 2.1", 1.05, ("p: scalar; x: scalar", "x*(1 - p)", "x*p"), numbers.complemented, numbers.uncomplemented)
edit("complement too much", "1 − p stands for p", "The probabilities of an event and of its complement add to 1.",
     "MacKay 2.1", 1.05, ("p: scalar; x: scalar", "x*p", "x*(1 - p)"), numbers.uncomplemented, numbers.complemented)
edit("arithmetic", "a number was worked out wrongly", "Work the number out again from the line above.",
     "MML 2.2.1", 1.5, ("", "0.5*0.7", "0.3"), numbers.none)
edit("other symbol", "one symbol stands for another", "Symbols of the same shape are easily exchanged.",
     "MML 2.2", 1.1, ("x: n; y: n; A: n×n", "x'*A*y", "x'*A*x"), parts.other_symbol, parts.other_symbol)
edit("ones for a vector", "a vector stands for the vector of ones",
     "∂(∑ₖ xₖ)/∂xⱼ = 1 for every j: the derivative of a sum is the vector of ones, 1ᵀ.", "MML 5.3", 0.98,
     ("w: n; x: n", "w*ones(n)'*x", "w*w'*x"), parts.ones_for_vector, parts.vector_for_ones)
edit("indices swapped", "the two indices of an entry were exchanged",
     "The first index counts the rows, the second the columns.", "MML 2.2.1", 0.9,
     ("A: n×n; x: n; y: n", "∑_i ∑_j A_ij x_i y_j", "∑_i ∑_j A_ji x_i y_j"), parts.indices_swapped,
     parts.indices_swapped)
edit("other index", "one index stands for another", "An index means the sum that binds it; each sum has its own.",
     "MML 2.2.1", 1.0, ("A: n×n; x: n", "∑_i ∑_j A_ij x_j", "∑_i ∑_j A_ij x_i"), parts.other_index, parts.other_index)
edit("range of a sum", "a sum runs over other indices",
     "See which indices belong to the sum: a boundary or the diagonal is easily counted twice or not at all.",
     "MML 2.2.1", 1.1, ("A: n×n", "∑_{i≤j} A_ij", "∑_{i<j} A_ij"), parts.other_limits, parts.other_limits)

for _name, _words, _why, _cost, _above, _right, _wrong in (
    ("term moved without its sign", "a term was taken to the other side without turning its sign",
     "a + b = c gives a = c − b: the same is taken away on both sides.", 0.5, "2*x + 3 = 7", "2*x = 4", "2*x = 10"),
    ("only one side", "something was done to one side of the equation only",
     "What is taken away or divided on one side is taken away or divided on the other.", 0.7, "2*x + 3 = 7", "2*x = 4",
     "2*x = 7"),
    ("factor taken over", "a factor was not divided out on the other side, but multiplied or subtracted",
     "a x = c gives x = c/a: both sides are divided by a.", 0.55, "3*x = 15", "x = 15/3", "x = 15 - 3"),
    ("not every term divided", "not every term of the other side was divided",
     "a x = b + c gives x = b/a + c/a: every term is divided.", 0.5, "4*x = x^2 + 3",
     "x = (x^2 + 3)/4", "x = x^2 + 3/4"),
    ("one solution of several", "one solution was taken for the only one, or a factor was cancelled that may be zero",
     "x² = 4 has the solutions 2 and −2; AB = AC gives B = C only where A has full column rank.", 0.6, "x^2 = x",
     "x^2 = x", "x = 1"),
):
    slips.add(Slip(_name, _words, _why, "MML 2.1", _cost, (Case("x: scalar; y: scalar", _right, _wrong, _above),),
                   solving=True))

slips.add(Slip(
    "inequality turned round", "the inequality stands the wrong way round",
    "Jensen: f(E[X]) ≤ E[f(X)] for a convex f, and ≥ for a concave one; a minus or a reciprocal turns an inequality.",
    "MML 7.3, MacKay 2.7", 0.6, (Case("x: n", "max(x) ≥ mean(x)", "max(x) ≤ mean(x)"),),
    relations={"le": "ge", "ge": "le", "lt": "gt", "gt": "lt"},
))
slips.add(Slip(
    "strict inequality", "a strict inequality stands where equality can occur",
    "≤ holds with equality at special points; < does not hold there.", "MML 7.3", 0.7,
    (Case("x: n; y: n", "‖x‖^2 ≥ 0", "‖x‖^2 > 0"),), relations={"lt": "le", "gt": "ge"},
))
slips.add(Slip(
    "equality for inequality", "an inequality was taken for an equality",
    "Jensen, Cauchy-Schwarz and the triangle inequality hold with equality in special cases only.", "MML 3.1, 7.3", 1.4,
    (Case("x: n; y: n", "(x'*y)^2 ≤ ‖x‖^2*‖y‖^2", "(x'*y)^2 = ‖x‖^2*‖y‖^2"),), relations={"eq": "le"},
))
slips.add(Slip(
    "equality for the other inequality", "an inequality (≥) was taken for an equality",
    "Jensen, Cauchy-Schwarz and the triangle inequality hold with equality in special cases only.", "MML 3.1, 7.3", 1.4,
    (Case("x: scalar", "exp(x) ≥ 1 + x", "exp(x) = 1 + x"),), relations={"eq": "ge"},
))
