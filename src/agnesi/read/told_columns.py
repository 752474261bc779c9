"""Columns of a matrix by their letter: where "u_j is column j of U" is told, u_j is U[:, j]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary


def with_columns(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with u_j, a column of U by what is declared, as U[:, j]."""
    able = {name: whole for name, whole in words.columns.items() if name not in words.symbols}
    return [_with_columns(line, able) for line in lines] if able else list(lines)


def _turned(line: Sequence[Token], able: dict[str, str]) -> Iterator[Token]:
    """Yield the tokens of a line with the u of x^Tu_j by itself."""
    for k, token in enumerate(line):
        after = line[k + 1].text if k + 1 < len(line) else ""
        glued = token.text[:1] == "T" and token.text[1:] in able and after == "_" and k and line[k - 1].text == "^"
        if glued:
            middle = token.start + 1
            yield Token(token.kind, "T", token.start, middle, False)
            yield Token(token.kind, token.text[1:], middle, token.stop, False)
        else:
            yield token


def _with_columns(line: list[Token], able: dict[str, str]) -> list[Token]:
    """Return one line so, from its last column to its first."""
    line = list(_turned(line, able))
    for k in range(len(line) - 3, -1, -1):
        if line[k].text not in able or line[k + 1].text != "_":
            continue
        braced = [t.text for t in line[k + 2 : k + 5 : 2]] == ["{", "}"]
        at = k + 3 if braced else k + 2
        index = line[at]
        if index.kind not in ("word", "name", "num") or len(index.text) > 1:
            continue
        stop = at + 2 if braced else at + 1
        last = line[stop - 1].stop
        made = [
            line[k]._replace(text=able[line[k].text]), Token("open", "[", index.start, index.start, False),
            Token("op", ":", index.start, index.start, False), Token("op", ",", index.start, index.start, False),
            index._replace(spaced=False), Token("close", "]", index.stop, last, False),
        ]  # fmt: skip
        line = [*line[:k], *made, *line[stop:]]
    return line
