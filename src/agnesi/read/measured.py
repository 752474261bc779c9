"""Amounts and relations in words: n samples, of length n, with mean mu, rows x_i of X, independent of y."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.descriptions import COUNTED, KINDS, MEASURES, MOMENTS, VERBS
from agnesi.read.names import (
    CONE,
    NAME,
    SET,
    Found,
    Item,
    Said,
    declared_names,
    in_greek,
    index_of,
    is_size,
    untransposed,
    with_table,
)

_EIGEN_OPENS = ("a", "an", "the", "unit", "normalised", "normalized", "real", "corresponding", "right")
_EIGEN_JOINS = frozenset((
    "with", "for", "to", "and", "eigenvalue", "eigenvector", "corresponding", "belonging", "associated", "the", "a",
    "its", "unit", "normalised", "normalized", "of",
))


def _row(name: str, which: str, index: str, matrix: str) -> Said:
    """Return the declaration that a vector is a row or column of a matrix."""
    return Said("declaration", f"{in_greek(name)} is {which} {index} of {in_greek(matrix)}", (name,))


class Measured:
    """Reads single phrases among the items of a line; `last` is the matrix that was declared last."""

    def __init__(self) -> None:
        self.last = ""
        self.about: list[str] = []  # the one name that was declared last
        self.items: Sequence[Item] = ()

    def word(self, k: int) -> str:
        """Return the word at k, or nothing."""
        return self.items[k].text if 0 <= k < len(self.items) and self.items[k].kind == "W" else ""

    def mark(self, k: int) -> str:
        """Return the mark at k, or nothing."""
        return self.items[k].text if 0 <= k < len(self.items) and self.items[k].kind == "P" else ""

    def mathematics(self, k: int) -> str:
        """Return the mathematics at k, or nothing."""
        return self.items[k].text if 0 <= k < len(self.items) and self.items[k].kind == "M" else ""

    def phrase(self, k: int) -> tuple[str, str, int]:
        """Return (what it says, value, its length in items) of the longest known phrase at k."""
        words: list[str] = []
        for j in range(k, min(k + 5, len(self.items))):
            if self.items[j].kind != "W":
                break
            words.append(self.items[j].text)
        for size in range(len(words), 0, -1):
            text = " ".join(words[:size])
            for shown in (text, text.replace("-", " "), text.replace("-", "")):
                if shown in KINDS:
                    return (*KINDS[shown], size)
        return ("", "", 0)

    def counted(self, k: int) -> tuple[list[Said], int] | None:
        """`n samples`, `K classes`: the letter is a number of things."""
        name = self.mathematics(k)
        if re.fullmatch(r"[nmdkNDKMTVL]", name) and self.word(k + 1) in COUNTED:
            return [Said("declaration", f"{name} ∈ ℕ", (name,))], k + 2
        return None

    def rows(self, k: int) -> tuple[list[Said], int] | None:
        """`rows x_i^T`, `whose rows are x_i^T`, `with columns a_j`, `x_i is the i-th row of X`."""
        at = k
        while self.word(at) in ("with", "whose", "having", "the", "where", "and", "its", "has", "have"):
            at += 1
        which = {"row": "row", "rows": "row", "column": "column", "columns": "column"}.get(self.word(at), "")
        if which and self.word(at + 1) == "of" and self.word(at + 3) in ("are", "being"):
            _kind, _value, size = self.phrase(at + 4)
            name, words = self.mathematics(at + 2), [i.text for i in self.items[at + 4 : at + 4 + size]]
            bare = untransposed(self.mathematics(at + 4))
            if NAME.match(name) and index_of(bare):
                return [_row(bare, which, index_of(bare), name)], at + 5
            if NAME.match(name) and size and words[-1] in ("independent", "orthonormal"):
                fact = "orthogonal" if words[-1] == "orthonormal" else f"full {which} rank"
                return [Said("declaration", f"{name} : {fact}", (name,))], at + 4 + size
            return None
        if which:
            at += 1
            while self.word(at) in ("are", "is", "vectors", "given", "by", "the", "being"):
                at += 1
            bare = untransposed(self.mathematics(at))
            index = index_of(bare)
            whole = self.mathematics(at + 2) if self.word(at + 1) == "of" else ""
            if index and (NAME.match(whole) or self.last):
                stop = at + 3 if NAME.match(whole) else at + 1
                whole = whole if NAME.match(whole) else self.last
                return [_row(bare, which, index, whole)], stop
            return None
        bare = untransposed(self.mathematics(k))
        index = index_of(bare)
        if not index or self.word(k + 1) not in ("is", "are", "denotes", "be", "the"):
            return None
        at = k + 1 if self.word(k + 1) == "the" else k + 2
        while self.word(at) in ("the", "a") or self.mathematics(at) in (index, f"{index}th") or (
            self.word(at) in ("th", f"{index}-th", "i-th", "n-th", "ith", "nth", "jth", "kth")
        ):
            at += 1
        which = {"rows": "row", "columns": "column"}.get(self.word(at), self.word(at))
        if which not in ("row", "column"):
            return None
        at += 1
        if self.mathematics(at) == index:
            at += 1
        if self.word(at) in ("vector", "vectors"):
            at += 1
        matrix, shape = with_table(self.mathematics(at + 1))
        if self.word(at) == "of" and NAME.match(matrix):
            declared = [Said("declaration", f"{matrix} : {shape}", (matrix,))] if shape else []
            return [*declared, _row(bare, which, index, matrix)], at + 2
        return None

    def independent(self, k: int, value: str, found: Found) -> int:
        """`independent of y`, `independent given z`: the names that follow belong to the fact."""
        more: list[str] = []
        if self.word(k) in ("random", "variables", "variable", "events"):
            k = k + 2 if self.word(k + 1) in ("variables", "vectors") else k + 1
            found.said.append(("random", ()))
        if self.word(k) in ("of", "from") and NAME.match(self.mathematics(k + 1)):
            more.append(self.mathematics(k + 1))
            k += 2
            while (self.word(k) == "and" or self.mark(k) == ",") and NAME.match(self.mathematics(k + 1)):
                if self.word(k + 2) in VERBS:
                    break
                more.append(self.mathematics(k + 1))
                k += 2
        if self.word(k) == "given" and self.mathematics(k + 1):
            found.said.append(("conditionally independent", (*more, self.mathematics(k + 1))))
            return k + 2
        if value == "independent":
            found.said.append((value, tuple(more)))
        return k

    def eigen(self, k: int, found: Found) -> int:
        """`a unit eigenvector of A with eigenvalue λ`, `an eigenvalue of A with eigenvector v`."""
        at, unit = k, False
        while self.word(at) in _EIGEN_OPENS:
            unit = unit or self.word(at) in ("unit", "normalised", "normalized")
            at += 1
        extreme = self.extreme_eigenvalue(k, found)
        if extreme != k:
            return extreme
        what, matrix = self.word(at), self.mathematics(at + 2)
        if what not in ("eigenvector", "eigenvalue") or self.word(at + 1) != "of" or not NAME.match(matrix):
            return k
        stop = at + 3
        while self.word(stop) in _EIGEN_JOINS:
            stop += 1
        value = self.mathematics(stop)
        if stop == at + 3 or not NAME.match(value):
            return k
        found.said.append((what, (matrix, value)))
        if unit and what == "eigenvector":
            found.facts.append("unit")
        return stop + 1

    def extreme_eigenvalue(self, k: int, found: Found) -> int:
        """`with largest eigenvalue λ`, `whose smallest eigenvalue is m`, `λ is the largest eigenvalue of A`."""
        at = k
        while self.word(at) in ("with", "whose", "has", "have", "having", "and", "the", "a"):
            at += 1
        which = {"largest": "lammax", "biggest": "lammax", "top": "lammax", "maximal": "lammax", "greatest": "lammax",
                 "leading": "lammax", "dominant": "lammax", "maximum": "lammax", "smallest": "lammin",
                 "lowest": "lammin", "minimal": "lammin", "least": "lammin", "minimum": "lammin"}.get(self.word(at), "")
        if not which or self.word(at + 1) != "eigenvalue":
            return k
        stop = at + 2
        of = self.word(stop) == "of"
        while self.word(stop) in ("of", "is", "equal", "to", "being"):
            stop += 1
        name = self.mathematics(stop) or self.word(stop)
        bounded = re.match(r"(\S{1,12}?)\s*(?:>|≥|\\geq?(?![a-z]))\s*0$", name)  # L > 0 is declared by itself
        if bounded and NAME.match(bounded[1]):
            found.said.append((f"{which} of" if of else which, (bounded[1],)))
            return stop
        if not NAME.match(name) and not re.fullmatch(r"l(?:am(?:bda)?)?_?(?:max|min|1|n)", name):
            return k
        found.said.append((f"{which} of" if of else which, (name,)))
        return stop + 1

    def sized(self, k: int, found: Found) -> int:
        """`of length n`, `of size n x d`, `over K states`, `with mean mu`, `with n rows and d columns`, `in R^n`."""
        at = k
        while self.word(at) in ("a", "an", "the", "common", "same"):
            at += 1
        word = self.word(at)
        if word in MEASURES:
            at += 1
            while self.word(at) in ("of", "is"):
                at += 1
            text = self.mathematics(at)
            if self.word(at + 1) == "by" and text and self.mathematics(at + 2):
                found.shape = f"{text}×{self.mathematics(at + 2)}"
                return at + 3
            if is_size(text):
                found.shape = text if word != "order" else f"{text}×{text}"
                return at + 1
            return k
        moment = next((m for m in (f"{word} {self.word(at + 1)}", word) if m in MOMENTS), "")
        if moment:
            value = at + len(moment.split())
            while self.word(value) in ("vector", "matrix", "equal", "to", "of", "is"):
                value += 1
            held = self.mathematics(value) or {"zero": "0", "one": "1"}.get(self.word(value), "")
            if held and (not self.items[value].related):
                found.said.append((MOMENTS[moment], (held,)))
                return value + 1
            return k
        text = self.mathematics(at)
        if self.word(at + 1) in COUNTED and re.fullmatch(r"[A-Za-z]|\d{1,3}", text):
            if self.word(at + 1) == "rows" and self.word(at + 2) == "and" and self.word(at + 4) == "columns":
                found.shape = f"{text}×{self.mathematics(at + 3)}"
                return at + 5
            found.shape = found.shape or text
            return at + 2
        if text and SET.match(text) and not NAME.match(text) and self.members(text, found):
            return at + 1
        return k

    def members(self, text: str, found: Found) -> bool:
        """Take in a set: ℝⁿ, {0,1}ⁿ, [0, 1], Sⁿ of positive definite matrices."""
        text = text.strip()
        cone = CONE.match(text)
        if cone:
            found.shape = f"{cone[2]}×{cone[2]}"
            found.facts.append({"++": "spd", "+": "psd"}.get(cone[1] or cone[3] or "", "symmetric"))
            return True
        if re.fullmatch(r"[(\[\]]\s*0\s*,\s*(1|∞|\\infty|inf)\s*[)\]\[]", text):
            below = "nonnegative" if text[0] == "[" else "positive"
            found.facts.append("unit interval" if re.search(r"1\s*\S$", text) else below)
            return True
        if SET.match(text) and declared_names("x : " + text) is not None:
            found.shape = text
            return True
        return False
