"""Translate between the books: letters, layouts of gradients, indices and matrices."""

from __future__ import annotations

from random import Random

from agnesi.dialects import dialects
from agnesi.exercises.drawing import derivation, distinct, integer, put, slope_of
from agnesi.exercises.made_wrong import slips_of_derivative
from agnesi.exercises.record import Family, Formula, Instance, Planted

_BOOKS = ("mml", "prml", "esl", "matcalc", "itila")
_NAMES = {
    "mml": "Mathematics for Machine Learning",
    "prml": "PRML",
    "esl": "ESL",
    "matcalc": "The Matrix Calculus",
    "itila": "MacKay’s ITILA",
}
_MODELS = {  # in the letters D (features), w (weights), t (targets), by level
    1: ("‖t − D w‖²", "{a}‖D w − t‖²", "(t − D w)ᵀ(t − D w)", "tᵀD w + {a} wᵀw"),
    2: ("‖t − D w‖² + {a} wᵀw", "{a} tᵀ(t − D w)", "wᵀDᵀD w − {a} tᵀD w", "‖D w‖² + {a}‖w − Dᵀt‖²"),
    3: (
        "‖t − D w‖² + {a}‖Dᵀt‖² − wᵀw",
        "(t − D w)ᵀ(t − {a}D w)",
        "wᵀ(DᵀD + {a}I) w − 2tᵀD w",
        "sum(exp(D w)) − {a} tᵀD w",
    ),
}


def _letters(rng: Random, level: int) -> Instance:
    """Draw a loss in the letters of one book; write it in those of another."""
    home, other = rng.sample(_BOOKS, 2)
    while _names(home) == _names(other):
        home, other = rng.sample(_BOOKS, 2)
    f = rng.choice(_MODELS[level]).replace("{a}", str(integer(rng, 2, 6)))
    asked, wanted = _spelt(f, home), _spelt(f, other)
    D, w, t = _names(other)
    given = f"{D}: N×M; {w}: M; {t}: N; E({w}) = {wanted}"
    had = _names(home)
    told = ", ".join(
        f"${a}$ for the {role}" for a, role in zip(_names(other), ("features", "weights", "targets"), strict=True)
    )
    slips = [
        Planted(
            f"{integer(rng, 2, 3)}({wanted}) − {t}ᵀ{t}",
            "formula changed",
            "the formula was changed, not only its letters",
            "To translate, put the other book’s letter for each letter; nothing else changes.",
        )
    ]
    others = [(mine, yours) for mine, yours in zip(_names(other), had, strict=True) if mine != yours]
    mine, yours = others[-1]
    slips.append(
        Planted(
            wanted.replace(mine, yours),
            "letter left over",
            "a letter of the other book was left",
            f"In {_NAMES[other]}: {told.replace('$', '')}.",
        )
    )
    steps = (
        (f"{_NAMES[home]} writes {had[0]} for the features, {had[1]} for the weights, {had[2]} for the targets", asked),
        (f"{_NAMES[other]} writes {D}, {w} and {t}", wanted),
    )
    return Instance(
        f"In the letters of {_NAMES[home]} a loss is $E = {asked}$. Write it in those of {_NAMES[other]}: {told}.",
        Formula(f"E({w})", wanted),
        f"a formula in ${D}$, ${w}$ and ${t}$",
        given,
        slips=distinct(wanted, slips),
        work=lambda: steps,
    )


def _names(book: str) -> tuple[str, str, str]:
    record = dialects[book]
    return record.letter("features"), record.letter("weights"), record.letter("targets")


def _spelt(text: str, book: str) -> str:
    D, w, t = _names(book)
    return (
        text.replace("D", "¹").replace("w", "²¹").replace("t", "³¹").replace("²¹", w).replace("³¹", t).replace("¹", D)
    )


_GRADIENTS = {  # declarations, function, by level
    1: (
        ("a: n; w: n", "{k} aᵀw"),
        ("w: n", "{k} wᵀw"),
        ("a: n; w: n", "(aᵀw)² + {k}"),
        ("a: n; w: n", "wᵀw − {k} aᵀw"),
    ),
    2: (
        ("X: N×n; y: N; w: n", "‖X w − y‖² + {k}"),
        ("A: n×n; w: n", "{k} wᵀA w"),
        ("X: N×n; y: N; w: n", "{k} yᵀX w"),
        ("X: N×n; y: N; w: n", "{k}‖y − X w‖²"),
    ),
    3: (
        ("X: N×n; y: N; w: n; λ: scalar", "‖X w − y‖² + {k}λ wᵀw"),
        ("A: n×n; a: n; w: n", "wᵀA w + {k} aᵀw"),
        ("X: N×n; w: n", "sum(exp({k}X w))"),
        ("X: N×n; y: N; w: n", "sum(tanh(X w)) − {k} yᵀX w"),
    ),
}


def _layout(rng: Random, level: int) -> Instance:
    """Draw a gradient that one book writes as a row; write it as a column, or the reverse."""
    head, f = rng.choice(_GRADIENTS[level])
    f = f.replace("{k}", str(integer(rng, 2, 9)))
    text = f"{head}; {f}"
    column = slope_of(text, "w")
    row = put(f"({column})ᵀ", (), head)
    slips = [
        Planted(row, "row for column", "it was left as a row", "A column has the shape of w; a row is its transpose."),
        *slips_of_derivative(text, "w", 2),
    ]
    return Instance(
        f"Where a gradient is a row (as in MML and in The Matrix Calculus), $∂f/∂w = {row}$ for $f(w) = {f}$. "
        f"Write it as it is where "
        "a gradient is a column (as in PRML).",
        Formula("∇f(w)", column, (text, "w"), layout="row for column"),
        "a column: a formula with the shape of w",
        f"{head}; f(w) = {f}",
        slips=distinct(column, slips),
        work=derivation(text, "w"),
    )


_INDICES = {  # declarations, sums over indices, the same with matrices: by level
    1: (
        ("∑ᵢ {k} xᵢ yᵢ", "{k} xᵀy"),
        ("{k} + ∑ᵢ xᵢ²", "xᵀx + {k}"),
        ("{k} + ∑ᵢ Aᵢᵢ", "tr(A) + {k}"),
        ("{k} ∑ᵢ xᵢ", "{k} sum(x)"),
        ("{k} ∑ᵢ yᵢ² − ∑ᵢ xᵢ", "{k}‖y‖² − sum(x)"),
        ("∑ᵢ {k} xᵢ (xᵢ + yᵢ)", "{k} xᵀx + {k} xᵀy"),
        ("{k} ∑ᵢ Bᵢᵢ − ∑ᵢ xᵢ yᵢ", "{k} tr(B) − xᵀy"),
        ("{k} ∑ᵢ ∑ⱼ Aᵢⱼ", "{k} sum(A)"),
    ),
    2: (
        ("∑ᵢ ∑ⱼ {k} xᵢ Aᵢⱼ yⱼ", "{k} xᵀA y"),
        ("∑ᵢ ∑ⱼ {k} yᵢ Aⱼᵢ xⱼ", "{k} yᵀAᵀx"),
        ("{k} + ∑ᵢ ∑ⱼ Aᵢⱼ Bᵢⱼ", "tr(AᵀB) + {k}"),
        ("∑ᵢ ∑ⱼ {k} Aᵢⱼ Bⱼᵢ", "{k} tr(A B)"),
        ("∑ᵢ ∑ⱼ {k} Aᵢⱼ xᵢ xⱼ", "{k} xᵀA x"),
        ("∑ᵢ ∑ⱼ {k} xⱼ Aᵢⱼ yᵢ", "{k} yᵀA x"),
        ("∑ᵢ ∑ⱼ {k} Aᵢⱼ²", "{k} tr(AᵀA)"),
        ("∑ᵢ ∑ⱼ {k} Bᵢⱼ xⱼ", "{k} sum(B x)"),
        ("∑ᵢ ∑ⱼ (Aᵢⱼ + {k}Bᵢⱼ) xᵢ yⱼ", "xᵀ(A + {k}B) y"),
    ),
    3: (
        ("∑ᵢ ∑ⱼ ∑ₖ {k} xᵢ Aᵢⱼ Bⱼₖ yₖ", "{k} xᵀA B y"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} Aᵢⱼ Bⱼₖ Aₖᵢ", "{k} tr(A B A)"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} xᵢ Aⱼᵢ Bⱼₖ yₖ", "{k} xᵀAᵀB y"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} Aⱼᵢ xᵢ Bⱼₖ yₖ", "{k} xᵀAᵀB y"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} yᵢ Bᵢⱼ Aₖⱼ xₖ", "{k} yᵀB Aᵀx"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} Aᵢⱼ Aₖⱼ Bᵢₖ", "{k} tr(A AᵀBᵀ)"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} Aᵢⱼ xⱼ Aᵢₖ xₖ", "{k}‖A x‖²"),
        ("∑ᵢ ∑ⱼ ∑ₖ {k} Bᵢⱼ yⱼ Aᵢₖ xₖ", "{k} yᵀBᵀA x"),
    ),
}
_HEAD = "x: n; y: n; A: n×n; B: n×n"
_TURN = (
    ("A y", "Aᵀy", "transpose too much"),
    ("Aᵀx", "A x", "transpose lost"),
    ("AᵀB", "A B", "transpose lost"),
    ("A B A", "A Bᵀ A", "transpose too much"),
    ("A B y", "B A y", "factors swapped"),
    ("xᵀy", "sum(x)", "factor lost"),
    ("xᵀx", "sum(x)", "square lost"),
    ("tr(A)", "sum(A)", "trace lost"),
    ("sum(A)", "tr(A)", "trace for a sum"),
    ("tr(AᵀA)", "tr(A A)", "transpose lost"),
    ("yᵀA x", "xᵀA y", "transposed as a whole"),
    ("B x", "Bᵀx", "transpose too much"),
    ("xᵀ(A +", "xᵀ(Aᵀ +", "transpose too much"),
    ("B Aᵀx", "B A x", "transpose lost"),
    ("A AᵀBᵀ", "A A Bᵀ", "transpose lost"),
    ("BᵀA x", "B A x", "transpose lost"),
    ("‖A x‖²", "‖A x‖", "square lost"),
    ("sum(x)", "xᵀx", "square too much"),
)


_WORDS = {"trace for a sum": "the trace was taken, which adds the diagonal only"}


def _indices(rng: Random, level: int) -> Instance:
    """Draw sums over indices; write them with vectors and matrices."""
    sums, matrices = rng.choice(_INDICES[level])
    k = str(integer(rng, 2, 9))
    sums, matrices = sums.replace("{k}", k), matrices.replace("{k}", k)
    slips = []
    for old, new, slip in _TURN:
        if old in matrices:
            slips.append(Planted(matrices.replace(old, new), slip, _WORDS.get(slip, "")))
    if not slips or "tr(A B)" in matrices:
        slips.append(Planted(matrices.replace("tr(A B)", "tr(AᵀB)"), "transpose too much"))
    slips.append(Planted(matrices.replace(k, str(int(k) + 1)), "coefficient"))
    steps = (
        (
            "Look at each index: is it that of a row or of a column? An index that stands twice and is summed makes "
            "a product, an inner product, or a trace",
            "",
        ),
        ("The index of a column meets that of a row: Aᵢⱼ xⱼ is an entry of A x, Aⱼᵢ xⱼ one of Aᵀx", matrices),
    )
    return Instance(
        f"For $x, y ∈ ℝⁿ$ and $A, B ∈ ℝⁿˣⁿ$, write ${sums}$ without sums and indices.",
        Formula(sums, matrices, bare=("Sum",)),
        "a formula with vectors and matrices, such as xᵀA y or tr(A B)",
        _HEAD,
        slips=distinct(matrices, slips),
        work=lambda: steps,
    )


FAMILIES = (
    Family(
        "matcalc-letters",
        "Translate letters between books",
        "translate",
        ("loss-grad", "least-squares"),
        _letters,
        where=(("matcalc", "9"), ("prml", "3.1"), ("esl", "3.2")),
    ),
    Family(
        "matcalc-layout",
        "Rows and columns: two layouts of a gradient",
        "translate",
        ("gradient", "jacobian"),
        _layout,
        where=(("matcalc", "4.1"), ("mml", "5.2")),
    ),
    Family(
        "impla-indices",
        "From indices to matrices",
        "translate",
        ("einstein-sum", "matrix"),
        _indices,
        where=(("impla", "4"),),
    ),
)
