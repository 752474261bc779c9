r"""Ways of LaTeX that say the same: \mathrm{d}x and {\rm d}x for dx, \iint for \int\int, {\bf x} for \mathbf{x}."""

from __future__ import annotations

import re

from agnesi.read.vector_marks import with_vectors_apart
from agnesi.read.words import GREEK

_SWITCH = re.compile(r"\{\s*\\(rm|bf|it|sf|cal|tt)(?![A-Za-z])\s*([^{}\n]{1,40})\}")
_STYLE = {"rm": "mathrm", "bf": "mathbf", "it": "mathit", "sf": "mathsf", "cal": "mathcal", "tt": "mathtt"}
_DIFFERENTIAL = re.compile(
    r"(?P<before>[A-Za-z\d]?)(?:\\mathop\{\}\\!\s*(?:d|\\mathrm\{d\})"
    r"|\\(?:mathrm|operatorname|textrm|text|mathsf|mathit|mathop|textup|symup)\s*(?:\{\s*d\s*\}|\s+d)"
    r"|\\(?:dd|diff|differential|dif)(?![A-Za-z]))"
    r"(?P<gap>[ \t]*)(?:\\(?:mathbf|boldsymbol|bm|mathrm)\s*\{(?P<bold>\\?[A-Za-z]+)\}|(?P<after>\\?[A-Za-zΑ-ω^{]*))"
)
_BRACED = re.compile(r"\\(?:dd|diff|differential|dif)\s*\{(\\?[A-Za-z]+)\}")  # of the package physics
_DERIVATIVE = re.compile(
    r"\\(p?)dv\s*(?:\[(\d|[a-z])\])?\s*\{([^{}]{1,40})\}\s*\{(\\?\w+)\}(?:\{(\\?\w+)\})?"
)
_SEVERAL = re.compile(r"\\(i{2,4})nt(?![A-Za-z])|\\(oint)(?![A-Za-z])")
_OVER = re.compile(r"(?<![A-Za-z\\^_])d\\([a-z]+)(?![A-Za-z])")
_APART = re.compile(r"(?P<before>\\[,;:!]\s*|\\frac\s*\{\s*)d[ \t]+(?P<of>\\[a-z]+|[A-Za-z])(?![A-Za-z])")  # f\,d x
_TOTAL = re.compile(r"(?<![A-Za-z\\{])d[A-Za-z](?=\s*=)")  # dV = ...
_UNDER = re.compile(r"\\(sum|prod|max|min|sup|inf)\s*_\s?([A-Za-z])(?=[A-Za-z])")  # \sum_xp(x): over x
_NOTHING = re.compile(r"\\(?:limits|nolimits|displaystyle|textstyle|scriptstyle|displaylimits)(?![A-Za-z])")

_UNBRACED = re.compile(  # \frac1Lg is \frac{1}{L} g, \frac L2 is \frac{L}{2}
    r"\\(?P<kind>[dtc]?frac)(?:(?P<above>\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\d))\s*(?P<below>[A-Za-z])(?=[A-Za-z])"
    r"|\s+(?P<letter>[A-Za-z])\s*(?P<under>[A-Za-z\d]))"
)
_GREEK = re.compile(  # \frac\pi4, \frac\varepsilon2, \frac1\pi, \frac{1}\lambda
    r"\\(?P<kind>[dtc]?frac)\s*(?P<above>\\[A-Za-z]+|[A-Za-z\d](?=\s*\\)|\{(?:[^{}]|\{[^{}]*\})*\}(?=\s*\\))"
    r"\s*(?P<below>\\[A-Za-z]+|[A-Za-z\d]|\{(?:[^{}]|\{[^{}]*\})*\})"
)
_INVERTED = re.compile(  # S^{-1} \eqqcolon Λ = αI + XᵀX names S and what it is the inverse of
    r"(?P<name>(?<![\w\\}])[A-Z])\s*\^\s*\{\s*-\s*1\s*\}\s*\\eqqcolon(?![A-Za-z])\s*(?P<of>\\?[A-Za-z]+)\s*="
    r"(?P<is>[^=,$&\n]+?)(?=\s*(?:,|\$|&|\n|\\q?quad|\.\s*(?:\$|\n)|\Z))"
)
_NAMED_AFTER = re.compile(r"\\(?:eqq?colon)(?![A-Za-z])")
_BIT = re.compile(r"\\[dt]?frac\s*\{\s*d\s*([Hh]_\{?[2b]\}?)\s*\}\s*\{\s*d\s*([a-z])\s*\}")  # of H_2(p)
_NEARLY = re.compile(r"\\(?:simeq|approxeq|thickapprox)(?![A-Za-z])")
_TWICE = re.compile(r"(?<![A-Za-z\d])d(\d)\s?([A-Za-z]\w{0,2}?)\s?/\s?d([a-z])\1(?![\w])")
_SECOND = re.compile(
    r"(?<![A-Za-z\d\\/}({])d(?:\^\{?2\}?|²)\s*(\\ell|[A-Za-zℓφψ]|\\phi|\\psi)(\([A-Za-z]\)|)(?=\s*&?\s*=)"
)
_SMALL = re.compile(r"(?<![A-Za-z\\])d[A-Zx-zw](?![A-Za-z])")


def plainly(text: str) -> str:
    """Return d2y/dx2 as d^2y/dx^2, and d²f = ..., the differential of df, as d(df).

        >>> plainly("d2y/dx2 = 2")
        'd^2y/dx^2 = 2'
    """
    text = _TWICE.sub(r"d^\1\2/d\3^\1", text) if "/" in text else text
    return _SECOND.sub(r"d(d\1\2)", text) if _SMALL.search(text) else text


def usual(text: str) -> str:
    r"""Return LaTeX text with what says the same in one way; its lines stay.

        >>> print(usual(r"\iint f\,\mathrm{d}x\,{\rm d}y"))
        \int\int f\,dx\,dy
    """
    text = with_vectors_apart(text) if "\\vec" in text else text
    if "qcolon" in text:
        text = _NAMED_AFTER.sub("=:", _INVERTED.sub(r"\g<of> =\g<is>,\\quad \g<name> = \g<of>^{-1}", text))
    text = _UNDER.sub(r"\\\1_{\2} ", text)
    text = _GREEK.sub(_with_greek, _UNBRACED.sub(_with_braces, _NEARLY.sub(r"\\approx", text)))
    text = _DERIVATIVE.sub(_quotient, _BRACED.sub(r"\\mathrm{d}\1", text))
    text = _SWITCH.sub(lambda m: rf"\{_STYLE[m[1]]}{{{m[2].strip()}}}", text)
    text = _SEVERAL.sub(lambda m: r"\int" * (len(m[1]) if m[1] else 1), text)
    text = _BIT.sub(r"\\frac{d}{d\2} \1(\2)", _DIFFERENTIAL.sub(_differential, _NOTHING.sub(" ", text)))
    return "\n".join(_with_differentials(line) for line in text.split("\n"))


def _with_differentials(line: str) -> str:
    """Return a line with an integral, or with a total differential, in which d\\theta and d x are one word."""
    line = _OVER.sub(_joined, line) if "\\int" in line else line
    able = "\\int" in line or _TOTAL.search(line)
    return _APART.sub(_together, line) if able and "d " in line else line


def _together(found: re.Match[str]) -> str:
    """Return dx for d x, and dθ for d \\theta."""
    of = found["of"]
    name = GREEK.get(of[1:], "") if of[0] == "\\" else of
    return found["before"] + "d" + name if name else found[0]


def _with_braces(found: re.Match[str]) -> str:
    """Return a fraction with its two parts in braces."""
    above, below = (found["above"] or found["letter"]).strip(), found["below"] or found["under"]
    return f"\\{found['kind']}{above if above[:1] == '{' else '{' + above + '}'}{{{below}}} "


def _with_greek(found: re.Match[str]) -> str:
    """Return \\frac{\\pi}{4} for \\frac\\pi4."""
    parts = (found["above"], found["below"])
    if any(part[0] == "\\" and part[1:] not in GREEK for part in parts):
        return found[0]
    return f"\\{found['kind']}" + "".join(part if part[0] == "{" else "{" + part + "}" for part in parts) + " "


def _joined(found: re.Match[str]) -> str:
    """Return dθ for d\\theta, which is one word."""
    return "d" + GREEK[found[1]] if found[1] in GREEK else found[0]


def _differential(found: re.Match[str]) -> str:
    """Return dx for \\mathrm{d} x; what stands directly before is kept apart, and a lone d is one."""
    before, after = found["before"], found["bold"] or found["after"]
    letter = after[:1].isalpha() or after[:1] in ("\\", "^", "{")
    after = GREEK.get(after[1:], after) if after[:1] == "\\" else after  # dΣ is one word
    return before + " " * bool(before) + "d" + ("" if letter else found["gap"]) + after


def _quotient(found: re.Match[str]) -> str:
    """Return \\frac{∂² f}{∂x ∂y} for \\pdv{f}{x}{y} of the package physics, and so on."""
    sign = r"\partial " if found[1] else "d"
    order = "2" if found[5] and not found[2] else found[2]
    power = "^{" + order + "}" if order else ""
    below = sign + found[4] + (" " + sign + found[5] if found[5] else power)
    return rf"\frac{{{sign.strip()}{power} {found[3]}}}{{{below}}}"
