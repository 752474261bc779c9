"""Words and formulas side by side in ASCII, for terminals that have nothing else."""

from __future__ import annotations

_PLAIN = str.maketrans({
    "−": "-", "∇": "grad ", "²": "^2", "³": "^3", "ᵀ": "'", "⊙": ".*", "‖": "||", "₁": "1", "₂": "2", "⊗": "(x)",
    "⁻": "^-", "¹": "1", "∂": "d", "≤": "<=", "≥": ">=", "–": "-", "𝟏": "1", "Σ": "sum ", "∑": "sum ", "∞": "inf",
    "·": " ", "ᵖ": "^p", "ᵏ": "^k", "√": "sqrt ", "×": "x", "≈": "~", "→": "->", "∈": "in", "ℝ": "R", "ᵘ": "^u",
    "…": "...", "⁺": "^+", "′": "'", "″": "''", "≠": "!=", "⟨": "<", "⟩": ">", "½": "1/2", "∏": "prod ", "⁴": "^4",
    "⊘": "./", "←": "<-", "↔": "<->", "⇒": "=>", "⟂": "perp", "⊥": "perp", "°": " degrees", "±": "+-", "∼": "~",
    "∫": "int ", "é": "e", "ö": "o", "ü": "u", "ï": "i", "“": '"', "”": '"', "’": "'", "∘": " o ",
    "⁰": "^0", "⁵": "^5", "⁶": "^6", "⁷": "^7", "⁸": "^8", "⁹": "^9", "ⁿ": "^n", "⁽": "^(", "⁾": ")", "—": "-",
    "✓": "+", "✗": "x", "⊂": "subset", "∪": "u", "∩": "n", "∅": "{}", "¼": "1/4", "∀": "for all", "⪰": ">=", "≻": ">",
    "ℓ": "l", "ᵗ": "^t", "ᵐ": "^m", "ʲ": "^j", "ⁱ": "^i", "̄": "_mean", "∗": "*", "⊤": "'", "█": "#", "│": "|",
    "⎢": "[", "⎥": "]", "⎦": "]", "⎤": "]", "⎡": "[", "⎣": "[", "ˣ": "^x", "ʰ": "^h", "‴": "'''",
    "ȳ": "y_mean", "ŵ": "w^", "̂": "^", "ₑ": "e", "ᴸ": "L",
})  # fmt: skip
_LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘₚₓₜ", "0123456789ijknmpxt") | {ord("₊"): "+", ord("₋"): "-"}
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip


def plain_ascii(text: str) -> str:
    """Return words and formulas of a display in ASCII (formulas of the answer are written in ASCII already).

    >>> plain_ascii("∇f = 2λ₁x²")
    'grad f = 2lambda1x^2'
    """
    text = text.translate(_PLAIN).translate(_LOW)
    for letter, name in GREEK.items():
        text = text.replace(letter, name)
    return "".join(c if ord(c) < 128 else "?" for c in text)
