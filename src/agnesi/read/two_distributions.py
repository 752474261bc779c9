"""P and Q of which the text takes a divergence are distributions: P(x), Q(x) and P_i are read as p(x), q(x) and p_i."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.tokens import Token

_OF = r"\(\s*P\s*(?:\|\||\\\|(?:\\\|)?|‖|∥|\\Vert|\\parallel|\|\s*\||,|;|:)\s*Q\s*\)"
_DIVERGENCE = re.compile(rf"(?:KL|D(?:_\{{?\\?[A-Za-z{{]*KL\}}*)?|H|\\[A-Za-z]*KL\}}?)\s*(?:\\left)?\s*{_OF}")
_USED = re.compile(r"(?<![A-Za-z\\])Q(?:\(\s*[a-z]\s*\)|_\{?[a-z](?![a-z]))")
_LOWER = re.compile(r"(?<![A-Za-z\\])[pq]\s*(?:\(|_)")
_SMALL = {"P": "p", "Q": "q"}


def with_distributions(tokens: Sequence[Token], source: str) -> list[Token]:
    """Return a formula with p and q for the P and Q of KL(P ‖ Q), where the text gives Q a value at a letter."""
    if "Q" not in source or not _DIVERGENCE.search(source) or not _USED.search(source) or _LOWER.search(source):
        return list(tokens)
    return [t._replace(text=_SMALL[t.text]) if t.text in _SMALL and t.kind == "word" else t for t in tokens]
