r"""LaTeX of notes on optimisation: \mathop{\bf diag}, x \in {\bf R}^n, sup over x ∈ dom f, cases written as arrays."""

from __future__ import annotations

import re

_BOXED = re.compile(r"\\(?:mbox|hbox|text)\s*(?=\\math(?:bf|bb)\s*\{\s*[A-Z]\s*\}|\{\s*\\math)")
_STYLE = r"\\(?:mathbf|mathbb|mathcal|mathrm|mathsf|text)\s*\{\s*[A-Za-z]\s*\}"
_SET = re.compile(
    rf"(?P<before>\\(?:in|to|rightarrow|subseteq|subset|times)(?![A-Za-z])\s*|:\s*)\{{(?P<held>\s*{_STYLE}\s*)\}}"
)
_WORD = re.compile(
    r"\\mathop\s*(?:\{\s*)?\\(?:mathbf|mathrm|text|mathsf|mathit|operatorname)\s*\{\s*(?P<word>[A-Za-z]{2,12})\s*\}(?P<close>\s*\})?"
)
_BARE = re.compile(r"\\mathop\s*\{\s*(?P<word>[A-Za-z]{2,12})\s*\}|\\mathop\s*(?=\\[A-Za-z])")
_OVER_DOMAIN = re.compile(
    r"(?P<head>\\(?:sup|inf|max|min)(?:\\limits)?\s*_\s*\{\s*\\?[A-Za-z]+)(?P<in>\s*\\in\s*"
    r"(?:\\dom(?![A-Za-z])|\\(?:mathrm|operatorname|mathbf|text)\s*\{\s*dom\s*\})\s*(?:\{?\s*[A-Za-z](?:_\w)?\s*\}?|\([A-Za-z]\))\s*)\}"
)
_ARRAY = re.compile(
    r"\\left\s*\\\{\s*\\begin\{array\}\s*(?:\[\w\]\s*)?\{[lcr@{} ]{1,12}\}"
    r"(?P<held>(?:(?!\\begin|\\end\{).){1,600})\\end\{array\}\s*\\right\s*(?P<dot>\.)?(?![A-Za-z)\]|\\}])", re.DOTALL,
)
_MARK = re.compile(r"[,.;](?=\s*(?:&|\\\\|\}?\s*$))")


def operators(text: str) -> str:
    r"""Return a text of the same length with its operators and sets written in the usual way.

        >>> operators(r"x \in {\mathbf{R}}^n")
        'x \\in   \\mathbf{R}^n'
        >>> operators(r"\mathop{diag}(z)")
        '\\mathrm{diag}(z)'
    """
    text = _BOXED.sub(lambda m: " " * len(m[0]), text)
    text = _SET.sub(lambda m: m["before"] + m["held"].strip().rjust(len(m["held"]) + 2), text)
    if "\\mathop" in text:
        text = _BARE.sub(_upright, _WORD.sub(_upright, text))
    text = _OVER_DOMAIN.sub(lambda m: m["head"] + " " * len(m["in"]) + "}", text) if "dom" in text else text
    return _ARRAY.sub(_cases, text) if "{array}" in text else text


def _upright(found: re.Match[str]) -> str:
    r"""Return \mathrm{diag} for \mathop{\mathbf{diag}}, and nothing for a \mathop before another operator."""
    word = found["word"]
    return (f"\\mathrm{{{word}}}" if word else "").rjust(len(found[0]))


def _cases(found: re.Match[str]) -> str:
    r"""Return \begin{cases} ... \end{cases} for an array with a brace on its left only."""
    if "&" not in found["held"]:
        return found[0]
    begin = found.start("held") - found.start()
    end = len(found[0]) - begin - len(found["held"])
    held = _MARK.sub(" ", found["held"])
    return "\\begin{cases}".rjust(begin) + held + "\\end{cases}".ljust(end)
