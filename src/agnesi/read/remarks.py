"""What people put behind and before the lines of their notes that is no mathematics: dots, ticks, smileys, reasons.

All of it is replaced by as many spaces, or by what says the same with as many characters, so that places stay.
"""

from __future__ import annotations

import re

from agnesi.read.averages import angled
from agnesi.read.endless import with_orders
from agnesi.read.english import PROSE
from agnesi.read.jacobians_of_lists import with_jacobians_of_lists
from agnesi.read.ratios import with_ratios
from agnesi.read.worded_signs import with_signs

_PICTURES = re.compile(
    "\\d\ufe0f?\u20e3|[\U0001f000-\U0001faff\u2600-\u26bf\u2705\u270b-\u270d\u2713\u2714\u2717\u2718\u2728\u274c\u274e\u2753-\u2757"
    "\u2b50\u2b55\u203c\u2049\ufe0e\ufe0f\u200d\u20e3]"
)
_GIVEN = re.compile(r"\b[Gg]iven[ \t]+([^\W\d_]\w?),[ \t]*([^\W\d_]\w?)(?=[ \t]*[~∼])")  # given N, K ~ Bin(N, p)
_INTEGRAL = re.compile(r"\b[Ii]ntegral(?=[_^])")  # integral_0^inf
_NAMED = re.compile(  # softmax p_i = ...: the word is the name of what is defined
    r"^(?P<word>[ \t]*(?:softmax|sigmoid|logistic|relu|entropy|loss|cost))(?P<gap>[:,]?[ \t]+)"
    r"(?P<name>[A-Za-z])(?=(?:_\{?\w\}?)?[ \t]*=)",
    re.MULTILINE | re.IGNORECASE,
)
_SLOPE_OF = re.compile(r"\b(?:d|∂)/(?:d|∂)\w{1,3}[ \t]+of(?=[ \t]*[(\[\w\\])")  # d/dx of (2Ax/g)
_SMILEY = re.compile(r"(?<=\S)[ \t]+(?:[:;]-?[()DP]|\^_?\^|xD|<3)(?=[ \t]*$)", re.MULTILINE)
_SHOUT = re.compile(
    r"(?<=\S)(?:[ \t]+!+|!{3,})(?=[ \t]*$)|[ \t]\([!?]{1,3}\)|(?<=\d)[ \t]+\([~≈]?[ \t]?\d+(?:\.\d+)?[ \t]?\\?%\)",
    re.MULTILINE,
)
_SHAPED = str.maketrans("≽≼⩾⩽≧≦", "⪰⪯≥≤≥≤")  # other forms of the same signs
_ARRAY = re.compile(
    r"(?<!\\right)\\begin\{array\}\{[lcr| @{}]{1,12}\}(?P<body>(?:(?!\\(?:begin|end)\{array\}).)*?"
    r"&\s*(?:=|\\(?:leq?|geq?|approx|propto))(?:(?!\\begin\{array\}).)*?)\\end\{array\}",
    re.DOTALL,
)
_LEADER = re.compile(r"(?<=\S)[ \t]+[-–—.…·_]{2,}[ \t]*(?=(?:\(\d{1,3}\)|\[\d{1,3}\]|\(\*+\))[ \t]*$)", re.MULTILINE)
_DOTS = re.compile(
    r"(?P<before>[\w)\]}ᵀ²³\u2070-\u209c‖|'!])(?P<gap>[ \t]*)(?:\.{3,}|…+|\\l?dots(?![A-Za-z]))"
    r"(?=[ \t]*(?:ok|okay|done|yes|yep|right|qed)?[ \t]*$)",
    re.MULTILINE,
)
_DECIMAL = re.compile(r"\d\.\d+$")
_RESUMED = re.compile(r"^[ \t]*(?:\.{3}|…)[ \t]*(?=[=≤≥<>≈∝])", re.MULTILINE)
_REASON = re.compile(
    r"(?<=\S)(?P<gap>[ \t]+)(?P<open>[\[{(])(?P<words>[A-Za-z][A-Za-z \t,.'’-]{3,70})(?P<close>[\]})])"
    r"(?=[ \t]*[.,;]?[ \t]*$)",
    re.MULTILINE,
)
_LAW_OF = re.compile(r"\(((?:[^()=\n$]|\([^()\n]*\)){1,60}(?:\||\\mid)[^()\n$]{1,60})\)(?=\s*(?:~|∼|\\sim(?![a-z])))")
_ABBREVIATED = re.compile(r"\b(?:defn?|eqn?|thm|lem|cor|ineq|prop|sym)\b\.?", re.IGNORECASE)
_TWICE = re.compile(r"(?<![=<>!:~])==(?![=>])")
_PIECE = re.compile(r"\b(?:if|otherwise|else|for|when)\b")
_ABOUT = re.compile(
    r"(?:[~∼]|\\sim(?![A-Za-z]))(?=[ \t]*[-−]?(?:\d+(?:\.\d*)?|\.\d+)(?![\d.]*[ \t]*\\?[A-Za-z𝒩]+\s*[({]))"
)
_POINTER = re.compile(r"(?<=\S)[ \t]+(?:<-+|←|⟵)[ \t]+(?=(?P<first>[A-Za-z]+)(?:[ \t]+(?P<second>[A-Za-z]+))?)")
_TABLE = re.compile(
    r"^(?P<head>[^\n|]*\|[^\n]*)\n(?P<rule>[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t:-]*)\n"
    r"(?P<rows>(?:[^\n|]*\|[^\n]*(?:\n|\Z))+)",
    re.MULTILINE,
)
_EDGES = re.compile(
    r"^[ \t]*\|(?:[ \t]*(?:step[ \t]*)?\(?\d{0,3}[.)]?[ \t]*\|)?|\|[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_QUOTED = re.compile(
    r"(?:\A|(?<=\n\n))[ \t]*>[ \t](?=[^\n]*(?:[=≤≥≈∝]|[A-Za-z]{3}))[^\n]*(?:\n[ \t]*>(?=[ \t\n]|\Z)[^\n]*)*"
)
_QUOTE = re.compile(r"^[ \t]*>(?=[ \t\n]|\Z)", re.MULTILINE)

_SHORT = re.compile(
    r"(?<![^\s,;:(])(?<![=+*/<>≤≥−^-][ \t])(?:w/o?(?=[ \t]+[^\s=])"
    r"|(?<=[,;(] )b/c(?=[ \t]+[^\s=])|b/c(?=[ \t]+(?:[a-z]{2,}|\w+[ \t]+(?:is|are|has)\b)))"
)
_REFERRED = re.compile(  # (2) ⇒ (3) dL/du = ...
    r"^(?P<from>[ \t]*\(\d{1,2}\)(?:[ \t]*(?:,|and|&)[ \t]*\(\d{1,2}\))*)"
    r"(?P<so>[ \t]*(?:=>|==>|⇒|⟹|→|->|\\Rightarrow|\\implies)[ \t]*)"
    r"(?P<to>\(\d{1,2}\)[ \t]+)?(?=\S)",
    re.MULTILINE,
)
_LONG = {"w/": "with", "w/o": "without", "b/c": "because"}


def spelt_out(text: str) -> str:
    """Return a text with w/, w/o, b/c, (1) ⇒ and the dots that end an expansion written out; quotients stay.

        >>> spelt_out("A is n x n w/ det A > 0, u = w/ ||w||")
        'A is n x n with det A > 0, u = w/ ||w||'
    """
    text = _SHORT.sub(lambda found: _LONG[found[0]], text) if "/" in text else text
    text = _GIVEN.sub(lambda found: f"{found[2]} | {found[1]}".ljust(len(found[0])), text)
    text = _LAW_OF.sub(lambda found: f" {found[1]} ", text)  # (x | y = a) ~ N(m, S)
    text = _INTEGRAL.sub(lambda found: "∫".rjust(len(found[0])), text) if "ntegral" in text else text
    text = _NAMED.sub(_unnamed, text)
    text = _SLOPE_OF.sub(lambda found: found[0][:-2] + "  ", text)
    text = _REFERRED.sub(lambda found: "so".ljust(len(found[0])), text)
    return with_signs(with_orders(angled(with_ratios(with_jacobians_of_lists(text)))))


def _unnamed(found: re.Match[str]) -> str:
    """Return a definition without the word for it, where the text defines the letter nowhere else."""
    once = len(re.findall(rf"(?<![A-Za-z\\]){found['name']}(?:_\{{?\w\}}?)?[ \t]*=", found.string)) == 1
    return " " * (len(found[0]) - 1) + found["name"] if once else found[0]


def without_remarks(text: str) -> str:
    r"""Return a text without what only decorates its lines, every place kept.

        >>> without_remarks("2 + 2 = 4 !!\nx = 1/3 ... (2)").split("\n")
        ['2 + 2 = 4   ', 'x = 1/3     (2)']
        >>> without_remarks("P(A) = 3/11 ~ 0.27")
        'P(A) = 3/11 ≈ 0.27'
    """
    text = _TABLE.sub(_untabled, _PICTURES.sub(_blank, text.translate(_SHAPED)))
    text = _ARRAY.sub(_opened, text) if "{array}" in text else text
    text = _QUOTED.sub(lambda found: _QUOTE.sub(_blank, found[0]), text)
    for decoration in (_SMILEY, _SHOUT, _LEADER, _RESUMED):
        text = decoration.sub(_blank, text)
    text = _TWICE.sub("= ", text)
    text = _REASON.sub(_rounded, _DOTS.sub(_undotted, text))
    text = _ABOUT.sub(lambda found: "≈".ljust(len(found[0])), text)
    return _POINTER.sub(_pointed, text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _opened(found: re.Match[str]) -> str:
    """Blank the marks of an array that only aligns equations."""
    before, after = found.start("body") - found.start(), found.end() - found.end("body")
    return " " * before + found["body"] + " " * after


def _untabled(found: re.Match[str]) -> str:
    """Return the rows of a Markdown table, its cells parted by ; and its head and the numbers of its rows blank."""
    head, rule = " " * len(found["head"]), " " * len(found["rule"])
    rows = _EDGES.sub(_blank, found["rows"])
    return f"{head}\n{rule}\n" + re.sub(r"(?<=[ \t])\|(?=[ \t])", ";", rows)


def _undotted(found: re.Match[str]) -> str:
    """Blank dots that end a line; those of a decimal number, 0.333..., say that it goes on."""
    goes_on = not found["gap"] and _DECIMAL.search(found.string, max(0, found.start() - 30), found.start() + 1)
    return found[0] if goes_on else found["before"] + " " * (len(found[0]) - 1)


def _rounded(found: re.Match[str]) -> str:
    """Put a reason in square or curly brackets at the end of a line into round ones, which are read as remarks."""
    held = _ABBREVIATED.sub(_blank, found["words"])
    if not held.strip():
        return _blank(found)
    words = re.findall(r"[A-Za-z]+", held)
    plain = all(w.lower() in PROSE or len(w) > 3 for w in words) and any(len(w) > 2 for w in words)
    if not plain or _PIECE.search(held) or (found["open"] == "{") != (found["close"] == "}"):
        return found[0]
    return f"{found['gap']}({held})"


def _pointed(found: re.Match[str]) -> str:
    """Put the mark of a comment in place of the arrow before a reason: x = 2 <- divide by 3."""
    first, second = found["first"].lower(), (found["second"] or "").lower()
    said = (len(first) > 2 and first in PROSE) or (first in ("by", "we", "so", "as", "it") and second in PROSE)
    return " #".ljust(len(found[0])) if said else found[0]
