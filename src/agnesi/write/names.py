"""Letters: Greek in its three spellings, superscript digits, and the parts of a symbol's name."""

from __future__ import annotations

from agnesi.expr.operation import Operation

GREEK: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ℓ": "ell", "ϕ": "varphi", "ϵ": "varepsilon",
}
SUPERSCRIPTS = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
FROM_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
LABELS = str.maketrans("0123456789+-abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
SIZE_SUPERSCRIPTS = str.maketrans(
    "0123456789abcdefghijklmnoprstuvwxyzDKMN×", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴰᴷᴹᴺˣ"
)


def function_word(op: Operation) -> str:
    """Return the word of a function, as the reader knows it: diag is read both ways, by the shape of its argument."""
    return "diag" if op.name == "diagonal" else op.names[0] if op.names else op.name


def split_name(name: str) -> tuple[str, str]:
    """Return the letter (or word) of a name and its subscript: `w_1` is (w, 1), `x₀` is (x, 0), `c_` is (c_, "")."""
    head, bar, tail = name.partition("_")
    if bar and head and tail:
        return head, tail.strip("{}")
    base = name.rstrip("₀₁₂₃₄₅₆₇₈₉")
    if base and base != name:
        return base, name[len(base) :].translate(FROM_SUBSCRIPTS)
    return name, ""


def is_letter(name: str) -> bool:
    """Tell whether a name is one letter, which stands beside its neighbours without a space."""
    return len(name) == 1 and name.isalpha()


def ascii_name(name: str) -> str:
    """Return a name in ASCII, with Greek letters spelled out."""
    head, label = split_label(name)
    letters = "".join(GREEK.get(c, c) for c in head).translate(FROM_SUBSCRIPTS)
    return f"{letters}^{{({label})}}" if label else letters


def split_label(name: str) -> tuple[str, str]:
    """Return a name and the label in its superscript: `W_(1)` is W⁽¹⁾, so (W, 1)."""
    head, bar, tail = name.partition("_(")
    return (head, tail[:-1]) if bar and head and tail.endswith(")") else (name, "")


def raised_label(label: str) -> str:
    """Return a label as a superscript: ⁽¹⁾, or ^{(q)} where Unicode lacks a letter."""
    shown = label.translate(LABELS)
    return f"⁽{shown}⁾" if all(a != b for a, b in zip(label, shown, strict=True)) else f"^{{({label})}}"
