"""Numbers with a power of ten behind them are rounded as they are written."""

from __future__ import annotations

from judged_texts import each, first_wrong, judged_right

RIGHT = ["8!·4!/13! = 1.554 × 10⁻⁴", "0.5^10 = 9.77×10^{-4}", "0.5^10 = 9.8×10^{-4}", "-1/3000 = -3.3 × 10^{-4}"]
WRONG = ["0.5^10 = 9.87×10^{-4}", "0.5^10 = 9.7×10^{-4}", "1/490 = 2×10^{-3}", "2×10^{-3} = 0.0021"]

test_rounded_rightly = each(RIGHT, judged_right)
test_rounded_wrongly = each([(1, text) for text in WRONG], first_wrong)
