"""E_p[log p(X)/q(X)] is E_p[log p(x)/q(x)] in a text that writes p(x); |𝒳| is a number of elements, no value of X."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.errors import Place, ReadError
from agnesi.read.cursor import partners
from agnesi.read.tokens import Token

_MEANS = ("E", "𝔼")
_COUNT = re.compile(
    r"(?:\||\\lvert|\\left\s*\||\\vert|#)\s*\\(?:mathcal|mathscr|mathfrak)\s*\{?\s*(?P<set>[A-Z])\s*\}?\s*"
    r"(?:\||\\rvert|\\right\s*\||\\vert|(?=[^A-Za-z]))"
)


def under_laws(tokens: Sequence[Token], source: str) -> list[Token]:
    """Return a formula in which what is drawn from the p of E_p is written as in p(x): a small letter.

    Only where the text has p(x), and says of X itself no law.
    """
    out = list(tokens)
    if not any(t.text in _MEANS for t in out):
        return out
    pairs = partners(out)
    for k, token in enumerate(out):
        law, opened = _law(out, k) if token.text in _MEANS else ("", 0)
        if not law or opened not in pairs:
            continue
        inside = range(opened + 1, pairs[opened])
        for name in {out[j].text for j in inside if _drawn(out, j, law)}:
            if _small(law, name, source):
                for j in inside:
                    out[j] = out[j]._replace(text=name.lower()) if out[j].text == name else out[j]
    return out


def _law(tokens: Sequence[Token], k: int) -> tuple[str, int]:
    """Return p and where the bracket opens of E_p[ or E_{p}[ at k."""
    shown = [t.text for t in tokens[k + 1 : k + 6]]
    if len(shown) > 4 and shown[:2] == ["_", "{"] and shown[3] == "}":
        return (shown[2], k + 5) if len(shown[2]) == 1 else ("", 0)
    return (shown[1], k + 3) if len(shown) > 2 and shown[0] == "_" and len(shown[1]) == 1 else ("", 0)


def _drawn(tokens: Sequence[Token], j: int, law: str) -> bool:
    """Tell whether X of p(X) stands at j."""
    name = tokens[j].text
    called = [t.text for t in (*tokens[j - 2 : j], tokens[j + 1])] == [law, "(", ")"]
    return called and len(name) == 1 and name.isascii() and name.isupper()


def _small(law: str, name: str, source: str) -> bool:
    small = re.search(rf"(?<![\w\\]){law}\s*\(\s*{name.lower()}\s*\)", source)
    return small is not None and not re.search(rf"(?<![\w\\]){name}\s*\$?\s*(?:~|∼|\\sim)", source)


def refuse_counts(text: str, start: int, source: str) -> None:
    """Raise where |𝒳| stands beside X: styles of letters are dropped, and the set is not the variable."""
    found = _COUNT.search(text)
    if found and re.search(rf"(?<![A-Za-z\\{{]){found['set']}(?![A-Za-z])", text):
        raise ReadError(
            f"|{found['set']}| is the number of elements of a set here, which is not read.",
            where=Place(source, start + found.start(), start + found.end()), repair="Write a number n for it.",
        )
