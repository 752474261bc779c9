"""Moments as people write them: Var X, E X_i, 𝔼 X², E (X − c)², corr(X, Y), sd(X), and MSE, bias, Var of an estimator.

Tokens of a whole text are rewritten before any of them is parsed, to E[X], Var(X) and quotients of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agnesi.read.chance_words import DISTRIBUTIONS
from agnesi.read.cursor import partners
from agnesi.read.lex import lex
from agnesi.read.observed import as_observed
from agnesi.read.odds import as_odds, as_ranges
from agnesi.read.tokens import Token
from agnesi.read.vocabulary import FUNCTIONS, Vocabulary

PARAMETERS = frozenset(("rate", "shape", "scale", "mean", "variance", "parameter"))
MOMENTS = frozenset(("Var", "var", "Cov", "cov"))
EXPECTED = frozenset(("E", "𝔼"))
SPREADS = {"sd": "Var", "SD": "Var", "Sd": "Var", "std": "Var", "Std": "Var", "stdev": "Var", "SE": "Var", "se": "Var"}
CORRELATIONS = frozenset(("corr", "Corr", "cor", "Cor", "CORR"))
SUMS = frozenset(("∑", "sum", "∏", "prod"))
RELATIONS = frozenset(("=", "≠", "<", "≤", ">", "≥", "≈", ":=", "⇒", "⇔", ",", ";", "|", "~", "∝", "+", "-", "/"))
SPEAKS = re.compile(
    r"\bVar\b|\bCov\b|\bE\s?\[|\\mathbb\s*\{?E|𝔼|\biid\b|i\.i\.d|\brandom\b|\bvariance|\bexpectation|\bexpected|\bunbiased"
)


def as_moments(lines: Sequence[Sequence[Token]], source: str, words: Vocabulary) -> list[list[Token]]:
    """Return the tokens of all lines with moments in the form that is read."""
    lines = as_observed([_without_words(list(line)) for line in lines], source)
    out = [list(line) for line in as_ranges(as_odds([list(line) for line in lines], source))]
    if not SPEAKS.search(source) and not any(t.text in CORRELATIONS for line in out for t in line):
        return out
    out = [_estimated(line, out, source, words) for line in out]
    bare = _expects(out, words)
    out = [_opened(line, bare, words) for line in out]
    out = [_powers(line, bare) for line in out]
    return [_quotients(line, words) for line in out]


def _without_words(line: list[Token]) -> list[Token]:
    """Return Gamma(a, b) for Gamma(a, rate b) and Gamma(shape a, rate = b), and Exp(1/m) for Exp(mean m)."""
    pairs = partners(line)
    out: list[Token] = []
    stop, law, skips = -1, "", -1
    for k, token in enumerate(line):
        name = DISTRIBUTIONS.get(token.text, "")
        opened = k + 1 if name and k + 1 < len(line) and line[k + 1].text == "(" else 0
        if opened and any(t.text in PARAMETERS for t in line[opened : pairs.get(opened, opened)]):
            stop, law = pairs[opened], name
        if k < stop and token.text in PARAMETERS and line[k + 1].kind in ("word", "name", "num", "op"):
            turned = (token.text == "scale" and law in ("Gamma", "Exponential")) or (
                token.text == "mean" and law == "Exponential"
            )
            skips = k + 1 if line[k + 1].text == "=" else skips
            out += [token._replace(kind=a, text=b) for a, b in (("num", "1"), ("op", "/"))] if turned else []
            continue
        if k != skips:
            out.append(token)
    return out


def _expects(lines: Sequence[Sequence[Token]], words: Vocabulary) -> frozenset[str]:
    """Return the letters that stand for an expectation without brackets: E, where every E of the text can be one."""
    if "E" in words:
        return frozenset(("𝔼",))
    for line in lines:
        for k, token in enumerate(line):
            if token.text == "E" and not _begins(line, k + 1):
                return frozenset(("𝔼",))
    return EXPECTED


def _begins(line: Sequence[Token], k: int) -> bool:
    """Tell whether what an expectation is taken of can begin here: a bracket, a name, a subscript of E, a sum."""
    token = line[k]
    if token.kind == "open" or token.text in ("_", "|", "‖") or token.text in SUMS:
        return True
    return token.kind in ("word", "name") and (token.spaced or line[k - 1].text == "𝔼")


def _opened(line: list[Token], bare: frozenset[str], words: Vocabulary) -> list[Token]:
    """Put brackets where there are none: E X_i, Var X, 𝔼 log p(x), E ∑_i X_i."""
    out: list[Token] = []
    waiting: dict[int, Token] = {}  # closing brackets by the place before which they stand
    pairs = partners(line)
    for k, token in enumerate(line):
        if k in waiting:
            out.append(waiting.pop(k))
        out.append(token)
        after = line[k + 1] if k + 1 < len(line) else token
        named = token.text in bare or (token.text in MOMENTS and token.text not in words)
        if not named or token.kind == "end" or after.kind not in ("word", "name", "op") or not _begins(line, k + 1):
            continue
        if after.text in ("_", "|", "‖"):
            continue
        stop = _operand(line, k + 1, pairs)
        if stop > k + 1 and stop not in waiting:
            out.append(Token("open", "[", after.start, after.start, False))
            waiting[stop] = Token("close", "]", line[stop - 1].stop, line[stop - 1].stop, False)
    return out


def _operand(line: Sequence[Token], k: int, pairs: dict[int, int]) -> int:
    """Return where the operand that begins at k ends."""
    if line[k].text in SUMS:
        while line[k].kind != "end" and line[k].kind != "close":
            if line[k].text in RELATIONS or line[k].text in EXPECTED | MOMENTS:
                break
            k = pairs[k] + 1 if k in pairs else k + 1
        return k
    first = True
    while line[k].kind in ("word", "name") and line[k].text not in EXPECTED | MOMENTS:
        if not first and not line[k].text[:1].isupper():
            break
        if line[k].text in SPREADS or line[k].text in CORRELATIONS:
            break
        function = line[k].text in FUNCTIONS
        k = _scripted(line, k + 1, pairs)
        if line[k].kind == "open" and not line[k].spaced and line[k].text in "([":
            return _scripted(line, pairs[k] + 1, pairs)
        first = first and function
    return k


def _scripted(line: Sequence[Token], k: int, pairs: dict[int, int]) -> int:
    """Return the place after scripts: _i, ^2, _{ij}, '."""
    while line[k].text in ("_", "^", "'", "ᵀ"):
        if line[k].text in ("'", "ᵀ"):
            k += 1
        else:
            k = pairs.get(k + 1, k + 1) + 1
    return k


def _powers(line: list[Token], bare: frozenset[str]) -> list[Token]:
    """Read E(X − c)^2 as E[(X − c)^2]: of a sum in round brackets the power is taken first."""
    out: list[Token] = []
    waiting: dict[int, Token] = {}
    pairs = partners(line)
    for k, token in enumerate(line):
        if k in waiting:
            out.append(waiting.pop(k))
        out.append(token)
        opened = k + 1 if k + 1 < len(line) else 0
        if token.text not in bare or not opened or line[opened].text != "(" or opened not in pairs:
            continue
        closed = pairs[opened]
        inside = line[opened + 1 : closed]
        sums = any(t.text in ("+", "-") for t in inside[1:]) and not any(t.text in bare for t in inside[:1])
        wraps = inside[:1] and inside[0].kind == "open" and pairs.get(opened + 1) == closed - 1
        if sums and not wraps and line[closed + 1].text == "^":
            stop = _scripted(line, closed + 1, pairs)
            out.append(Token("open", "[", line[opened].start, line[opened].start, False))
            waiting[stop] = Token("close", "]", line[stop - 1].stop, line[stop - 1].stop, False)
    return out


def _quotients(line: list[Token], words: Vocabulary) -> list[Token]:
    """Write corr(X, Y) as Cov(X, Y)/√(Var(X) Var(Y)), and sd(X) as √Var(X)."""
    out: list[Token] = []
    k = 0
    pairs = partners(line)
    while k < len(line):
        token = line[k]
        opened = k + 1 if k + 1 < len(line) and line[k + 1].text in ("(", "[") else 0
        held = line[opened + 1 : pairs[opened]] if opened in pairs and opened else []
        if held and token.text in SPREADS and token.text not in words:
            place = token._replace(stop=line[pairs[opened]].stop)
            out += _made(place, ["√", "(", "Var", "(", *held, ")", ")"])
            k = pairs[opened] + 1
        elif held and token.text in CORRELATIONS and token.text not in words and len(_parts(held)) == 2:
            first, second = _parts(held)
            root: list[str | Token] = ["√", "(", "Var", "(", *first, ")", "·", "Var", "(", *second, ")", ")"]
            place = token._replace(stop=line[pairs[opened]].stop)
            out += _made(place, ["(", "Cov", "(", *first, ",", *second, ")", "/", *root, ")"])
            k = pairs[opened] + 1
        else:
            out.append(token)
            k += 1
    return out


def _parts(held: Sequence[Token]) -> list[list[Token]]:
    """Return the parts that commas separate, where no bracket and no bar stands in them."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in held:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if all(parts) and not any(t.text in ("|", ";") for t in held) else []


def _made(place: Token, parts: Sequence[str | Token]) -> Iterator[Token]:
    """Yield tokens of which those that are given as text stand at a place."""
    kinds = {"2": "num", **dict.fromkeys("([", "open"), **dict.fromkeys(")]", "close")}
    kinds |= dict.fromkeys(("Var", "Cov", "E"), "word")
    for part in parts:
        if isinstance(part, Token):
            yield part
        else:
            yield Token(kinds.get(part, "op"), part, place.start, place.stop, False)


ERRORS = frozenset(("MSE", "mse"))
BIASES = frozenset(("bias", "Bias"))
_LETTER = r"(\\?[^\W\d_](?:_\{?\w\}?|[̂̄])?|\\(?:hat|bar)\s*\{?\s*\\?\w+\s*\}?|\\[a-z]+|theta|mu|thetahat|theta_hat)"
TARGETS = (
    rf"E\}}?\s*\[\s*\(?\s*{_LETTER}\s*[-−]\s*{_LETTER}\s*\)?\s*(?:\^\{{?2|²)",
    rf"{_LETTER}\s+(?:is |be |as )?(?:an? |the )?(?:unbiased |linear |biased )*estimat\w+ (?:of|for)\s+\$?{_LETTER}"
    r"(?![a-z])",
    rf"{_LETTER}\s+(?:is |be )?unbiased for\s+\$?{_LETTER}(?![a-z])",
    rf"[Bb]ias\s*[\[(]\s*{_LETTER}\s*[\])]\s*:?=\s*E\s*[\[(]\s*\S+\s*[\])]\s*[-−]\s*{_LETTER}",
)


def _estimated(line: list[Token], lines: Sequence[Sequence[Token]], source: str, words: Vocabulary) -> list[Token]:
    """Write E[(T − θ)²] for MSE(T), E[T] − θ for bias(T) and Var(T) for Var, where the text says what T and θ are."""
    found = next((m for pattern in TARGETS if (m := re.search(pattern, source))), None)
    if not any(t.text in ERRORS | BIASES for one in lines for t in one):
        return line
    if found is None:
        return [t._replace(kind="name") if t.text in ERRORS and t.kind == "word" else t for t in line]
    own, target = ([t for t in lex(name) if t.kind != "end"] for name in found.groups())
    defined = {one[0].text for one in lines if one[0].text in BIASES and one[1].text in ("=", ":=") and not _plain(one)}
    defined |= {one[0].text for one in lines if one[0].text in BIASES and one[1].text in ("(", "[") and _plain(one)}
    pairs = partners(line)
    out: list[Token] = []
    k = 0
    while k < len(line):
        token, opened = line[k], k + 1 if k + 1 < len(line) and line[k + 1].text in ("(", "[") else 0
        differential = bool(out) and out[-1].text in ("d", "∂", "∂d")
        names = token.kind in ("word", "name") and token.text not in defined and not differential
        stop = pairs[opened] + 1 if opened in pairs and opened else k + 1
        place = token._replace(stop=line[stop - 1].stop)
        if names and token.text in ERRORS:
            about = _at(line[opened + 1 : stop - 1], place) if opened and stop > k + 1 else _at(own, place)
            out += _made(place, ["E", "[", "(", *about, "-", *_at(target, place), ")", "^", "2", "]"])
        elif names and token.text in BIASES:
            about = _at(line[opened + 1 : stop - 1], place) if opened and stop > k + 1 else _at(own, place)
            out += _made(place, ["(", "E", "[", *about, "]", "-", *_at(target, place), ")"])
        elif token.text == "Var" and not opened and line[k + 1].kind not in ("word", "name"):
            out += _made(token, ["Var", "(", *_at(own, token), ")"])
        else:
            out, stop = [*out, token], k + 1
        k = stop
    return out


def _plain(line: Sequence[Token]) -> bool:
    """Tell whether a line that begins with bias(T) defines it by the expectation itself."""
    return any(t.text in EXPECTED for t in line[1:8])


def _at(tokens: Sequence[Token], place: Token) -> list[Token]:
    """Return tokens at another place."""
    return [t._replace(start=place.start, stop=place.stop, spaced=False) for t in tokens]
