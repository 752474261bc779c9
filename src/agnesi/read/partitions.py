"""Partitioned Gaussian vectors: Σ_{12} is a block, a matrix of its own, where the text shows Σ in blocks.

Moments of one part given the other are written out, as they follow from the blocks: E[x_1 | x_2 = a] is
μ_1 + Σ_12 Σ_22⁻¹ (a − μ_2), Cov[x_1 | x_2] is Σ_11 − Σ_12 Σ_22⁻¹ Σ_12ᵀ (Bishop 2.3.1, MML 6.5.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from agnesi.expr.nodes import symbol
from agnesi.read.cursor import partners
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import Vocabulary

LETTERS = frozenset(("word", "name"))
BLOCKS = ("11", "12", "21", "22")
PARTS = ("1", "2")
NORMAL = re.compile(
    r"(?<![A-Za-z])N\s*\}?\s*(?:\\left)?\s*\(|𝒩|\b[Gg]aussian|\b(?:multivariate|jointly) normal|\bnormal distribution"
)
SIZES = ("q", "r", "p", "k", "l", "s", "d", "n")
MEANS = ("μ", "m")
EXPECTED = ("E", "𝔼", "mean")
SPREADS = ("Cov", "Var", "V", "cov", "var")


def with_partitions(lines: Sequence[list[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the formulas of a text with the blocks of its partitioned matrices as matrices of their own."""
    letters = {n for line in lines for n in _in_blocks(line) if not _of_numbers(n, words)}
    if not letters:
        return list(lines)
    fused = [_fused(line, {n: BLOCKS for n in letters}, {}) for line in lines]
    vectors = {n for line in fused for n in _parts_of(line, any(t.text in _names(letters) for t in line))}
    if any(_of_numbers(n, words) for n in vectors) or any(_divided(line, _names(letters)) for line in fused):
        return list(lines)
    fused = [_fused(line, {n: PARTS for n in vectors}, {}) for line in fused]
    spread = "Σ" if "Σ" in letters else min(letters)
    mean = next((m for m in MEANS if m in vectors), "")
    covariance = spread == "Σ" or re.search(rf"N\s*\}}?\s*\([^()\n]{{1,40}},\s*{spread}\s*\)", source)
    if len(letters) > 1 or not mean or not covariance or not NORMAL.search(source):
        return fused
    symmetric = [_fused(line, {}, {f"{spread}_21": [f"{spread}_12", "^", "ᵀ"]}) for line in fused]
    values = {name for line in symmetric for held in _values(line, vectors).values() for name in held}
    if not {f"{n}_{p}" for n in vectors for p in PARTS} & set(words.symbols):
        _declare(spread, {*(f"{n}_{p}" for n in vectors for p in PARTS), *values}, source, words)
        symmetric = [[] if _shows(line, {spread, *vectors}) else line for line in symmetric]
    return _Conditional(mean, spread).told(symmetric, vectors)


def _declare(spread: str, vectors: set[str], source: str, words: Vocabulary) -> None:
    """Declare the blocks and parts, all of one size, so that a line with blocks in wrong places has a value too."""
    able = (n for n in SIZES if n not in words and not re.search(rf"(?<![A-Za-z\\\\]){n}(?![A-Za-z])", source))
    size = next(able, "")
    for one in sorted(vectors if size else ()):
        if one not in words:
            words.declare(symbol(one, [size]))
    for block in BLOCKS if size else ():
        words.declare(symbol(f"{spread}_{block}", [size, size], ("spd",) if block[0] == block[1] else ()))


def _shows(line: Sequence[Token], names: set[str]) -> bool:
    """Tell whether a line only shows the parts: Σ = [Σ_11, Σ_12; Σ_21, Σ_22]."""
    return len(line) > 4 and line[0].text in names and line[1].text == "=" and line[2].text in ("⟦", "[", "(") and (
        partners(list(line)).get(2, 0) + 1 >= len(line) - 1
    )


def _divided(line: Sequence[Token], names: set[str]) -> bool:
    """Tell whether a line divides by a block: it is a number then."""
    below = any(a.text == "/" and b.text in names for a, b in pairwise(line))
    over = zip(line, line[1:], line[2:], strict=False)
    return below or any(a.text == "}" and b.text == "{" and c.text in names for a, b, c in over)


def _of_numbers(name: str, words: Vocabulary) -> bool:
    """Tell whether a matrix is declared 2×2, so that its entries are meant."""
    return name in words.symbols and any(d.number is not None for d in words.symbols[name].shape)


def _names(letters: set[str]) -> set[str]:
    return {f"{n}_{b}" for n in letters for b in BLOCKS}


def _subscript(line: Sequence[Token], k: int) -> tuple[str, int]:
    """Return the subscript of the letter at k, without braces and commas, and the place after it."""
    if k + 2 >= len(line) or line[k + 1].text != "_" or line[k + 1].kind != "op":
        return "", k + 1
    if line[k + 2].text != "{":
        return line[k + 2].text, k + 3
    stop = next((j for j in range(k + 3, min(k + 8, len(line))) if line[j].text == "}"), 0)
    return ("".join(t.text for t in line[k + 3 : stop] if t.text != ","), stop + 1) if stop else ("", k + 1)


def _in_blocks(line: Sequence[Token]) -> set[str]:
    """Return Σ of a matrix [Σ_11, Σ_12; Σ_21, Σ_22] in a line."""
    found: dict[str, list[str]] = {}
    if not any(t.text in ("⟦", "[") for t in line):
        return set()
    for k, token in enumerate(line):
        below = _subscript(line, k)[0] if token.kind in LETTERS else ""
        if below in BLOCKS:
            found.setdefault(token.text, []).append(below)
    whole = {n for n, held in found.items() if tuple(held[:4]) == BLOCKS or (len(held) == 4 and "21" not in held)}
    return {n for n in whole if any(t.text == n and _subscript(line, k)[0] == "" for k, t in enumerate(line))}


def _parts_of(line: Sequence[Token], beside: bool) -> set[str]:
    """Return x of x = [x_1; x_2], and the letters with parts in a line that has blocks in it."""
    found: dict[str, set[str]] = {}
    for k, token in enumerate(line):
        below = _subscript(line, k)[0] if token.kind in LETTERS else ""
        if below in PARTS:
            found.setdefault(token.text, set()).add(below)
    listed = len(line) > 6 and line[0].kind in LETTERS and line[1].text == "=" and line[2].text in ("⟦", "[", "(")
    return set(found) if beside else {n for n, b in found.items() if listed and n == line[0].text and len(b) == 2}


def _fused(
    line: Sequence[Token], owners: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]
) -> list[Token]:
    """Return a line with Σ_{12} as one name; `others` are names that stand for several tokens in brackets."""
    out: list[Token] = []
    k = 0
    while k < len(line):
        token = line[k]
        below, after = _subscript(line, k) if token.kind in LETTERS and token.text in owners else ("", k + 1)
        if below and below in owners[token.text]:
            out.append(token._replace(kind="name", text=f"{token.text}_{below}", stop=line[after - 1].stop))
            k = after
            continue
        out += _spelt(others[token.text], token) if token.kind == "name" and token.text in others else [token]
        k += 1
    return out


def _spelt(texts: Sequence[str], at: Token) -> list[Token]:
    """Return tokens at the place of another, in brackets."""
    kinds = {"(": "open", ")": "close", "1": "num"}
    out = [at._replace(kind="open", text="(")]
    for text in (*texts, ")"):
        op = text in ("+", "-", "^", "ᵀ", "|")
        out.append(Token("op" if op else kinds.get(text, "name"), text, at.start, at.stop, False))
    return out


@dataclass(frozen=True)
class _Conditional:
    """The moments of a part of a Gaussian vector given the other part."""

    mean: str
    spread: str

    def block(self, i: str, j: str) -> list[str]:
        """Return the block of the covariance of two parts."""
        return [f"{self.spread}_{i}{j}"] if i <= j else ["(", f"{self.spread}_{j}{i}", "^", "ᵀ", ")"]

    def centre(self, i: str, j: str, value: Sequence[str]) -> list[str]:
        """Return μ_i + Σ_ij Σ_jj⁻¹ (v − μ_j)."""
        gain = [*self.block(i, j), *self.block(j, j), "^", "(", "-", "1", ")"]
        return [f"{self.mean}_{i}", "+", *gain, "(", *value, "-", f"{self.mean}_{j}", ")"]

    def width(self, i: str, j: str) -> list[str]:
        """Return Σ_ii − Σ_ij Σ_jj⁻¹ Σ_ji."""
        gain = [*self.block(i, j), *self.block(j, j), "^", "(", "-", "1", ")"]
        return [*self.block(i, i), "-", *gain, *self.block(j, i)]

    def told(self, lines: Sequence[list[Token]], vectors: set[str]) -> list[list[Token]]:
        """Return lines with conditional moments written out; a law x_1 | x_2 ~ N(m, S) says what m and S are."""
        out, names = list[list[Token]](), dict[str, list[str]]()
        values = {j: v for line in lines for j, v in _values(line, vectors).items()}
        for line in lines:
            line = self.moments(line, vectors, values)
            law = self.law(line, vectors)
            if law is None:
                out.append(line)
                continue
            place, wanted, held = law
            claims: list[Token] = []
            for truth, given in zip(wanted, held, strict=True):
                if [t.text for t in given] == ["(", *truth, ")"]:
                    continue  # μ_{1|2} was written out
                if len(given) == 1 and given[0].kind in LETTERS and not any(given[0].text == n for n in vectors):
                    names[given[0].text] = truth
                else:
                    claims += [*([place._replace(kind="op", text=";")] if claims else []), *_spelt(truth, place)]
                    claims += [place._replace(kind="op", text="="), *given]
            out.append([*claims, line[-1]] if claims and line[-1].kind == "end" else claims)
        return [_fused(line, {}, names) for line in out] if names else out

    def moments(self, line: list[Token], vectors: set[str], values: Mapping[str, Sequence[str]]) -> list[Token]:
        """Write out E[x_1 | x_2 = a], Cov[x_1 | x_2], μ_{1|2} and Σ_{1|2} in a line."""
        out: list[Token] = []
        k, pairs = 0, partners(line)
        while k < len(line):
            token, truth, after = line[k], list[str](), k + 1
            opened = k + 1 < len(line) and line[k + 1].text in ("[", "(") and k + 1 in pairs
            if token.text in (*EXPECTED, *SPREADS) and opened:
                found = _given(line[k + 2 : pairs[k + 1]], vectors)
                if found is not None:
                    i, j, point = found
                    truth = self.centre(i, j, point) if token.text in EXPECTED else self.width(i, j)
                    after = pairs[k + 1] + 1
            elif token.text in (self.mean, self.spread):
                below, stop = _subscript(line, k)
                if below in ("1|2", "2|1"):
                    i, j = below[0], below[2]
                    letter = "x" if "x" in vectors else min(vectors - {self.mean}, default="x")
                    held = values.get(j, [f"{letter}_{j}"])
                    truth = self.centre(i, j, held) if token.text == self.mean else self.width(i, j)
                    after = stop
            out += _spelt(truth, token._replace(stop=line[after - 1].stop)) if truth else [token]
            k = after
        return out

    def law(
        self, line: Sequence[Token], vectors: set[str]
    ) -> tuple[Token, tuple[list[str], list[str]], tuple[list[Token], list[Token]]] | None:
        """Return what the moments of x_1 | x_2 = a ~ N(m, S) or p(x_1 | x_2) = N(x_1 | m, S) are, and m and S."""
        at = next((k for k, t in enumerate(line) if t.text in ("~", "=") and k + 2 < len(line)
                   and line[k + 1].text == "N" and line[k + 2].text == "("), 0)
        if not at:
            return None
        held = [t for t in line[:at] if t.text not in ("(", ")", "p")]
        found = _given(held, vectors)
        closed = partners(list(line)).get(at + 2, 0)
        inside, depth, parts = line[at + 3 : closed], 0, [list[Token]()]
        for token in inside:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if not depth and token.text in (",", "|", ";"):
                parts.append([])
            else:
                parts[-1].append(token)
        parts = parts[1:] if len(parts) == 3 else parts
        if found is None or len(parts) != 2 or not all(parts) or any(t.kind != "end" for t in line[closed + 1 :]):
            return None
        i, j, value = found
        return line[0], (self.centre(i, j, value), self.width(i, j)), (parts[0], parts[1])


def _given(held: Sequence[Token], vectors: set[str]) -> tuple[str, str, list[str]] | None:
    """Return 1, 2 and a of x_1 | x_2 = a; of x_1 | x_2 the name x_2."""
    bar = next((k for k, t in enumerate(held) if t.text == "|"), 0)
    if bar != 1 or len(held) not in (3, 5) or (len(held) == 5 and held[3].text != "="):
        return None
    (first, _, one), (second, _, two) = held[0].text.rpartition("_"), held[2].text.rpartition("_")
    if first not in vectors or second not in vectors or {one, two} != set(PARTS) or held[-1].kind not in LETTERS:
        return None
    return one, two, [held[-1].text]


def _values(line: Sequence[Token], vectors: set[str]) -> dict[str, list[str]]:
    """Return what a line says a part is: a of x_2 = a behind a bar."""
    found = (_given(line[k : k + 5], vectors) for k, t in enumerate(line) if t.kind == "name")
    return {one[1]: one[2] for one in chain(found) if one is not None}


