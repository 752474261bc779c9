r"""What LaTeX writes about, above and below a formula: \underbrace{..}_{label}, \stackrel{(1)}{=}, \overset{!}{=}.

Labels, reasons and the dots that pair with \left and \right are replaced by spaces, so that every place is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agnesi.read.english import words
from agnesi.read.latex_operators import operators
from agnesi.read.words import GREEK

_BRACED = re.compile(r"\\(?:under|over)(?:brace|bracket|paren)(?![A-Za-z])")
_STACKED = re.compile(r"\\(?P<kind>stackrel|overset|underset)(?![A-Za-z])\s*(?=\{)")
_SUBSTACK = re.compile(r"\\substack(?![A-Za-z])\s*(?=\{)")
_SIGNS = words(
    r"= := < > \le \leq \ge \geq \approx \sim \equiv \propto \to \rightarrow \Rightarrow \implies \iff \in \leqslant "
    r"\geqslant \neq \ne \Leftrightarrow \longrightarrow \succeq \preceq"
)
_DEFINES = re.compile(
    r"\s*(?:\\(?:text|mathrm|rm|mbox|textrm)\s*)?\{?\s*(?:\\triangle|\\Delta|defn?\.?|!!)\s*\}?\s*"
)
_WANTED = re.compile(r"\s*(?:\\(?:text|mathrm|mbox|textrm)\s*)?\{?\s*!\s*\}?\s*")
_OPERATOR = re.compile(
    r"\\(?:operatorname\*?|mathop|mathrm|text|textrm|mathsf)\s*\{\s*(?:\\(?:mathrm|rm|text|mathsf)\s*)?(?P<held>\{)?\s*"
    r"(?P<arg>arg)?\s*(?:\\[,;:! ]|~)?\s*(?P<best>max|min)\s*(?(held)\}\s*)\}(?:\s*\\(?:no)?limits)?"
)
_ARG = re.compile(r"\\arg\s*(?:\\[,;:! ]\s*)?\\(max|min)(?![A-Za-z])(?:\s*\\limits(?![A-Za-z]))?")
_BOLD = re.compile(  # the style of a letter tells nothing here: \\boldsymbol W, \\mathbf{x}
    r"(?P<d>(?<![A-Za-z\\])d)?\\(?:boldsymbol|mathbf|bm|symbf|pmb)(?![A-Za-z])\s*"
    r"(?P<open>\{)?\s*(?P<name>[A-Za-z](?![A-Za-z])|\\(?!mathbf|boldsymbol|hat|bar|tilde|dot|vec|ell)[A-Za-z]+)(?(open)\s*\})"
)
_TOLD = re.compile(  # \\text{if $A$ is symmetric} at the end of a display
    r"(?P<head>\\(?:text|mbox|textrm)\s*\{)(?P<held>[^{}$\n]*\$[^{}$\n]{1,30}\$[^{}\n]*)\}(?P<tail>[\s.,;]*)(?P<close>\$\$|\\\])"
)
_CASES = re.compile(r"\\begin\{[dr]?cases\}.{1,800}?\\end\{[dr]?cases\}", re.DOTALL)
_MARK = re.compile(r"[,.;](?=\s*(?:&|\\\\|\\end\{))")
_NULL = re.compile(r"\\(?:left|bigl|Bigl|biggl|Biggl)\s*\.")
_ROW = re.compile(  # [6\ \ 14]: a row whose entries stand apart
    r"\[(?P<held>[^\[\],;=&\n\\]{1,60}(?:(?:\\[ ;]|\\quad|~){2,}|\\q?quad)[^\[\],;=&\n]{1,120})\]"
)
_SIZED = re.compile(  # 2\pi\Bigl[F\Bigr]_0^1: no index of π
    r"(?<=[A-Za-z0-9}])\\(?:left|[bB]igg?l)[ \t]*(?=\[[^\[\]]*\\(?:right|[bB]igg?r)[ \t]*\][ \t]*[_^])"
)
_NABLA = re.compile(r"\\nabla\s*_\s*([A-Za-z])(\^2|\^\{2\})?(?=[A-Za-z0-9])")  # \nabla_xb: one letter is below
_COLUMNS = re.compile(  # (q_1\ q_2): a matrix of columns
    r"\((?P<held>\s*(?P<letter>\\?[A-Za-z]+|\\(?:mathbf|boldsymbol|vec|bm)\{\w\})_\{?1\}?"
    r"(?:\s*(?:\\[ ;,:]|\\q?quad|~|&)+\s*(?P=letter)_\{?\d\}?){1,8}\s*)\)"
)
_APART = re.compile(r"(?:\s*(?:\\[ ;,]|\\q?quad|~)\s*)+")
_SPACES = re.compile(r"\s*(?:\\[ ;,:]|\\q?quad|~|&)+\s*(?=\\?[A-Za-z])")
_GAP = re.compile(r"\\[ ;,]|~")
MAX_MARKS = 2_000


def unmarked(text: str) -> str:
    r"""Return a text of the same length without labels over and under formulas.

        >>> unmarked(r"\underbrace{2x}_{\text{inner}}")
        '           {2x}                '
        >>> unmarked(r"a \stackrel{(1)}{=} b")
        'a                 = b'
    """
    if "\\" not in text:
        return text
    text = _NABLA.sub(lambda m: f"∇_{m[1]}{m[2] or ''} ".rjust(len(m[0])), _BOLD.sub(_plain, operators(text)))
    text = _TOLD.sub(_out_of_display, text) if "text" in text or "mbox" in text else text
    text = _CASES.sub(lambda m: _MARK.sub(" ", m[0]), text) if "cases" in text else text
    text = _SIZED.sub(lambda m: " " * len(m[0]), _NULL.sub(lambda m: " " * len(m[0]), text))
    text = _with(text, _BRACED, _unbraced) if "brac" in text else text
    text = _with(text, _SUBSTACK, _unstacked) if "\\substack" in text else text
    text = _ARG.sub(lambda m: f"\\arg{m[1]}".rjust(len(m[0])), _OPERATOR.sub(_best, text))
    text = _with(text, _STACKED, _bare_sign) if "set" in text or "stackrel" in text else text
    text = _COLUMNS.sub(lambda m: f"[{_SPACES.sub(_comma, m['held'])}]", text)
    return _ROW.sub(_row, text)


def _out_of_display(found: re.Match[str]) -> str:
    """Return a display that ends before the words that stood in it."""
    return found["close"].ljust(len(found["head"])) + found["held"] + " " + found["tail"] + " " * len(found["close"])


def _plain(found: re.Match[str]) -> str:
    """Return a letter without its style; that of a differential stays with its d."""
    if found["name"][:1] == "\\" and found["name"][1:] not in GREEK:
        return found[0]
    return ((found["d"] or "") + found["name"]).rjust(len(found[0]))


def _comma(found: re.Match[str]) -> str:
    return ",".ljust(len(found[0]))


def _with(text: str, mark: re.Pattern[str], replaced: Callable[[str, re.Match[str]], tuple[str, int] | None]) -> str:
    """Return a text in which what begins at each mark is replaced, the last mark first."""
    for found in [*mark.finditer(text)][:MAX_MARKS][::-1]:
        made = replaced(text, found)
        if made is not None:
            put, stop = made
            width = stop - found.start()
            text = text[: found.start()] + put.rjust(width)[:width] + text[stop:] if len(put) <= width else text
    return text


def _held(text: str, at: int) -> tuple[str, int]:
    """Return what the braces at a place hold (or the one command or letter there), and where they end; −1 if never."""
    while text[at : at + 1] in (" ", "\n") and at < len(text):
        at += 1
    if text[at : at + 1] != "{":
        found = re.compile(r"\\[A-Za-z]+|.").match(text, at)
        return (found[0], found.end()) if found else ("", -1)
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, at):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return text[at + 1 : found.start()], found.end()
    return "", -1


def _unbraced(text: str, found: re.Match[str]) -> tuple[str, int] | None:
    """Return {X} for \\underbrace{X}_{label}."""
    held, stop = _held(text, found.end())
    if stop < 0:
        return None
    put = "{" + held + "}"
    label = re.compile(r"\s*[_^]").match(text, stop)
    if label is None:
        return put, stop
    _, end = _held(text, label.end())
    return (put.ljust(len(put) + end - stop), end) if end > 0 else (put, stop)


def _unstacked(text: str, found: re.Match[str]) -> tuple[str, int] | None:
    """Return the lines of \\substack{a \\\\ b} side by side."""
    held, stop = _held(text, found.end())
    return (held.replace("\\\\", ", "), stop) if stop > 0 else None


def _best(found: re.Match[str]) -> str:
    """Return \\argmax for \\operatorname*{arg\\,max}."""
    return f"\\{found['arg'] or ''}{found['best']}".rjust(len(found[0]))


def _bare_sign(text: str, found: re.Match[str]) -> tuple[str, int] | None:
    """Return the sign alone of \\stackrel{reason}{=}, and max_x for \\underset{x}{\\max}."""
    above, at = _held(text, found.end())
    if at < 0:
        return None
    below, stop = _held(text, at)
    below = below.strip()
    if stop < 0:
        return None
    if below in _SIGNS:
        if below == "=" and _WANTED.fullmatch(above):
            return "\\mustbe =", stop
        return (":=" if below == "=" and _DEFINES.fullmatch(above) else below), stop
    named = re.fullmatch(r"\\?(?:arg\s*\\?)?(?:max|min|sup|inf|lim)", below)
    if found["kind"] == "underset" and named:
        name = "\\" + re.sub(r"[\s\\]", "", below)
        return f"{name}_{{{above}}}", stop
    return None


def _row(found: re.Match[str]) -> str:
    """Return [6, 14] for [6\\ \\ 14]."""
    if re.search(r"\\(?:text|mid|vert|middle|begin|sim)(?![A-Za-z])|[|=<>]", found[0]):
        return found[0]
    last = len(found[0]) - 1
    inside = [a for a in _APART.finditer(found[0], 1, last) if a.start() > 1 and a.end() < last]
    inside = [a for a in inside if len(_GAP.findall(a[0])) > 1 or "quad" in a[0]]
    out = found[0]
    for one in inside[::-1]:
        out = out[: one.start()] + ",".ljust(len(one[0])) + out[one.end() :]
    return out


def wanted(piece: str) -> tuple[str, str]:
    r"""Return what is claimed in a formula with \overset{!}{=}, and what that sign says in words.

        >>> wanted(r"f'(x) = 2x - 4 \mustbe = 0")
        ("f'(x) = 2x - 4 \\mustbe = 0", ' set to zero')
    """
    before, mark, after = piece.partition("\\mustbe")
    if not mark:
        return piece, ""
    if _NOTHING_LEFT.match(after):
        return piece, " set to zero"
    if "=" in before:
        return before.rstrip(), ""
    return piece, " suppose"


_NOTHING_LEFT = re.compile(r"\s*=\s*(?:0|𝟎|\\(?:mathbf|boldsymbol|vec|bm)\s*\{?\s*0\s*\}?)\s*(?![\w.+*/-])")
