"""A sheet cut into statements: at ; and line ends outside brackets, and before `where`."""

from __future__ import annotations

from agnesi.read.cursor import RELATIONS
from agnesi.read.declare import fact_words
from agnesi.read.tokens import Token

_SAYS = frozenset(("where", "let", "for", "with", "if", "given", "assume", "assuming", "when"))
_CONTINUES = frozenset(RELATIONS) | {"+", "*", "·", "⊙", "/", ")"} - {":="}
_OPEN_ENDED = frozenset(RELATIONS) | {"+", "-", "*", "·", "⊙", "/", ","}


def statements(tokens: list[Token]) -> list[list[Token]]:
    """Split at ; and line ends outside brackets, and before `where`; a line that goes on is joined."""
    out: list[list[Token]] = [[]]
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "end":
            break
        if depth == 0 and token.kind == "op" and token.text in (";", "\n"):
            if (
                token.text == "\n"
                and out[-1]
                and (out[-1][-1].text in _OPEN_ENDED or _next(tokens, k).text in _CONTINUES)
            ):
                continue
            if token.text == "\n" and not out[-1]:
                continue
            out.append([])
            continue
        if depth == 0 and token.kind == "word" and token.text == "where" and out[-1]:
            if out[-1][-1].text == ",":
                out[-1].pop()
            out.append([])
        out[-1].append(token)
    cleaned: list[list[Token]] = []
    for tokens_of_one in out:
        while tokens_of_one and tokens_of_one[-1].text in (".", ","):
            tokens_of_one.pop()
        if tokens_of_one:
            for piece in _said_of_names(tokens_of_one):
                cleaned += _defined_by_commas(piece)
    return cleaned


def _defined_by_commas(tokens: list[Token]) -> list[list[Token]]:
    """After `where`, commas and `and` separate definitions: where r = Xw − y, X : n×d."""
    if tokens[0].text != "where":
        return [tokens]
    out: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and (token.text == "," or token.text == "and"):
            out.append([tokens[0]])
            continue
        out[-1].append(token)
    return [p for p in out if len(p) > 1]


def _said_of_names(tokens: list[Token]) -> list[list[Token]]:
    """Take facts in words from a formula: `where A is symmetric: xᵀAx`, `xᵀAx for A symmetric`."""
    depth = 0
    for k, token in enumerate(tokens):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth or not k:
            continue
        if token.text == ":" and tokens[0].text in _SAYS and _says(tokens[1:k]):
            rest = tokens[k + 1 :]
            return [[tokens[0]._replace(text="where"), *tokens[1:k]], *([rest] if rest else [])]
        if token.kind == "word" and token.text in _SAYS and token.spaced and _says(tokens[k + 1 :]):
            before = tokens[:k]
            if before[-1].text == ",":
                before.pop()
            return [before, [token._replace(text="where"), *_facts(tokens[k + 1 :])]]
    return [tokens]


def _facts(tokens: list[Token]) -> list[Token]:
    """Return the tokens without a leading `all` or `any`."""
    return tokens[1:] if tokens and tokens[0].text in ("all", "any", "every") else tokens


def _says(tokens: list[Token]) -> bool:
    """Tell whether tokens say something of a name: A is symmetric, A symmetric positive definite, x > 0, x ∈ ℝⁿ."""
    held = _facts(tokens)
    if len(held) < 2 or held[0].kind not in ("word", "name"):
        return False
    if held[1].kind == "op" and (held[1].text in ("∈", ":") or (held[-1].text == "0" and len(held) == 3)):
        return True
    return bool(fact_words([t.text for t in held[1:]]))


def _next(tokens: list[Token], k: int) -> Token:
    while tokens[k].text == "\n" and tokens[k].kind == "op":
        k += 1
    return tokens[k]


def top_level(tokens: list[Token]) -> list[Token]:
    """Return the tokens outside brackets."""
    out: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0:
            out.append(token)
    return out


def _unbraced(tokens: list[Token]) -> list[Token]:
    """Return tokens with x_1 for x_{1}."""
    alone = {
        k for k in range(1, len(tokens) - 2)
        if tokens[k - 1].text == "_" and tokens[k].text == "{" and tokens[k + 2].text == "}"
    }
    return [t for k, t in enumerate(tokens) if k not in alone and k - 2 not in alone]


def parameters_in(tokens: list[Token]) -> tuple[str, ...]:
    """Return the parameters in (x, x', y_1, y_{2}), or nothing when it is no parameter list."""
    if len(tokens) < 3 or tokens[0].text != "(" or tokens[-1].text != ")":
        return ()
    found: list[str] = []
    for token in _unbraced(tokens[1:-1]):
        if token.kind == "name" and (not found or found[-1] == ","):
            found = [*found[:-1], token.text] if found and found[-1] == "," else [*found, token.text]
        elif token.text == "'" and found:
            found[-1] += "'"
        elif token.kind in ("num", "name") and found and found[-1].endswith("_"):
            found[-1] += token.text
        elif token.text == "_" and found:
            found[-1] += "_"
        elif token.text in (",", ";") and found:
            found.append(",")
        else:
            return ()
    return tuple(found) if "," not in found else ()
