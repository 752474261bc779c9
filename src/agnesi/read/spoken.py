"""Declarations and facts in words: "Let X be an n x d matrix", "A and B are symmetric", "x has mean mu".

What is understood becomes a declaration that the strict reader takes, or a fact; the rest is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agnesi.read.descriptions import (
    ADJECTIVES,
    COUNTED,
    FILLERS,
    INTO,
    KINDS,
    LATE,
    MEASURES,
    MOMENTS,
    OPENERS,
    PAIRS,
    PLURAL,
    STOPS,
    VERBS,
)
from agnesi.read.english import AFTER_NAME, STRICT_PROSE
from agnesi.read.laws import law_at, modelled_together, models
from agnesi.read.measured import Measured
from agnesi.read.names import (
    ARROW,
    INDEXED,
    LIST,
    MAX_FORMAL,
    MAX_NAMES,
    MAX_OPENERS,
    MODELLED,
    NAME,
    Found,
    Item,
    Said,
    declared_names,
    is_size,
    is_table,
    member_of,
    size_in,
)

_ABOVE_ZERO = re.compile(r"(.+?)\s*(>=|≥|>|≻|⪰|\\geq?(?![a-z])|\\succ(?:eq)?(?![a-z]))\s*0$")
_SIGNS = {">": "positive", "≻": "spd", "⪰": "psd", "\\succ": "spd", "\\succeq": "psd"}
_SETS = {"{0,1}": "binary", "{-1,1}": "sign", "[0,1]": "unit interval"}
_TILDE = re.compile(r"(?:[~∼]|\\sim)\s*")
_LAW = re.compile(r"(?:N|Normal|Poisson|Bernoulli|Uniform|Exp\w*|Gamma|Beta|U)\s*\(")
_JOINED = ("with", "of", "and", "has", "have", "having", "over", "on", "be", "is", "are", "from")
_LARGE = re.compile(r"\d{4}")  # sizes past the limits are given as they stand, to be refused with a reason
_MEASURED = ("of", "with", "over", "on", "in")


def _names(text: str) -> bool:
    """Tell whether text may end a list of names: B, B ∈ ℝⁿ, B n×n, b > 0."""
    if NAME.match(text) or member_of(text) or MODELLED.match(text):
        return True
    sign, pair = _ABOVE_ZERO.match(text), re.match(r"(\S+)\s+(\S.*)$", text)
    return bool((sign and NAME.match(sign[1])) or (pair and NAME.match(pair[1]) and is_table(pair[2])))


class Spoken(Measured):
    """Reads the declaration that begins at an item of a line."""

    def at(self, items: Sequence[Item], k: int) -> tuple[list[Said], int] | None:
        """Return what is declared at item k and the item after it, or None."""
        self.items, start = items, k
        while k < min(len(items), start + MAX_OPENERS) and items[k].kind == "W" and self.opens(k):
            k += 1
        if self.word(k) in ("it", "they") and self.word(k + 1) in ("is", "are", "has", "have"):
            about = self.subject(k)
            of_it = self.told(k + 1, Found(names=about)) if about else None
            return None if of_it is not None and self.word(of_it[1]) == "for" else of_it  # positive for every x
        if start > 2 and self.word(start) in ("has", "have") and self.mark(start - 1) == "," and self.about:
            if self.items[start - 2].kind == "M":  # X ∈ ℝⁿˣᵖ, n > p, has full column rank
                return self.told(start, Found(names=list(self.about)))
        extreme = start > 1 and self.about and self.mark(start - 1) == ","
        if extreme and self.extreme_eigenvalue(start, Found()) != start:
            return self.told(start, Found(names=list(self.about)))  # A symmetric, smallest eigenvalue m
        into = (start > 0 and self.word(start - 1) in INTO) or (k > 0 and self.word(k - 1) in INTO)
        first = self.counted(k) or self.rows(k)
        if first:
            return self.and_more(*first)
        found = Found()
        k = self.before(k, found)
        k, formal = self.named(k, found)
        if formal:
            self.about = list(found.formal) if len(found.formal) == 1 else []
            if not self.word(k) or self.word(k) in VERBS or self.word(k) in KINDS:
                after = k + (self.word(k) in ("be", "is", "are"))
                stop = self.described(after, found)
                k = stop if stop > after else k
            return [Said("declaration", formal, found.formal), *self.results(found)], k
        if not found.names:
            return modelled_together(self, k) or self.of_expression(k)
        law = None if into else law_at(self, k, found.names)
        if law:
            return [*self.results(found), *law[0]], law[1]
        if into:
            return (out, k) if not found.empty and (out := self.results(found)) else None
        return self.told(k, found)

    def and_more(self, said: list[Said], stop: int) -> tuple[list[Said], int]:
        """What goes on about the matrix whose rows were named: `with rows x_iᵀ and full column rank`."""
        if self.word(stop) != "and" or not self.last or self.phrase(stop + 1)[0] != "fact":
            return said, stop
        found = Found(names=[self.last])
        end = self.described(stop + 1, found)
        return ([*said, *self.results(found)], end) if found.facts else (said, stop)

    def subject(self, k: int) -> list[str]:
        """Return what `it` at k means: the name that was mentioned last, if nothing else was since."""
        before = next((i for i in reversed(self.items[max(0, k - 20) : k]) if i.kind == "M"), None)
        if before is None or is_table(before.text) or member_of(before.text):
            return self.about
        return [before.text] if NAME.match(before.text) and not before.related else []

    def told(self, k: int, found: Found) -> tuple[list[Said], int] | None:
        """What is said after the names: `is symmetric`, `: n×d`, `positive definite`."""
        colon = self.mark(k) == ":"
        verb = colon or self.word(k) in VERBS
        after = k + 1 if verb else k
        stop = self.described(after, found, late=verb, colon=colon)
        nothing = found.empty and stop == after and (verb or found.noun in ("vector", "matrix") or not found.noun)
        if nothing or (found.empty and not found.noun) or (self.word(stop) in STOPS and not found.shape):
            return None
        if "independent" in (fact for fact, _ in found.said) and len(found.names) == 1:
            found.names[:0] = self.noun_before(k - 1)
        out = self.results(found)
        return (out, stop if stop > after else k) if out else None

    def noun_before(self, k: int) -> list[str]:
        """Return the names in `burglary b and earthquake e` before the one at k."""
        at = k - 1
        while at > k - 3 and self.word(at) and self.word(at) not in ("and", *VERBS):
            at -= 1
        name = self.mathematics(at - 1)
        return [name] if self.word(at) == "and" and NAME.match(name) else []

    def bracketed(self, name: str, items: Sequence[Item]) -> list[Said]:
        """Return what a bracket after a name declares: A (n×n, symmetric)."""
        self.items = items
        if not NAME.match(name) or not items or (items[0].kind == "W" and self.opens(0)):
            return []
        found = Found(names=[name])
        stop = self.described(0, found, late=True, colon=True)
        return self.results(found) if stop == len(items) and not found.empty else []

    def of_expression(self, k: int) -> tuple[list[Said], int] | None:
        """`X'X is invertible`, `AB is symmetric`: a fact of an expression."""
        text = self.mathematics(k)
        before = self.word(k - 1) if k else ""
        if not re.search(r"\w", text) or self.items[k].related or before in INTO:
            return None
        if self.word(k + 1) not in ("is", "are", "be"):
            return None
        kind, value, size = self.phrase(k + 2)
        if kind not in ("fact", "said") or self.word(k + 2 + size) in STOPS:
            return None
        return [Said("fact", "", (text,), value)], k + 2 + size

    def opens(self, k: int) -> bool:
        """Tell whether a word only opens what follows (let, for, a, the), and says nothing of its own."""
        return self.word(k) in OPENERS and self.phrase(k)[0] not in ("fact", "said", "scalar", "zero", "one")

    def before(self, k: int, found: Found) -> int:
        """Descriptions before the names: `symmetric n x n matrix A`, `real numbers a, b`, `unit vector u`."""
        at, said = k, Found()
        while at < min(len(self.items), k + MAX_OPENERS):
            if is_table(self.mathematics(at)) and self.word(at + 1) in ("matrix", "matrices", "real", *ADJECTIVES):
                said.shape, at = self.mathematics(at), at + 1
                continue
            sized = size_in(self.word(at))
            if sized:
                said.shape, at = sized, at + 1
                continue
            kind, value, size = self.phrase(at)
            if not size and not (at > k and self.word(at) in FILLERS):
                break
            if value == "probability" and self.word(at) == value:  # "with probability f": a number
                said.scalar, value = True, "unit interval"
            if size:
                said.take(kind, value)
            at += max(size, 1)
        apart = self.word(at - 1) in ("of", "in", "and") and self.phrase(k)[0] in ("said", "fact")
        apart = apart or (self.word(at - 1) == "in" and said.scalar)  # the numbers in w
        named = self.mathematics(at)
        if at > k and not apart and (NAME.match(named) or member_of(named) or LIST.match(named)):
            found.begin(said)
            return at
        return k

    def named(self, k: int, found: Found) -> tuple[int, str]:
        """Names with commas or `and` between them; the last may be a formal declaration (x, y ∈ ℝⁿ)."""
        while k < len(self.items) and len(found.names) < MAX_NAMES:
            text = self.mathematics(k)
            if not text or len(text) > MAX_FORMAL:
                break
            if not NAME.match(text) or self.items[k].related:
                return self.last_named(k, text, found)
            found.names.append(text)
            k = self.next_name(k + 1)
            if not _names(self.mathematics(k)):
                break
        return k, ""

    def next_name(self, k: int) -> int:
        """Return the place of another name after a comma or `and`, or k."""
        at = k
        while self.mark(at) == "," or self.word(at) == "and":
            at += 1
        return at if at <= k + 2 and _names(self.mathematics(at)) else k

    def last_named(self, k: int, text: str, found: Found) -> tuple[int, str]:
        """A list with dots, a name with its sizes (`A n x n`), or a formal declaration."""
        if not self.items[k].related:
            dots = LIST.match(text)
            pair = re.match(r"(\S+)\s+(\S.*)$", text)
            if dots:
                found.names += [dots[1], dots[2]]
                return k + 1, ""
            if pair and NAME.match(pair[1]) and is_table(pair[2]):
                found.names.append(pair[1])
                found.shape = pair[2]
                return k + 1, ""
        if found.scalar and not found.facts and self.word(k - 1) == "and" and _ABOVE_ZERO.match(text):
            found.names.clear()  # real a, b and ε > 0
        formal = self.formal(text, found)
        return (k, "") if formal is None else (k + 1, formal)

    def formal(self, text: str, found: Found) -> str | None:
        """Return the declaration that a formula such as λ > 0 or x ∈ ℝⁿ is; "" when its parts are in `found`."""
        member = member_of(text)
        if member:
            found.names.append(member[0])
            if not self.members(member[1], found):
                found.names.pop()
                return None
            return ""
        sign = _ABOVE_ZERO.match(text)
        dots = LIST.match(sign[1].strip()) if sign else None
        if sign and dots and NAME.match(dots[1]) and NAME.match(dots[2]) and INDEXED.search(dots[2]):
            found.names += [dots[1], dots[2]]
            found.facts.append(_SIGNS.get(sign[2].replace("\\", ""), "nonnegative"))
            return ""
        if sign and NAME.match(sign[1]) and INDEXED.search(sign[1]):
            found.names.append(sign[1])
            found.facts.append(_SIGNS.get(sign[2], "nonnegative"))
            return ""
        if sign and found.names and NAME.match(sign[1]):
            found.names.append(sign[1])
            found.facts.append(_SIGNS.get(sign[2].replace("\\", ""), "nonnegative"))
            return ""
        whole = ", ".join([*found.names, text])
        if any(INDEXED.search(n) for n in found.names):
            return None
        names = declared_names(whole)
        if not names:
            return None
        found.formal = tuple(names)
        found.names.clear()
        return whole

    def described(self, k: int, found: Found, late: bool = True, colon: bool = False) -> int:
        """What is said after the names; returns the item after what was understood."""
        stop, begun = k, k
        while k < min(len(self.items), stop + MAX_OPENERS):
            aside = self.word(begun) == "its" or (not late and self.word(begun) in ("in", "on", "at"))
            if aside and self.phrase(k)[0] in ("fact", "said", "scalar"):
                break  # t in its upper right corner
            k2 = self.one(k, found, late, colon and k == stop)
            if k2 == k:
                if self.word(k) in FILLERS and k - stop < 4:
                    k += 1
                    continue
                if self.mark(k) == "," and found.names and k > stop - 1 and self.continues(k + 1):
                    k += 1
                    continue
                break
            k = stop = k2
        return stop

    def continues(self, k: int) -> bool:
        """Tell whether a description goes on after a comma: `symmetric, positive definite`."""
        while self.word(k) in ("and", "with", "a", "an"):
            k += 1
        if is_table(self.mathematics(k)) and k + 1 >= len(self.items):  # (symmetric, d x d)
            return True
        kind, _value, size = self.phrase(k)
        after = k + size
        named = bool(NAME.match(self.mathematics(after)))
        return bool(size) and kind in ("fact", "said") and not named and self.word(after) not in ("is", "are")

    def one(self, k: int, found: Found, late: bool, colon: bool) -> int:
        """Take one description at k; returns the place after it, or k."""
        kind, value, size = self.phrase(k)
        stop = self.measured(k, kind, value, size, found)
        if stop == k and not kind:
            stop = self.eigen(k, found)
        if stop != k:
            return stop
        return self.worded(k, kind, value, size, late, found) if size else self.shaped(k, found, late, colon)

    def measured(self, k: int, kind: str, value: str, size: int, found: Found) -> int:
        """`of length n`, `has mean mu`, `vector of length n`, `distribution over K states`."""
        if (self.word(k) in MEASURES and not kind) or self.word(k) in MOMENTS:
            stop = self.sized(k, found)
            if stop != k:
                return stop
        if not kind and self.word(k) in _JOINED:
            stop = self.sized(k + 1, found)
            return stop if stop != k + 1 else k
        if kind in ("noun", "fact", "scalar", "said") and self.word(k + size) in _MEASURED:
            stop = self.sized(k + size + 1, found)
            if stop != k + size + 1:
                found.take(kind, value)
                return stop
        return k

    def worded(self, k: int, kind: str, value: str, size: int, late: bool, found: Found) -> int:
        """A phrase of the table: `symmetric`, `positive definite`; without a verb, only what is clear."""
        if value in ("independent", "conditionally independent"):
            return self.independent(k + size, value, found)
        other = self.mathematics(k + size + 1)
        if self.word(k + size) == {"commute": "with"}.get(value, "to") and value in PAIRS and NAME.match(other):
            found.said.append((PAIRS[value], (other,)))
            return k + size + 2
        if not late:
            short = size == 1 and self.word(k) in LATE and not self.clear(k + 1, found)
            if short or self.article(k + size, found) or (kind in ("noun", "scalar") and self.word(k) not in PLURAL):
                return k + size if kind == "noun" and k > 0 and not found.empty else k
        found.take(kind, value)
        return k + size

    def article(self, k: int, found: Found) -> bool:
        """Tell whether the name before is the article of what follows: A negative factor is a zigzag."""
        word = self.word(k)
        return found.names in (["A"], ["a"]) and bool(word) and word not in FILLERS | VERBS | STRICT_PROSE | AFTER_NAME

    def clear(self, k: int, found: Found) -> bool:
        """Tell whether a word such as `fixed` or `constant` after names without a verb can only describe them."""
        ends = k >= len(self.items) or self.mark(k) in (".", ";")
        return bool(is_table(self.mathematics(k)) or (ends and len(found.names) > 1))

    def shaped(self, k: int, found: Found, late: bool, colon: bool) -> int:
        """Sizes, sets and laws: `n×d`, `n by d`, `in ℝⁿ`, `between 0 and 1`, `~ N(0, 1)`."""
        text, word, related = self.mathematics(k), self.word(k), k < len(self.items) and self.items[k].related
        after = self.mathematics(k + 2)
        sized = late or (is_table(text) and not found.shape and k > 0 and self.items[k - 1].kind == "W")
        if word:
            if word == "between" and self.mathematics(k + 1) == "0" and self.mathematics(k + 3) == "1":
                found.facts.append("unit interval")
                return k + 4
            found.shape = size_in(word) or found.shape
            return k + 1 if size_in(word) else k
        if not text:
            return k
        if sized and found.names and not related:
            set_named = NAME.match(text) and text[0] not in "ℝℕℤ" and self.word(k - 1) != "in"
            if not set_named and self.members(text, found):
                return k + 1
            if self.word(k + 1) == "by" and NAME.match(text) and NAME.match(after):
                found.shape = f"{text}×{after}"
                return k + 3
            if is_table(text) or (colon and is_size(text) and self.word(k + 1) not in COUNTED):
                found.shape = text
                return k + 1
        if colon and related and ARROW.search(text):
            found.said.append(("function", ()))
            return k + 1
        if found.said and (_TILDE.match(text) or _LAW.match(text)):
            found.said.append(("distributed", (_TILDE.sub("", text, count=1),)))
            return k + 1
        return self.sized(k, found) if self.word(k + 1) == "rows" and self.word(k + 2) in ("and", "") else k

    def results(self, found: Found) -> list[Said]:
        """Return the declarations and facts that were gathered."""
        names = tuple(found.names)
        self.angles(names, found)
        if found.noun == "count" and names:
            return [Said("declaration", f"{n} ∈ ℕ", (n,)) for n in names]
        plain = [n for n in names if not INDEXED.search(n)]
        out = self.declarations(plain, found)
        for name in names:
            if name not in plain:
                out += self.families(name, found)
        about = names or found.formal
        lone = len(names) == 1 and not re.search(r"_|[₀-₉ᵢⱼₖₙₘₗₜ]$", names[0])
        found.said = [(f, more) for f, more in found.said if not (lone and f == "independent" and not more)]
        for fact, values in found.said if about else ():
            out += models(about, *values) if fact == "distributed" else [Said("fact", "", (*about, *values), fact)]
        return out if out or not (found.noun and names) else [Said("fact", "", names, found.noun)]

    def angles(self, names: tuple[str, ...], found: Found) -> None:
        """Orthogonal (orthonormal) vectors are so to each other; of one matrix it is said that QᵀQ = I."""
        vectors = len(names) > 1 and all(n[0].islower() or n[0] == "\\" for n in names)
        for fact in ("orthogonal", "orthonormal"):
            if fact in found.facts:
                found.facts.remove(fact)
                found.facts += ["unit"] if vectors and fact == "orthonormal" else [] if vectors else ["orthogonal"]
                found.said += [("perpendicular", ())] if vectors else []

    def declarations(self, names: list[str], found: Found) -> list[Said]:
        """Return the declaration of names with their shape and facts, as the strict reader wants it."""
        facts = list(dict.fromkeys(found.facts))
        self.about = names if len(names) == 1 else []
        if not names or not (found.shape or facts or (found.scalar and not found.said)):
            return []
        shape = found.shape or ("scalar" if found.scalar else "")
        text = f"{', '.join(names)} : {' '.join([shape, *facts]).strip()}"
        if not declared_names(text):
            kept = f"{', '.join(names)} : {' '.join(facts)}"
            said = [Said("declaration", kept, tuple(found.names))] if facts and declared_names(kept) else []
            return [Said("formula", text, tuple(found.names)), *said] if _LARGE.search(shape) else []
        if found.noun == "matrix" or "×" in shape or "x" in shape or "\\times" in shape:
            self.last = names[-1]
        return [Said("declaration", text, tuple(found.names))]

    def families(self, name: str, found: Found) -> list[Said]:
        """Return the facts of a letter with an index: t_n ∈ {−1, 1} says that t has signs."""
        base = re.split(r"_|[ᵢⱼₖₙₘₗₜ]", name)[0]
        of = _SETS.get(re.sub(r"[\\\s+]", "", found.shape).replace("−", "-"), "")
        kept = [*dict.fromkeys(found.facts), *([of] if of else [])]
        text = f"{base} : {' '.join(kept)}"
        return [Said("declaration", text, (name,))] if kept and declared_names(text) else []
