"""f(x) and f for the same number: y = f(x) + ε, and then (f − E[ŷ])²."""

from __future__ import annotations

from collections.abc import Sequence

from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

_LETTERS = ("f", "g", "μ", "m")
_SLOPES = ("∇", "d", "∂", "∂d", "D", "δ")


def with_bare_functions(lines: Sequence[list[Token]], words: Vocabulary) -> list[list[Token]]:
    """Return the lines with f(x) as f where f also stands alone, is defined nowhere, and x stands nowhere else."""
    out = list(lines)
    for name in _LETTERS:
        of = _argument(out, name) if name not in words.symbols and name not in words.definitions else ""
        if of:
            out = [_without_argument(line, name, of) for line in out]
    return out


def _argument(lines: Sequence[Sequence[Token]], name: str) -> str:
    """Return the x of f(x) where f is also written alone."""
    held: set[str] = set()
    alone = False
    for line in lines:
        for k, token in enumerate(line):
            if token.text != name or token.kind not in ("word", "name"):
                continue
            after = [t.text for t in line[k + 1 : k + 5]]
            if (k and line[k - 1].text in _SLOPES) or after[:1] in (["'"], ["_"]):
                return ""
            if after[:1] != ["("]:
                alone = True
            elif after[2:3] == [")"] and line[k + 2].kind in ("word", "name"):
                held.add(after[1])
                if k == 0 and after[3:4] in (["="], [":="]):
                    return ""
            else:
                return ""
    if not alone or len(held) != 1:
        return ""
    of = held.pop()
    texts = [[t.text for t in line] for line in lines]
    calls = sum(row[k : k + 4] == [name, "(", of, ")"] for row in texts for k in range(len(row)))
    return of if calls == sum(row.count(of) for row in texts) else ""


def _without_argument(line: list[Token], name: str, of: str) -> list[Token]:
    texts = [t.text for t in line]
    starts = [k for k in range(len(line)) if texts[k : k + 4] == [name, "(", of, ")"]]
    gone = {k + j for k in starts for j in (1, 2, 3)}
    return [t for k, t in enumerate(line) if k not in gone]
