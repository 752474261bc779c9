"""Words as subscripts: θ_{MAP} and n_{in} are names of their own, x_{ij} is an entry."""

from __future__ import annotations

from agnesi.read.english import words
from agnesi.read.tokens import Token
from agnesi.read.words import GREEK

_WORDS = words(
    """in out max min new old opt ref true test train val obs tot total avg eff err init prev next best pos neg left
    right up down top mid base prior post like data model noise signal ML LS CV EM GD KL OLS MAP MLE MSE RSS TSS ESS
    MMSE ELBO SGD PCA SVD LDA"""
)


def with_worded_subscripts(tokens: list[Token]) -> list[Token]:
    """Return tokens with one name for θ_{MAP}: a letter with a subscript that is a word, or three capitals and more."""
    out, k = list[Token](), 0
    while k < len(tokens):
        base, script = tokens[k], [t.text for t in tokens[k + 1 : k + 5]]
        letter = base.kind in ("word", "name") and (len(base.text) == 1 or base.text in GREEK)
        if letter and len(script) == 4 and script[:2] == ["_", "{"] and script[3] == "}" and _is_word(script[2]):
            name = f"{GREEK.get(base.text, base.text)}_{script[2]}"
            out.append(base._replace(kind="name", text=name, stop=tokens[k + 4].stop))
            k += 5
            continue
        out.append(base)
        k += 1
    return out


def _is_word(text: str) -> bool:
    return text in _WORDS or (len(text) > 2 and text.isascii() and text.isalpha() and text.isupper())
