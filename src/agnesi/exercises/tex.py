r"""MathML and words as LaTeX that every engine sets: pdflatex, lualatex, xelatex, with amsmath and amssymb alone.

The page in the browser and the sheet in LaTeX have the same formulas, for the one is made of the other. No letter
outside ASCII is left, so that none is missing in a font.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from xml.etree import ElementTree

_NAMES = {"lamda": "lambda", "epsilon": "varepsilon", "phi": "varphi"}


def _greek(letter: str) -> str:
    """Return the command of a Greek letter, by its name."""
    size, _, name = unicodedata.name(letter).lower().removeprefix("greek ").partition(" letter ")
    name = _NAMES.get(name, name)
    name = name if size == "small" else name.removeprefix("var").capitalize()
    return f"\\{name} "


SIGNS: Mapping[str, str] = {
    **{letter: _greek(letter) for letter in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"},
    "−": "-", "·": r"\cdot ", "×": r"\times ", "⊙": r"\odot ", "⊘": r"\oslash ", "∂": r"\partial ", "∇": r"\nabla ",
    "∑": r"\sum ", "∏": r"\prod ", "∫": r"\int ", "√": r"\surd ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "≈": r"\approx ", "∼": r"\sim ", "∈": r"\in ", "∉": r"\notin ", "∝": r"\propto ", "→": r"\to ",
    "⇒": r"\Rightarrow ", "⇔": r"\Leftrightarrow ", "←": r"\leftarrow ", "↔": r"\leftrightarrow ",
    "↦": r"\mapsto ", "±": r"\pm ",
    "ℝ": r"\mathbb{R}", "ℕ": r"\mathbb{N}", "ℤ": r"\mathbb{Z}", "ℂ": r"\mathbb{C}", "⊤": r"\top ", "⊥": r"\perp ",
    "∞": r"\infty ", "‖": r"\Vert ", "⟨": r"\langle ", "⟩": r"\rangle ", "∘": r"\circ ", "°": r"^{\circ}", "′": "'",
    "…": r"\dots ", "⋯": r"\cdots ", "⋮": r"\vdots ", "⋱": r"\ddots ", "≔": ":=", "≡": r"\equiv ", "∀": r"\forall ",
    "∃": r"\exists ", "∪": r"\cup ", "∩": r"\cap ", "⊂": r"\subset ", "⊆": r"\subseteq ", "⊗": r"\otimes ",
    "⊕": r"\oplus ", "𝟏": r"\mathbf{1}", "𝟎": r"\mathbf{0}", "ℓ": r"\ell ", "∣": r"\mid ", "ϵ": r"\epsilon ",
    "ϕ": r"\phi ", "\N{FUNCTION APPLICATION}": "", "\N{INVISIBLE TIMES}": " ", "\N{INVISIBLE SEPARATOR}": "",
    "\N{NO-BREAK SPACE}": "~", "{": r"\{", "}": r"\}", "\\": r"\backslash ", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\hat{}", "~": r"\sim ",
}  # fmt: skip
_ACCENTS = {"\u0304": r"\bar", "\u0302": r"\hat", "\u0303": r"\tilde", "\u0307": r"\dot", "\u20d7": r"\vec"}
_OVER = {"¯": r"\bar", "‾": r"\overline", "^": r"\hat", "ˆ": r"\hat", "~": r"\tilde", "˜": r"\tilde", "→": r"\vec"}
_WORDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "’": "'", "‘": "`", "“": "``", "”": "''", "–": "--",
    "—": "---", "…": r"\dots{}", "\N{NO-BREAK SPACE}": "~", "<": "$<$", ">": "$>$", "|": "$|$", '"': r"\textquotedbl{}",
    "°": r"\textdegree{}",
}  # fmt: skip
_UP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵐᵏᵈⁱʲᵖˣʸᵗʳᵘᵀ⁽⁾", [*"0123456789+-nmkdijpxytru", r"\top ", *"()"], strict=True))
_DOWN = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₙₘₖₚₓₐₜᵣₛₗₑ", "0123456789+-ijnmkpxatrsle", strict=True))
_FUNCTIONS = frozenset(
    ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "ln", "det", "max", "min", "lim", "arctan", "sup")
)
_PAIRS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "‖": "‖", "|": "|"}
_MARK = re.compile(r'<span class="left">(.*?)</span>|(<math.*?</math>)|<(?:pre|code)>(.*?)</(?:pre|code)>', re.DOTALL)


def latex_of(mathml: str) -> str:
    r"""Return one MathML element as LaTeX, without dollars.

    >>> latex_of("<math><msup><mi>w</mi><mo>⊤</mo></msup><mi>x</mi></math>")
    'w^{\\top }x'
    """
    return re.sub(r" +", " ", _row(list(ElementTree.fromstring(mathml)))).strip()


def shown(html: str, set_in_type: Callable[[str], str]) -> list[str]:
    """Return the formulas of a step, each as LaTeX between dollars or as words; `set_in_type` makes MathML of text."""
    out: list[str] = []
    left = ""
    for m in _MARK.finditer(html):
        if m[1] is not None:
            left = unescape(m[1])
        elif m[2]:
            begun = f"{_side(left, set_in_type)} = " if left else ""
            out.append(f"${begun}{latex_of(m[2])}$")
            left = ""
        else:
            out += [_side(row, set_in_type, "$") for row in unescape(m[3]).split("\n") if row.strip()]
    return out


def _side(text: str, set_in_type: Callable[[str], str], dollar: str = "") -> str:
    text = text.strip().removesuffix("=").strip()
    made = set_in_type(text)
    return f"{dollar}{latex_of(made)}{dollar}" if made else words(text)


def words(text: str) -> str:
    r"""Return words as LaTeX: what it takes for its own escaped, signs of mathematics as formulas.

    >>> words("50 % of (∇f)ᵀ")
    '50 \\% of ($\\nabla $f)$^{\\top }$'
    """
    out: list[str] = []
    raised = lowered = ""
    for char in f"{text}\n":
        if raised and char not in _UP:
            out, raised = [*out, f"$^{{{raised}}}$"], ""
        if lowered and char not in _DOWN:
            out, lowered = [*out, f"$_{{{lowered}}}$"], ""
        if char in _UP:
            raised += _UP[char]
        elif char in _DOWN:
            lowered += _DOWN[char]
        else:
            out.append(_WORDS.get(char) or (f"${SIGNS[char]}$" if char in SIGNS else _plain(char)))
    return "".join(out).removesuffix("\n").replace("\n", "\\\\\n")


def _plain(char: str) -> str:
    """Return a letter that is neither ASCII nor a known sign: its accent by a command; else what it is named."""
    if char.isascii():
        return char
    parts = unicodedata.normalize("NFD", char)
    if parts[0].isascii() and parts[1:] in _ACCENTS:
        return f"${_ACCENTS[parts[1:]]}{{{parts[0]}}}$"
    if unicodedata.normalize("NFKC", char).isascii():
        return unicodedata.normalize("NFKC", char)
    return {"\u0304": "", "\u0302": ""}.get(char, f"[{unicodedata.name(char, 'sign').lower()}]")


def _row(them: Sequence[ElementTree.Element]) -> str:
    """Return elements side by side; brackets that grow are so only in pairs."""
    out: list[str] = []
    opened: list[tuple[int, str]] = []
    for one in them:
        sign = (one.text or "").strip()
        grows = _name(one) == "mo" and one.get("stretchy") == "true"
        if grows and opened and sign == _PAIRS[opened[-1][1]]:
            at, first = opened.pop()
            out[at] = rf"\left{SIGNS.get(first, first)}"
            out.append(rf"\right{SIGNS.get(sign, sign)}")
            continue
        if grows and sign in _PAIRS:
            opened.append((len(out), sign))
        out.append(_element(one))
    return "".join(out)


def _name(one: ElementTree.Element) -> str:
    return one.tag.rpartition("}")[2]


def _element(one: ElementTree.Element) -> str:
    """Return an element as LaTeX."""
    inside = list(one)
    match _name(one):
        case "mi":
            return _identifier(one.text or "", one.get("mathvariant", ""))
        case "mn":
            return _signs(one.text or "")
        case "mo":
            return _operator((one.text or "").strip())
        case "mtext":
            return rf"\text{{{words(one.text or '')}}}"
        case "mspace":
            return r"\, "
        case "mfrac":
            return rf"\frac{{{_element(inside[0])}}}{{{_element(inside[1])}}}"
        case "msqrt":
            return rf"\sqrt{{{_row(inside)}}}"
        case "msup" | "mover" | "msub" | "munder" | "msubsup" | "munderover":
            return _scripts(_name(one), inside)
        case "mtable":
            return _table(one)
    return _row(inside)


def _scripts(name: str, inside: Sequence[ElementTree.Element]) -> str:
    made = [_element(e) for e in inside]
    base, marks = made[0], made[1:]
    sign = (inside[-1].text or "").strip()
    if name == "mover" and sign in _OVER:
        return f"{_OVER[sign]}{{{base}}}"
    simple = re.fullmatch(r"[A-Za-z0-9)\]]|\\[A-Za-z]+ ?", base) or name in ("munder", "munderover")
    base = base if simple else f"{{{base}}}"
    if name in ("msup", "mover"):
        return f"{base}'" if marks[0] == "'" else f"{base}^{{{marks[0]}}}"
    below = f"{base}_{{{marks[0]}}}"
    return f"{below}^{{{marks[1]}}}" if len(marks) > 1 else below


def _table(table: ElementTree.Element) -> str:
    """Return a table as an array; its borders are brackets, marked entries are framed."""
    rows = [list(row) for row in table]
    bars = {j for row in rows for j, cell in enumerate(row) if "bar" in cell.get("class", "").split()}
    layout = "".join(("|" if j in bars else "") + "r" for j in range(max(map(len, rows), default=1)))
    cells = [
        [rf"\boxed{{{_row(list(c))}}}" if "mark" in c.get("class", "").split() else _row(list(c)) for c in row]
        for row in rows
    ]
    body = r" \\ ".join(" & ".join(row) for row in cells)
    made = rf"\begin{{array}}{{{layout}}} {body} \end{{array}}"
    kind = table.get("class", "").partition(" ")[2]
    ends = {"square": "[]", "round": "()", "lines": "||"}.get(kind, "..")
    return rf"\left{ends[0]}{made}\right{ends[1]}" if kind else made


def _identifier(text: str, variant: str) -> str:
    if text.isascii() and text.isalpha() and len(text) > 1:
        return f"\\{text} " if text in _FUNCTIONS else rf"\operatorname{{{text}}}"
    made = _signs(text)
    return rf"\boldsymbol{{{made}}}" if variant.startswith("bold") else made


def _operator(sign: str) -> str:
    if len(sign) > 1 and sign.isalpha():
        return _identifier(sign, "")
    return _signs(sign)


def _signs(text: str) -> str:
    """Return signs and letters of a formula as LaTeX."""
    out = ""
    for char in text:
        if char in SIGNS:
            out += SIGNS[char]
        elif char in _UP or char in _DOWN:
            out += f"^{{{_UP[char]}}}" if char in _UP else f"_{{{_DOWN[char]}}}"
        elif char in _ACCENTS and out:
            out = f"{out[:-1]}{_ACCENTS[char]}{{{out[-1]}}}"
        else:
            out += char if char.isascii() else _plain(char).strip("$")
    return out
