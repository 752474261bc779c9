"""f ≈ polynomial: the error must fall faster than the terms that are written, or a term is wrong."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right, left_open

RIGHT = [
    "cos x ≈ 1 - x²/2", r"$\frac1{1-x-y}\approx1+x+y+x^2+2xy+y^2$", r"$\ln(1+x+2y)\approx x+2y-\frac12(x+2y)^2$",
    "for small h: e^h ≈ 1 + h", "for small h: (1+h)^n ≈ 1 + n h", "for small θ, tan θ ≈ θ ≈ sin θ",
    "X : n×n\nfor small ε: (I + εX)⁻¹ ≈ I - εX", "for small x, sin(x)/x ≈ 1 - x²/6",
]
WRONG = ["for small h: e^h ≈ 1 + 2h", "for small h: e^h ≈ 1 + h + h²", "for small x: cos x ≈ 1 - x²"]
OPEN = ["e^x ≈ 1 + 2x", "cos x ≈ 1 + x²/2", r"$\frac1{1-x-y}\approx1+x+y+x^2+xy+y^2$", "x ≈ y", "n! ≈ n",
        "for small ε, (a+ε)(b+δ) ≈ ab + aδ + bε"]  # that x is small, or δ, is not said

test_right = each(RIGHT, judged_right)
test_wrong = each([(text.count("\n") + 1, text) for text in WRONG], first_wrong)
test_open = each(OPEN, left_open)
