"""Words cut into names, once it is known which names are declared: Xw is X w, W1 and log2 are one name."""

from __future__ import annotations

from collections.abc import Callable, Container

from agnesi.read.tokens import Token
from agnesi.read.words import DECORATIONS, GREEK, KEYWORDS, WHOLE_WORDS, WORD_OPS


def split(
    tokens: list[Token], known: Container[str], functions: Container[str], symbolic: Callable[[str], bool]
) -> list[Token]:
    """Cut words into names: declared names first, functions whole, runs with a capital or of two letters into letters.

    `symbolic(name)` tells whether a name is declared as a symbol (so that `d` before it is a factor).
    """
    out: list[Token] = []
    skip = 0
    for k, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.kind not in ("word", "name"):
            out.append(token)
            continue
        before = out[-1] if out else None
        script = before is not None and before.kind == "op" and before.text in ("^", "_") and not token.spaced
        pieces = [token.text]
        tail = "" if script else _joined(token, tokens, k, known, functions)
        if token.text in WHOLE_WORDS and (tokens[k + 1].text in ("(", "[") or token.text == "KL"):
            out.append(token._replace(kind="name"))
            continue
        if token.kind == "word" and not (tail and token.text + tail in functions):
            pieces = (_script(token.text, before.text, known) if script and before else None) or _pieces(
                token.text, known, functions, symbolic
            )
        stops = token.stop
        if tail:
            pieces = [*pieces[:-1], GREEK.get(pieces[-1], pieces[-1]) + tail]
            skip = 2 if tail[0] == "_" else 1
            stops = tokens[k + skip].stop
        at = token.start
        for i, piece in enumerate(pieces):
            letters = 1 if piece == "∂d" else len(piece)
            stop = min(at + letters, token.stop) if i < len(pieces) - 1 else stops
            shown = GREEK.get(piece, piece)
            kind = "op" if piece == "∂d" or (shown in WORD_OPS and shown not in known) else "name"
            out.append(
                Token(
                    kind,
                    WORD_OPS[shown] if kind == "op" and piece != "∂d" else shown,
                    at,
                    stop,
                    token.spaced and i == 0,
                )
            )
            at = stop
    return out


def _script(word: str, opener: str, known: Container[str]) -> list[str] | None:
    """Cut what follows ^ or _ without braces: X^TX is Xᵀ X, x_ij has two indices."""
    if opener == "^" and word[0] == "T" and word not in known:
        return ["T", *([word[1:]] if len(word) > 1 else [])] if len(word) < 3 else ["T", *word[1:]]
    return None if opener == "^" else [word]


def _pieces(word: str, known: Container[str], functions: Container[str], symbolic: Callable[[str], bool]) -> list[str]:
    if len(word) == 1 or word in known or word in functions or word in GREEK or word in KEYWORDS:
        return [word]
    plain = next((k for k, c in enumerate(word) if not c.isascii()), 0)
    if plain > 1 and word[:plain] in functions and not any(c.isascii() for c in word[plain:]):  # cosθ
        return [word[:plain], *_longest(word[plain:], known, functions)]
    if word[0] == "d" and word[1:] in functions and not symbolic("d"):
        return ["∂d", word[1:]]
    if len(word) > 3 and len(word) % 2 == 0 and set(word[::2]) == {"d"} and not symbolic("d"):
        return [piece for letter in word[1::2] for piece in ("∂d", letter)]
    if word[0] == "d" and not symbolic("d") and (len(word) == 2 or word[1:] in known or word[1:] in GREEK):
        return ["∂d", word[1:]]
    if len(word) > 2 and word.islower() and word.isascii() and not all(symbolic(c) for c in word):
        return [word]
    return _longest(word, known, functions)


def _longest(word: str, known: Container[str], functions: Container[str]) -> list[str]:
    """Cut a run into declared names where they fit (the longest first), into letters elsewhere."""
    out, at = [], 0
    while at < len(word):
        for size in range(min(len(word) - at, 12), 0, -1):
            piece = word[at : at + size]
            if size == 1 or piece in known or (size > 2 and piece in functions and at + size == len(word)):
                out.append(piece)
                at += size
                break
    return out


def _joined(token: Token, tokens: list[Token], k: int, known: Container[str], functions: Container[str]) -> str:
    """Return the digits or decoration that belong to the word before them: W1, x1ᵀ, log2, y_hat."""
    after = tokens[k + 1]
    if after.kind == "num" and not after.spaced and after.text.isdigit():
        whole = token.text + after.text
        if whole in known or whole in functions:
            return after.text
        return "" if token.text in functions or token.text in KEYWORDS else after.text
    if (
        after.text == "_"
        and not after.spaced
        and tokens[k + 2].text in DECORATIONS.values()
        and not tokens[k + 2].spaced
    ):
        return "_" + tokens[k + 2].text.removeprefix("_")
    if after.text == "_" and tokens[k + 2].kind == "word" and "_" + tokens[k + 2].text in DECORATIONS.values():
        return "_" + tokens[k + 2].text
    return ""
