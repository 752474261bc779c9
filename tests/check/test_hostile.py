"""Hostile texts: each ends with a report in bounded time and memory, and no verdict is wrong.

Each is checked in a process of its own that is stopped after `LIMIT` seconds and may hold `MEMORY` bytes more than it
starts with. Nothing is timed more finely here: benchmarks are for that.
"""

import json
import subprocess
import sys

import pytest

LIMIT = 60  # seconds until a process is stopped
MEMORY = 2 << 30  # bytes of address space above what the process has when Agnesi is imported

RUN = r"""
import json, resource, sys, time
import agnesi
from agnesi.errors import AgnesiError
text = json.load(sys.stdin)
pages = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() if sys.platform == "linux" else 0
if pages:
    resource.setrlimit(resource.RLIMIT_AS, (pages + int(sys.argv[1]), -1))
begun = time.perf_counter()
try:
    report = agnesi.check(text)
    why = ["" if s.evidence is None else str(s.evidence) for s in report.statements]
    said = [(s.role, s.line, s.verdict, w, s.note) for s, w in zip(report.statements, why, strict=True)]
    shown = len(str(report))
except AgnesiError as error:
    said, shown = [("error", 0, None, str(error), type(error).__name__)], 1
print(json.dumps({
    "said": said, "shown": shown, "seconds": time.perf_counter() - begun,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""

SQUARE = "A, B : n×n"
LETTERS = [f"{a}_{{{k}}}" for a in "abcdefghpqrstuvw" for k in range(1, 14)][:200]

# What may be said of each: verdicts that are right, and "not read".
UNREAD, HELD, WRONG = {"not read"}, {"proved", "tested", "not read"}, {"refuted", "not read"}
CASES = {
    # long and deep
    "20,000 characters, true": ("+".join(["x"] * 10_000) + " = 10000 x", HELD),
    "20,000 characters, false": ("+".join(["x"] * 10_000) + " = 10001 x", WRONG),
    "a product of 2,000": ("tr(" + "A " * 2_000 + ") = tr(A)", WRONG),
    "a name of 20,000 letters": ("q" * 20_000 + " = 1", {None, "not read", "refuted"}),
    "brackets 5,000 deep": ("x : scalar; " + "(" * 5_000 + "x" + ")" * 5_000 + " = x", HELD),
    "brackets 5,000 deep, unclosed": ("(" * 5_000 + "x = x", UNREAD | {None}),
    "exp 2,000 deep": ("exp(" * 2_000 + "x" + ")" * 2_000 + " = x", WRONG),
    "transposes 5,000 deep": (f"{SQUARE}; " + "(" * 5_000 + "A" + ")ᵀ" * 5_000 + " = A", HELD),
    "fractions 300 deep": (r"\frac{1}{1 + " * 300 + "x" + "}" * 300 + " = x", WRONG),
    "500 lines, all true": (f"{SQUARE}\ntr(A B)\n" + "= tr(B A)\n= tr(A B)\n" * 250, HELD | {None}),
    "500 lines, all unread": ("x + = y (\n" * 500, UNREAD | {None}),
    "200 symbols, true": (" + ".join(LETTERS) + " = " + " + ".join(LETTERS[::-1]), HELD),
    "200 symbols, false": (" + ".join(LETTERS) + " = " + " + ".join(LETTERS[:-1]), WRONG | {None}),
    "a chain of 300": ("x : scalar; " + " = ".join(["x + 1 − 1"] * 300), HELD),
    # large
    "sums over sums over sums": ("∑_{i=1}^{300} ∑_{j=1}^{300} ∑_{k=1}^{300} ∑_{l=1}^{300} i j k l = 1", WRONG),
    "sums over sums, symbolic": ("∑_{i=1}^n ∑_{j=1}^n ∑_{k=1}^n ∑_{l=1}^n i j k l = (n(n+1)/2)^4", HELD),
    "a sum to 10^12": ("∑_{i=1}^{1000000000000} 1/i^2 = π^2/6", HELD | WRONG),
    "a product to 10^9": ("∏_{i=1}^{1000000000} (1 + 1/i) = 1000000001", HELD),
    "sizes of 100,000": ("A : 100000×100000; x : 100000\nA x = Aᵀ x", WRONG),
    "a Kronecker product of large ones": ("A : 3000×3000; B : 3000×3000\nA ⊗ B = B ⊗ A", WRONG),
    "a power tower": ("x : scalar; x > 1\nx^x^x^x = x^(x^3)", WRONG),
    "a factorial of a factorial": ("Γ(Γ(Γ(20))) = 1", WRONG),
    "a power of a matrix": (f"{SQUARE}; A^1000000 = A", WRONG),
    "a matrix exponential": (f"{SQUARE}; expm(10^6 A) = I + 10^6 A", WRONG),
    "a determinant of a power": (f"{SQUARE}; det(A^50) = 50 det(A)", WRONG),
    "a binomial expanded": ("(a + b + c + d)^60 = a^60 + b^60 + c^60 + d^60", WRONG),
    "a binomial expanded, true": ("(a + b)^2 (a + b)^58 = (a + b)^60", HELD),
    # numbers that are none
    "1e400": ("1e400 = 1e401", WRONG),
    "1e400, the same": ("1e400 + x = x + 1e400", HELD),
    "zero over zero": ("0/0 = 1", WRONG),
    "zero over zero, the same": ("0/0 = 0/0", HELD | WRONG),
    "one over nought": ("1/(x − x) = 2/(x − x)", WRONG),
    "an inverse of nought": (f"{SQUARE}; (A − A)⁻¹ = I", WRONG),
    "infinities": ("x : scalar; ∞ − ∞ = 0", WRONG | {None}),
    "cancellation": ("x : scalar; (x + 10^30) − 10^30 = x", HELD),
    "tiny": ("x : scalar; x + 10^-300 = x", WRONG),
    # no points
    "nowhere defined": ("x : scalar; log(−1 − x²) = 1", UNREAD),
    "nowhere defined, an inequality": ("x : scalar; log(−1 − x²) ≥ 0", UNREAD),
    "contradicting conditions": ("x : scalar; x > 0; x < 0\nx = x + 1", HELD | WRONG),
    "contradicting equations": ("x : scalar\nx = 1 and x = 2 ⇒ x = 3", HELD | {None}),
    "a root of a negative": ("x : scalar; √(−1 − x²) = 0", UNREAD),
    # without a value
    "a limit that does not exist": ("lim_{x→0} sin(1/x) = 0", UNREAD | {"refuted"}),
    "a limit that is infinite": ("lim_{x→0} 1/x² = 1", WRONG),
    "an integral that diverges": ("∫_1^∞ 1/x dx = 1", WRONG),
    "an integral over a pole": ("∫_{-1}^1 1/x² dx = −2", WRONG),
    "an oscillating integral": ("∫_0^∞ sin(x) dx = 1", UNREAD | {"refuted"}),
    "a series that diverges": ("∑_{k=1}^∞ 1/k = 1", WRONG),
    "an alternating series": ("∑_{k=0}^∞ (−1)^k = 1/2", UNREAD | {"refuted"}),
    # definitions
    "circular definitions": ("f(x) = g(x) + 1\ng(x) = f(x) − 1\nf(x) = f(x) + 1", WRONG | {None, "proved", "tested"}),
    "a function of itself": ("f(x) = f(f(x)) + 1\nf(1) = 2", WRONG | {None}),
    "an Ackermann-like definition": ("A(m, n) = A(m − 1, A(m, n − 1))\nA(4, 4) = 5", WRONG | {None}),
    "definitions that double": (
        "f_0(x) = x + x\n" + "".join(f"f_{{{k}}}(x) = f_{{{k - 1}}}(f_{{{k - 1}}}(x))\n" for k in range(1, 12))
        + "f_{11}(1) = 1", WRONG | {None},
    ),
    "definitions chained": ("".join(f"a_{{{k + 1}}} = 2 a_{{{k}}}\n" for k in range(100)), UNREAD | {None} | HELD),
    # powers, towers, and sums that take long
    "a tower of numbers": ("10^(10^(10^(10^10))) = 10^(10^(10^(10^11)))", WRONG),
    "a tower of twos": ("2^(2^(2^(2^(2^2)))) = 1", WRONG),
    "a long number": ("3^{1000000} = 3^{1000001}", WRONG),
    "a power of large matrices": (f"{SQUARE}; det(A^{{30}} + B^{{30}}) = det(A)^{{30}} + det(B)^{{30}}", WRONG),
    "a Kronecker power": ("x : n\ny : n\n" + " ⊗ ".join(["x"] * 12) + " = " + " ⊗ ".join(["y"] * 12), WRONG | {None}),
    "integrals in a sum": ("∑_{i=1}^{200} ∫_0^1 x^i sin(i x) dx = 1", WRONG),
    "series of series": ("x : scalar\n∑_{k=1}^∞ ∑_{j=1}^∞ 1/(k^2 j^3 + x^2) = 2", WRONG | {None}),
    "an optimum over a matrix": ("A : 4×4, symmetric\nmax_{X : 4×4} tr(A X) − ‖X‖_F^4 = 1", WRONG | {None}),
    "many trials": ("X ~ Binomial(1000000, 1/2)\nE[X] = 500000", HELD | {None}),
    "a large rate": ("X ~ Poisson(100000)\nVar[X] = 100000", HELD | {None}),
    "functions with braces": (
        "g_0(x) = x^2 + 1\n" + "".join(f"g_{{{k}}}(x) = g_{{{k - 1}}}(x)^2 + 1\n" for k in range(1, 60)), {None},
    ),
    "relations without sides": ("= " * 20_000, UNREAD | {None}),
    # junk
    "nothing": ("", {None}),
    "blank": (" \n\t\n ", {None}),
    "NUL": ("x = x\0 + 1\0", WRONG | {None}),
    "control characters": ("\x01\x02 = \x1b[31m x", UNREAD | {None}),
    "unicode junk": ("𝔛̸̡̢̛ ☃ = 🦄 ⊗ ‮x‬ ﷽ ∰∰", UNREAD | {None}),
    "lone surrogate": ("x = \ud800", UNREAD | {None}),
    "combining marks": ("x" + "\u0301" * 5_000 + " = x", UNREAD | {None, "refuted", "proved"}),
    "relations only": ("= = ≤ ≥ ⇒ = ∝ ≈", UNREAD | {None}),
    "operators only": ("+ − ⊙ ⊗ ᵀ ⁻¹ ∇ ∂", UNREAD | {None}),
    "big operators only": ("∑∑∑∏∏∫∫ = ∫∫∑", UNREAD | {None}),
    "100,000 spaces": ("x =" + " " * 100_000 + "x", HELD),
    "superscripts": ("x" + "²" * 3_000 + " = x", WRONG),
    "primes": ("f" + "'" * 3_000 + "(x) = 0", WRONG | {None}),
    "LaTeX that expands": (
        r"\newcommand{\a}{x x x x}" + "".join(rf"\newcommand{{\{chr(98 + k)}}}{{{chr(92)}{chr(97 + k)} "
        rf"{chr(92)}{chr(97 + k)} {chr(92)}{chr(97 + k)} {chr(92)}{chr(97 + k)}}}" for k in range(20)) + r" $\u = x$",
        WRONG | {None},
    ),
    "LaTeX that calls itself": (r"\newcommand{\a}{\a \a} $\a = 1$", UNREAD | {None}),
    "prose for ever": ("so that we have then " * 3_000 + "x = x + 1", WRONG | {None}),
    "markup": ("<script>alert(1)</script> = x", UNREAD | {None, "refuted"}),
    "python": ("__import__('os').system('true') = 0", UNREAD | {None, "refuted"}),
}  # fmt: skip


def outcome(text):
    """What checking a text gives, in a process of its own."""
    found = subprocess.run(
        [sys.executable, "-c", RUN, str(MEMORY)], input=json.dumps(text), capture_output=True, text=True, timeout=LIMIT,
        encoding="utf-8",
    )
    assert found.returncode == 0, found.stderr[-2000:]
    return json.loads(found.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_hostile(name):
    text, allowed = CASES[name]
    found = outcome(text)
    assert found["shown"] > 0
    for role, line, verdict, evidence, note in found["said"]:
        assert verdict in allowed | {None}, (role, line, verdict, evidence)
        assert verdict is None or evidence or note, f"line {line} names no reason"
    assert None in allowed or any(v is not None for _, _, v, _, _ in found["said"]) or found["said"][0][0] == "error", (
        f"nothing was judged, and nothing says why: {found['said'][:3]}"
    )
