"""The vocabulary of the tokenizer: Greek letters, LaTeX commands, superscripts, words that are operators."""

from __future__ import annotations

_ALPHABET = [
    "alpha",
    "α",
    "beta",
    "β",
    "gamma",
    "γ",
    "delta",
    "δ",
    "epsilon",
    "ε",
    "zeta",
    "ζ",
    "eta",
    "η",
    "theta",
    "θ",
    "iota",
    "ι",
    "kappa",
    "κ",
    "lambda",
    "λ",
    "mu",
    "μ",
    "nu",
    "ν",
    "xi",
    "ξ",
    "omicron",
    "ο",
    "pi",
    "π",
    "rho",
    "ρ",
    "sigma",
    "σ",
    "tau",
    "τ",
    "upsilon",
    "υ",
    "phi",
    "φ",
    "chi",
    "χ",
    "psi",
    "ψ",
    "omega",
    "ω",
    "Gamma",
    "Γ",
    "Delta",
    "Δ",
    "Theta",
    "Θ",
    "Lambda",
    "Λ",
    "Xi",
    "Ξ",
    "Pi",
    "Π",
    "Sigma",
    "Σ",
    "Upsilon",
    "Υ",
    "Phi",
    "Φ",
    "Psi",
    "Ψ",
    "Omega",
    "Ω",
    "varepsilon",
    "ε",
    "vartheta",
    "θ",
    "varphi",
    "φ",
    "varrho",
    "ρ",
    "varsigma",
    "σ",
    "ell",
    "ℓ",
]
GREEK: dict[str, str] = dict(zip(_ALPHABET[::2], _ALPHABET[1::2], strict=True))

SUPER: dict[str, str] = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴺᴰᴷᴹ", "0123456789+-()niabcdefghjklmoprstuvwxyzNDKM", strict=True)
)
SUPER |= {"⁄": "/", "ˉ": "-", "∗": "*"}
del SUPER["∗"]
SUB: dict[str, str] = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
DECORATIONS: dict[str, str] = {
    "\u0302": "_hat",
    "\u0304": "_bar",
    "\u0305": "_bar",
    "\u0303": "_tilde",
    "\u0307": "_dot",
}

STYLES = frozenset(
    [
        "mathbf",
        "boldsymbol",
        "bm",
        "mathrm",
        "mathit",
        "mathsf",
        "mathtt",
        "mathcal",
        "mathscr",
        "mathfrak",
        "mathbb",
        "symbf",
        "vec",
        "mathnormal",
    ]
)
WORD_OPS: dict[str, str] = {"in": "∈", "propto": "∝", "succ": "≻", "succeq": "⪰"}
KEYWORDS = frozenset(
    (
        "where",
        "with",
        "let",
        "minimise",
        "minimize",
        "maximise",
        "maximize",
        "over",
        "subject",
        "to",
        "for",
        "all",
        "is",
        "are",
        "row",
        "column",
        "of",
        "and",
        "or",
    )
)
# Kept whole before a bracket, as the words of probability that they are; elsewhere these letters are factors.
WHOLE_WORDS = frozenset(
    (
        "KL", "Pr", "Normal", "Gaussian", "Bern", "Ber", "Bernoulli", "Bin", "Binom", "Binomial", "Geom",
        "Geo", "Geometric", "Poisson", "Poi", "Pois", "Cat", "Categorical", "Unif", "Uniform", "Exp", "Expon",
        "Exponential", "Gam", "Beta", "Dir", "Dirichlet", "Lap", "Laplace", "Cauchy",
    )
)  # fmt: skip
INDEX_LETTERS = frozenset("ijklmnpqrstuvabcdehNKMD")

_COMMANDS = """
cdot op·; times op×; odot op⊙; circ op⊙; otimes op⊗; oslash op./; div op/; ast op*; pm op±; top op⊤; intercal op⊤; prime
op'; dagger op†; star op*; leq op≤; le op≤; geq op≥; ge op≥; neq op≠; ne op≠; approx op≈; sim op~; propto op∝; equiv
op≡; Rightarrow op⇒; implies op⇒; Leftrightarrow op⇔; iff op⇔; coloneqq op:=; to op->; rightarrow op->; mapsto
op->; in op∈; succ op≻; succeq op⪰; prec op≺; preceq op⪯; sum op∑; prod op∏; int op∫; partial op∂; nabla op∇;
mid op|; vert op|; lvert op|; rvert op|; Vert op‖; lVert op‖; rVert op‖; perp op⊥;
triangleq op:=; parallel op‖; indep op⊥; cap op∩; cup op∪; land op∩;
lor op∪; gets op:=; leftarrow op:=; neg op¬; lnot op¬; given op|; lt op<; gt op>; ldots op..;
dots op..; cdots op..; langle open⟨; rangle close⟩; lbrace open{; rbrace close}; frac cmdfrac; dfrac cmdfrac;
tfrac cmdfrac; sqrt cmdsqrt; quad space; qquad space; displaystyle none; textstyle none; nonumber none; limits
none; nolimits none; mathopen none; mathclose none; colon op:; binom cmdbinom; lbrack open[; rbrack close]; st
word st; infty name∞; lim name lim; sup name sup; inf name inf; Pr name Pr; lfloor op?; label cmdlabel;
tag cmdlabel; notag none; mustbe none;
"""
COMMANDS: dict[str, tuple[str, str]] = {}
for _entry in _COMMANDS.replace("\n", " ").split(";"):
    if _entry.strip():
        _name, _rest = _entry.split(None, 1)
        for _kind in ("open", "op", "close", "cmd", "space", "none", "name", "word"):
            if _rest.startswith(_kind):
                _value = _rest[len(_kind) :].strip()
                COMMANDS[_name] = ("" if _kind == "none" else _kind, {"⊤": "ᵀ"}.get(_value, _value))
                break
for _word in [
    "exp",
    "log",
    "ln",
    "sin",
    "cos",
    "tan",
    "tanh",
    "sinh",
    "cosh",
    "arctan",
    "arcsin",
    "arccos",
    "det",
    "max",
    "min",
    "arg",
    "sup",
    "inf",
    "argmax",
    "argmin",
    "tr",
    "rank",
    "diag",
    "softmax",
    "sigmoid",
    "relu",
    "sign",
    "vec",
    "erf",
    "Tr",
    "trace",
]:
    COMMANDS[_word] = ("word", "tr" if _word == "Tr" else _word)
for _mark in ",;:! ":
    COMMANDS[_mark] = ("space", "")
COMMANDS |= {
    "\\": ("op", "\\\\"),
    "|": ("op", "‖"),
    "{": ("open", "{"),
    "}": ("close", "}"),
    "_": ("op", "_"),
    "&": ("op", "&"),
    "%": ("", ""),
    "[": ("", ""),
    "]": ("", ""),
    "(": ("", ""),
    ")": ("", ""),
}
